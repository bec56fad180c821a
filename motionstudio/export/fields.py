"""Fields as numbers: displacement and Jacobian as arrays, and a line for each frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float, Rendered
from motionstudio.core.tracks import follow, tracks_csv
from motionstudio.core.warp import jacobian_determinant
from motionstudio.io.atomic import Tick, advance, whole_file
from motionstudio.io.provenance import Provenance

_TRACKS_ACROSS = 16
SUMMARY_COLUMNS = (
    "frame", "time_s", "kept", "length_min_px", "length_median_px", "length_max_px",
    "jacobian_min", "jacobian_median", "jacobian_max", "folded_percent",
)  # fmt: skip


def forward_field(rendered: Rendered) -> Float:
    """(T, 2, H, W): where material goes; the inverse, or the negated displacement without one.

    Raises:
        MotionStudioError: there is no field at all.
    """
    if rendered.inverse is not None:
        return rendered.inverse
    return np.asarray(-needed(rendered), np.float32)


def needed(rendered: Rendered) -> Float:
    """(T, 2, H, W) float32, backward, pixels.

    Raises:
        MotionStudioError: there is none.
    """
    if rendered.displacement is None:
        raise MotionStudioError(
            "This motion has no displacement field to write.", "Choose a model that warps."
        )
    return rendered.displacement


def jacobians(rendered: Rendered, tick: Tick) -> Float:
    """(T, H, W) float32 local change of area, of the field that says where material goes.

    Raises:
        MotionStudioError: there is no field.
        Cancelled: the tick answered False.
    """
    field = forward_field(rendered)
    maps = np.empty((len(field), *field.shape[2:]), np.float32)
    for index in range(len(field)):
        maps[index] = jacobian_determinant(np.asarray(field[index]))
        advance(tick, (index + 1) / len(field))
    return maps


def write_fields_npz(
    rendered: Rendered,
    path: Path,
    spacing: tuple[float, float] | None,
    provenance: Provenance | None,
    tick: Tick,
) -> Path:
    """Write times, displacement, inverse and jacobian, all float32 but the times.

    Raises:
        MotionStudioError: there is no field, or the place cannot be written to.
        Cancelled: the tick answered False.
    """
    arrays: dict[str, Any] = {"times": rendered.times, "displacement": needed(rendered)}
    if rendered.inverse is not None:
        arrays["inverse"] = rendered.inverse
    arrays["jacobian"] = jacobians(rendered, lambda done: tick(done / 2))
    if spacing is not None:
        arrays["spacing_mm"] = np.array(spacing)
    if provenance is not None:
        arrays["provenance"] = np.str_(json.dumps(provenance.entries()))
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
        advance(tick, 1.0)
    return path


def summary_rows(
    rendered: Rendered, frames: list[str], kept: NDArray[np.bool_], tick: Tick
) -> list[list[str]]:
    """One row of ``SUMMARY_COLUMNS`` for each rendered picture.

    Args:
        rendered: with fields.
        frames: name of the frame of each picture.
        kept: (n,) bool, of each picture.
        tick: progress and cancellation.

    Raises:
        MotionStudioError: there is no field.
        Cancelled: the tick answered False.
    """
    field, rows = forward_field(rendered), []
    for index, name in enumerate(frames):
        values = np.asarray(field[index])
        length = np.hypot(values[0], values[1])
        change = jacobian_determinant(values)
        numbers = [
            *(np.min(length), np.median(length), np.max(length)),
            *(np.min(change), np.median(change), np.max(change)),
            100 * np.mean(change <= 0),
        ]
        time = repr(float(rendered.times[index]))
        rows.append([name, time, str(int(kept[index])), *(f"{float(v):.6g}" for v in numbers)])
        advance(tick, (index + 1) / len(frames))
    return rows


def write_summary(rows: list[list[str]], path: Path) -> Path:
    """Write the rows under their columns as CSV.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(SUMMARY_COLUMNS)
        lines.writerows(rows)
    return path


def write_tracks(
    rendered: Rendered, path: Path, spacing: tuple[float, float] | None, tick: Tick
) -> Path:
    """Write where a grid of points of the reference, 16 across, is in every frame.

    Raises:
        Cancelled: the tick answered False.
        MotionStudioError: there is no field, or the place cannot be written to.
    """
    field = forward_field(rendered)
    height, width = field.shape[2:]
    step = max(height, width) / _TRACKS_ACROSS
    across, down = np.meshgrid(np.arange(step / 2, width, step), np.arange(step / 2, height, step))
    points = np.stack([across.ravel(), down.ravel()], axis=1)
    text = tracks_csv(follow(points, field), rendered.times, spacing)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        advance(tick, 1.0)
    return path
