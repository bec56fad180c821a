"""How latent paths of VAEs go on: straight on from the last two frames, then at rest."""

from __future__ import annotations

import numpy as np

from motionstudio.core.inbetween import REACH
from motionstudio.core.motion import Float


def rows_ahead(
    mean: Float, std: Float, count: int, *, futures: int, seed: int, temperature: float
) -> Float:
    """Latents after the last of at least two frames.

    Each future draws the last two latents from their posteriors, so that place and speed are as
    uncertain as the model is of them, and goes straight on for ``core.inbetween.REACH`` frames.

    Args:
        mean: (T, D) posterior means, T >= 2.
        std: (T, D) posterior standard deviations.
        count: K, how many rows to make.
        futures: N.
        seed: equal seeds give equal rows.
        temperature: factor of the standard deviations; 0: the means themselves.

    Returns:
        (N, K, D) float32.

    Raises:
        ValueError: fewer than two frames.
    """
    if len(mean) < 2 or mean.shape != std.shape:
        raise ValueError(f"rows_ahead: expected two (T >= 2, D), got {mean.shape}, {std.shape}")
    noise = np.random.default_rng(seed).standard_normal((futures, 2, mean.shape[1]))
    last = mean[-2:] + temperature * noise * std[-2:]
    ahead = np.minimum(np.arange(1, count + 1), REACH)[None, :, None]
    return np.asarray(last[:, 1:] + ahead * (last[:, 1:] - last[:, :1]), np.float32)
