"""Streamlines: curves that follow the direction of a field everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.tracks import sample_field

Float = NDArray[np.float32]


def streamlines(field: Float, spacing: float, *, steps: int = 24, slowest: float = 0.15) -> Float:
    """Curves from evenly spaced seeds, both ways, by the midpoint rule.

    Args:
        field: (2, H, W) float32, pixels.
        spacing: distance of the seeds, pixels, positive.
        steps: points of a curve to either side of its seed; each step is a tenth of ``spacing``
            times the square root of the share of the greatest speed, so slow places get short
            curves.
        slowest: a curve ends where the motion is shorter than this many pixels.

    Returns:
        (n, 2) float32 points (x, y) in pixels, curves separated by rows of NaN.

    Raises:
        ValueError: a wrong shape or spacing.
    """
    if field.ndim != 3 or field.shape[0] != 2 or not spacing > 0 or steps < 1:
        raise ValueError(f"streamlines: expected (2, H, W) and spacing > 0, got {field.shape}")
    height, width = field.shape[1:]
    x, y = np.meshgrid(
        np.arange(spacing / 2, width, spacing), np.arange(spacing / 2, height, spacing)
    )
    seeds = np.stack([x.ravel(), y.ravel()], axis=1)
    fast = float(np.hypot(field[0], field[1]).max()) if field.size else 0.0
    if fast < slowest or not len(seeds):
        return np.zeros((0, 2), np.float32)
    size = (width, height)
    ahead = _half(field, seeds, steps, spacing / 10, slowest, fast, size)
    behind = _half(field, seeds, steps, -spacing / 10, slowest, fast, size)
    whole = np.concatenate([behind[:, :0:-1], ahead], axis=1)
    broken = np.full((len(seeds), 1, 2), np.nan)
    lines = np.concatenate([whole, broken], axis=1)
    moving = np.isfinite(whole[..., 0]).sum(axis=1) > 1
    return _without_repeated_gaps(lines[moving].reshape(-1, 2)).astype(np.float32)


def _half(
    field: Float,
    seeds: NDArray[np.float64],
    steps: int,
    step: float,
    slowest: float,
    fast: float,
    size: tuple[int, int],
) -> NDArray[np.float64]:
    """(n, steps + 1, 2) positions from the seeds on; NaN after a curve has ended."""
    places = np.full((len(seeds), steps + 1, 2), np.nan)
    places[:, 0] = seeds
    alive = np.ones(len(seeds), np.bool_)
    now = seeds.copy()
    for index in range(1, steps + 1):
        middle = now + _direction(field, now, fast) * step / 2
        move = sample_field(field, middle)
        alive &= np.hypot(move[:, 0], move[:, 1]) >= slowest
        now = now + _direction(field, middle, fast) * step
        alive &= np.all((now >= -0.5) & (now <= np.array(size) - 0.5), axis=1)
        places[alive, index] = now[alive]
    return places


def _direction(field: Float, points: NDArray[np.float64], fast: float) -> NDArray[np.float64]:
    move = sample_field(field, points)
    length = np.hypot(move[:, 0], move[:, 1])[:, np.newaxis]
    share = np.sqrt(np.minimum(length / fast, 1))
    made: NDArray[np.float64] = np.asarray(move / np.maximum(length, 1e-9) * share, np.float64)
    return made


def _without_repeated_gaps(points: NDArray[np.float64]) -> NDArray[np.float64]:
    gap = np.isnan(points[:, 0])
    again = gap & np.concatenate([[True], gap[:-1]])
    return np.asarray(points[~again], np.float64)
