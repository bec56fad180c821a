"""The engine in the window: one background thread, queued signals, nothing else."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QThread, QTimer, Signal, Slot

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.mailbox import Mailbox
from motionstudio.engine.requests import DecodeRequest, Lane, Request
from motionstudio.engine.responses import Cancelled, FrameReady, Response, Ticket
from motionstudio.engine.worker import Handler, WorkerLoop

HandlerFactory = Callable[[Gallery], Handler]

# A window beside a busy Python thread repaints in about half the time at 1 ms (34..76 ms fell to
# 19..36 ms beside many small array operations); 0.2 ms made large products worse.
_SWITCH_INTERVAL = 0.001
# Pictures that may wait for the window before the worker pauses: memory stays bounded when the
# window is slower than the model.
_UNDELIVERED = 32


def _default_handler(gallery: Gallery) -> Handler:
    from motionstudio.engine.runner import Runner  # torch: only here, in the worker's thread

    return Runner(gallery=gallery)


class _Thread(QThread):
    """Runs a callable; a subclass because a moved QObject would need an event loop."""

    def __init__(self, body: Callable[[], None]) -> None:
        super().__init__()
        self._body = body
        self.setObjectName("engine")

    def run(self) -> None:
        """Run the body."""
        self._body()


class EngineBridge(QObject):
    """Posts requests to the background thread and delivers its answers in the window's thread.

    ``start`` is called after the window is up: the thread imports torch first. Requests posted
    before that wait. The worker holds no reference to widgets: it knows only this object.

    Signals:
        responseReady: a ``Response``, in the order in which they were made.
        deviceChanged: the device's name (``cuda``, ``mps``, ``cpu``) and why it was chosen.
        busyChanged: whether anything waits, runs or is still to be delivered.

    Args:
        parent: Qt parent.
        make_handler: makes what serves the requests, in the background thread; None: the runner.
    """

    responseReady = Signal(object)  # noqa: N815
    deviceChanged = Signal(str, str)  # noqa: N815
    busyChanged = Signal(bool)  # noqa: N815
    _arrived = Signal()

    def __init__(
        self, parent: QObject | None = None, make_handler: HandlerFactory | None = None
    ) -> None:
        super().__init__(parent)
        self.gallery = Gallery()
        self._mailbox = Mailbox()
        self._outbox: deque[Response | tuple[str, str]] = deque()
        self._room = threading.Semaphore(_UNDELIVERED)
        self._busy = False
        factory = make_handler or _default_handler
        loop = WorkerLoop(
            self._mailbox, lambda: factory(self.gallery), self._emit, self._emit_device
        )
        self._thread = _Thread(loop.run)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the background thread."""
        sys.setswitchinterval(_SWITCH_INTERVAL)
        self._thread.start(QThread.Priority.LowPriority)

    def post(self, request: Request) -> None:
        """Ask for something; a request that it replaces is answered with ``Cancelled``.

        Raises:
            RuntimeError: the bridge is shut down.
        """
        replaced = self._mailbox.post(request)
        if replaced is not None:
            self._put(Cancelled(ticket=Ticket.of(replaced)))
        self._set_busy(True)

    def cancel(self, lane: Lane, subject: str | None = None) -> None:
        """Cancel a lane (of one subject); each request is answered with ``Cancelled``."""
        for request in self._mailbox.cancel(lane, subject):
            self._put(Cancelled(ticket=Ticket.of(request)))

    def lookup(self, request: DecodeRequest, frame: int) -> FrameReady | None:
        """The full-quality answer if that picture is at hand: scrubbing without the thread."""
        return self.gallery.lookup(request, frame)

    def is_current(self, response: Response) -> bool:
        """False when a newer request was posted in the lane: keep it off the screen."""
        return self._mailbox.is_current(response)

    def wait_idle(self, ms: int) -> bool:
        """Run the event loop until every request is answered and delivered.

        Returns:
            False when ``ms`` milliseconds passed first.
        """
        if not self._busy:
            return True
        loop = QEventLoop()
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(loop.quit)
        connection = self.busyChanged.connect(lambda busy: None if busy else loop.quit())
        timer.start(ms)
        loop.exec()
        self.disconnect(connection)
        return not self._busy

    def shutdown(self, ms: int = 10_000) -> bool:
        """Stop the thread: what waits is dropped, what runs stops at its next chunk.

        Returns:
            True when the thread has ended, False when it did not within ``ms`` milliseconds.
        """
        self._mailbox.close()
        ended = self._thread.wait(ms)
        self._outbox.clear()
        self._busy = False
        return bool(ended)

    def _emit(self, response: Response) -> None:
        """Called in the worker's thread."""
        while not self._room.acquire(timeout=0.05):
            if self._mailbox.closed:
                return
        self._put(response)

    def _emit_device(self, name: str, reason: str) -> None:
        """Called in the worker's thread."""
        self._outbox.append((name, reason))
        self._arrived.emit()

    def _put(self, response: Response) -> None:
        self._outbox.append(response)
        self._arrived.emit()
