"""Motions drawn from the prior over time, the paper's way."""

from __future__ import annotations

import numpy as np
import torch

from motionstudio.core.motion import Float
from motionstudio.models.genlmm import GenLMMConfig
from motionstudio.models.layers import gram


def sample_prior(
    config: GenLMMConfig,
    rng: np.random.Generator,
    position: Float,
    temperature: float,
    cyclic: bool,
) -> Float:
    """A motion (T, D): each dimension a draw from the prior's Gaussian process.

    Args:
        config: kind, length and noise of the prior.
        rng: where the draw comes from.
        position: (T,) in the clip or cycle, in [0, 1).
        temperature: factor of the spread; 0 gives no motion.
        cyclic: whether the motion closes.
    """
    covariance = gram(
        torch.from_numpy(position[None]),
        kind=config.prior,
        length=config.prior_length,
        noise=config.prior_noise,
        cyclic=cyclic,
    )
    factor = torch.linalg.cholesky(covariance)[0].numpy()
    draw = rng.standard_normal((len(position), config.dims))
    motion: Float = (temperature * factor @ draw).astype(np.float32)
    return motion
