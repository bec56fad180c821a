"""Latents of missing frames on straight lines, and how straight a path is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Seconds = NDArray[np.float64]

REACH = 3
"""Frames that a path is continued beyond the last known one: straight lines do not hold longer."""


def filled_rows(known: Float, at: Seconds, times: Seconds, *, reach: int = 0) -> Float:
    """Rows at ``times`` from rows at some of them: straight lines in time.

    Args:
        known: (n, D) rows, n >= 1.
        at: (n,) their seconds, increasing, ``at[0] == times[0]``.
        times: (T,) seconds of all rows, increasing.
        reach: how many rows after the last known one go on as the last two known ones say; the
            rest stands still.

    Returns:
        (T, D) float32.

    Raises:
        ValueError: shapes that do not belong together.
    """
    if known.ndim != 2 or len(known) != len(at) or not len(at):
        raise ValueError(
            f"filled_rows: expected (n, D) rows and (n,) times, got {known.shape} and {at.shape}"
        )
    columns = [np.interp(times, at, column) for column in known.T]
    rows = np.stack(columns, 1).astype(np.float32)
    after = np.flatnonzero(times > at[-1])
    if reach and len(after) and len(at) > 1:
        speed = (known[-1] - known[-2]) / (at[-1] - at[-2])
        last = times[after[min(reach, len(after)) - 1]]
        ahead = np.minimum(times[after], last) - at[-1]
        rows[after] = known[-1] + ahead[:, None] * speed
    return rows


def straightness(rows: Float) -> float:
    """Distance of the ends of a path (T, D) over its length: 1 is straight, 0 comes back.

    NaN where nothing moves.
    """
    path = np.asarray(rows, np.float64)
    length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    if not length > 0:
        return float("nan")
    return float(np.linalg.norm(path[-1] - path[0]) / length)


def midpoint_residuals(rows: Float, gap: int = 1) -> NDArray[np.float64]:
    """(T - 2 gap,) how far each row lies from the middle of the rows ``gap`` before and after.

    ``|z_t - (z_a + z_b) / 2| / |z_b - z_a|``: 0 is on the middle; NaN where a and b agree.

    Raises:
        ValueError: ``gap`` < 1.
    """
    if gap < 1:
        raise ValueError(f"midpoint_residuals: expected gap >= 1, got {gap}")
    path = np.asarray(rows, np.float64)
    before, after = path[: -2 * gap], path[2 * gap :]
    away = np.linalg.norm(path[gap:-gap] - (before + after) / 2, axis=1)
    apart = np.linalg.norm(after - before, axis=1)
    found = np.divide(away, apart, out=np.full_like(away, np.nan), where=apart > 0)
    return np.asarray(found, np.float64)
