"""Which file holds the labels of a clip: it has the clip's name and lies beside it.

``beat_labels.nii.gz`` beside ``beat.mp4``, or ``beat.png`` in a folder ``labels`` or ``masks``. A
folder of pictures may hold that folder itself.
"""

from __future__ import annotations

from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.folders import natural_order

ENDINGS = ("_mask", "_masks", "_label", "_labels", "_seg")
"""What the name of a label file ends with, after that of its clip."""

FOLDERS = ("masks", "labels")


def is_label(path: Path) -> bool:
    """Whether the name is that of a label file."""
    return stem_of(path).endswith(ENDINGS)


def label_file(clip: Path) -> Path | None:
    """The file, or folder of pictures, with the labels of ``clip``; None: there is none."""
    stem = stem_of(clip)
    for other in entries_of(clip.parent):
        if stem_of(other) in [stem + ending for ending in ENDINGS]:
            return other
    for name in FOLDERS:
        folder = clip.parent / name
        for other in entries_of(folder) if folder.is_dir() else []:
            if stem_of(other) in [stem, *(stem + ending for ending in ENDINGS)]:
                return other
    return next((clip / name for name in FOLDERS if (clip / name).is_dir()), None)


def stem_of(path: Path) -> str:
    """The name without its suffix, ``.nii.gz`` being one."""
    name = path.name if path.is_dir() else path.name.removesuffix(".gz").rpartition(".")[0]
    return name or path.name


def entries_of(folder: Path) -> list[Path]:
    """What a folder holds, in natural order.

    Raises:
        MotionStudioError: it cannot be looked into.
    """
    try:
        return sorted(folder.iterdir(), key=lambda p: natural_order(p.name))
    except OSError as error:
        raise MotionStudioError(
            f"The folder {folder.name} cannot be looked into: {error.strerror or error}."
        ) from error
