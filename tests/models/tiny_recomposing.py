"""The smallest recomposing network that has every part, freshly initialised, for fast tests."""

from __future__ import annotations

import torch

from motionstudio.models.recomposing import Recomposing, RecomposingConfig
from motionstudio.models.recomposing_model import RecomposingModel, card_of

CONFIG = RecomposingConfig(size=16, channels=1, widths=(6, 8), features=6, dims=10)


def network(config: RecomposingConfig = CONFIG, seed: int = 0) -> Recomposing:
    """Fresh weights, and an identity in some direction."""
    torch.manual_seed(seed)
    made = Recomposing(config)
    made.identity.copy_(torch.randn(config.dims))
    return made.eval()


def fresh(config: RecomposingConfig = CONFIG, seed: int = 0) -> RecomposingModel:
    weights = {k: v.numpy().copy() for k, v in network(config, seed).state_dict().items()}
    return RecomposingModel(card_of("fresh_recomposing", config, title="Fresh"), weights)
