"""Label maps for a clip, read from a file of their own in any format that can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.registry import read_clip


@dataclass(frozen=True, slots=True, eq=False)
class LabelMaps:
    """Labels of a sequence.

    Attributes:
        masks: (T, H, W) uint8.
        valid: (T,) bool, False where the frame carries none.
        file: the clip that they were read from.
    """

    masks: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    file: Clip


def read_label_maps(
    path: Path, clip: Clip, *, name: str = "", reference: int = 0, slice_index: int | None = None
) -> LabelMaps:
    """Labels for ``clip`` from a file with one map for each frame, or a single one.

    Args:
        path: a file, or a folder of pictures; whole numbers from 0 to 255.
        clip: what the labels belong to.
        name: what people call the clip; empty: its own name.
        reference: the frame that a single map belongs to.
        slice_index: as in ``read_clip``.

    Raises:
        MotionStudioError: the file cannot be read, or holds no labels of this size.
    """
    file = read_clip(path, slice_index=slice_index, as_stored=True)  # Labels are no shades.
    masks = file.masks if file.masks is not None else _as_labels(path, file)
    if masks.shape[1:] != clip.size or len(masks) not in (1, len(clip)):
        raise MotionStudioError(
            f"The labels in {path.name} are {masks.shape}, but '{name or clip.name}' has "
            f"{len(clip)} frames of {clip.size}.",
            "Choose a file with one label map for each frame, empty where a frame has none, or a "
            "single one.",
        )
    if len(masks) == 1 and len(clip) > 1:
        whole = np.zeros((len(clip), *masks.shape[1:]), np.uint8)
        whole[reference] = masks[0]
        masks = whole
    valid = np.asarray(masks.reshape(len(clip), -1).any(axis=1), np.bool_)
    if not valid.any():
        raise MotionStudioError(f"{path.name} holds no labels, only zeros.")
    return LabelMaps(masks, valid, file)


def _as_labels(path: Path, clip: Clip) -> NDArray[np.uint8]:
    """The frames themselves as labels: whole numbers from 0 to 255."""
    frames = np.asarray(clip.frames[:])[..., 0]
    whole = frames.dtype.kind in "bui" or bool(np.all(frames == np.rint(frames)))
    if not whole or frames.min() < 0 or frames.max() > 255:
        raise MotionStudioError(
            f"{path.name} holds no labels: they are whole numbers from 0 to 255.",
            "Choose a label map, not a picture.",
        )
    return frames.astype(np.uint8)
