"""The smallest DRAW that has every part, freshly initialised, for fast tests."""

from __future__ import annotations

import torch

from motionstudio.models.draw import Draw, DrawConfig
from motionstudio.models.draw_model import DrawModel, card_of

CONFIG = DrawConfig(size=12, glimpses=4, latent=3, hidden=16, read=3, write=3)
PLAIN = DrawConfig(size=12, glimpses=4, latent=3, hidden=16, attention=False)


def network(config: DrawConfig = CONFIG, seed: int = 0) -> Draw:
    """Fresh weights, made large enough that a stroke is seen."""
    torch.manual_seed(seed)
    made = Draw(config)
    torch.nn.init.normal_(made.stroke.weight, std=2.0)
    if config.attention:
        for place in (made.read_window, made.write_window):
            torch.nn.init.normal_(place.weight, std=0.5)
    return made.eval()


def fresh(config: DrawConfig = CONFIG, seed: int = 0) -> DrawModel:
    weights = {k: v.numpy().copy() for k, v in network(config, seed).state_dict().items()}
    return DrawModel(card_of("fresh_draw", config), weights)
