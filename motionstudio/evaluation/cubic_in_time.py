"""Displacement between known frames by cubic splines over time: the smoother rival of a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Double = NDArray[np.float64]


def cubic_in_time(
    fields: Float, known: NDArray[np.intp], times: Double, period: float | None
) -> Float:
    """Displacement at every time from that at the ``known`` frames, by a cubic spline.

    Twice continuously differentiable: natural (straight at both ends), or closed where there is a
    ``period``. Arguments and result are those of ``peers.in_time``; behind the last known frame of
    an open clip its displacement stays.

    Args:
        fields: (T, 2, H, W); only rows ``known`` are looked at.
        known: (n,) increasing frame numbers that start with 0.
        times: (T,) seconds.
        period: seconds after which frame 0 comes again, or None.

    Returns:
        (T, 2, H, W).
    """
    moments = times[known]
    at = times if period is not None else np.minimum(times, moments[-1])
    weights = spline_weights(moments, at, period).astype(np.float32)
    return np.asarray(np.tensordot(weights, fields[known], 1), np.float32)


def spline_weights(moments: Double, at: Double, period: float | None) -> Double:
    """What every known value counts at the times ``at``, which lie behind the first moment.

    Args:
        moments: (n,) increasing times of the known values.
        at: (m,) times.
        period: of a closed spline, longer than the moments reach; None: a natural one.

    Returns:
        (m, n); rows sum to 1.
    """
    count = len(moments)
    if count == 1:
        return np.ones((len(at), 1))
    ends = np.append(moments, moments[0] + period) if period is not None else moments
    steps = np.diff(ends)
    bent = _curvatures(steps, count, period is not None)
    here = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, len(steps) - 1)
    after, width = (here + 1) % count, steps[here][:, None]
    right = (at - ends[here])[:, None] / width
    left = 1 - right
    values = np.eye(count)
    line = left * values[here] + right * values[after]
    curve = (left**3 - left) * bent[here] + (right**3 - right) * bent[after]
    return np.asarray(line + curve * width**2 / 6)


def _curvatures(steps: Double, count: int, closed: bool) -> Double:
    """(n, n) second derivative at every moment, for each known value being 1 and all others 0."""
    system, slopes = np.zeros((count, count)), np.zeros((count, count))
    for i in range(count):
        if not closed and i in (0, count - 1):
            system[i, i] = 1
            continue
        before, after = (i - 1) % count, (i + 1) % count
        # Of two moments of a closed spline both neighbours are the same one.
        system[i, before] += steps[i - 1]
        system[i, after] += steps[i]
        system[i, i] += 2 * (steps[i - 1] + steps[i])
        slopes[i, after] += 6 / steps[i]
        slopes[i, before] += 6 / steps[i - 1]
        slopes[i, i] -= 6 / steps[i] + 6 / steps[i - 1]
    return np.asarray(np.linalg.solve(system, slopes), np.float64)
