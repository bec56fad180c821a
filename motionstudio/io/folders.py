"""A folder as one clip: pictures in natural order, or a series of DICOM files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.io import stills, tiff
from motionstudio.io.dicom_series import probe_series, read_series
from motionstudio.io.formats import DICOM, PICTURES, TIFF
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import check_count
from motionstudio.io.pillow import ALPHA_NOTE
from motionstudio.io.problems import reading
from motionstudio.io.registry import reader_of
from motionstudio.io.timing import nominal_times

_Look = tuple[int, int, int, str]


def natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """Sorting key that puts frame2 before frame10."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in parts if p)


def _sort(folder: Path) -> tuple[list[Path], list[Path]]:
    """The pictures and the DICOM files directly in ``folder``, in natural order."""
    with reading(folder):
        files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    check_count(folder, max(1, len(files)))
    pictures, medical = [], []
    for path in sorted(files, key=lambda p: natural_order(p.name)):
        with reading(path):
            reader = reader_of(path)
        if reader is PICTURES or reader is TIFF:
            pictures.append(path)
        elif reader is DICOM:
            medical.append(path)
    if not pictures and not medical:
        raise MotionStudioError(
            f"The folder {folder.name} holds no pictures and no DICOM files.",
            "Open the folder that directly contains them, or one file.",
        )
    return pictures, medical


def run_of(paths: Sequence[Path]) -> tuple[Path, int, int] | None:
    """Several pictures as a part of the clip that their folder is.

    Returns:
        The folder, the first frame and the one after the last; None where they do not follow
        each other in one folder, or differ in size.
    """
    folders = {path.parent for path in paths}
    if len(folders) != 1 or len(paths) < 2:
        return None
    folder = folders.pop()
    pictures, medical = _sort(folder)
    if len(medical) > len(pictures):
        return None
    kept, _, _ = _alike(folder, pictures)
    places = sorted(kept.index(path) for path in paths if path in kept)
    if len(places) != len(paths) or places[-1] - places[0] != len(places) - 1:
        return None
    return folder, places[0], places[-1] + 1


def probe(folder: Path) -> ClipInfo:
    """What a folder holds, from the headers of its files."""
    pictures, medical = _sort(folder)
    if len(medical) > len(pictures):
        return probe_series(folder, medical)
    kept, look, notes = _alike(folder, pictures)
    return ClipInfo(
        kind="folder of pictures",
        frames=len(kept),
        size=look[:2],
        channels=look[2],
        dtype=look[3],
        warnings=notes,
    )


def read(folder: Path, options: ReadOptions) -> Clip:
    """The pictures of a folder as frames, each decoded when asked for, or a DICOM series."""
    pictures, medical = _sort(folder)
    if len(medical) > len(pictures):
        return read_series(folder, medical, options)
    kept, look, notes = _alike(folder, pictures)
    dtype = np.dtype(look[3])
    frames = LazyFrames((len(kept), *look[:3]), dtype, lambda i: _load(kept[i], look))
    _ = frames[0]
    if any(_has_alpha(path) for path in kept[:1]):
        notes += (ALPHA_NOTE.format(name=folder.name),)
    times, assumed = nominal_times(len(kept), options.fps, folder.name)
    return Clip(
        frames,
        times,
        folder.name,
        folder,
        provenance={"format": "folder of pictures", "files": str(len(kept))},
        warnings=notes + assumed,
    )


def _alike(folder: Path, pictures: list[Path]) -> tuple[list[Path], _Look, tuple[str, ...]]:
    """The pictures of the commonest size, what they look like, and what was left out."""
    looks: dict[Path, _Look] = {}
    broken = []
    for path in pictures:
        try:
            info = (tiff if _is_tiff(path) else stills).probe(path)
        except MotionStudioError:
            broken.append(path.name)
            continue
        looks[path] = (*info.size, info.channels, info.dtype)
    if not looks:
        raise MotionStudioError(f"The folder {folder.name} holds no picture that can be read.")
    size = Counter(look[:2] for look in looks.values()).most_common(1)[0][0]
    kept = [path for path, look in looks.items() if look[:2] == size]
    alike = [looks[path] for path in kept]
    kinds = {look[3] for look in alike}
    dtype = kinds.pop() if len(kinds) == 1 else "float32"
    look = (*size, max(look[2] for look in alike), dtype)
    return kept, look, _left_out(folder, broken, len(looks) - len(kept), size)


def _left_out(
    folder: Path, broken: list[str], other: int, size: tuple[int, int]
) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if broken:
        names = ", ".join(broken[:3]) + (" and others" if len(broken) > 3 else "")
        notes += (f"{counted(len(broken), 'picture')} in {folder.name} cannot be read: {names}.",)
    if other:
        notes += (
            f"{other} pictures in {folder.name} are not {size[1]} x {size[0]} pixels like most "
            "and are left out.",
        )
    return notes


def _is_tiff(path: Path) -> bool:
    with reading(path), path.open("rb") as stream:
        return TIFF.recognises(stream.read(8))


def _load(path: Path, look: _Look) -> NDArray[Any]:
    """(H, W, C) of one picture in the type of the whole clip."""
    frame: NDArray[Any]
    if _is_tiff(path):
        frame = np.array(tiff.read(path, ReadOptions()).frames[0])
    else:
        frame, _ = stills.read_still(path)
    if frame.shape[:2] != look[:2]:
        raise MotionStudioError(f"{path.name} has changed its size since the folder was opened.")
    if frame.shape[2] < look[2]:
        frame = np.repeat(frame, look[2], axis=2)
    return np.ascontiguousarray(frame[..., : look[2]], dtype=look[3])


def _has_alpha(path: Path) -> bool:
    return not _is_tiff(path) and stills.read_still(path)[1]
