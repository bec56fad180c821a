"""Which files of a person's folder are clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from motionstudio import io
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.folders import natural_order
from motionstudio.io.formats import DICOM, PICTURES, TIFF
from motionstudio.io.label_files import FOLDERS, entries_of, is_label, stem_of
from motionstudio.io.registry import readable_suffixes, reader_of

_DEPTH = 8


def clip_files(path: Path) -> list[Path]:
    """Clips below a folder in natural order; a file, or a folder of single pictures, is one itself.

    Folders in folders are looked through, each once, wherever links lead; hidden ones are not.
    Files that only look like clips, empty ones and links that lead nowhere among them, are listed:
    reading them says what is wrong.
    """
    if not path.is_dir():
        return [path]
    return list(_below(path, set(), _DEPTH))


def names_of(files: list[Path], top: Path) -> dict[Path, str]:
    """A name for each clip, from its path below ``top``; with suffix where it would repeat."""
    below = {p: p.relative_to(top) if p != top and top.is_dir() else Path(p.name) for p in files}
    short = {p: (part.parent / stem_of(p)).as_posix() for p, part in below.items()}
    often = list(short.values())
    return {p: text if often.count(text) == 1 else below[p].as_posix() for p, text in short.items()}


def _below(folder: Path, seen: set[Path], depth: int) -> Iterator[Path]:
    real = folder.resolve()
    if real in seen or depth < 0:
        return
    seen.add(real)
    entries = [p for p in entries_of(folder) if not p.name.startswith(".") and not is_label(p)]
    files = [p for p in entries if not p.is_dir() and _looks_like_a_clip(p)]
    if files and _is_one_clip(files):
        yield folder
        files = []
    folders = [p for p in entries if p.is_dir() and p.name not in FOLDERS]
    for entry in sorted([*files, *folders], key=lambda p: natural_order(p.name)):
        if entry in folders:
            yield from _below(entry, seen, depth - 1)
        else:
            yield entry


def _looks_like_a_clip(path: Path) -> bool:
    if path.name.lower().endswith(readable_suffixes()):
        return True
    return _by_content(path, lambda reader: reader is not None)


def _is_one_clip(files: list[Path]) -> bool:
    """Whether the files are the frames of one clip: several pictures or DICOM files of one each."""
    if len(files) < 2 or not all(_by_content(p, _is_picture) for p in files):
        return False
    try:
        return io.probe(files[0]).frames == 1
    except MotionStudioError:
        return True


def _is_picture(reader: object) -> bool:
    return reader in (PICTURES, DICOM, TIFF)


def _by_content(path: Path, fits: Callable[[object], bool]) -> bool:
    try:
        return fits(reader_of(path))
    except OSError:
        return False
