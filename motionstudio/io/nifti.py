"""NIfTI: 2D+t, 3D+t, 4D with a slice to choose; pixel distances and frame times from its header.

The first axis of the file runs to the right in the picture and the second downwards; frames are
not turned by the orientation that the file may state, so that nothing is resampled.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.fileholders import FileHolder
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.limits import check_bytes, check_count, check_frame
from motionstudio.io.problems import reading
from motionstudio.io.timing import Times, nominal_times

# What it mends in a header silently it would also print into the terminal.
logging.getLogger("nibabel.global").setLevel(logging.CRITICAL)

_SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}
_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
_MILLIMETRES = {"mm": 1.0, "meter": 1e3, "micron": 1e-3, "unknown": 1.0}


@dataclass(frozen=True, slots=True)
class _Axes:
    """The axes of a volume as frames and slices."""

    size: tuple[int, int]
    slices: int
    frames: int
    volume: bool


def _axes(path: Path, shape: tuple[int, ...]) -> _Axes:
    sides = list(shape)
    while len(sides) > 4 and sides[-1] == 1:
        sides.pop()
    if len(sides) < 2 or len(sides) > 4:
        raise MotionStudioError(
            f"{path.name} has {len(sides)} axes; image sequences have x, y, slice and time.",
            "Save one component of it as a 4-D file.",
        )
    width, height, *rest = sides
    if len(rest) == 2:
        return _Axes((height, width), rest[0], rest[1], False)
    frames = rest[0] if rest else 1
    return _Axes((height, width), 1, frames, frames > 1)


def _open(path: Path) -> tuple[Any, _Axes, np.dtype[Any]]:
    """The image, its axes and the type its frames get, sizes checked."""
    image = _load(path)
    if not isinstance(image, nib.Nifti1Image | nib.Nifti2Image):
        raise MotionStudioError(f"{path.name} is no NIfTI image of voxels.")
    axes = _axes(path, tuple(int(side) for side in image.shape))
    dtype = _stored_type(path, image)
    check_frame(path, *axes.size)
    check_count(path, axes.frames)
    check_count(path, axes.slices)
    voxels = int(np.prod(image.shape, dtype=object))
    check_bytes(path, voxels * dtype.itemsize)
    if not path.name.lower().endswith(".gz") and voxels * dtype.itemsize > path.stat().st_size:
        raise MotionStudioError(
            f"{path.name} is cut short: its header announces more than it holds.",
            "Copy or export it again.",
        )
    return image, axes, _frame_type(image, dtype)


def _load(path: Path) -> Any:
    """The header, by suffix, or by the magic word where the file has another suffix."""
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return nib.load(path)
    with path.open("rb") as stream:
        second = stream.read(8)[4:] == b"n+2\0"
    kind = nib.Nifti2Image if second else nib.Nifti1Image
    return kind.from_file_map({"image": FileHolder(filename=str(path))})


def _stored_type(path: Path, image: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = image.get_data_dtype()
    if dtype.kind not in "buif" and dtype.newbyteorder("=") != _RGB:
        raise MotionStudioError(
            f"{path.name} holds values of type {dtype}, which are no intensities.",
            "Save its magnitude.",
        )
    return dtype


def _scaling(image: Any) -> tuple[float, float]:
    slope, intercept = image.dataobj.slope, image.dataobj.inter
    return float(slope), float(intercept)


def _frame_type(image: Any, stored: np.dtype[Any]) -> np.dtype[Any]:
    if stored.kind == "V":
        return np.dtype(np.uint8)
    if _scaling(image) != (1.0, 0.0):
        return np.dtype(np.float32)
    if stored.kind == "f":
        return np.dtype(np.float64 if stored.itemsize >= 8 else np.float32)
    return np.dtype(f"{stored.kind}{stored.itemsize}")


def _spacing(image: Any) -> tuple[float, float] | None:
    zooms = [float(z) for z in image.header.get_zooms()]
    unit = _MILLIMETRES.get(image.header.get_xyzt_units()[0], 1.0)
    row, column = zooms[1] * unit, zooms[0] * unit
    usable = bool(np.isfinite([row, column]).all()) and row > 0 and column > 0
    return (row, column) if usable else None


def _seconds_per_frame(image: Any, axes: _Axes) -> float | None:
    zooms = image.header.get_zooms()
    unit = _SECONDS.get(image.header.get_xyzt_units()[1])
    if axes.volume or len(zooms) < 4 or unit is None:
        return None
    step = float(zooms[3]) * unit
    return step if np.isfinite(step) and 1e-6 < step < 1e6 else None


def _times(path: Path, image: Any, axes: _Axes, fps: float | None) -> tuple[Times, tuple[str, ...]]:
    step = _seconds_per_frame(image, axes)
    return nominal_times(axes.frames, fps if step is None else 1 / step, path.name)


def _volume_note(path: Path, axes: _Axes) -> tuple[str, ...]:
    if not axes.volume:
        return ()
    return (f"{path.name} is a 3-D file; its last axis of {axes.frames} is taken as time.",)


def probe(path: Path) -> ClipInfo:
    """What a NIfTI file holds, from its header."""
    with reading(path):
        image, axes, dtype = _open(path)
        step = _seconds_per_frame(image, axes)
        rgb = np.dtype(image.get_data_dtype()).kind == "V"
    return ClipInfo(
        kind="NIfTI image",
        frames=axes.frames,
        size=axes.size,
        channels=3 if rgb else 1,
        dtype=dtype.name,
        fps=None if step is None else 1 / step,
        slices=axes.slices,
        warnings=_volume_note(path, axes),
    )


def read(path: Path, options: ReadOptions) -> Clip:
    """The frames of one slice; the middle one where nobody chose."""
    with reading(path):
        image, axes, dtype = _open(path)
        chosen = _choose(path, axes, options.slice_index)
        frames = _frames(image, axes, chosen, dtype)
        times, assumed = _times(path, image, axes, options.fps)
        spacing = _spacing(image)
    notes = _volume_note(path, axes) + assumed
    if axes.slices > 1 and options.slice_index is None:
        notes = (f"{path.name} holds {axes.slices} slices; slice {chosen} is shown.", *notes)
    facts = {"format": "NIfTI image", "slice": f"{chosen} of {axes.slices}"}
    name = path.name.removesuffix(".gz").removesuffix(".nii")
    return Clip(frames, times, name, path, spacing=spacing, provenance=facts, warnings=notes)


def _choose(path: Path, axes: _Axes, wanted: int | None) -> int:
    if wanted is not None and not 0 <= wanted < axes.slices:
        raise MotionStudioError(
            f"{path.name} has no slice {wanted}; it holds {axes.slices}, counted from 0."
        )
    return axes.slices // 2 if wanted is None else wanted


def _frames(image: Any, axes: _Axes, chosen: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """(T, H, W, C) of one slice, scaled as the header says."""
    raw = image.dataobj.get_unscaled() if axes.slices == 1 else _one_slice(image, chosen)
    width, height = axes.size[1], axes.size[0]
    block = np.asarray(raw).reshape((width, height, axes.frames), order="F")
    if block.dtype.kind == "V":
        block = np.stack([block[channel] for channel in "RGB"], axis=-1)
    else:
        slope, intercept = _scaling(image)
        if (slope, intercept) != (1.0, 0.0):
            block = block * slope + intercept
        block = block[..., np.newaxis]
    frames = np.transpose(block, (2, 1, 0, 3))
    return np.ascontiguousarray(frames, dtype=dtype)


def _one_slice(image: Any, chosen: int) -> NDArray[Any]:
    whole = image.dataobj.get_unscaled()
    return np.asarray(whole[:, :, chosen])
