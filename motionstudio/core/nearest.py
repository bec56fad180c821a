"""Which frames and which motions are most alike, measured in principal components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.pca import Double

PHASES = 32
"""Motions are compared at this many even positions."""


def nearest_points(point: Double, points: Double, count: int) -> list[tuple[int, float]]:
    """The points nearest to ``point``, nearest first.

    Args:
        point: (K,).
        points: (n, K).
        count: how many at most.

    Returns:
        Index and Euclidean distance of each; equal distances in the order of ``points``.
    """
    if not len(points):
        return []
    away = np.linalg.norm(points - point, axis=1)
    order = np.argsort(away, kind="stable")[:count]
    return [(int(i), float(away[i])) for i in order]


def resampled(scores: Double, count: int = PHASES) -> Double:
    """A trajectory (T, K) at ``count`` even positions from its first to its last point."""
    if len(scores) == 1:
        return np.repeat(scores, count, axis=0)
    places = np.linspace(0, len(scores) - 1, count)
    steps = np.arange(len(scores))
    columns = [np.interp(places, steps, scores[:, k]) for k in range(scores.shape[1])]
    return np.stack(columns, axis=1)


def motion_distance(first: Double, second: Double) -> float:
    """Root mean square distance of two trajectories (T, K) at even positions in time.

    Both run from start to end once, however many frames they have: a slow and a quick walk are
    equal, a walk and the same walk begun elsewhere are not.
    """
    gap = resampled(first) - resampled(second)
    return float(np.sqrt(np.mean(np.sum(gap**2, axis=1))))


def nearest_motions(
    active: Double, others: Sequence[Double], count: int
) -> list[tuple[int, float]]:
    """Indices into ``others`` and distances of the most similar trajectories, nearest first."""
    distances = [motion_distance(active, other) for other in others]
    order = np.argsort(np.asarray(distances), kind="stable")[:count]
    return [(int(i), distances[int(i)]) for i in order]


def nearest_frames(
    point: Double, clouds: Sequence[Double], count: int
) -> list[tuple[int, int, float]]:
    """Frames of several subjects nearest to a point, at most one of each subject.

    Args:
        point: (K,).
        clouds: (T_i, K) scores of each subject.
        count: how many at most.

    Returns:
        Index into ``clouds``, frame, distance; nearest first.
    """
    best = [
        (index, *nearest_points(point, cloud, 1)[0])
        for index, cloud in enumerate(clouds)
        if len(cloud)
    ]
    return sorted(best, key=lambda found: found[2])[:count]


def within(
    points: NDArray[np.float64], corner: tuple[float, float], other: tuple[float, float]
) -> NDArray[np.intp]:
    """Indices of (n, 2) points inside the box between two corners, border included."""
    low, high = np.minimum(corner, other), np.maximum(corner, other)
    inside = np.all((points >= low) & (points <= high), axis=1)
    return np.flatnonzero(inside)
