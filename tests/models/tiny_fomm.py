"""The smallest FOMM that has every part, freshly initialised, for fast tests."""

from __future__ import annotations

import torch

from motionstudio.models.fomm import FOMM, FOMMConfig
from motionstudio.models.fomm_model import FOMMModel, card_of

CONFIG = FOMMConfig(
    num_kp=4, channels=1, kp_expansion=4, kp_features=8, kp_blocks=2, kp_scale=0.5, expansion=4,
    features=8, bottleneck_blocks=1, motion_expansion=4, motion_features=8, motion_blocks=2,
    motion_scale=0.5, size=32,
)  # fmt: skip


def fresh(seed: int = 0) -> FOMMModel:
    torch.manual_seed(seed)
    network = FOMM(CONFIG)
    weights = {name: value.numpy().copy() for name, value in network.state_dict().items()}
    return FOMMModel(card_of("fresh_fomm", CONFIG), weights)
