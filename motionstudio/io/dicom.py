"""DICOM: one file with one or many frames; series of files are in ``dicom_series``."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, iter_pixels, pixel_array
from pydicom.uid import DeflatedExplicitVRLittleEndian

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.dicom_times import frame_seconds, is_gated, is_volume, planes
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import MAX_EAGER_BYTES, check_bytes, check_count, check_frame
from motionstudio.io.problems import plain_reason, reading
from motionstudio.io.timing import Times, nominal_times, stated_times

# Preamble, "DICM" and the element that says how long the rest of the file's own header is.
_META = 128 + 4 + 12
_BLOCK = 1 << 20


def header(path: Path) -> Dataset:
    """Everything but the pixels of a DICOM file with pictures.

    Raises:
        MotionStudioError: it is no DICOM file or holds no pictures.
    """
    with reading(path):
        _check_deflated(path)
        dataset = pydicom.dcmread(path, force=True, defer_size=1 << 16, stop_before_pixels=True)
        if "Rows" not in dataset or "Columns" not in dataset:
            raise MotionStudioError(
                f"{path.name} holds no DICOM pictures.",
                "Open the folder with the image files instead.",
            )
        check_frame(path, int(dataset.Rows), int(dataset.Columns))
        check_count(path, frame_count(dataset))
    return dataset


def _check_deflated(path: Path) -> None:
    """Refuse a data set that is compressed as a whole and unpacks into too much.

    Raises:
        MotionStudioError: it takes more than can be held.
        zlib.error: it is damaged.
    """
    with path.open("rb") as stream:
        if stream.read(_META)[128:132] != b"DICM":
            return
        meta = pydicom.filereader.read_file_meta_info(path)
        if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
            return
        unpack, count = zlib.decompressobj(-zlib.MAX_WBITS), 0
        stream.seek(_META + int(meta.get("FileMetaInformationGroupLength", 0)))
        while (block := unpack.unconsumed_tail or stream.read(_BLOCK)) and not unpack.eof:
            count += len(unpack.decompress(block, _BLOCK))
            check_bytes(path, count)


def frame_count(dataset: Dataset) -> int:
    """Number of frames of one file."""
    stated = dataset.get("NumberOfFrames")
    return int(stated) if stated is not None else 1


def channels(dataset: Dataset) -> int:
    """1 for grey, 3 for colour, palettes included."""
    colour = str(dataset.get("PhotometricInterpretation", "")).startswith("PALETTE")
    return 3 if colour or int(dataset.get("SamplesPerPixel", 1)) == 3 else 1


def _rescale(dataset: Dataset, frame: int) -> tuple[float, float]:
    """Slope and intercept of one frame, from wherever the file keeps them."""
    for sequence, index in (
        ("PerFrameFunctionalGroupsSequence", frame),
        ("SharedFunctionalGroupsSequence", 0),
    ):
        groups = dataset.get(sequence) or []
        if index < len(groups):
            values = groups[index].get("PixelValueTransformationSequence") or []
            if values:
                return _slope(values[0])
    return _slope(dataset)


def _slope(dataset: Dataset) -> tuple[float, float]:
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    return (1.0 if slope is None else float(slope)), (
        0.0 if intercept is None else float(intercept)
    )


def value_type(dataset: Dataset) -> np.dtype[Any]:
    """The type that frames get: as stored, or float32 where values are rescaled."""
    if "FloatPixelData" in dataset:
        return np.dtype(np.float32)
    if "DoubleFloatPixelData" in dataset:
        return np.dtype(np.float64)
    if channels(dataset) == 3:
        return np.dtype(np.uint8)
    count = frame_count(dataset) if "PerFrameFunctionalGroupsSequence" in dataset else 1
    if any(_rescale(dataset, frame) != (1.0, 0.0) for frame in range(min(count, 4096))):
        return np.dtype(np.float32)
    signed = int(dataset.get("PixelRepresentation", 0)) == 1
    bits = int(dataset.get("BitsAllocated", 16))
    width = 8 if bits <= 8 else 16 if bits <= 16 else 32
    return np.dtype(f"{'int' if signed else 'uint'}{width}")


def load_frame(path: Path, dataset: Dataset, frame: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Decode one frame of a file.

    Args:
        path: the file.
        dataset: its header.
        frame: number from 0.
        dtype: what :func:`value_type` said.

    Returns:
        (H, W, C): inverted where low means bright, rescaled, colours as RGB.

    Raises:
        MotionStudioError: it cannot be decoded.
    """
    with reading(path):
        return _finished(pixel_array(path, index=frame), dataset, frame, dtype)


