"""What can be done to rows of keypoint motion, (T, 6K) or (T, 2K), as ``keypoints.to_rows`` has it.

All of these keep a row of zeros, the rest, at zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from motionstudio.core.keypoints import KeypointTrack, from_rows, movement_scale, to_rows
from motionstudio.core.motion import Float


def parts_of(dims: int, count: int) -> int:
    """How many dimensions a keypoint has: 6 with a matrix, 2 without.

    Raises:
        ValueError: ``dims`` fits neither.
    """
    if count < 1 or dims not in (2 * count, 6 * count):
        raise ValueError(f"expected 2 or 6 dimensions for each of {count} keypoints, got {dims}")
    return dims // count


def weighted(rows: Float, weights: Sequence[float]) -> Float:
    """Each keypoint's motion times its weight: 0 switches it off, 1 leaves it.

    Args:
        rows: (T, D), D 2 or 6 times the number of weights.
        weights: one for each keypoint.

    Raises:
        ValueError: D is neither.
    """
    parts = parts_of(rows.shape[1], len(weights))
    return (rows * np.repeat(np.asarray(weights, np.float32), parts)).astype(np.float32)


def without_mean(rows: Float, count: int) -> Float:
    """The mean displacement of all keypoints taken out: what is left is expression.

    Args:
        rows: (T, D) of ``count`` keypoints, places first: D is 2 or 6 times ``count``.
        count: how many keypoints.

    Raises:
        ValueError: D is neither.
    """
    parts = parts_of(rows.shape[1], count)
    split = rows.reshape(len(rows), count, parts).copy()
    split[..., :2] -= split[..., :2].mean(1, keepdims=True)
    return split.reshape(rows.shape)


def with_scale(rows: Float, count: int, scale: float) -> Float:
    """Displacements times ``scale``; matrices, which have no size, stay."""
    parts = parts_of(rows.shape[1], count)
    split = rows.reshape(len(rows), count, parts).copy()
    split[..., :2] *= np.float32(scale)
    return split.reshape(rows.shape)


def adapted(rows: Float, driving: KeypointTrack, source: KeypointTrack) -> Float:
    """Displacements scaled by how much larger the source is than the driving subject.

    Both are tracks of one picture, at rest; sizes are areas of convex hulls.
    """
    scale = movement_scale(source.value[0], driving.value[0])
    return with_scale(rows, source.value.shape[1], scale)


def absolute(
    rows: Float, driving: KeypointTrack, source: KeypointTrack, *, positions: bool, matrices: bool
) -> Float:
    """Rows that bring the source's keypoints where the driving subject's are, not just along.

    Args:
        rows: of the driving subject.
        driving: its keypoints at rest (T = 1).
        source: keypoints of the source at rest (T = 1).
        positions: whether places are taken over; else they stay relative.
        matrices: the same for the matrices.
    """
    count = source.value.shape[1]
    parts = parts_of(rows.shape[1], count)
    there = to_rows(from_rows(rows, driving), source)
    split, goal = rows.reshape(-1, count, parts).copy(), there.reshape(-1, count, parts)
    if positions:
        split[..., :2] = goal[..., :2]
    if matrices:
        split[..., 2:] = goal[..., 2:]
    return split.reshape(rows.shape)
