"""What a file or a folder of files is recognised by, wherever it was moved to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.problems import plain_reason

_BLOCK = 1 << 20
_MOST_FILES = 100_000


class Fingerprints:
    """SHA-256 of files and folders; read again only where size or age changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], str] = {}

    def of(self, path: Path) -> str:
        """See ``fingerprint``."""
        try:
            stat = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from error
        key = (os.path.abspath(path), stat.st_mtime_ns, stat.st_size)
        if path.is_dir() or key not in self._known:
            self._known[key] = fingerprint(path)
        return self._known[key]


def fingerprint(path: Path) -> str:
    """64 hex digits: of a file's content, or of the names and sizes of a folder's files.

    Raises:
        MotionStudioError: it cannot be read.
    """
    try:
        return _listing(path) if path.is_dir() else _content(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and below, in a fixed order; hidden ones are left out.

    Raises:
        MotionStudioError: there are too many.
    """
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            count += 1
            if count > _MOST_FILES:
                raise MotionStudioError(
                    f"{folder.name} holds more than {_MOST_FILES:,} files.",
                    "Open a folder that holds the pictures only.",
                )
            yield Path(place, name)


def _content(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _listing(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\t{path.stat().st_size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _unreadable(path: Path, error: OSError) -> MotionStudioError:
    return MotionStudioError(f"{path.name} cannot be read: {plain_reason(error)}.")
