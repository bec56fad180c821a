"""A folder of DICOM files: its series and slices, and the frames of one in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from motionstudio.core.clip import Clip
from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.dicom import (
    channels,
    facts,
    frame_count,
    header,
    load_frame,
    spacing,
    value_type,
)
from motionstudio.io.dicom_times import is_gated
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import check_count
from motionstudio.io.problems import reading
from motionstudio.io.timing import Times, nominal_times, stated_times


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One single-frame file of a series."""

    path: Path
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class _Series:
    """Files of one slice position (or one whole volume), in order."""

    sheets: tuple[_Sheet, ...]
    volume: bool


def probe_series(folder: Path, files: Sequence[Path]) -> ClipInfo:
    """What a folder of DICOM files holds, from their headers."""
    found, notes = _arrange(folder, files)
    with reading(folder):
        first = found[len(found) // 2]
        dataset = first.sheets[0].dataset
        return ClipInfo(
            kind="DICOM series",
            frames=len(first.sheets),
            size=(int(dataset.Rows), int(dataset.Columns)),
            channels=channels(dataset),
            dtype=_type(first).name,
            slices=len(found),
            warnings=notes,
        )


def read_series(folder: Path, files: Sequence[Path], options: ReadOptions) -> Clip:
    """The frames of one slice of the series in ``folder``; the middle one by default."""
    found, notes = _arrange(folder, files)
    wanted = options.slice_index
    if wanted is not None and not 0 <= wanted < len(found):
        raise MotionStudioError(
            f"{folder.name} has no slice {wanted}; it holds {len(found)}, counted from 0."
        )
    chosen = len(found) // 2 if wanted is None else wanted
    if len(found) > 1 and wanted is None:
        notes += (f"{folder.name} holds {len(found)} slices; slice {chosen} is shown.",)
    with reading(folder):
        return _clip(folder, found[chosen], options, notes)


def _clip(folder: Path, series: _Series, options: ReadOptions, notes: tuple[str, ...]) -> Clip:
    dataset = series.sheets[0].dataset
    dtype = _type(series)
    times, assumed = _times(folder, series, options.fps)
    if series.volume:
        assumed = (
            f"{folder.name} is a volume; its {len(series.sheets)} slices are taken as time.",
            *assumed,
        )
    shape = (len(series.sheets), int(dataset.Rows), int(dataset.Columns), channels(dataset))

    def load(index: int) -> Any:
        sheet = series.sheets[index]
        return load_frame(sheet.path, sheet.dataset, 0, dtype)

    frames = LazyFrames(shape, dtype, load)
    _ = frames[0]
    return Clip(
        frames,
        times,
        folder.name,
        folder,
        spacing=spacing(dataset),
        cyclic=True if is_gated(dataset) and not series.volume and len(frames) > 1 else None,
        provenance=facts(dataset) | {"files": str(len(series.sheets))},
        warnings=notes + assumed,
    )


def _arrange(folder: Path, files: Sequence[Path]) -> tuple[list[_Series], tuple[str, ...]]:
    """The slices of the largest series among ``files``, and what was left out."""
    check_count(folder, len(files))
    sheets, broken = [], 0
    for path in files:
        try:
            sheets.append(_Sheet(path, header(path)))
        except MotionStudioError:
            broken += 1
    if not sheets:
        raise MotionStudioError(f"{folder.name} holds no DICOM file that can be read.")
    with reading(folder):
        kept = _largest_series(sheets)
        slices = _slices(kept)
    notes: tuple[str, ...] = ()
    if broken:
        notes += (f"{counted(broken, 'file')} in {folder.name} could not be read: left out.",)
    if len(kept) < len(sheets):
        notes += (
            f"{counted(len(sheets) - len(kept), 'file')} in {folder.name} left out: of other "
            "series, of many frames or of another size.",
        )
    return slices, notes


def _largest_series(sheets: list[_Sheet]) -> list[_Sheet]:
    """Single-frame files that share series, size and kind of pixels: the largest such group."""
    groups: dict[tuple[Any, ...], list[_Sheet]] = {}
    for sheet in sheets:
        d = sheet.dataset
        if frame_count(d) == 1:
            key = (str(d.get("SeriesInstanceUID", "")), int(d.Rows), int(d.Columns), channels(d))
            groups.setdefault(key, []).append(sheet)
    if not groups:
        raise MotionStudioError(
            f"{sheets[0].path.parent.name} holds multi-frame DICOM files.",
            f"Open one of them, such as {sheets[0].path.name}.",
        )
    return max(groups.values(), key=len)


def _slices(sheets: list[_Sheet]) -> list[_Series]:
    """Group by position; a position for each file means a volume."""
    found: dict[float, list[_Sheet]] = {}
    for sheet in sheets:
        found.setdefault(_place(sheet.dataset), []).append(sheet)
    if len(found) == len(sheets) and len(sheets) > 1:
        ordered = tuple(group[0] for _, group in sorted(found.items()))
        return [_Series(ordered, True)]
    return [_Series(tuple(sorted(group, key=_when)), False) for _, group in sorted(found.items())]


def _place(dataset: Dataset) -> float:
    """Where along the normal of the slices a file lies, in mm, to 0.01."""
    position, turn = dataset.get("ImagePositionPatient"), dataset.get("ImageOrientationPatient")
    if position is not None and turn is not None and len(position) == 3 and len(turn) == 6:
        axes = np.array([float(v) for v in turn]).reshape(2, 3)
        return round(float(np.cross(*axes) @ np.array([float(v) for v in position])), 2)
    location = dataset.get("SliceLocation")
    return 0.0 if location is None else round(float(location), 2)


def _when(sheet: _Sheet) -> tuple[float, float, str]:
    d = sheet.dataset
    for name in ("TriggerTime", "NominalCardiacTriggerDelayTime", "TemporalPositionIdentifier"):
        if d.get(name) is not None:
            return float(d[name].value), float(d.get("InstanceNumber") or 0), sheet.path.name
    return 0.0, float(d.get("InstanceNumber") or 0), sheet.path.name


def _type(series: _Series) -> np.dtype[Any]:
    """One type for all files: float32 where any of them is rescaled."""
    types = {value_type(sheet.dataset) for sheet in series.sheets}
    return types.pop() if len(types) == 1 else np.dtype(np.float32)


def _times(folder: Path, series: _Series, fps: float | None) -> tuple[Times, tuple[str, ...]]:
    """Trigger times or times of acquisition, the first that tell all frames apart."""
    count = len(series.sheets)
    if fps is not None or series.volume or count < 2:
        return nominal_times(count, fps, folder.name)
    for name, unit in (("TriggerTime", 1e-3), ("NominalCardiacTriggerDelayTime", 1e-3)):
        stated = [sheet.dataset.get(name) for sheet in series.sheets]
        if all(value is not None for value in stated):
            seconds = [float(value) * unit for value in stated]
            if len(set(seconds)) == count:
                return stated_times(seconds, folder.name)
    stamps = [_clock(sheet.dataset) for sheet in series.sheets]
    known = [stamp for stamp in stamps if stamp is not None]
    if len(known) == count and all(b > a for a, b in pairwise(known)):
        return stated_times(known, folder.name)
    return nominal_times(count, None, folder.name)


def _clock(dataset: Dataset) -> float | None:
    """Seconds since midnight at which a file was acquired."""
    text = str(dataset.get("AcquisitionTime") or "")
    if len(text) < 6 or not text[:6].isdigit():
        return None
    return int(text[:2]) * 3600.0 + int(text[2:4]) * 60.0 + float(text[4:])
