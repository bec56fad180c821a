"""The smallest spatio-temporal autoencoder that has every part, for fast tests."""

from __future__ import annotations

import numpy as np
import torch

from motionstudio.models.stae import STAE, STAEConfig
from motionstudio.models.stae_model import STAEModel, card_of
from motionstudio.models.stae_space import MemorySpace

CONFIG = STAEConfig(size=16, dims=3, features=4, memory=6, kernel=3, flow_kernel=3, reach=2.0)
FEATURES = STAEConfig(
    size=16, dims=3, features=4, memory=6, kernel=3, flow_kernel=3, reach=2.0, warp="features"
)


def network(config: STAEConfig = CONFIG, seed: int = 0) -> STAE:
    """Fresh weights, with a flow head that says something."""
    torch.manual_seed(seed)
    made = STAE(config)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2.5)
        last = made.flow_head[-1]
        assert isinstance(last, torch.nn.Conv2d)
        torch.nn.init.normal_(last.weight, std=1.0)
    return made.eval()


def fresh(config: STAEConfig = CONFIG, seed: int = 0) -> STAEModel:
    weights = {k: v.numpy().copy() for k, v in network(config, seed).state_dict().items()}
    wide = config.memory * config.pooled**2
    pooled = np.random.default_rng(seed).standard_normal((40, wide)).astype(np.float32) * 0.3
    weights |= MemorySpace.fit(pooled, config.dims).arrays()
    return STAEModel(card_of("fresh_stae", config), weights)
