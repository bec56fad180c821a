"""Which clips a study means: patterns, folders, pairs and slices, in a fixed order."""

from __future__ import annotations

import glob
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from motionstudio import io
from motionstudio.batch.study import ClipSet
from motionstudio.batch.task import ClipRef
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.clip_view import frame_range
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.colourless import grey_if_colourless
from motionstudio.io.fingerprint import Fingerprints, files_below
from motionstudio.io.label_files import is_label, label_file
from motionstudio.io.label_maps import read_label_maps

_SUFFIXES = (".nii.gz",)


@dataclass(frozen=True, slots=True)
class NamedClip:
    """A clip and a name for people, which also names its folder."""

    name: str
    clip: ClipRef


class ClipFinder:
    """Finds the clips of a study.

    Args:
        folders: where relative paths and patterns are looked for; the first that has any wins.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._prints = Fingerprints()

    def clips(self, sets: Sequence[ClipSet]) -> list[NamedClip]:
        """All clips of ``sets``, each under a name of its own.

        Raises:
            MotionStudioError: a pattern has no file, or a file cannot be read.
        """
        return _distinct([found for one in sets for found in self._of(one)])

    def drivers(self, patterns: Sequence[str]) -> list[NamedClip]:
        """The clips and motion files that drive transfers.

        Raises:
            MotionStudioError: a pattern has no file.
        """
        paths = _once(path for pattern in patterns for path in self._matches(pattern))
        return _distinct([NamedClip(_stem(path), self._ref((path,))) for path in paths])

    def _of(self, wanted: ClipSet) -> list[NamedClip]:
        left_out = {path for text in wanted.leave_out for path in self._matches(text)}
        paths = _once(path for text in wanted.files for path in self._matches(text))
        found = [
            self._named(wanted, (path,), number)
            for path in paths
            if path not in left_out
            for number in _slices(path, wanted)
        ]
        for pair in wanted.pairs:
            first, second = (self._one(text) for text in pair)
            found.append(self._named(wanted, (first, second), None))
        return found

    def _named(self, wanted: ClipSet, paths: tuple[Path, ...], number: int | None) -> NamedClip:
        name = " to ".join(_stem(path) for path in paths)
        if number is not None:
            name = f"{name} {number:03d}"
        ref = self._ref(paths).model_copy(
            update={
                "slice": number,
                "range": wanted.range,
                "drop": wanted.drop,
                "reference": wanted.reference,
                "cyclic": wanted.cyclic,
            }
        )
        return NamedClip(name, ref)

    def _ref(self, paths: tuple[Path, ...]) -> ClipRef:
        digest = hashlib.sha256()
        for path in (*paths, *_labels(paths)):
            digest.update(self._content(path).encode())
        return ClipRef(paths=tuple(map(str, paths)), content=digest.hexdigest())

    def _content(self, path: Path) -> str:
        """Of every file of a folder: a study must notice a picture that was replaced."""
        if not path.is_dir():
            return self._prints.of(path)
        digest = hashlib.sha256()
        for file in files_below(path):
            digest.update(file.relative_to(path).as_posix().encode("utf-8", "surrogateescape"))
            digest.update(self._prints.of(file).encode())
        return digest.hexdigest()

    def _one(self, text: str) -> Path:
        found = self._matches(text)
        if len(found) != 1:
            raise MotionStudioError(
                f"'{text}' names {len(found)} files, and a pair has one on each side.",
                "Name the two pictures of a pair without patterns.",
            )
        return found[0]

    def _matches(self, text: str) -> list[Path]:
        for folder in self._folders:
            pattern = str(Path(glob.escape(str(folder))) / text)
            found = [Path(name) for name in glob.glob(pattern, recursive=True)]
            taken = sorted(p.absolute() for p in found if not _beside_a_clip(p, text))
            if taken:
                return taken
        where = " or ".join(str(folder) for folder in self._folders)
        raise MotionStudioError(
            f"No file fits '{text}' in {where}.",
            "Correct the study; patterns are such as hearts/**/*.npz.",
        )


def read(ref: ClipRef) -> Clip:
    """The clip that ``ref`` means, with the labels of the file beside it where it has none.

    Raises:
        MotionStudioError: it cannot be read, the range holds no frame, or a pair differs in size.
    """
    if len(ref.paths) == 1:
        path = Path(ref.paths[0])
        clip = _with_labels(io.read_clip(path, slice_index=ref.slice), path, ref)
    else:
        # Whether a pair is grey is decided by both of its pictures.
        clip = _pair([io.read_clip(Path(path), as_stored=True) for path in ref.paths])
    if ref.range:
        clip = _part(clip, ref.range)
    if not 0 <= ref.reference < len(clip):
        raise MotionStudioError(
            f"The reference is frame {ref.reference}; the frames of {clip.name} are 0 to "
            f"{len(clip) - 1}.",
            "Frames are counted from 0, after the range.",
        )
    return clip


def _labels(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The file with the labels of a clip, where there is one; pairs have none."""
    beside = label_file(paths[0]) if len(paths) == 1 else None
    return () if beside is None else (beside,)


