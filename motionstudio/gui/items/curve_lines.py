"""Arrays as lines for a painter, thinned to what pixels can show."""

from __future__ import annotations

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPolygonF

Array = NDArray[np.float64]
_PER_PIXEL = 2


def polygon(x: Array, y: Array) -> QPolygonF:
    """A polygon through (n,) points; filled as one block of memory, not point by point."""
    made = QPolygonF()
    made.resize(len(x))
    if len(x):
        # A QPolygonF stores its points as pairs of doubles, one after another.
        memory = shiboken6.VoidPtr(made.data(), 16 * len(x), True)  # type: ignore[call-arg,arg-type]
        points = np.frombuffer(memory, np.float64).reshape(-1, 2)  # type: ignore[call-overload]
        points[:, 0] = x
        points[:, 1] = y
    return made


def thinned(x: Array, y: Array, pixels: int) -> tuple[Array, Array]:
    """A line that looks the same on ``pixels`` columns: of each bunch only its two extremes.

    Args:
        x: (n,) increasing.
        y: (n,).
        pixels: width on the screen.

    Returns:
        Both as they are while they have few points, else about two points for each column.
    """
    bunch = len(x) // max(1, pixels)
    if bunch <= _PER_PIXEL:
        return x, y
    count = len(x) // bunch
    block = y[: count * bunch].reshape(count, bunch)
    places = np.sort(np.stack([block.argmin(1), block.argmax(1)], 1), axis=1)
    index = (places + np.arange(count)[:, np.newaxis] * bunch).ravel()
    index = np.unique(np.concatenate([[0], index, [len(x) - 1]]))
    return x[index], y[index]


def dashes(x: Array, y: Array, on: float, off: float) -> list[QLineF]:
    """Straight dashes of ``on`` pixels, ``off`` apart, along a line through (n,) points.

    A dashed pen costs four times as much: it strokes the whole path and joins what it cut.
    Where the line leaves for what no number tells, it ends.
    """
    known = np.logical_and.accumulate(np.isfinite(x) & np.isfinite(y))
    x, y = x[known], y[known]
    if len(x) < 2:
        return []
    run = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    starts = np.arange(0.0, run[-1], on + off)
    ends = np.minimum(starts + on, run[-1])
    places = np.concatenate([starts, ends])
    ends_x, ends_y = np.interp(places, run, x), np.interp(places, run, y)
    count = len(starts)
    points = zip(ends_x[:count], ends_y[:count], ends_x[count:], ends_y[count:], strict=True)
    return [QLineF(*map(float, four)) for four in points]
