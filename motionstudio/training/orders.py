"""The run's side of a run folder: it tells events there and obeys what it is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.training.events import Event, to_line
from motionstudio.training.run_folder import Order, RunFolder

_ASKED_EVERY = 0.1
_TRIES = 5
"""A watcher holds the lock for an instant while it looks whether anybody else does."""


class Orders:
    """Used as a context by the process that trains; holds the folder's lock.

    What was told before it began counts, too: whoever begins a run anew says ``Order.GO`` first.

    Args:
        folder: of the run.
        wait: seconds to sleep; the system's, or a test's.
        clock: seconds.

    Raises:
        MotionStudioError: on entering, when another process trains in this folder.
    """

    def __init__(
        self,
        folder: RunFolder,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._wait, self._clock = folder, wait, clock
        self._lock = folder.lock
        self._order, self._asked = Order.GO, -_ASKED_EVERY

    def __enter__(self) -> Self:
        if not self._lock.take() and not self._take_later():
            raise MotionStudioError(
                f"Another process is training in {self._folder.path.name}.",
                "Wait for it, or stop it first.",
            )
        self._lock.sign(str(os.getpid()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def tell(self, event: Event) -> None:
        """Write an event for whoever watches."""
        # A full disk costs people some points of a curve, not the run.
        with suppress(OSError), self._folder.events.open("a", encoding="utf-8") as stream:
            stream.write(to_line(event) + "\n")

    def stop(self) -> bool:
        """Whether to end now with a checkpoint.

        Raises:
            Cancelled: to end now without one.
            MotionStudioError: the folder was removed or moved, so that nothing can be saved.
        """
        order = self._latest()
        if order is Order.DISCARD:
            raise Cancelled
        return order is Order.KEEP

    def paused(self) -> bool:
        """Whether to wait."""
        return self._latest() is Order.PAUSE

    def rest(self) -> None:
        """Let some time pass while paused."""
        self._wait(_ASKED_EVERY)

    def _take_later(self) -> bool:
        for _ in range(_TRIES):
            self._wait(_ASKED_EVERY / _TRIES)
            if self._lock.take():
                return True
        return False

    def _latest(self) -> Order:
        # A small network makes hundreds of steps a second: not a file read for each.
        now = self._clock()
        if now - self._asked >= _ASKED_EVERY:
            self._asked = now
            if self._lock.lost:
                raise MotionStudioError(
                    f"The run's folder {self._folder.path.name} was removed or moved.",
                    "Nothing more is saved there; a moved state goes on from its new place.",
                )
            with suppress(OSError):
                self._order = self._folder.order()
        return self._order