def _finished(
    stored: NDArray[Any], dataset: Dataset, frame: int, dtype: np.dtype[Any]
) -> NDArray[Any]:
    """Decoded pixels as (H, W, C): colours as RGB, inverted and rescaled as the file says."""
    kind = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    if kind.startswith("PALETTE"):
        stored = _eight_bits(apply_color_lut(stored, dataset))
    if stored.ndim == 3:
        return np.ascontiguousarray(_eight_bits(stored[..., :3]), dtype=dtype)
    if kind == "MONOCHROME1":
        stored = _inverted(stored, dataset)
    slope, intercept = _rescale(dataset, frame)
    if (slope, intercept) != (1.0, 0.0):
        stored = stored * slope + intercept
    return np.ascontiguousarray(stored[..., np.newaxis], dtype=dtype)


def _eight_bits(colour: NDArray[Any]) -> NDArray[Any]:
    return (colour >> 8).astype(np.uint8) if colour.dtype.itemsize == 2 else colour


def _inverted(stored: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Swap bright and dark within the range of the stored bits."""
    bits = int(dataset.get("BitsStored", 16))
    total = -1 if int(dataset.get("PixelRepresentation", 0)) == 1 else (1 << bits) - 1
    return (total - stored.astype(np.int64)).astype(stored.dtype)


def spacing(dataset: Dataset) -> tuple[float, float] | None:
    """(row, column) distance of pixels in mm, from wherever the file keeps it."""
    places: list[Any] = [dataset.get("PixelSpacing"), dataset.get("ImagerPixelSpacing")]
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for groups in (dataset.get(name) or [])[:1]:
            measures = groups.get("PixelMeasuresSequence") or []
            places += [measure.get("PixelSpacing") for measure in measures[:1]]
    for region in (dataset.get("SequenceOfUltrasoundRegions") or [])[:1]:
        if region.get("PhysicalUnitsXDirection") == region.get("PhysicalUnitsYDirection") == 3:
            places.append((10 * float(region.PhysicalDeltaY), 10 * float(region.PhysicalDeltaX)))
    for place in places:
        if place is not None and len(place) == 2:
            row, column = abs(float(place[0])), abs(float(place[1]))
            if row > 0 and column > 0 and np.isfinite([row, column]).all():
                return row, column
    return None


def facts(dataset: Dataset) -> dict[str, str]:
    """What people may want to know; nothing that names a patient."""
    kept = ("Modality", "Manufacturer", "SeriesDescription", "ProtocolName")
    found = {name: str(dataset.get(name) or "").strip()[:100] for name in kept}
    return {"format": "DICOM"} | {name.lower(): value for name, value in found.items() if value}


def probe(path: Path) -> ClipInfo:
    """What one DICOM file holds, from its header."""
    dataset = header(path)
    with reading(path):
        groups = planes(dataset)
        seconds = frame_seconds(dataset, groups[0])
        fps = None
        if seconds is not None and len(seconds) > 1 and seconds[-1] > seconds[0]:
            fps = (len(seconds) - 1) / (seconds[-1] - seconds[0])
        return ClipInfo(
            kind="DICOM",
            frames=len(groups[0]),
            size=(int(dataset.Rows), int(dataset.Columns)),
            channels=channels(dataset),
            dtype=value_type(dataset).name,
            fps=fps,
            slices=len(groups),
        )


def read(path: Path, options: ReadOptions) -> Clip:
    """The frames of one file; of several slices the middle one by default."""
    dataset = header(path)
    with reading(path):
        groups = planes(dataset)
        order = groups[_choose(path, len(groups), options.slice_index)]
        frames, notes = _frames(path, dataset, order)
        times, assumed = _times(path, dataset, order, options.fps)
        where = spacing(dataset)
    notes = _order_notes(path, dataset, groups, order, options) + notes + assumed
    return Clip(
        frames,
        times[: len(frames)],
        path.stem,
        path,
        spacing=where,
        cyclic=True if is_gated(dataset) and len(frames) > 1 else None,
        provenance=facts(dataset),
        warnings=notes,
    )


def _order_notes(
    path: Path, dataset: Dataset, groups: list[list[int]], order: list[int], options: ReadOptions
) -> tuple[str, ...]:
    """What the person should know about which frames are shown, and in what order."""
    notes = _sibling_note(path, order)
    if len(groups) > 1 and options.slice_index is None:
        shown = groups.index(order)
        notes += (f"{path.name} holds {len(groups)} slices; slice {shown} is shown.",)
    if is_volume(dataset):
        notes += (f"{path.name} is a volume; its {len(order)} slices are taken as time.",)
    return notes


def _frames(path: Path, dataset: Dataset, order: list[int]) -> tuple[Any, tuple[str, ...]]:
    """The frames ``order``, in memory where they are few, and what is missing."""
    dtype = value_type(dataset)
    shape = (len(order), int(dataset.Rows), int(dataset.Columns), channels(dataset))
    if int(np.prod(shape, dtype=object)) * dtype.itemsize > MAX_EAGER_BYTES // 4:
        return LazyFrames(shape, dtype, lambda i: load_frame(path, dataset, order[i], dtype)), ()
    frames, reason = _whole(path, dataset, order, dtype)
    if not reason:
        return frames, ()
    count = f"{len(frames)} of {len(order)} frames could be read"
    return frames, (f"{path.name} is damaged or cut short; {count}: {reason}.",)


def _sibling_note(path: Path, order: list[int]) -> tuple[str, ...]:
    """A single picture among others of its kind is mostly one frame of a series."""
    alike = sum(1 for other in path.parent.glob(f"*{path.suffix}")) if len(order) == 1 else 1
    if alike < 2:
        return ()
    return (
        f"{path.name} is one picture beside {alike - 1} other files of its kind; "
        "open the folder to get a series.",
    )


def _whole(
    path: Path, dataset: Dataset, order: list[int], dtype: np.dtype[Any]
) -> tuple[NDArray[Any], str]:
    """(n, H, W, C): the frames up to the first that cannot be decoded, and why that is."""
    decoded = iter_pixels(path, indices=order)
    frames = [_finished(next(decoded), dataset, order[0], dtype)]
    for frame in order[1:]:
        try:
            frames.append(_finished(next(decoded), dataset, frame, dtype))
        except Exception as error:  # noqa: BLE001 - any decoder's; told to the person as a reason
            return np.stack(frames), plain_reason(error)
    return np.stack(frames), ""


def _choose(path: Path, count: int, wanted: int | None) -> int:
    if wanted is not None and not 0 <= wanted < count:
        raise MotionStudioError(
            f"{path.name} has no slice {wanted}; it holds {count}, counted from 0."
        )
    return count // 2 if wanted is None else wanted


def _times(
    path: Path, dataset: Dataset, order: list[int], fps: float | None
) -> tuple[Times, tuple[str, ...]]:
    seconds = frame_seconds(dataset, order)
    if seconds is not None and fps is None:
        return stated_times(seconds, path.name)
    return nominal_times(len(order), fps, path.name)
