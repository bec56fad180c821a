"""Where a latent lies within the standard normal, and back: the plane that VAEs are shown in.

Kingma and Welling decode an evenly spaced grid of shares of the prior, so that every picture stands
for equally much of it.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from motionstudio.core.pca import Double

_NORMAL = NormalDist()
EDGE = 1e-4
"""Shares are kept this far from 0 and 1, where latents would be infinite (3.7 here)."""


def share_below(latents: Double) -> Double:
    """The share of the standard normal below each latent, in [EDGE, 1 - EDGE], any shape."""
    flat = np.array([_NORMAL.cdf(value) for value in np.ravel(latents)], np.float64)
    return np.clip(flat, EDGE, 1 - EDGE).reshape(np.shape(latents))


def latent_at(shares: Double) -> Double:
    """The latent that has this share of the standard normal below it, any shape."""
    held = np.clip(np.asarray(shares, np.float64), EDGE, 1 - EDGE)
    flat = np.array([_NORMAL.inv_cdf(value) for value in np.ravel(held)], np.float64)
    return flat.reshape(held.shape)
