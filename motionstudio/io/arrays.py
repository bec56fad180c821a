"""Arrays of numpy: .npy and .npz, never with pickles.

Layouts of ``frames``: (H, W), (T, H, W), (T, H, W, C), (T, C, H, W), and with one more leading
axis N of clips, of which one is chosen. C is 1, 3 or 4 (alpha is dropped).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, FrameSource
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.held_file import HeldFile
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import check_bytes, check_count, check_frame
from motionstudio.io.npy_header import member_headers, npy_header, ordered_header
from motionstudio.io.problems import reading
from motionstudio.io.timing import Times, nominal_times, stated_times

_CHANNELS = (1, 3, 4)

# Where in its cycle a heart is at end-systole, as a share of it, when no time tells.
_END_SYSTOLE = 0.35
_ED_ES_NOTE = (
    "End-diastole and end-systole without times: end-systole is taken to be at 0.35 of the cycle."
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the axes of an array of frames are to be understood."""

    clips: int
    frames: int
    size: tuple[int, int]
    channels: int
    chooser: bool
    channels_first: bool = False


def _layout(path: Path, shape: tuple[int, ...], masks: tuple[int, ...] | None) -> _Layout:
    """The meaning of ``shape``; the shape of the masks, where there are any, settles doubts."""
    if len(shape) == 2:
        return _Layout(1, 1, (shape[0], shape[1]), 1, False)
    if len(shape) == 3:
        return _Layout(1, shape[0], (shape[1], shape[2]), 1, False)
    if len(shape) == 4 and shape != masks:
        if shape[3] in _CHANNELS:
            return _Layout(1, shape[0], (shape[1], shape[2]), shape[3], False)
        if shape[1] in (1, 3):
            return _Layout(1, shape[0], (shape[2], shape[3]), shape[1], False, True)
    if len(shape) == 4:
        return _Layout(shape[0], shape[1], (shape[2], shape[3]), 1, True)
    if len(shape) == 5 and shape[4] in _CHANNELS:
        return _Layout(shape[0], shape[1], (shape[2], shape[3]), shape[4], True)
    if len(shape) == 5 and shape[2] in (1, 3):
        return _Layout(shape[0], shape[1], (shape[3], shape[4]), shape[2], True, True)
    axes = " x ".join(map(str, shape)) or "a single number"
    raise MotionStudioError(
        f"{path.name} holds an array of shape {axes}, which is no image sequence.",
        "Frames are T x H x W or T x H x W x C, with one more leading axis for many clips.",
    )


