"""Pictures drawn in glimpses: one picture laid out over time, its cost, its windows, its blends.

Rows of a motion of kind GLIMPSE come picture after picture, the same number for each. A *drawing*
is such a motion of one picture whose glimpses have a frame of the timeline each.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion, RowKind

SECONDS = 0.25
"""How long the canvas after each glimpse stays in sight when a drawing is played."""


def drawing_times(count: int) -> NDArray[np.float64]:
    """(count,) seconds of the glimpses of a drawing."""
    return np.arange(count, dtype=np.float64) * SECONDS


def is_drawing(motion: Motion) -> bool:
    """Whether the rows are the glimpses of one picture, one for each frame."""
    return motion.rows is RowKind.GLIMPSE and len(motion.mean) == len(motion.times) > 1


def as_drawing(motion: Motion, times: NDArray[np.float64]) -> Motion:
    """The motion of one picture with its G rows at ``times`` (G,) seconds.

    Raises:
        ValueError: rows are no glimpses of one picture, or there are not G of them.
    """
    fits = motion.rows is RowKind.GLIMPSE and len(motion.times) == 1
    if not fits or len(motion.mean) != len(times):
        raise ValueError(
            f"as_drawing: expected {len(times)} glimpses of one picture, got {len(motion.mean)} "
            f"rows ({motion.rows.value}) of {len(motion.times)}"
        )
    return replace(
        motion,
        kept=np.ones(len(times), np.bool_),
        times=np.array(times, np.float64),
        row_times=np.stack([times, times], 1),
        filled=np.zeros(len(times), np.bool_),
    )


def divergences(mean: Float, std: Float) -> NDArray[np.float64]:
    """(R,) nats: KL(N(mean, std^2) || N(0, I)) of each row of (R, D) values."""
    m, s = mean.astype(np.float64), std.astype(np.float64)
    found: NDArray[np.float64] = 0.5 * (m**2 + s**2 - 2 * np.log(s) - 1).sum(1)
    return found


def redrawn(values: Float, row: int, seed: int, spread: float = 1.0) -> Float:
    """(R - row, D): rows ``row`` to the last of a drawing, drawn anew from the prior N(0, 1).

    The draw belongs to the row: starting at a later row with the same seed gives it the same
    values.

    Raises:
        ValueError: there is no such row.
    """
    if not 0 <= row < len(values):
        raise ValueError(f"redrawn: expected row in [0, {len(values)}), got {row}")
    drawn = np.random.default_rng(seed).standard_normal(values.shape, np.float32)
    return (drawn * np.float32(spread))[row:]


def morph(first: Float, last: Float, count: int) -> Float:
    """(count * G, D): pictures between two drawings (G, D), ends included, linear in each row.

    Raises:
        ValueError: the drawings differ in shape, or fewer than two pictures are wanted.
    """
    if first.shape != last.shape or first.ndim != 2 or count < 2:
        raise ValueError(
            f"morph: expected two (G, D) and count >= 2, got {first.shape}, {last.shape}, {count}"
        )
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None, None]
    between = first[None] * (1 - share) + last[None] * share
    return np.asarray(between.reshape(-1, first.shape[1]), np.float32)


def window_outline(place: NDArray[np.floating]) -> NDArray[np.float64]:
    """(5, 2) corners (x, y) of a window, the first one again at the end, in model pixels.

    Args:
        place: x, y of the centre and side, in pixels counted from the middle of the first one,
            and further numbers that do not matter here.
    """
    x, y, half = float(place[0]), float(place[1]), float(place[2]) / 2
    return np.array([
        (x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half),
        (x - half, y - half),
    ])  # fmt: skip
