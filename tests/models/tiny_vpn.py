"""The smallest Video Pixel Networks that have every part, freshly initialised, for fast tests."""

from __future__ import annotations

import torch

from motionstudio.models.vpn import VPN, VPNConfig
from motionstudio.models.vpn_model import VPNModel, card_of

CONFIG = VPNConfig(size=8, levels=4, width=8, dilations=(1, 2), decoder=2)
COLOUR = VPNConfig(size=6, channels=3, levels=3, width=12, dilations=(1,), decoder=2)
BASELINE = VPNConfig(size=8, levels=4, width=8, dilations=(1, 2), decoder=2, within_frame=False)


def network(config: VPNConfig = CONFIG, seed: int = 0) -> VPN:
    """Fresh weights, made so large that every pixel matters to every later one."""
    torch.manual_seed(seed)
    made = VPN(config)
    for weight in made.parameters():
        torch.nn.init.normal_(weight, std=0.4)
    return made.eval()


def fresh(config: VPNConfig = CONFIG, seed: int = 0) -> VPNModel:
    weights = {k: v.numpy().copy() for k, v in network(config, seed).state_dict().items()}
    return VPNModel(card_of("fresh_vpn", config), weights)
