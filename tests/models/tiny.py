"""The smallest GenLMM that has every part, freshly initialised, for fast tests."""

from __future__ import annotations

import numpy as np
import torch

from motionstudio.core.motion import RowKind
from motionstudio.models.base import ModelCard
from motionstudio.models.genlmm import GenLMM, GenLMMConfig
from motionstudio.models.genlmm_model import CAPABILITIES, SYSTEM, TITLE, GenLMMModel
from motionstudio.models.motion_space import PHASES, MotionSpace

CONFIG = {
    "size": 32, "dims": 6, "encoder": [4, 8, 8], "bottleneck": 4, "flow_scale": 2, "temporal": 8,
    "dilations": [1, 2, 4], "anatomy": [8, 8, 8], "decoder": 8, "velocity_size": 16,
    "velocity_limit": 4.0, "sigma": 1.0,
}  # fmt: skip


def config(channels: int = 1) -> GenLMMConfig:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in CONFIG.items()}
    return GenLMMConfig(channels=channels, **values)  # type: ignore[arg-type]


def card(channels: int = 1) -> ModelCard:
    return ModelCard(
        name="fresh", system=SYSTEM, title=TITLE, capabilities=CAPABILITIES, rows=RowKind.FRAME,
        channels=channels, size=32, dims=6, config={"channels": channels, **CONFIG},
    )  # fmt: skip


def weights(channels: int = 1, seed: int = 0) -> dict[str, np.ndarray]:
    """Fresh weights, the head made large enough that a row moves the picture by pixels."""
    torch.manual_seed(seed)
    network = GenLMM(config(channels))
    torch.nn.init.normal_(network.decoder.head.weight, std=0.5)
    torch.nn.init.normal_(network.temporal.mean.weight, std=0.5)
    torch.nn.init.normal_(network.bridge.weight, std=0.3)
    rng = np.random.default_rng(seed)
    space = MotionSpace.fit(rng.standard_normal((10, PHASES, 6)).astype(np.float32), 4)
    arrays = {name: value.numpy().copy() for name, value in network.state_dict().items()}
    return {**arrays, **space.arrays()}


def fresh(channels: int = 1, seed: int = 0) -> GenLMMModel:
    return GenLMMModel(card(channels), weights(channels, seed))


def pictures(count: int, channels: int = 1, size: int = 32, seed: int = 0) -> np.ndarray:
    """(count, C, size, size): a soft disc that shrinks and moves."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    frames = np.empty((count, channels, size, size), np.float32)
    rng = np.random.default_rng(seed)
    texture = 0.1 * rng.random((size, size), np.float32)
    for t in range(count):
        phase = np.sin(np.pi * t / max(count, 2))
        distance = np.hypot(x - size / 2 - 2 * phase, y - size / 2) - size / 4 + 2 * phase
        frames[t] = 1 / (1 + np.exp(distance)) * 0.8 + texture
    return frames
