"""Work in one background thread whose results come back into the window's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from motionstudio.core.errors import Cancelled, MotionStudioError


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    deliver: Callable[[Any], None]
    future: Future[Any]


class Background(QObject):
    """One thread; what is asked for first is done first.

    Args:
        name: of the thread, for people who look at threads.
        parent: Qt parent.
    """

    _done = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._open = True
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, work: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        """Run ``work`` in the background; ``deliver`` its result, or the error, in this thread.

        Only ``MotionStudioError``, ``Cancelled`` and ``OSError`` are delivered; others are
        programming errors and are raised in this thread.
        """
        if self._open:
            future = self._pool.submit(work)
            answer = _Answer(deliver, future)
            future.add_done_callback(lambda _: self._announce(answer))

    def shutdown(self, *, give_up: bool = False) -> None:
        """Finish what was asked for, or only what has begun; nothing is delivered any more."""
        self._open = False
        self._pool.shutdown(wait=True, cancel_futures=give_up)

    def _announce(self, answer: _Answer) -> None:
        """Called in the background thread."""
        if self._open:
            self._done.emit(answer)

    @Slot(object)
    def _deliver(self, answer: _Answer) -> None:
        if not self._open:
            return
        error = answer.future.exception()
        if error is None:
            answer.deliver(answer.future.result())
        elif isinstance(error, MotionStudioError | Cancelled | OSError):
            answer.deliver(error)
        else:
            raise error
