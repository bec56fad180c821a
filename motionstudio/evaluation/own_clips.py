"""People's own clips, with or without labels, as a model is measured on them.

A clip is any file that the studio opens, or a folder of pictures. Labels come with it, or lie
beside it (``beat_labels.nii.gz`` beside ``beat.mp4``) or in a folder ``labels`` or ``masks``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.core.clip import Clip
from motionstudio.core.clip_view import frame_range
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Fit, Transform, intensity_range
from motionstudio.evaluation.clip_files import clip_files, names_of
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.progress import Tell, each, silent
from motionstudio.evaluation.report import Problem
from motionstudio.io.label_files import label_file
from motionstudio.io.label_maps import read_label_maps
from motionstudio.models.base import ModelCard

MOST_FRAMES = 64
_EMPTY = (
    "It has no video, pictures, volume or array that the studio opens, or only labels; "
    "docs/evaluation.md shows how a folder is laid out."
)
# Below this, SSIM has no window and a field next to no inside.
_FEW_PIXELS = 11


@dataclass(frozen=True, slots=True)
class Found:
    """Clips of a folder.

    Attributes:
        items: as the model sees them.
        notes: plain sentences about what was left out or shortened.
        problems: clips, or labels of clips, that cannot be read.
    """

    items: tuple[Material, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


class _Reading:
    """A folder under way."""

    def __init__(self, card: ModelCard, count: int | None) -> None:
        self._card, self._count = card, count
        self.items: list[Material] = []
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self.left_out = 0
        self._odd: dict[str, list[str]] = {}

    def file(self, path: Path, name: str) -> None:
        """All clips of a file."""
        try:
            for clip in _clips(path, name):
                if self._count is not None and len(self.items) >= self._count:
                    self.left_out += 1
                    continue
                self._clip(clip, path)
        except MotionStudioError as error:
            self.problems.append(Problem(name, "", str(error)))

    def _clip(self, clip: Clip, path: Path) -> None:
        labels = None
        try:
            clip = _with_labels(clip, path)
            labels = _labelled(clip)
        except MotionStudioError as error:
            why = f"its labels are left out: {error}"
            self.problems.append(Problem(clip.name, "", why))
        for warning in clip.warnings:
            # What many clips have in common is said once.
            said = warning.removeprefix(f"{path.name} ")
            self._odd.setdefault(said, []).append(clip.name)
        self.items.append(_material(clip, labels, self._card, self.notes))

    def odd(self) -> list[str]:
        """What was odd about the files, each oddity once with the clips that have it."""
        return [f"{_few(names)}: {said}" for said, names in self._odd.items()]


def read_own(path: Path, card: ModelCard, count: int | None, tell: Tell = silent) -> Found:
    """Clips below ``path``, letterboxed to the model's picture.

    Args:
        path: a clip, or a folder of clips.
        card: of the model.
        count: the first in natural order; more are left out, and said. None: all.
        tell: progress.

    Raises:
        MotionStudioError: there is no clip, or none can be read.
    """
    reading = _Reading(card, count)
    files = clip_files(path)
    names = names_of(files, path)
    for file in each(tell, files, len(files), "read"):
        reading.file(file, names[file])
    if not reading.items:
        why = " ".join(f"{one.clip}: {one.reason}" for one in reading.problems[:3])
        raise MotionStudioError(f"{path.name} holds no clip that can be measured.", why or _EMPTY)
    if reading.left_out:
        clips = "clip is" if reading.left_out == 1 else "clips are"
        reading.notes.append(
            f"{reading.left_out} more {clips} left out; --subjects measures more of them."
        )
    notes = (*reading.notes, *reading.odd())
    return Found(tuple(reading.items), notes, tuple(reading.problems))


def _few(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def material_of(clip: Clip, card: ModelCard, *, fit: Fit = "letterbox") -> Found:
    """One clip that was read already, with the labels that it carries."""
    notes: list[str] = []
    item = _material(clip, _labelled(clip), card, notes, fit)
    return Found((item,), tuple(notes))


def _clips(file: Path, name: str) -> Iterator[Clip]:
    """Every slice or entry of a file."""
    slices = io.probe(file).slices
    if slices == 1:
        yield replace(io.read_clip(file), name=name)
        return
    for number in range(slices):
        yield replace(io.read_clip(file, slice_index=number), name=f"{name} {number}")


def _with_labels(clip: Clip, file: Path) -> Clip:
    """The clip with the labels of the file beside it, where it carries none itself."""
    beside = label_file(file) if clip.masks is None else None
    if beside is None:
        return clip
    number = int(clip.name.rpartition(" ")[2]) if io.probe(file).slices > 1 else None
    maps = read_label_maps(beside, clip, slice_index=number)
    return replace(clip, masks=maps.masks, mask_valid=maps.valid)


def _labelled(clip: Clip) -> NDArray[np.bool_] | None:
    """(T,) frames that carry labels, or None where no frame does."""
    if clip.masks is None:
        return None
    # A frame of nothing but background in a labelled sequence was not labelled.
    some = clip.masks.reshape(len(clip), -1).any(1)
    valid = some if clip.mask_valid is None else some & clip.mask_valid
    return np.asarray(valid, np.bool_) if valid.any() else None


def _material(
    clip: Clip,
    labelled: NDArray[np.bool_] | None,
    card: ModelCard,
    notes: list[str],
    fit: Fit = "letterbox",
) -> Material:
    most = min(MOST_FRAMES, card.frames_max or MOST_FRAMES)
    if len(clip) > most:
        notes.append(f"{clip.name}: the first {most} of {len(clip)} frames are measured.")
        labelled = None if labelled is None else labelled[:most]
        clip = frame_range(clip, 0, most)
    transform = Transform.fit(clip.size, card.size, mode=fit, range=intensity_range(clip))
    masks = None if labelled is None or clip.masks is None else _masks(transform, clip.masks)
    if masks is not None and labelled is not None:
        labelled = _still_labelled(clip.name, masks, labelled, notes)
    height, width = transform.content[2:]
    if min(height, width) < min(_FEW_PIXELS, *clip.size):
        notes.append(
            f"{clip.name}: only {height} x {width} of the model's {card.size} x {card.size} pixels "
            f"are its own; such figures say little."
        )
    spacing = clip.spacing and (
        clip.spacing[0] / transform.scale[1],
        clip.spacing[1] / transform.scale[0],
    )
    return Material(
        name=clip.name,
        frames=transform.apply(np.asarray(clip.frames[:]), channels=card.channels),
        times=clip.times,
        cyclic=bool(clip.cyclic),
        period=clip.period,
        labels=None if labelled is None else masks,
        labelled=labelled,
        spacing=spacing,
        content=transform.content,
        pixel=2 / sum(transform.scale),
    )


def _still_labelled(
    name: str, masks: NDArray[np.uint8], labelled: NDArray[np.bool_], notes: list[str]
) -> NDArray[np.bool_] | None:
    """(T,) frames whose labels are still there at the model's size; None: no frame has any."""
    there = labelled & masks.any((1, 2))
    lost = int(labelled.sum() - there.sum())
    if lost:
        frames = "1 frame" if lost == 1 else f"{lost} frames"
        notes.append(
            f"{name}: the labels of {frames} are too small to be seen at the model's size."
        )
    return there if there.any() else None


def _masks(transform: Transform, masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(transform.mask_to_model(masks), np.uint8)
