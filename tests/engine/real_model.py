"""GenLMM with random weights: what it decodes means nothing, but it decodes it for real."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import torch

from motionstudio.core.motion import RowKind
from motionstudio.models.base import ModelCard
from motionstudio.models.genlmm import PRESETS, GenLMM
from motionstudio.models.genlmm_model import CAPABILITIES, SYSTEM, TITLE, GenLMMModel
from motionstudio.models.motion_space import PHASES, MotionSpace


def random_genlmm(preset: str = "tiny", *, liveliness: float = 30.0) -> GenLMMModel:
    """A model whose motions reach a few pixels (``liveliness`` scales the last layer)."""
    config = PRESETS[preset]
    torch.manual_seed(1)
    network = GenLMM(config)
    with torch.no_grad():
        network.decoder.head.weight.mul_(liveliness)
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    rng = np.random.default_rng(1)
    motions = rng.standard_normal((8, PHASES, config.dims)).astype(np.float32)
    weights |= MotionSpace.fit(motions).arrays()
    card = ModelCard(
        name="random",
        system=SYSTEM,
        title=TITLE,
        capabilities=CAPABILITIES,
        rows=RowKind.FRAME,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        config=asdict(config),
        hash="0123456789abcdef",
    )
    return GenLMMModel(card, weights)
