"""TIFF: single pictures, stacks of pages, ImageJ and OME hyperstacks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import ImageSequence

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.limits import MAX_EAGER_BYTES, check_bytes, check_count, check_frame
from motionstudio.io.pillow import ALPHA_NOTE, opened, over_grey, pixels
from motionstudio.io.problems import reading
from motionstudio.io.tiff_chain import check_chain
from motionstudio.io.timing import Times, nominal_times

# What tifffile unpacks by itself; for the others Pillow's libtiff is asked.
_PLAIN = {1, 8, 32946}
_MILLIMETRES = {"micron": 1e-3, "um": 1e-3, "µm": 1e-3, "\\u00b5m": 1e-3, "mm": 1.0, "cm": 10.0}


@dataclass(frozen=True, slots=True)
class _Stack:
    """What the first series of a TIFF holds.

    ``order`` lists the positions of slice, time, y, x and channel axes in the file (-1: absent).
    """

    order: tuple[int, int, int, int, int]
    slices: int
    frames: int
    size: tuple[int, int]
    samples: int
    dtype: np.dtype[Any]


def _stack(path: Path, series: Any) -> _Stack:
    """The axes of ``series`` as slices, time and channels; others must have length 1."""
    shape = tuple(int(side) for side in series.shape)
    axes = str(series.axes)
    check_count(path, min(1, *shape))
    y, x = axes.rfind("Y"), axes.rfind("X")
    if y < 0 or x < 0 or len(axes) != len(shape):
        raise MotionStudioError(f"{path.name} holds no pictures that can be read here.")
    samples = _axis(axes, shape, "SC", (3, 4)) if "S" in axes else _axis(axes, shape, "C", (3,))
    others = [i for i in range(len(axes)) if i not in (y, x, samples) and shape[i] > 1]
    others.sort(key=lambda i: "TIQZRHCS".find(axes[i]) % 99)
    if len(others) > 2:
        raise MotionStudioError(
            f"{path.name} has the axes {axes} of lengths {shape}; at most slice, time and colour "
            "can be read.",
            "Save one channel or one position of it.",
        )
    time = others[0] if others else -1
    plane = others[1] if len(others) > 1 else -1
    return _Stack(
        (plane, time, y, x, samples),
        shape[plane] if plane >= 0 else 1,
        shape[time] if time >= 0 else 1,
        (shape[y], shape[x]),
        shape[samples] if samples >= 0 else 1,
        np.dtype(series.dtype),
    )


def _axis(axes: str, shape: tuple[int, ...], names: str, lengths: tuple[int, ...]) -> int:
    return next(
        (i for i, a in enumerate(axes) if a in names and shape[i] in lengths and shape[i] > 1), -1
    )


def _check(path: Path, stack: _Stack) -> None:
    check_frame(path, *stack.size)
    check_count(path, stack.frames)
    if stack.dtype.kind not in "buif":
        raise MotionStudioError(f"{path.name} holds values of type {stack.dtype}, no intensities.")


def _series(path: Path, file: Any) -> Any:
    if not file.series:
        raise MotionStudioError(f"{path.name} holds no pictures.")
    return file.series[0]


def _needs_pillow(file: Any) -> bool:
    page = file.pages.first
    palette = int(page.photometric) in (3, 5, 6, 8)
    return int(page.compression) not in _PLAIN or palette


def probe(path: Path) -> ClipInfo:
    """What a TIFF holds, from its directories."""
    with reading(path):
        check_chain(path)
    with reading(path), _complaints(), tifffile.TiffFile(path) as file:
        if _needs_pillow(file):
            return _probe_pillow(path)
        stack = _stack(path, _series(path, file))
        _check(path, stack)
        step = _seconds_per_frame(file)
    return ClipInfo(
        kind="TIFF stack" if stack.frames > 1 else "TIFF picture",
        frames=stack.frames,
        size=stack.size,
        channels=1 if stack.samples == 1 else 3,
        dtype=_frame_type(stack.dtype).name,
        fps=None if step is None else 1 / step,
        slices=stack.slices,
    )


def read(path: Path, options: ReadOptions) -> Clip:
    """The pages of a TIFF as frames; of a hyperstack one slice, the middle one by default."""
    with reading(path):
        check_chain(path)
    with reading(path), _complaints() as complaints, tifffile.TiffFile(path) as file:
        if _needs_pillow(file):
            return _read_pillow(path, options)
        series = _series(path, file)
        stack = _stack(path, series)
        _check(path, stack)
        chosen = _choose(path, stack, options.slice_index)
        frames, alpha = _frames(path, series, stack, chosen)
        times, assumed = _times(path, file, stack, options.fps)
        spacing = _spacing(file)
    notes: tuple[str, ...] = (ALPHA_NOTE.format(name=path.name),) if alpha else ()
    if complaints:
        notes += (f"{path.name} is damaged; {len(frames)} frames could be read.",)
    if stack.slices > 1 and options.slice_index is None:
        notes += (f"{path.name} holds {stack.slices} slices; slice {chosen} is shown.",)
    facts = {"format": "TIFF"} | ({"slice": str(chosen)} if stack.slices > 1 else {})
    return Clip(
        frames,
        times,
        path.stem,
        path,
        spacing=spacing,
        provenance=facts,
        warnings=notes + assumed,
    )


@contextmanager
def _complaints() -> Iterator[list[logging.LogRecord]]:
    """What tifffile logs meanwhile: it mends damaged stacks and only mentions it there."""
    heard: list[logging.LogRecord] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = heard.append  # type: ignore[method-assign,assignment]
    log = logging.getLogger("tifffile")
    log.addHandler(listener)
    try:
        yield heard
    finally:
        log.removeHandler(listener)


def _choose(path: Path, stack: _Stack, wanted: int | None) -> int:
    if wanted is not None and not 0 <= wanted < stack.slices:
        raise MotionStudioError(
            f"{path.name} has no slice {wanted}; it holds {stack.slices}, counted from 0."
        )
    return stack.slices // 2 if wanted is None else wanted


def _frame_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind == "f":
        return np.dtype(np.float64 if dtype.itemsize >= 8 else np.float32)
    return dtype.newbyteorder("=")


def _frames(path: Path, series: Any, stack: _Stack, chosen: int) -> tuple[NDArray[Any], bool]:
    """(T, H, W, C) of one slice and whether alpha was laid over grey."""
    count = int(np.prod(series.shape, dtype=object)) * stack.dtype.itemsize
    if count > MAX_EAGER_BYTES and series.dataoffset is not None:
        array = np.memmap(path, series.dtype, "r", series.dataoffset, tuple(series.shape))
    else:
        check_bytes(path, count)
        array = series.asarray()
    kept = [axis for axis in stack.order if axis >= 0]
    if np.prod(array.shape) != np.prod([array.shape[a] for a in kept]):
        raise MotionStudioError(f"{path.name} has more axes than can be read.")
    ordered = array.transpose(*[a for a in range(array.ndim) if a not in kept], *kept)
    block = ordered.reshape(stack.slices, stack.frames, *stack.size, stack.samples)[chosen]
    if stack.dtype.kind == "u" and stack.samples == 4:
        return over_grey(block[..., :3], block[..., 3:]), True
    return np.ascontiguousarray(block[..., :3], dtype=_frame_type(stack.dtype)), False


def _seconds_per_frame(file: Any) -> float | None:
    details = file.imagej_metadata or {}
    for name, invert in (("finterval", False), ("fps", True)):
        value = details.get(name)
        if isinstance(value, int | float) and 1e-6 < value < 1e6:
            return 1 / value if invert else float(value)
    return None


def _times(
    path: Path, file: Any, stack: _Stack, fps: float | None
) -> tuple[Times, tuple[str, ...]]:
    step = _seconds_per_frame(file)
    return nominal_times(stack.frames, fps if step is None else 1 / step, path.name)


def _spacing(file: Any) -> tuple[float, float] | None:
    """Millimetres per pixel as ImageJ notes them; a bare TIFF resolution is about printing."""
    unit = _MILLIMETRES.get(str((file.imagej_metadata or {}).get("unit", "")))
    tags = file.pages.first.tags
    if unit is None or "XResolution" not in tags or "YResolution" not in tags:
        return None
    rates = [tags[name].value for name in ("YResolution", "XResolution")]
    if any(len(rate) != 2 or rate[0] <= 0 or rate[1] <= 0 for rate in rates):
        return None
    return (rates[0][1] / rates[0][0] * unit, rates[1][1] / rates[1][0] * unit)


def _probe_pillow(path: Path) -> ClipInfo:
    with opened(path) as picture:
        grey = picture.mode[0] in "1LIF" and picture.mode not in ("LA", "LAB")
        deep = {"I": "int32", "F": "float32"}.get(picture.mode, "uint16")
        return ClipInfo(
            kind="TIFF stack",
            frames=getattr(picture, "n_frames", 1),
            size=(picture.height, picture.width),
            channels=1 if grey else 3,
            dtype=deep if picture.mode[0] in "IF" else "uint8",
        )


def _read_pillow(path: Path, options: ReadOptions) -> Clip:
    """Compressions and colour spaces that libtiff knows and tifffile alone does not."""
    frames: list[NDArray[Any]] = []
    alpha, left_out = False, 0
    with opened(path) as picture:
        for page in ImageSequence.Iterator(picture):
            check_frame(path, page.height, page.width)
            check_bytes(path, (len(frames) + 1) * page.height * page.width * 3)
            frame, through = pixels(page)
            if frames and (frame.shape != frames[0].shape or frame.dtype != frames[0].dtype):
                left_out += 1
                continue
            frames.append(frame)
            alpha |= through
    check_count(path, len(frames))
    times, notes = nominal_times(len(frames), options.fps, path.name)
    if alpha:
        notes += (ALPHA_NOTE.format(name=path.name),)
    if left_out:
        notes += (f"{left_out} pages of {path.name} have another size and are left out.",)
    return Clip(
        np.stack(frames), times, path.stem, path, provenance={"format": "TIFF"}, warnings=notes
    )
