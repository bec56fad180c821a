"""The smallest Visual Dynamics networks that have every part, freshly initialised."""

from __future__ import annotations

import numpy as np
import torch

from motionstudio.models.visual_dynamics import VisualDynamics, VisualDynamicsConfig
from motionstudio.models.visual_dynamics_bank import Bank
from motionstudio.models.visual_dynamics_model import VisualDynamicsModel, card_of

CONFIG = VisualDynamicsConfig(
    size=16, dims=3, scales=2, maps=3, width=4, motion_width=4, hidden=8, decoder=4, reach=3,
    code=4,
)  # fmt: skip


def config(kind: str = "conditional", **changes: object) -> VisualDynamicsConfig:
    """The tiny configuration of another kind."""
    known = {name: getattr(CONFIG, name) for name in VisualDynamicsConfig.__slots__}
    return VisualDynamicsConfig(**{**known, "kind": kind, **changes})


def network(kind: str = "conditional", seed: int = 0) -> VisualDynamics:
    """Fresh weights, made large enough that a row changes the picture."""
    torch.manual_seed(seed)
    made = VisualDynamics(config(kind))
    with torch.no_grad():
        for name, value in made.named_parameters():
            if value.ndim > 1 and ("kernels" in name or "decoder" in name):
                value.mul_(3)
    return made.eval()


def bank(dims: int = 3) -> Bank:
    """Eight runs of two steps each."""
    rng = np.random.default_rng(0)
    mean = rng.standard_normal((8, 2, dims)).astype(np.float32)
    return Bank(mean, np.full_like(mean, 0.1))


def fresh(kind: str = "conditional") -> VisualDynamicsModel:
    """A model of one of the four kinds, from float16 as checkpoints are."""
    weights = {k: v.numpy().astype(np.float16) for k, v in network(kind).state_dict().items()}
    weights |= bank().arrays()
    return VisualDynamicsModel(card_of(f"fresh_{kind}", config(kind)), weights)
