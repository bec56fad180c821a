"""Versions of a document that are kept beside the user's own file, against crashes.

Each running window has a folder of its own with at most three versions, and holds a lock on it.
The system lets go of the lock when the process ends, however it ends; so a folder with versions
and without a lock was left by a crash.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.folder_lock import FolderLock
from motionstudio.document.project_zip import SUFFIX
from motionstudio.io.atomic import whole_file

KEPT = 3
_LOCK, _INFO = "lock.json", "document.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Version:
    """One autosaved version.

    Attributes:
        path: the file, a whole project.
        saved: seconds since the epoch.
        document: the project's own file, or None where it was never saved.
        name: of the document, for people.
    """

    path: Path
    saved: float
    document: Path | None
    name: str


class Autosave:
    """The versions of one window's document.

    Args:
        root: folder of all windows' versions; made when needed.
        now: seconds since the epoch.
    """

    def __init__(self, root: Path, now: Callable[[], float] = time.time) -> None:
        self._root, self._now = root, now
        self._started = now()
        self._folder = root / f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._lock = FolderLock(self._folder / _LOCK)

    @property
    def root(self) -> Path:
        """Folder of all windows' versions."""
        return self._root

    @property
    def folder(self) -> Path:
        """This window's own folder; there once something was written."""
        return self._folder

    def write(self, save: Callable[[Path], None], document: Path | None, name: str) -> Path:
        """Keep a version; the oldest of four goes.

        Args:
            save: writes a project to the path it is given, as a whole.
            document: the project's own file, or None where it was never saved.
            name: of the document, for people.

        Raises:
            MotionStudioError: the place cannot be written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._lock.held and self._lock.take():
                self._lock.sign(json.dumps({"pid": os.getpid(), "started": self._started}))
            newest = self._folder / f"new{SUFFIX}"
            save(newest)
            info = {"document": None if document is None else str(document), "name": name}
            with whole_file(self._folder / _INFO) as temporary:
                temporary.write_text(json.dumps(info), encoding="utf-8")
            for number in range(KEPT - 1, 0, -1):
                older = self._folder / f"{number}{SUFFIX}"
                if older.exists():
                    older.replace(self._folder / f"{number + 1}{SUFFIX}")
            os.utime(newest, (self._now(), self._now()))
            return newest.replace(self._folder / f"1{SUFFIX}")
        except OSError as error:
            raise MotionStudioError(
                f"The document could not be autosaved: {error.strerror or error}.",
                "Make room, and save it yourself meanwhile.",
            ) from error

    def versions(self) -> tuple[Version, ...]:
        """This window's versions, the newest first."""
        return versions_in(self._folder)

    def clear(self) -> None:
        """Forget the versions: the document was saved, given up or closed."""
        self._lock.release()
        shutil.rmtree(self._folder, ignore_errors=True)

    def abandoned(self) -> Iterator[Abandoned]:
        """What crashed windows left, the newest first; whoever takes one locks it."""
        found = []
        for folder in _folders(self._root):
            held = versions_in(folder)
            if folder != self._folder and held:
                found.append((held[0].saved, folder))
        for _, folder in sorted(found, key=lambda pair: -pair[0]):
            lock = FolderLock(folder / _LOCK)
            try:
                if lock.take():
                    yield Abandoned(folder, lock)
            except OSError as error:
                log.warning("%s cannot be looked at: %s", folder.name, error)


class Abandoned:
    """What one crashed window left; nobody else is offered it while it is held.

    Args:
        folder: of its versions.
        lock: on the folder, held.
    """

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self.folder = folder
        self._lock = lock

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, the newest first."""
        return versions_in(self.folder)

    def discard(self) -> None:
        """Remove it for good."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Let another window offer it."""
        self._lock.release()


def versions_in(folder: Path) -> tuple[Version, ...]:
    """The versions in a window's folder, the newest first."""
    info = _info(folder)
    document = info.get("document")
    found = [
        Version(
            path,
            path.stat().st_mtime,
            Path(document) if isinstance(document, str) else None,
            str(info.get("name") or "Untitled"),
        )
        for number in range(1, KEPT + 1)
        if (path := folder / f"{number}{SUFFIX}").is_file()
    ]
    return tuple(found)


def _info(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / _INFO).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir())
    except OSError:
        return []
