"""Figures about a latent motion: spread, divergence from the prior, what dimensions follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Double = NDArray[np.float64]

ACTIVE_FROM = 0.01
"""Variance of the posterior mean from which a unit counts as active (Burda et al. 2016)."""

_SMALLEST_STD = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Figures for each of D dimensions.

    Attributes:
        variance: (D,) of the posterior mean over the frames.
        divergence: (D,) nats, mean over the frames of KL(q || N(0, 1)); None without deviations.
        active: (D,) bool, ``variance`` above ``ACTIVE_FROM``; where there are no deviations, so
            that values have no unit of their own, above that share of the largest variance.
        frames: how many rows took part.
    """

    variance: Double
    divergence: Double | None
    active: NDArray[np.bool_]
    frames: int


def statistics(mean: Float, std: Float | None, locked: int | None = None) -> Statistics:
    """Figures about the rows of a motion matrix.

    Args:
        mean: (R, D) posterior mean.
        std: (R, D) posterior standard deviation, or None.
        locked: row that is zero by definition and does not count, or None.

    Raises:
        ValueError: shapes that do not belong together, or no row that counts.
    """
    if std is not None and std.shape != mean.shape:
        raise ValueError(f"statistics: expected std of shape {mean.shape}, got {std.shape}")
    rows = np.delete(np.arange(len(mean)), [] if locked is None else [locked])
    if not len(rows):
        raise ValueError("statistics: expected at least one row that counts, got none")
    values = mean[rows].astype(np.float64)
    variance = values.var(axis=0)
    divergence = None if std is None else kl_to_standard(values, std[rows]).mean(axis=0)
    # Latents of a posterior are counted in standard normals, other numbers in anything.
    unit = 1.0 if std is not None else float(variance.max(initial=0.0))
    return Statistics(variance, divergence, variance > ACTIVE_FROM * unit, len(rows))


def kl_to_standard(mean: Double, std: Float | Double) -> Double:
    """KL(N(mean, std^2) || N(0, 1)) of each cell, nats, >= 0; std must not be negative."""
    spread = np.maximum(np.asarray(std, np.float64), _SMALLEST_STD)
    return np.asarray(0.5 * (mean**2 + spread**2 - 1.0) - np.log(spread))


def correlations(values: Float | Double, factors: Float | Double) -> Double:
    """Pearson correlation of each dimension with each factor over the frames.

    Args:
        values: (T, D).
        factors: (T, k); frames where a factor is NaN do not count for it.

    Returns:
        (D, k) in [-1, 1]; NaN where either does not vary or fewer than 3 frames are left.

    Raises:
        ValueError: another number of frames.
    """
    if len(values) != len(factors):
        raise ValueError(
            f"correlations: expected factors of {len(values)} frames, got {len(factors)}"
        )
    found = np.full((values.shape[1], factors.shape[1]), np.nan)
    for column in range(factors.shape[1]):
        known = np.isfinite(factors[:, column])
        if known.sum() >= 3:
            found[:, column] = _pearson(
                values[known].astype(np.float64), factors[known, column].astype(np.float64)
            )
    return found


def _pearson(values: Double, factor: Double) -> Double:
    centred = values - values.mean(axis=0)
    other = factor - factor.mean()
    sizes = np.sqrt((centred**2).sum(axis=0) * (other**2).sum())
    # What is left of a constant after rounding is not a variation.
    floor = 1e-9 * len(factor) * (1.0 + np.abs(values).max(axis=0)) * (1.0 + np.abs(factor).max())
    varies = sizes > floor
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(varies, (centred * other[:, None]).sum(axis=0) / sizes, np.nan)
    return np.asarray(np.clip(found, -1.0, 1.0))


def time_factors(
    times: Double, *, cyclic: bool, period: float | None = None
) -> tuple[Double, tuple[str, ...]]:
    """What is known of every clip: time, or sine and cosine of the phase of a closed cycle.

    Args:
        times: (T,) seconds.
        cyclic: whether the sequence is one closed period.
        period: its seconds; None: one frame distance after the last frame.

    Returns:
        (T, k) and the k names.
    """
    if not cyclic or len(times) < 2:
        return np.asarray(times, np.float64)[:, None], ("time",)
    whole = period or float(times[-1] - times[0] + np.median(np.diff(times)))
    angle = 2 * np.pi * (times - times[0]) / whole
    return np.stack([np.cos(angle), np.sin(angle)], axis=1), ("cos phase", "sin phase")


def label_areas(
    masks: NDArray[np.uint8], valid: NDArray[np.bool_] | None, label: int
) -> NDArray[np.float64]:
    """(T,) pixels of ``label`` in (T, H, W) masks; NaN where the frame carries no labels."""
    areas: NDArray[np.float64] = (masks == label).sum(axis=(1, 2)).astype(np.float64)
    if valid is not None:
        areas[~valid] = np.nan
    return areas