def _check(path: Path, layout: _Layout, dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "buif":
        raise MotionStudioError(
            f"{path.name} holds values of type {dtype}, which are no intensities.",
            "Save real numbers: integers or floating point.",
        )
    check_frame(path, *layout.size)
    check_count(path, layout.frames)
    check_count(path, layout.clips)
    check_bytes(path, layout.frames * layout.size[0] * layout.size[1] * layout.channels)


def _info(
    path: Path, kind: str, layout: _Layout, dtype: np.dtype[Any], fps: float | None
) -> ClipInfo:
    _check(path, layout, dtype)
    return ClipInfo(
        kind=kind,
        frames=layout.frames,
        size=layout.size,
        channels=1 if layout.channels == 1 else 3,
        dtype=_readable_dtype(dtype).name,
        fps=fps,
        slices=layout.clips,
        slice_label="clip",
    )


def _readable_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type that frames get: native byte order, no booleans, no half or extended floats."""
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind == "f":
        return np.dtype(np.float64 if dtype.itemsize >= 8 else np.float32)
    return dtype.newbyteorder("=")


def _frames(array: NDArray[Any], layout: _Layout, item: int) -> NDArray[Any]:
    """(T, H, W, C) of clip ``item``."""
    chosen = array[item] if layout.chooser else array
    if layout.channels_first:
        chosen = np.moveaxis(chosen, 1, -1)
    chosen = chosen.reshape(layout.frames, *layout.size, layout.channels)[..., :3]
    return chosen.astype(_readable_dtype(array.dtype), copy=False)


def _choose(path: Path, layout: _Layout, wanted: int | None) -> int:
    """The number of the clip to read, the first where nobody chose."""
    if wanted is not None and not 0 <= wanted < layout.clips:
        raise MotionStudioError(
            f"{path.name} has no clip {wanted}; it holds {layout.clips}, counted from 0."
        )
    return wanted or 0


def _choice_notes(path: Path, layout: _Layout, item: int, wanted: int | None) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if layout.clips > 1 and wanted is None:
        notes += (f"{path.name} holds {layout.clips} clips; clip {item} is shown.",)
    if layout.channels == 4:
        notes += (f"The fourth channel of {path.name} (alpha) is left out.",)
    return notes


# --- .npy ------------------------------------------------------------------------------------


def probe_npy(path: Path) -> ClipInfo:
    """What an .npy file holds, from its header."""
    with reading(path), path.open("rb") as stream:
        shape, dtype = npy_header(stream)
    return _info(path, "numpy array", _layout(path, shape, None), dtype, None)


def read_npy(path: Path, options: ReadOptions) -> Clip:
    """One clip of an .npy file, its frames left on disk until they are asked for."""
    with reading(path):
        with path.open("rb") as stream:
            shape, columns_first, dtype = ordered_header(stream)
            start = stream.tell()
        layout = _layout(path, shape, None)
        _check(path, layout, dtype)
        item = _choose(path, layout, options.slice_index)
        if columns_first:
            frames: FrameSource = _frames(np.load(path, allow_pickle=False), layout, item)
        else:
            frames = _frames_on_disk(path, layout, item, dtype, start)
    times, notes = nominal_times(layout.frames, options.fps, path.name)
    notes = _choice_notes(path, layout, item, options.slice_index) + notes
    return Clip(
        frames,
        times,
        path.stem,
        path,
        provenance=_provenance("numpy array", layout, item),
        warnings=notes,
    )


def _frames_on_disk(
    path: Path, layout: _Layout, item: int, dtype: np.dtype[Any], start: int
) -> LazyFrames:
    """Frames that are read one by one."""
    size, channels = layout.size, layout.channels
    count = size[0] * size[1] * channels
    one = replace(layout, frames=1, chooser=False)
    held = HeldFile(path)
    if path.stat().st_size < start + layout.clips * layout.frames * count * dtype.itemsize:
        raise EOFError

    def load(frame: int) -> NDArray[Any]:
        place = start + (item * layout.frames + frame) * count * dtype.itemsize
        with reading(path):
            found = np.frombuffer(held.read(place, count * dtype.itemsize), dtype)
        shape = (1, channels, *size) if layout.channels_first else (1, *size, channels)
        picture = _frames(found.reshape(shape), one, 0)[0]
        return np.ascontiguousarray(picture)

    return LazyFrames((layout.frames, *size, min(channels, 3)), _readable_dtype(dtype), load)


def _provenance(kind: str, layout: _Layout, item: int) -> dict[str, str]:
    return {"format": kind} | ({"clip": str(item)} if layout.chooser else {})


# --- .npz ------------------------------------------------------------------------------------


def _frames_key(path: Path, shapes: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]]) -> str:
    """The member that holds the frames: "frames", else the only array of three axes or more."""
    if "frames" in shapes:
        return "frames"
    able = [k for k, (shape, dtype) in shapes.items() if len(shape) >= 3 and dtype.kind in "buif"]
    if len(able) == 1:
        return able[0]
    names = ", ".join(sorted(shapes)[:8]) or "nothing"
    raise MotionStudioError(
        f"{path.name} has no array named frames; it holds {names}.",
        'Save the image sequence under the name "frames".',
    )


def _describe(
    path: Path,
) -> tuple[dict[str, tuple[tuple[int, ...], np.dtype[Any]]], str, _Layout]:
    shapes = member_headers(path)
    key = _frames_key(path, shapes)
    masks = shapes["masks"][0] if "masks" in shapes else None
    layout = _layout(path, shapes[key][0], masks)
    _check(path, layout, shapes[key][1])
    check_bytes(path, sum(int(np.prod(s, dtype=object)) * d.itemsize for s, d in shapes.values()))
    return shapes, key, layout


def probe_npz(path: Path) -> ClipInfo:
    """What an .npz file holds, from the headers of its members."""
    with reading(path):
        shapes, key, layout = _describe(path)
        with np.load(path, allow_pickle=False) as archive:
            fps = _scalar(archive, "fps")
    return _info(path, "numpy archive", layout, shapes[key][1], fps)


def read_npz(path: Path, options: ReadOptions) -> Clip:
    """One clip of an .npz file with its times, labels and pixel distances."""
    with reading(path):
        _, key, layout = _describe(path)
        with np.load(path, allow_pickle=False) as archive:
            held = _held(archive, key)
        item = _choose(path, layout, options.slice_index)
        frames = _frames(held[key], layout, item)
        if layout.clips > 1:
            frames = np.array(frames)  # A view would keep all the other clips in memory.
        pair = _is_ed_es(held, layout)
        times, notes = (
            (np.array([0.0, _END_SYSTOLE]), (_ED_ES_NOTE,))
            if pair
            else _times(path, held, layout, item, options.fps)
        )
        masks, valid = _masks(path, held, layout, item)
        notes = _choice_notes(path, layout, item, options.slice_index) + notes
        return Clip(
            frames,
            times,
            path.stem,
            path,
            spacing=_spacing(held),
            masks=masks,
            mask_valid=valid,
            cyclic=True if pair or "trigger_ms" in held or _scalar(held, "cyclic") == 1 else None,
            period=1.0 if pair else None,
            factors=_factors(held, len(times)),
            provenance=_provenance("numpy archive", layout, item) | _facts(held, layout, item),
            warnings=notes,
        )


def _is_ed_es(held: Mapping[str, NDArray[Any]], layout: _Layout) -> bool:
    """Whether the file says that its two frames are end-diastole and end-systole."""
    names = held.get("phase")
    if names is None or names.shape != (2,) or layout.frames != 2 or "times" in held:
        return False
    return [str(name).upper() for name in names] == ["ED", "ES"]


def _held(archive: Any, key: str) -> dict[str, NDArray[Any]]:
    """Members that can be read without pickles, each unpacked once; others are skipped."""
    held: dict[str, NDArray[Any]] = {}
    for name in archive.files:
        try:
            member = archive[name]
        except ValueError:
            continue
        if name == key or member.dtype.kind in "buifUS":
            held[name] = member
    return held


def _scalar(held: Any, name: str) -> float | None:
    if name not in held:
        return None
    value = np.asarray(held[name])
    if value.size != 1 or value.dtype.kind not in "buif" or not np.isfinite(value).all():
        return None
    return float(value.reshape(()))


def _times(
    path: Path,
    held: Mapping[str, NDArray[Any]],
    layout: _Layout,
    item: int,
    fps: float | None,
) -> tuple[Times, tuple[str, ...]]:
    """Frame times, the truest statement first."""
    for name, unit in (("times", 1.0), ("trigger_ms", 1e-3)):
        stated = held.get(name)
        if stated is not None and stated.ndim == 2 and len(stated) == layout.clips:
            stated = stated[item]
        if stated is not None and stated.shape == (layout.frames,) and stated.dtype.kind in "uif":
            return stated_times(stated.astype(np.float64) * unit, path.name)
    for name, seconds in (("seconds_per_frame", 1.0), ("minutes_per_frame", 60.0)):
        step = _scalar(held, name)
        if step is not None and step > 0:
            return nominal_times(layout.frames, 1 / (step * seconds), path.name)
    rate = _scalar(held, "fps")
    if fps is not None or rate is None or rate <= 0:
        return nominal_times(layout.frames, fps, path.name)
    notes: tuple[str, ...] = ()
    if _scalar(held, "fps_known") == 0:
        notes = (f"The frame rate of {path.name} is a guess of whoever saved it.",)
    return nominal_times(layout.frames, rate, path.name)[0], notes


def _masks(
    path: Path, held: Mapping[str, NDArray[Any]], layout: _Layout, item: int
) -> tuple[NDArray[np.uint8] | None, NDArray[np.bool_] | None]:
    masks = held.get("masks")
    if masks is None:
        return None, None
    valid = held.get("mask_valid", np.ones(masks.shape[:-2], np.bool_))
    if layout.chooser and len(masks) == layout.clips:
        masks, valid = masks[item], valid[item] if valid.ndim == 2 else valid
    expected = (layout.frames, *layout.size)
    if masks.shape != expected or masks.dtype.kind not in "bui" or valid.shape != expected[:1]:
        raise MotionStudioError(
            f"The masks in {path.name} do not fit its frames: "
            f"{masks.shape} {masks.dtype} for {expected}.",
            "Save one integer label map for each frame, and mask_valid with one value each.",
        )
    if masks.size and (masks.min() < 0 or masks.max() > 255):
        raise MotionStudioError(f"The masks in {path.name} have labels outside 0..255.")
    return masks.astype(np.uint8), valid.astype(np.bool_)


def _spacing(held: Mapping[str, NDArray[Any]]) -> tuple[float, float] | None:
    spacing = held.get("spacing_mm")
    if spacing is None or spacing.dtype.kind not in "uif" or spacing.size not in (1, 2):
        return None
    row, column = np.broadcast_to(spacing.ravel().astype(np.float64), (2,))
    usable = bool(np.isfinite([row, column]).all()) and row > 0 and column > 0
    return (float(row), float(column)) if usable else None


def _factors(held: Mapping[str, NDArray[Any]], count: int) -> dict[str, NDArray[np.float64]]:
    """Known factors (T, k) by name where they fit the frames of the clip; else none."""
    values, names = held.get("factors"), held.get("factor_names")
    if values is None or values.ndim != 2 or len(values) != count or values.dtype.kind not in "uif":
        return {}
    plain = [f"factor {place}" for place in range(values.shape[1])]
    given = names is not None and names.shape == (values.shape[1],) and names.dtype.kind == "U"
    words = [str(name) for name in names] if given and names is not None else plain
    return {word: values[:, place].astype(np.float64) for place, word in enumerate(words)}


def _facts(held: Mapping[str, NDArray[Any]], layout: _Layout, item: int) -> dict[str, str]:
    """Single values, and of lists with one value for each clip the one that was chosen."""
    known = {"frames", "masks", "mask_valid", "spacing_mm", "trigger_ms", "times",
             "factors", "factor_names"}  # fmt: skip
    facts = {}
    for name, value in held.items():
        if name in known:
            continue
        if name == "label_names" and value.ndim == 1 and value.dtype.kind == "U":
            facts[name] = ", ".join(str(word) for word in value)[:400]
        elif value.ndim < 2 and value.size == 1:
            facts[name] = str(value.reshape(())[()])[:200]
        elif layout.chooser and value.ndim == 1 and len(value) == layout.clips:
            facts[name] = str(value[item])[:200]
    return facts
