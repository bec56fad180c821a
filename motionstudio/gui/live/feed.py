"""A capture in the window's own thread: at most one message waits, however fast pictures come."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from motionstudio.io.capture import Capture, LiveFrame, NewestFrame, Open


class LiveFeed(QObject):
    """Tells of new pictures by a queued signal that is never sent twice before it was heard.

    Signals:
        arrived: there is something to ``take``, or the end.

    Args:
        make: opens the capture, in a thread of its own.
        clock: seconds.
        before: a feed whose device this one may need.
    """

    arrived = Signal()
    _told = Signal()

    def __init__(
        self, make: Open, clock: Callable[[], float], before: LiveFeed | None = None
    ) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._pending = self._closed = False
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        earlier: NewestFrame | None = None if before is None else before.reader
        self.reader: NewestFrame = NewestFrame(make, clock, self._tell, earlier)

    @property
    def capture(self) -> Capture | None:
        """What is read, once it is open."""
        return self.reader.capture

    def take(self) -> LiveFrame | None:
        """The newest picture that was not taken yet, or None.

        Raises:
            MotionStudioError: the capture failed.
        """
        return self.reader.take()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.reader.ended

    def stop(self) -> None:
        """Read no more and tell nothing any more; nobody waits for the device."""
        with self._lock:
            self._closed = True
        self.reader.stop()

    def close(self, seconds: float) -> bool:
        """Stop and wait for the thread at most so long; tells whether it has ended."""
        self.stop()
        return self.reader.close(seconds)

    def _tell(self) -> None:
        """Called in the thread that reads."""
        with self._lock:
            if self._pending or self._closed:
                return
            self._pending = True
        self._told.emit()

    @Slot()
    def _hear(self) -> None:
        with self._lock:
            self._pending = False
            if self._closed:
                return
        self.arrived.emit()
