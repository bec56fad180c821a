"""People's own clips, with or without labels, as a model is measured on them.

A clip is any file that the studio opens, or a folder of pictures. Labels come with it, or lie
beside it (``beat_labels.nii.gz`` beside ``beat.mp4``) or in a folder ``labels`` or ``masks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.core.clip import Clip
from motionstudio.core.clip_view import frame_range
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Fit, Transform, intensity_range
from motionstudio.evaluation.material import Material
from motionstudio.io.folders import natural_order
from motionstudio.io.formats import DICOM, PICTURES
from motionstudio.io.label_maps import read_label_maps
from motionstudio.io.registry import reader_of
from motionstudio.models.base import ModelCard

ENDINGS = ("_mask", "_masks", "_label", "_labels", "_seg")
"""What the name of a label file ends with, after that of its clip."""

FOLDERS = ("masks", "labels")
MOST_FRAMES = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Clips of a folder.

    Attributes:
        items: as the model sees them.
        notes: plain sentences about what was left out or shortened.
    """

    items: tuple[Material, ...]
    notes: tuple[str, ...]


def read_own(path: Path, card: ModelCard, count: int) -> Found:
    """At most ``count`` clips below ``path``, letterboxed to the model's picture.

    Args:
        path: a clip, or a folder of clips.
        card: of the model.
        count: the first in natural order; more are left out, and said.

    Raises:
        MotionStudioError: there is no clip, or none can be read.
    """
    items: list[Material] = []
    notes: list[str] = []
    left_out = 0
    for file in clip_files(path):
        try:
            for clip, labels in _clips(file):
                if len(items) == count:
                    left_out += 1
                    continue
                items.append(_material(clip, labels, card, notes))
        except MotionStudioError as error:
            notes.append(f"{file.name} is left out: {error.message}")
    if not items:
        why = notes[0] if notes else ""
        raise MotionStudioError(f"{path.name} holds no clip that can be measured.", why)
    if left_out:
        clips = "clip is" if left_out == 1 else "clips are"
        notes.append(f"{left_out} more {clips} left out; --subjects measures more of them.")
    return Found(tuple(items), tuple(notes))


def material_of(clip: Clip, card: ModelCard, *, fit: Fit = "letterbox") -> Found:
    """One clip that was read already, with the labels that it carries."""
    notes: list[str] = []
    item = _material(clip, _labelled(clip), card, notes, fit)
    return Found((item,), tuple(notes))


def clip_files(path: Path) -> list[Path]:
    """Clips of a folder in natural order; a file, or a folder of single pictures, is one itself."""
    if not path.is_dir():
        return [path]
    entries = sorted(path.iterdir(), key=lambda p: natural_order(p.name))
    entries = [p for p in entries if not p.name.startswith(".") and not _is_label(p)]
    files = [p for p in entries if p.is_file() and p.stat().st_size and reader_of(p) is not None]
    if files and all(reader_of(p) in (PICTURES, DICOM) for p in files):
        return [path]
    folders = [p for p in entries if p.is_dir() and p.name not in FOLDERS and _has_pictures(p)]
    return sorted([*files, *folders], key=lambda p: natural_order(p.name))


def label_file(clip: Path) -> Path | None:
    """The file, or folder of pictures, with the labels of ``clip``; None: there is none."""
    stem = _stem(clip)
    for other in sorted(clip.parent.iterdir()):
        if _stem(other) in [stem + ending for ending in ENDINGS]:
            return other
    for name in FOLDERS:
        folder = clip.parent / name
        for other in sorted(folder.iterdir()) if folder.is_dir() else []:
            if _stem(other) in [stem, *(stem + ending for ending in ENDINGS)]:
                return other
    return None


def _stem(path: Path) -> str:
    name = path.name if path.is_dir() else path.name.removesuffix(".gz").rpartition(".")[0]
    return name or path.name


def _is_label(path: Path) -> bool:
    return _stem(path).endswith(ENDINGS)


def _has_pictures(folder: Path) -> bool:
    files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    return any(p.stat().st_size and reader_of(p) in (PICTURES, DICOM) for p in files)


def _clips(file: Path) -> Iterator[tuple[Clip, NDArray[np.bool_] | None]]:
    """Every slice or entry of a file, with the frames that carry labels."""
    slices = io.probe(file).slices
    beside = label_file(file)
    for number in range(slices) if slices > 1 else [None]:
        clip = io.read_clip(file, slice_index=number)
        if slices > 1:
            clip = replace(clip, name=f"{clip.name} {number}")
        if clip.masks is None and beside is not None:
            maps = read_label_maps(beside, clip, slice_index=number)
            clip = replace(clip, masks=maps.masks, mask_valid=maps.valid)
        yield clip, _labelled(clip)


def _labelled(clip: Clip) -> NDArray[np.bool_] | None:
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
        labels=None if labelled is None or clip.masks is None else _masks(transform, clip.masks),
        labelled=labelled,
        spacing=spacing,
        content=transform.content,
    )


def _masks(transform: Transform, masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(transform.mask_to_model(masks), np.uint8)
