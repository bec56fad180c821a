"""The engine in the window: one background thread, queued signals, nothing else."""

from __future__ import annotations

import atexit
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QThread, QTimer, Signal, Slot

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
_LAST_WAIT_MS = 60_000


def default_handler(gallery: Gallery) -> Handler:
    """The runner on the best device of this machine."""
    # These load torch: here, in the worker's thread, and nowhere else in the window.
    from motionstudio.engine.runner import Runner
    from motionstudio.models.device import thread_count

    return Runner(gallery=gallery, threads=thread_count())


@dataclass(frozen=True, slots=True)
class _Item:
    """What waits for the window: a response, a device, or None for "a request is served"."""

    content: Response | tuple[str, str] | None
    counted: bool = False


class _Thread(QThread):
    """Runs a callable; a subclass because a moved QObject would need an event loop."""

    def __init__(self, body: Callable[[], None]) -> None:
        super().__init__()
        self._body = body
        self.setObjectName("engine")

    def run(self) -> None:
        """Run the body."""
        self._body()


_late: set[_Thread] = set()
"""Threads that were still in a chunk when their bridge shut down."""


def _let_end(thread: _Thread) -> None:
    """Keep ``thread`` until it ends: destroying a QThread that runs ends the whole program."""
    if not _late:
        atexit.register(_wait_for_late)
    _late.add(thread)


def _wait_for_late() -> None:
    """At the end of the program: wait for what still runs, a minute at most."""
    for thread in tuple(_late):
        if not thread.wait(_LAST_WAIT_MS):
            thread.terminate()
            thread.wait()
    _late.clear()


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

    responseReady = Signal(object)
    deviceChanged = Signal(str, str)
    busyChanged = Signal(bool)
    _arrived = Signal()

    def __init__(
        self, parent: QObject | None = None, make_handler: HandlerFactory | None = None
    ) -> None:
        super().__init__(parent)
        self.gallery = Gallery()
        self._mailbox = Mailbox()
        self._outbox: deque[_Item] = deque()
        self._room = threading.Semaphore(_UNDELIVERED)
        self._busy = False
        self._factory = factory = make_handler or default_handler
        loop = WorkerLoop(
            self._mailbox,
            lambda: factory(self.gallery),
            self._emit,
            on_device=self._emit_device,
            on_settled=self._emit_settled,
        )
        self._thread = _Thread(loop.run)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def twin(self, parent: QObject | None = None) -> EngineBridge:
        """Another bridge, not started, with a thread and models of its own.

        For what must go on while this one makes a picture.
        """
        return EngineBridge(parent, self._factory)

    def start(self) -> None:
        """Start the background thread; it ends with the application at the latest."""
        sys.setswitchinterval(_SWITCH_INTERVAL)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)
        self._thread.start()

    def post(self, request: Request) -> None:
        """Ask for something; a request that it replaces is answered with ``Cancelled``.

        Raises:
            RuntimeError: the bridge is shut down.
        """
        replaced = self._mailbox.post(request)
        if replaced is not None:
            self._put(_Item(Cancelled(ticket=Ticket.of(replaced))))
        self._set_busy(True)

    def cancel(self, lane: Lane, subject: str | None = None, topic: str | None = None) -> None:
        """Cancel a lane (of one subject or topic); each request is answered with ``Cancelled``."""
        for request in self._mailbox.cancel(lane, subject, topic):
            self._put(_Item(Cancelled(ticket=Ticket.of(request))))

    def serving(self, lane: Lane) -> bool:
        """True while a request of ``lane`` waits or runs.

        A drag whose every move outdates the picture under way would show none until it rests.
        Holding the next move back while this is true (33 ms at most) shows each picture that
        was begun.
        """
        return self._mailbox.holds(lane)

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

        def leave(_busy: bool) -> None:
            # Whoever heard of it first may have posted again meanwhile.
            if not self._busy:
                loop.quit()

        self.busyChanged.connect(leave)
        QTimer.singleShot(ms, loop, loop.quit)
        loop.exec()
        self.busyChanged.disconnect(leave)
        return not self._busy

    def shutdown(self, ms: int = 10_000) -> bool:
        """Stop the thread: what waits is dropped, what runs stops at its next chunk.

        A thread in the middle of a longer chunk than that is left to end by itself; it is kept
        alive until then, and the program waits for it at its very end.

        Returns:
            True when the thread has ended, False when it did not within ``ms`` milliseconds.
        """
        self._mailbox.close()
        ended = bool(self._thread.wait(ms))
        if not ended:
            _let_end(self._thread)
        self._outbox.clear()
        self._busy = False
        return ended

    def _emit(self, response: Response) -> None:
        """Called in the worker's thread: waits while the window is far behind."""
        while not self._room.acquire(timeout=0.05):
            if self._mailbox.closed:
                return
        self._put(_Item(response, counted=True))

    def _emit_device(self, name: str, reason: str) -> None:
        """Called in the worker's thread."""
        self._put(_Item((name, reason)))

    def _emit_settled(self) -> None:
        """Called in the worker's thread when a request is served."""
        self._put(_Item(None))

    def _put(self, item: _Item) -> None:
        if self._mailbox.closed:
            return  # Nobody listens; this object may be gone before its thread.
        self._outbox.append(item)
        self._arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        """Called in the window's thread, once for each item."""
        if not self._outbox:
            return
        item = self._outbox.popleft()
        if item.counted:
            self._room.release()
        if isinstance(item.content, Response):
            self.responseReady.emit(item.content)
        elif item.content is not None:
            self.deviceChanged.emit(*item.content)
        if not self._outbox and self._mailbox.idle:
            self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busyChanged.emit(busy)