def _beside_a_clip(path: Path, pattern: str) -> bool:
    """Whether a pattern took along what is no clip: a hidden file, or the labels of another."""
    return path.name.startswith(".") or (path.name != Path(pattern).name and is_label(path))


def _with_labels(clip: Clip, path: Path, ref: ClipRef) -> Clip:
    beside = label_file(path) if clip.masks is None else None
    if beside is None:
        return clip
    maps = read_label_maps(beside, clip, slice_index=ref.slice)
    return replace(clip, masks=maps.masks, mask_valid=maps.valid)


def _pair(stills: Sequence[Clip]) -> Clip:
    channels = max(still.channels for still in stills)
    frames = [
        np.repeat(np.asarray(still.frames[0]), channels // still.channels, axis=2)
        for still in stills
    ]
    if frames[0].shape != frames[1].shape or frames[0].dtype != frames[1].dtype:
        raise MotionStudioError(
            f"{stills[0].name} and {stills[1].name} differ in size or kind.",
            "The two pictures of a pair have the same size.",
        )
    pair = Clip(
        frames=np.stack(frames),
        times=uniform_times(2, 1.0),
        name=f"{stills[0].name} to {stills[1].name}",
        spacing=stills[0].spacing,
        cyclic=False,
    )
    return grey_if_colourless(pair)


def _part(clip: Clip, text: str) -> Clip:
    try:
        start, stop, stride = _slice(text).indices(len(clip))
    except ValueError as error:
        raise MotionStudioError(
            f"'{text}' is no range of frames.", "Write START:STOP or START:STOP:STRIDE, as 10:40:2."
        ) from error
    if stride < 1 or start >= stop:
        raise MotionStudioError(
            f"No frame of {clip.name} lies in '{text}'; its frames are 0 to {len(clip) - 1}.",
            "Choose another range.",
        )
    return frame_range(clip, start, stop, stride)


def _slice(text: str) -> slice:
    parts = [int(part) if part.strip() else None for part in text.split(":")]
    if not 2 <= len(parts) <= 3:
        raise ValueError("expected two or three parts")
    return slice(*parts)


def _slices(path: Path, wanted: ClipSet) -> list[int | None]:
    if wanted.slices == "one":
        return [None]
    try:
        count = io.probe(path).slices
    except MotionStudioError:
        return [None]  # What is wrong with this one is said when its turn comes.
    if wanted.slices == "all":
        return [*range(count)] if count > 1 else [None]
    for number in wanted.slices:
        if number >= count:
            raise MotionStudioError(
                f"{path.name} has no slice {number}; it has {count}.", "They are counted from 0."
            )
    return list(wanted.slices)


def _stem(path: Path) -> str:
    lower = path.name.lower()
    for suffix in _SUFFIXES:
        if lower.endswith(suffix):
            return path.name[: -len(suffix)]
    return path.name if path.is_dir() else path.stem


def _once(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(paths))


def _distinct(found: list[NamedClip]) -> list[NamedClip]:
    """The same clips; where names repeat, all begin with the folder, some end in a number."""
    if len({one.name.lower() for one in found}) < len(found):
        found = [
            NamedClip(f"{Path(one.clip.paths[0]).parent.name} {one.name}", one.clip)
            for one in found
        ]
    seen: Counter[str] = Counter()
    named = []
    for one in found:
        seen[one.name.lower()] += 1
        count = seen[one.name.lower()]
        named.append(one if count == 1 else NamedClip(f"{one.name} ({count})", one.clip))
    return named
