"""Going a way in latent space: what adding a direction does to a motion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from motionstudio.core.motion import Float

Course = Literal["constant", "ramp", "along"]
"""How an amount is spread over the frames: the same everywhere, growing from 0, or as strongly as
each frame already moves that way."""


def along(
    offset: Float,
    values: Float,
    rows: Sequence[int],
    vector: Float,
    amount: float,
    course: Course = "constant",
) -> Float:
    """Offsets (len(rows), D) after adding ``amount`` times ``vector`` to some rows.

    Args:
        offset: (R, D) offsets before.
        values: (R, D) values before, for ``along``.
        rows: rows that change, increasing, at least one.
        vector: (D,) the direction, in latent units for an amount of 1.
        amount: how far; 0 changes nothing.
        course: how it is spread over the rows.

    Raises:
        ValueError: no row, or a vector of another length.
    """
    if not len(rows):
        raise ValueError("along: expected at least one row, got none")
    if vector.shape != offset.shape[1:]:
        raise ValueError(f"along: expected vector of shape {offset.shape[1:]}, got {vector.shape}")
    weights = course_weights(values[list(rows)], vector, course)
    step = np.float64(amount) * weights[:, None] * vector.astype(np.float64)
    return np.asarray(offset[list(rows)] + step, np.float32)


def course_weights(values: Float, vector: Float, course: Course) -> Float:
    """(n,) how much of the amount each of n rows (n, D) gets, at most 1 in size."""
    count = len(values)
    if course == "constant":
        return np.ones(count, np.float32)
    if course == "ramp":
        return np.linspace(0, 1, count, dtype=np.float32) if count > 1 else np.ones(1, np.float32)
    scores = values.astype(np.float64) @ vector.astype(np.float64)
    largest = float(np.abs(scores).max())
    if largest == 0:
        return np.zeros(count, np.float32)
    return np.asarray(scores / largest, np.float32)
