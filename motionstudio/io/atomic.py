"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.folder_lock import FolderLock
from motionstudio.io.problems import plain_reason

Tick = Callable[[float], bool]
"""Told the fraction done, in [0, 1]; answers False to cancel."""

_PREFIX, _LOCK = ".writing-", ".motionstudio-lock"
# A folder that was made this lately may not be locked yet.
_SECONDS_TO_LOCK = 60.0


def always(fraction: float) -> bool:
    """The tick of a caller who neither watches nor cancels."""
    return True


def advance(tick: Tick, fraction: float) -> None:
    """Report progress.

    Raises:
        Cancelled: the tick answered False.
    """
    if not tick(fraction):
        raise Cancelled


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` with the same suffixes, renamed to it at the end.

    On any exception, cancelling included, the temporary file goes and ``path`` stays as it was.
    The file is on the disk before it is renamed, so that a power cut leaves the old or the new one.

    Raises:
        MotionStudioError: the place cannot be written to, in one sentence.
    """
    with _plain_errors(path), _workshop(path.parent) as folder:
        temporary = folder / path.name
        yield temporary
        _flush(temporary)
        os.replace(temporary, path)


def check_new_folder(path: Path) -> None:
    """Refuse a place where :func:`whole_folder` would overwrite something.

    Raises:
        MotionStudioError: ``path`` is a file or a folder with something in it.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise MotionStudioError(
            f"{path.name} exists and is not an empty folder.", "Choose a new folder."
        )


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside ``path``, renamed to it at the end.

    Raises:
        MotionStudioError: ``path`` is a file or a folder with something in it, or the place
            cannot be written to.
    """
    with _plain_errors(path):
        check_new_folder(path)
    with _plain_errors(path), _workshop(path.parent) as folder:
        inside = folder / path.name
        inside.mkdir()
        yield inside
        if path.is_dir():
            path.rmdir()
        os.replace(inside, path)


@contextmanager
def _workshop(place: Path) -> Iterator[Path]:
    """A folder of our own in ``place``, gone at the end; those of crashed processes go first."""
    for folder in place.glob(f"{_PREFIX}*"):
        _remove_left_over(folder)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    lock = FolderLock(folder / _LOCK)
    try:
        lock.take()
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over(folder: Path) -> None:
    """Remove a folder that a process of ours made and did not live to remove."""
    try:
        ours = (folder / _LOCK).is_file()
        # A folder of the future was made before the clock was put back: it is no younger.
        if not ours or 0 <= time.time() - folder.stat().st_mtime < _SECONDS_TO_LOCK:
            return
        lock = FolderLock(folder / _LOCK)
        if lock.take():
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return  # It belongs to somebody else, or is just going.


def _flush(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    if path.is_file():
        # Windows flushes only what was opened for writing.
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (MotionStudioError, Cancelled):
        raise
    except OSError as error:
        raise MotionStudioError(
            f"{path.name} could not be written: {_os_reason(path, error)}.",
            "Choose another place or make room, and export again.",
        ) from error


def _os_reason(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno == errno.ENOENT:
        return f"the folder {path.parent.name or path.parent} does not exist"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"you may not write into {path.parent.name or path.parent}"
    return plain_reason(error)
