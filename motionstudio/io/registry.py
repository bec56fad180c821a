"""Which reader takes a file: by what it contains first, by its suffix second."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.visible import visible
from motionstudio.io.formats import BUILT_IN, FOLDERS
from motionstudio.io.info import ClipInfo, Reader, ReadOptions
from motionstudio.io.problems import plain_reason

ENTRY_POINT_GROUP = "motionstudio.readers"

_HEAD = 512
_LONGEST_NAME = 255


@cache
def readers() -> tuple[Reader, ...]:
    """The readers of third parties first, then ours; a broken plug-in is an error, not a gap.

    Raises:
        MotionStudioError: an installed plug-in cannot be loaded or is no ``Reader``.
    """
    found = []
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            reader = entry.load()
        except Exception as error:
            raise MotionStudioError(
                f"The reader plug-in {entry.name} could not be loaded: {plain_reason(error)}.",
                "Update or uninstall it.",
            ) from error
        if not isinstance(reader, Reader):
            raise MotionStudioError(
                f"The reader plug-in {entry.name} is a {type(reader).__name__}, not a Reader.",
                "Update or uninstall it.",
            )
        found.append(reader)
    return (*found, *BUILT_IN)


def read_clip(
    path: str | Path,
    *,
    slice_index: int | None = None,
    strip: bool = False,
    fps: float | None = None,
    as_stored: bool = False,
) -> Clip:
    """Read an image sequence from a file, or from a folder of pictures or DICOM files.

    Args:
        path: the file or folder; what it contains decides, then its suffix.
        slice_index: which slice or clip, counted from 0, where :func:`probe` says there are
            several; None: the middle slice of a volume, the first clip of an archive.
        strip: cut one picture into square frames that lie side by side.
        fps: frames per second where the file states no frame times; None: 25.
        as_stored: keep three channels also where all are alike; otherwise a clip that is stored
            in colour, but shows none, is read as grey.

    Returns:
        Frames (T, H, W, C) in the file's own type, read lazily where they are long, with the
        true time of every frame; what was odd is in ``Clip.warnings``.

    Raises:
        MotionStudioError: one plain sentence naming the file and the reason.
    """
    path = Path(path)
    options = ReadOptions(slice_index=slice_index, strip=strip, fps=fps)
    from motionstudio.io.colourless import grey_if_colourless

    reader = FOLDERS if os.path.isdir(path) else _reader_of(path)  # False where it is not known.
    clip = _shown_safely(reader.read(path, options))
    return clip if as_stored else grey_if_colourless(clip)


def probe(path: str | Path) -> ClipInfo:
    """What a file or folder holds, cheaply: from headers, without decoding frames.

    Raises:
        MotionStudioError: it cannot be read, in one plain sentence.
    """
    path = Path(path)
    if os.path.isdir(path):
        return _told_safely(FOLDERS.probe(path))
    return _told_safely(_reader_of(path).probe(path))


def readable_suffixes() -> tuple[str, ...]:
    """All suffixes that can be opened, lower case with dot, such as ".nii.gz"."""
    return tuple(sorted({suffix for reader in readers() for suffix in reader.suffixes}))


def file_dialog_filter() -> str:
    """What can be opened, in the notation of Qt's file dialogues."""
    everything = " ".join(f"*{suffix}" for suffix in readable_suffixes())
    families: dict[str, set[str]] = {}
    for reader in readers():
        families.setdefault(reader.name, set()).update(reader.suffixes)
    lines = [f"Image sequences ({everything})"]
    for name, suffixes in families.items():
        label = name[0].upper() + name[1:]
        lines.append(f"{label} ({' '.join(f'*{suffix}' for suffix in sorted(suffixes))})")
    return ";;".join([*lines, "All files (*)"])


def reader_of(path: Path) -> Reader | None:
    """The reader that takes an existing file, or None."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    by_content = [reader for reader in readers() if reader.recognises(head)]
    by_suffix = [r for r in readers() if path.name.lower().endswith(tuple(r.suffixes))]
    both = [reader for reader in by_content if reader in by_suffix]
    return next(iter([*both, *by_content, *by_suffix]), None)


def _shown_safely(clip: Clip) -> Clip:
    """The clip under a name that acts on no terminal and hides nothing."""
    texts = visible(clip.name), tuple(map(visible, clip.warnings))
    if texts == (clip.name, clip.warnings):
        return clip
    return replace(clip, name=texts[0], warnings=texts[1])


def _told_safely(info: ClipInfo) -> ClipInfo:
    warnings = tuple(map(visible, info.warnings))
    return info if warnings == info.warnings else replace(info, warnings=warnings)


def _reader_of(path: Path) -> Reader:
    try:
        empty = path.stat().st_size == 0
        reader = None if empty else reader_of(path)
    except (OSError, ValueError) as error:  # A name with a zero byte is a wrong value.
        name = path.name if len(path.name) <= _LONGEST_NAME else path.name[:_LONGEST_NAME] + "…"
        raise MotionStudioError(
            f"{name or path} could not be opened: {plain_reason(error)}."
        ) from error
    if not path.is_file():
        raise MotionStudioError(f"{path.name} is neither a file nor a folder.")
    if empty:
        raise MotionStudioError(f"{path.name} is empty (0 bytes).", "Copy or export it again.")
    if reader is None:
        raise MotionStudioError(
            f"{path.name} is in no format that can be read here.",
            "Open a video, an animated image, pictures, NIfTI, DICOM or numpy arrays.",
        )
    return reader
