"""The ten digits as strokes of a pen, drawn by us: lines and arcs in a box of half height 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Float = NDArray[np.float32]
Point = tuple[float, float]

_ARC_STEPS = 13


def _arc(centre: Point, radii: Point, start: float, stop: float) -> list[Point]:
    """Points from ``start`` to ``stop`` degrees; 0 is to the right and 90 is down."""
    angles = np.deg2rad(np.linspace(start, stop, _ARC_STEPS))
    x, y = centre[0] + radii[0] * np.cos(angles), centre[1] + radii[1] * np.sin(angles)
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


@cache
def segments(digit: int) -> Double:
    """(n, 2, 2): ends (x, y) of the short lines that a digit is made of, y down.

    Raises:
        ValueError: no digit.
    """
    if digit not in _STROKES:
        raise ValueError(f"digit_strokes: expected a digit of 0 to 9, got {digit!r}")
    lines = [pair for stroke in _STROKES[digit] for pair in pairwise(stroke)]
    return np.array(lines)


def distance(digit: int, x: Float, y: Float) -> Float:
    """Distance of the points ``x``, ``y`` from the middle of the pen's line, in half heights."""
    nearest = np.full(np.broadcast_shapes(x.shape, y.shape), np.inf, np.float32)
    for (ax, ay), (bx, by) in segments(digit):
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        away = np.hypot(x - ax - along * dx, y - ay - along * dy)
        np.minimum(nearest, away.astype(np.float32), out=nearest)
    return nearest


_STROKES: dict[int, Sequence[Sequence[Point]]] = {
    0: [_arc((0, 0), (0.58, 1), -90, 270)],
    1: [[(-0.35, -0.65), (0.05, -1), (0.05, 1)]],
    2: [[*_arc((0, -0.45), (0.55, 0.55), -170, 30), (-0.55, 1), (0.6, 1)]],
    3: [
        [*_arc((-0.05, -0.5), (0.52, 0.5), -150, 90), (-0.2, 0)],
        [(-0.05, 0), *_arc((-0.05, 0.48), (0.6, 0.52), -90, 150)],
    ],
    4: [[(0.3, 1), (0.3, -1), (-0.6, 0.4), (0.62, 0.4)]],
    5: [[(0.5, -1), (-0.42, -1), (-0.48, -0.08), *_arc((-0.02, 0.4), (0.58, 0.6), -130, 150)]],
    6: [[(0.35, -1), *_arc((0.02, 0.42), (0.56, 0.58), -160, 200)]],
    7: [[(-0.58, -1), (0.58, -1), (-0.15, 1)]],
    8: [
        _arc((0, -0.5), (0.45, 0.5), 90, 450),
        _arc((0, 0.5), (0.55, 0.5), -90, 270),
    ],
    9: [[*_arc((-0.02, -0.42), (0.54, 0.58), 20, -340), (0.4, 1)]],
}
