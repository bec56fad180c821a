"""The folder of one training run: what the run and whoever watches it leave for each other.

Nothing else connects the two processes, so either may end, crash or start again without the
other. The run holds a lock; the system lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from motionstudio.core.folder_lock import FolderLock
from motionstudio.training.events import Event, from_line

_LEFT = (
    "recipe.toml", "recipe.part", "events.jsonl", "log.txt", "state.pt", "state.part", "order.txt",
    "order.part", "pool-*.npz", "pool-*.bin", "pool-*.json", "pool-*.part",
    "frames-*.npy", "step-*.png", "lock.json",
)  # fmt: skip
_FOLDERS = ("looked", "clips")


class Order(StrEnum):
    """What a run is told: to go on, to wait, to stop with a checkpoint, or without one."""

    GO = "go"
    PAUSE = "pause"
    KEEP = "keep"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths and messages of one run.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def recipe(self) -> Path:
        """What is trained."""
        return self.path / "recipe.toml"

    @property
    def events(self) -> Path:
        """One event a line, see ``training.events``."""
        return self.path / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.path / "log.txt"

    @property
    def state(self) -> Path:
        """The resumable state."""
        return self.path / "state.pt"

    @property
    def lock(self) -> FolderLock:
        """A new handle on the lock that the run holds while it lives."""
        return FolderLock(self.path / "lock.json")

    def give(self, order: Order) -> None:
        """Tell the run; it obeys after its current step."""
        temporary = self.path / "order.part"
        temporary.write_text(order.value, encoding="utf-8")
        temporary.replace(self._order)

    def order(self) -> Order:
        """What the run was told last.

        Raises:
            OSError: the order is there and cannot be read now, as while it is replaced on Windows.
        """
        try:
            return Order(self._order.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return Order.GO

    def alive(self) -> bool:
        """Whether a process trains here now."""
        lock = self.lock
        try:
            free = lock.take()
        except (FileNotFoundError, NotADirectoryError):
            return False
        lock.release()
        return not free

    def remove(self) -> None:
        """Remove what a run leaves here, and the folder if nothing else is in it."""
        for pattern in _LEFT:
            for path in self.path.glob(pattern):
                with suppress(OSError):
                    path.unlink()
        for name in _FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)
        with suppress(OSError):
            self.path.rmdir()

    def read(self, start: int = 0, most: int = -1) -> tuple[list[Event], int]:
        """Events written from byte ``start`` on, and where to go on reading.

        A line that is not whole yet is left for the next call.

        Args:
            start: byte of the file.
            most: bytes to read at most, more than any line has; -1: all.
        """
        try:
            with self.events.open("rb") as stream:
                stream.seek(start)
                text = stream.read(most)
        except FileNotFoundError:
            return [], start
        whole = text[: text.rfind(b"\n") + 1]
        found = []
        for line in whole.decode("utf-8", "replace").splitlines():
            try:
                found.append(from_line(line))
            except ValueError:
                continue  # Cut by a power loss in the middle of a line.
        return found, start + len(whole)

    @property
    def _order(self) -> Path:
        return self.path / "order.txt"
