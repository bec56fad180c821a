"""Opens the live window and ends everything behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, SignalInstance
from PySide6.QtWidgets import QWidget

from motionstudio.engine.requests import Request
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.gui.live import sources
from motionstudio.gui.live.drivers import Drivers
from motionstudio.gui.presenters.session import Session

if TYPE_CHECKING:
    from motionstudio.gui.live.desk import LiveDesk


class Detector(Protocol):
    """An engine of its own, for poses."""

    @property
    def responseReady(self) -> SignalInstance:
        """A ``Response``."""

    def post(self, request: Request) -> None:
        """Ask for something."""

    def start(self) -> None:
        """Begin."""

    def shutdown(self, ms: int = ...) -> bool:
        """Stop; wait so long at most."""


def twin_of(session: Session) -> Detector:
    """Another engine like the window's, with a thread of its own."""
    engine = session.engine
    if not isinstance(engine, EngineBridge):
        raise TypeError(f"twin_of: expected an EngineBridge, got {type(engine).__name__}")
    return engine.twin()


class LivePresenter(QObject):
    """Made with the studio's window; its own window comes when it is asked for.

    Args:
        session: shared parts.
        window: the studio's window.
        parent: Qt parent.
    """

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self.make_detector: Callable[[Session], Detector] = twin_of
        self.make_drivers: Callable[[], Drivers] = Drivers
        self.clock: Callable[[], float] = time.perf_counter
        self._desk: LiveDesk | None = None
        self._detector: Detector | None = None
        self._ending: list[Detector] = []
        self._ended: list[LiveDesk] = []

    @property
    def desk(self) -> LiveDesk | None:
        """The open live window with what works behind it, or None."""
        return self._desk

    def why_not(self) -> str:
        """Why nothing can be driven live, one sentence; empty when it can."""
        return sources.why_none(self._session)

    def open(self) -> None:
        """Show the live window, a new one or the one that is open."""
        if self._desk is None:
            from motionstudio.gui.live.desk import LiveDesk

            self._detector = self.make_detector(self._session)
            self._detector.start()
            self._desk = LiveDesk(
                self._session, self._detector, self.make_drivers(), self._window, self.clock
            )
            self._desk.window.closed.connect(self._close)
        window = self._desk.window
        # A minimized window stays minimized when it is shown: asking for it seemed to do nothing.
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def keep(self) -> None:
        """Put what is being recorded into the document, before it is left."""
        if self._desk is not None:
            self._desk.keep()

    def shutdown(self) -> None:
        """End everything, and wait for devices and threads."""
        self._close()
        for desk in self._ended:
            desk.wait()
        for detector in self._ending:
            detector.shutdown()
        self._ended.clear()
        self._ending.clear()

    def _close(self) -> None:
        """The window was closed: what runs ends by itself, nobody waits for it."""
        desk, self._desk = self._desk, None
        if desk is None:
            return
        desk.close()
        self._ended.append(desk)
        if self._detector is not None:
            self._detector.shutdown(0)
            self._ending.append(self._detector)
            self._detector = None
