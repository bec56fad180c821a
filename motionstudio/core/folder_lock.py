"""A lock that says whether the process that uses a folder still runs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO


class FolderLock:
    """A lock that the system lets go of when the process ends.

    Args:
        path: of the lock file, made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[str] | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._stream is not None

    @property
    def lost(self) -> bool:
        """Whether the lock file was removed or replaced while this object held it."""
        if self._stream is None:
            return False
        try:
            return not os.path.samestat(os.fstat(self._stream.fileno()), self._path.stat())
        except (FileNotFoundError, NotADirectoryError):
            return True

    def take(self) -> bool:
        """Try to take the lock; tells whether it is held now."""
        if self._stream is None:
            stream = self._path.open("a+", encoding="utf-8")
            if not _lock(stream):
                stream.close()
                return False
            self._stream = stream
        return True

    def sign(self, text: str) -> None:
        """Write into the lock file who holds it."""
        if self._stream is not None:
            self._stream.seek(0)
            self._stream.truncate()
            self._stream.write(text)
            self._stream.flush()

    def release(self) -> None:
        """Let go."""
        if self._stream is not None:
            # What was written and found no room is of no use any more.
            with suppress(OSError):
                self._stream.close()
            self._stream = None


def _lock(stream: IO[str]) -> bool:
    if os.name == "nt":
        import msvcrt

        try:
            stream.seek(0)
            # Far behind the text, which others may then read.
            stream.seek(1 << 20)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
