"""Operations that move motion in time: shift, stretch, reverse, loop seam.

As in ``core.editing`` they are pure, take whole matrices (R, D), and change only the named cells.
The chosen rows, in order, are the time that is moved; what lies outside is neither read nor
written. ``cyclic`` means that the last chosen row is followed by the first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Times = NDArray[np.float64]


def time_shift(
    values: Float, rows: Sequence[int], dims: Sequence[int], by: float, *, cyclic: bool = False
) -> Float:
    """Values (R, D) whose chosen cells come ``by`` frames later.

    Args:
        values: (R, D).
        rows: rows that change.
        dims: dimensions that change.
        by: frames, also fractions; negative comes earlier. Whole frames copy values exactly.
        cyclic: what leaves at one end comes in at the other; otherwise the end value holds.
    """
    return _resampled(values, rows, dims, np.arange(len(rows), dtype=np.float64) - by, cyclic)


def time_stretch(
    values: Float, rows: Sequence[int], dims: Sequence[int], factor: float, *, cyclic: bool = False
) -> Float:
    """Values (R, D) whose chosen cells take ``factor`` times as long, from the first row on.

    Args:
        values: (R, D).
        rows: rows that change.
        dims: dimensions that change.
        factor: > 0; 2 is half as fast. What goes beyond the last row is cut off; where motion
            ends early its last value holds, or it starts again in a cycle.
        cyclic: whether the last row is followed by the first.

    Raises:
        ValueError: a factor that is not positive.
    """
    if not factor > 0:
        raise ValueError(f"time_stretch: expected factor > 0, got {factor}")
    return _resampled(values, rows, dims, np.arange(len(rows), dtype=np.float64) / factor, cyclic)


def reverse(
    values: Float, rows: Sequence[int], dims: Sequence[int], *, cyclic: bool = False
) -> Float:
    """Values (R, D) whose chosen cells run backwards; in a cycle the first row stays first."""
    count = len(rows)
    places = -np.arange(count) % count if cyclic and count else np.arange(count)[::-1]
    return _resampled(values, rows, dims, places.astype(np.float64), cyclic)


def loop_seam(values: Float, rows: Sequence[int], dims: Sequence[int], width: int) -> Float:
    """Values (R, D) whose chosen cells end where they begin.

    Args:
        values: (R, D).
        rows: rows that change; the last of them gets exactly the values of the first.
        dims: dimensions that change.
        width: over how many rows before the end the difference is blended in, at least 1.

    Raises:
        ValueError: a width below 1.
    """
    if width < 1:
        raise ValueError(f"loop_seam: expected width >= 1, got {width}")
    index = np.ix_(rows, dims)
    block = values[index].astype(np.float64)
    if not len(block):
        return values.copy()
    steps = np.arange(1 - len(block), 1)
    u = np.clip(1 + steps / width, 0, 1)
    weights = (u * u * (3 - 2 * u))[:, None]
    moved = block + weights * (block[0] - block[-1])
    moved[-1] = block[0]
    result = values.copy()
    result[index] = moved.astype(np.float32)
    return result


def _resampled(
    values: Float, rows: Sequence[int], dims: Sequence[int], places: Times, cyclic: bool
) -> Float:
    """Chosen cells read at ``places`` (n,) counted in chosen rows, linearly in between."""
    result, count = values.copy(), len(rows)
    if not count:
        return result
    index = np.ix_(rows, dims)
    block = values[index].astype(np.float64)
    places = places % count if cyclic else np.clip(places, 0, count - 1)
    low = np.floor(places).astype(np.intp)
    share = (places - low)[:, None]
    low %= count
    high = (low + 1) % count if cyclic else np.minimum(low + 1, count - 1)
    result[index] = (block[low] + share * (block[high] - block[low])).astype(np.float32)
    return result
