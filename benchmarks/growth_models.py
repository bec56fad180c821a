"""Models of random weights at any size, one maker for each system: what growth is measured on.

Widths are the defaults of each system; cost does not depend on what networks learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from motionstudio.core.motion import RowKind
from motionstudio.models import (
    draw_model,
    fomm_model,
    recomposing_model,
    stae_model,
    vae_model,
    visual_dynamics_model,
    vpn_model,
)
from motionstudio.models.base import ModelCard, MotionModel
from motionstudio.models.configuration import to_plain
from motionstudio.models.draw import Draw, DrawConfig
from motionstudio.models.fomm import FOMM, FOMMConfig
from motionstudio.models.genlmm import PRESETS, GenLMM, GenLMMConfig
from motionstudio.models.genlmm_model import CAPABILITIES, SYSTEM, GenLMMModel
from motionstudio.models.motion_space import PHASES, MotionSpace
from motionstudio.models.recomposing import Recomposing, RecomposingConfig
from motionstudio.models.stae import STAE, STAEConfig
from motionstudio.models.stae_space import MemorySpace
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.models.visual_dynamics import VisualDynamics, VisualDynamicsConfig
from motionstudio.models.visual_dynamics_bank import Bank
from motionstudio.models.vpn import VPN, VPNConfig

Maker = Callable[[int, int], MotionModel]
_PER_KEYPOINT = 6


def genlmm(side: int, dims: int) -> GenLMMModel:
    """GenLMM with the tiny preset's widths."""
    config = replace(PRESETS["tiny"], size=side, dims=dims, velocity_size=side // 2)
    motions = np.random.default_rng(0).standard_normal((4, PHASES, dims)).astype(np.float32)
    weights = {**_random(GenLMM(config)), **MotionSpace.fit(motions, 2).arrays()}
    return GenLMMModel(_card(config), weights)


def fomm(side: int, dims: int) -> MotionModel:
    """FOMM; ``dims`` is rounded to whole keypoints of six numbers."""
    config = FOMMConfig(
        size=side, num_kp=max(1, round(dims / _PER_KEYPOINT)), kp_expansion=16, kp_features=128,
        kp_blocks=3, kp_scale=0.5, expansion=32, features=64, down_blocks=1, bottleneck_blocks=3,
        motion_expansion=16, motion_features=128, motion_blocks=3, motion_scale=1.0,
    )  # fmt: skip
    return fomm_model.FOMMModel(fomm_model.card_of("growth", config), _random(FOMM(config)))


def vae(side: int, dims: int) -> MotionModel:
    """The VAE of fully connected layers."""
    return _vae("vae", VAEConfig(size=side, dims=dims))


def inbetween(side: int, dims: int) -> MotionModel:
    """The in-betweening VAE, which is convolutional."""
    shape = VAEConfig(size=side, dims=dims, network="conv", hidden=(16, 32), alpha=100.0)
    return _vae("inbetween", shape)


def draw(side: int, dims: int) -> MotionModel:
    """DRAW with attention."""
    config = DrawConfig(size=side, latent=dims)
    return draw_model.DrawModel(draw_model.card_of("growth", config), _random(Draw(config)))


def stae(side: int, dims: int) -> MotionModel:
    """The spatio-temporal autoencoder."""
    config = STAEConfig(size=side, dims=dims)
    wide = config.memory * config.pooled**2
    pooled = np.random.default_rng(0).standard_normal((2 * dims, wide)).astype(np.float32)
    weights = {**_random(STAE(config)), **MemorySpace.fit(pooled, dims).arrays()}
    return stae_model.STAEModel(stae_model.card_of("growth", config), weights)


def visual_dynamics(side: int, dims: int) -> MotionModel:
    """Visual Dynamics with cross-convolution."""
    config = VisualDynamicsConfig(size=side, dims=dims)
    mean = np.zeros((8, 2, dims), np.float32)
    weights = {**_random(VisualDynamics(config)), **Bank(mean, mean + 0.1).arrays()}
    card = visual_dynamics_model.card_of("growth", config)
    return visual_dynamics_model.VisualDynamicsModel(card, weights)


def recomposing(side: int, dims: int) -> MotionModel:
    """The recomposing network, which encodes only."""
    config = RecomposingConfig(size=side, dims=dims)
    card = recomposing_model.card_of("growth", config, title="growth")
    return recomposing_model.RecomposingModel(card, _random(Recomposing(config)))


def vpn(side: int, dims: int) -> MotionModel:
    """A small Video Pixel Network, which has no dimensions of its own to choose."""
    config = VPNConfig(size=side, width=32, dilations=(1, 2, 4, 8), decoder=8)
    return vpn_model.VPNModel(vpn_model.card_of("growth", config), _random(VPN(config)))


MAKERS: Mapping[str, Maker] = {
    "genlmm": genlmm, "fomm": fomm, "vae": vae, "inbetween": inbetween, "draw": draw,
    "stae": stae, "visual_dynamics": visual_dynamics, "recomposing": recomposing, "vpn": vpn,
}  # fmt: skip
"""By system."""

NOT_VARIED: Mapping[str, Sequence[str]] = {"vpn": ("D",)}
"""Sizes that a system does not have."""


def _vae(system: str, config: VAEConfig) -> MotionModel:
    motions = np.random.default_rng(0).standard_normal((4, PHASES, config.dims))
    weights = {**_random(VAE(config)), **MotionSpace.fit(motions.astype(np.float32), 2).arrays()}
    return vae_model.VAEModel(vae_model.card_of("growth", system, config), weights)


def _random(network: nn.Module) -> dict[str, Any]:
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def _card(config: GenLMMConfig) -> ModelCard:
    return ModelCard(
        name="growth", system=SYSTEM, title="growth", capabilities=CAPABILITIES,
        rows=RowKind.FRAME, channels=1, size=config.size, dims=config.dims,
        config=to_plain(config),
    )  # fmt: skip


def model_of(system: str, side: int, dims: int) -> MotionModel:
    """A model of ``system`` for pictures of ``side`` pixels with D = ``dims``; always the same."""
    torch.manual_seed(0)
    return MAKERS[system](side, dims)
