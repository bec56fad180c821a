"""Tracked points: where marked material goes, frame by frame, and the table of it.

Points are (x, y) in pixels, pixel centres at whole numbers. The *inverse* field says where the
material of the reference goes; the backward displacement says where a picture's pixel came from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Points = NDArray[np.float64]

_COLUMNS = ("point", "frame", "time_s", "x_px", "y_px", "dx_px", "dy_px")
_MM_COLUMNS = ("x_mm", "y_mm", "distance_mm")


def sample_field(field: Float, points: NDArray[np.floating]) -> Points:
    """Bilinear samples of a field.

    Args:
        field: (2, H, W) float32, pixels.
        points: (n, 2) positions (x, y); outside the picture the border counts.

    Returns:
        (n, 2) float64 (dx, dy).

    Raises:
        ValueError: a wrong shape.
    """
    if field.ndim != 3 or field.shape[0] != 2 or points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(
            f"sample_field: expected (2, H, W) and (n, 2), got {field.shape} and {points.shape}"
        )
    height, width = field.shape[1:]
    x = np.clip(points[:, 0], 0, width - 1).astype(np.float64)
    y = np.clip(points[:, 1], 0, height - 1).astype(np.float64)
    left = np.minimum(x.astype(np.intp), max(width - 2, 0))
    top = np.minimum(y.astype(np.intp), max(height - 2, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = x - left, y - top
    upper = field[:, top, left] * (1 - across) + field[:, top, right] * across
    lower = field[:, bottom, left] * (1 - across) + field[:, bottom, right] * across
    return np.asarray((upper * (1 - down) + lower * down).T, dtype=np.float64)


def carried(points: NDArray[np.floating], inverse: Float) -> Points:
    """Where points of the reference lie in one frame: ``p + inverse(p)``, (n, 2)."""
    return np.asarray(points + sample_field(inverse, points), np.float64)


def origin(points: NDArray[np.floating], displacement: Float) -> Points:
    """Where points of one frame lie in the reference: ``p + displacement(p)``, (n, 2)."""
    return np.asarray(points + sample_field(displacement, points), np.float64)


def follow(points: NDArray[np.floating], inverse: Float) -> Points:
    """The paths of points of the reference.

    Args:
        points: (n, 2) positions in the reference.
        inverse: (T, 2, H, W) float32, pixels.

    Returns:
        (T, n, 2) float64 positions.
    """
    if not len(inverse):
        return np.zeros((0, len(points), 2))
    return np.stack([carried(points, field) for field in inverse])


def track_table(
    paths: Points, times: NDArray[np.float64], spacing: tuple[float, float] | None = None
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Paths as one table, a row for each point and frame whose place is known.

    Args:
        paths: (T, n, 2) positions, NaN where unknown.
        times: (T,) seconds.
        spacing: (row, column) mm of a pixel, or None: the columns in mm are left out.

    Returns:
        The names of the columns, and (rows, columns) float64: point, frame, time in s, place in
        px, way from the first known place in px; with ``spacing`` place and distance in mm.

    Raises:
        ValueError: ``times`` does not belong to ``paths``.
    """
    if paths.ndim != 3 or paths.shape[2] != 2 or times.shape != (len(paths),):
        raise ValueError(
            f"track_table: expected (T, n, 2) and (T,), got {paths.shape} and {times.shape}"
        )
    rows: list[list[float]] = []
    for point in range(paths.shape[1]):
        known = np.flatnonzero(np.isfinite(paths[:, point, 0]))
        for t in known:
            x, y = (float(v) for v in paths[t, point])
            dx, dy = (float(v) for v in paths[t, point] - paths[known[0], point])
            row = [float(point), float(t), float(times[t]), x, y, dx, dy]
            if spacing is not None:
                row += [x * spacing[1], y * spacing[0], np.hypot(dx * spacing[1], dy * spacing[0])]
            rows.append(row)
    names = _COLUMNS if spacing is None else _COLUMNS + _MM_COLUMNS
    return names, np.array(rows, np.float64).reshape(len(rows), len(names))


def tracks_csv(
    paths: Points, times: NDArray[np.float64], spacing: tuple[float, float] | None = None
) -> str:
    """``track_table`` as comma-separated text with a header line."""
    names, table = track_table(paths, times, spacing)
    lines = [",".join(names)]
    for row in table:
        whole = [str(int(row[0])), str(int(row[1]))]
        lines.append(",".join(whole + [f"{value:.6g}" for value in row[2:]]))
    return "\n".join(lines) + "\n"
