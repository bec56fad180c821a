"""The smallest VAEs that have every part, freshly initialised, for fast tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from motionstudio.models.motion_space import PHASES, MotionSpace
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.models.vae_model import VAEModel, card_of

CONFIG = VAEConfig(size=32, dims=4, hidden=(24, 12))
CONV = replace(CONFIG, network="conv", hidden=(4, 6), likelihood="gaussian")


def network(config: VAEConfig = CONFIG, seed: int = 0) -> VAE:
    """Fresh weights, made large enough that a row changes the picture."""
    torch.manual_seed(seed)
    made = VAE(config)
    with torch.no_grad():
        for layer in made.decoder:
            if isinstance(layer, torch.nn.Linear):
                layer.weight.mul_(3)
    return made.eval()


def fresh(
    config: VAEConfig = CONFIG, system: str = "vae", *, half: bool = False, space: bool = True
) -> VAEModel:
    weights = {k: v.numpy().copy() for k, v in network(config).state_dict().items()}
    if half:
        weights = {k: v.astype(np.float16) for k, v in weights.items()}
    if space:
        rng = np.random.default_rng(0)
        motions = rng.standard_normal((10, PHASES, config.dims)).astype(np.float32)
        weights |= MotionSpace.fit(motions, 4).arrays()
    return VAEModel(card_of(f"fresh_{system}", system, config), weights)


def fresh_inbetween() -> VAEModel:
    return fresh(replace(CONV, alpha=100.0), "inbetween")
