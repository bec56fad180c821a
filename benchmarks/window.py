"""A window without widgets: the bridge, driven offscreen, with its slots timed."""

from __future__ import annotations

import itertools
import time

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer, Slot

from motionstudio.engine.requests import Request
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.gui.engine_bridge import EngineBridge


class TimedBridge(EngineBridge):
    """The bridge, noting what its slots cost the GUI thread."""

    slots: list[float]

    @Slot()
    def _deliver(self) -> None:
        start = time.thread_time()
        super()._deliver()
        self.slots.append((time.thread_time() - start) * 1e3)

    def post(self, request: Request) -> None:
        """As the bridge does, timed."""
        start = time.thread_time()
        super().post(request)
        self.slots.append((time.thread_time() - start) * 1e3)


class Window:
    """Asks the engine behind Qt and waits for its pictures."""

    def __init__(self, runner: Runner) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication([])
        self._bridge = TimedBridge(make_handler=lambda _gallery: runner)
        self._bridge.slots = []
        self._bridge.start()

    @property
    def slots(self) -> list[float]:
        """Milliseconds of processor time of every call so far."""
        return self._bridge.slots

    def ask(self, request: Request) -> None:
        """Post ``request`` and return when its first picture is in the window's thread."""
        loop = QEventLoop()

        def take(response: Response) -> None:
            if isinstance(response, FrameReady) and response.id == request.id:
                loop.quit()

        self._bridge.responseReady.connect(take)
        self._bridge.post(request)
        loop.exec()
        self._bridge.responseReady.disconnect(take)
        self._bridge.wait_idle(10_000)

    def gaps(self, request: Request) -> list[float]:
        """Milliseconds between the ticks of a 2 ms timer while ``request`` is served."""
        ticks: list[float] = []
        timer = QTimer()
        timer.setInterval(2)
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
        timer.start()
        self._bridge.post(request)
        self._bridge.wait_idle(60_000)
        timer.stop()
        return [(b - a) * 1e3 for a, b in itertools.pairwise(ticks)]

    def close(self) -> None:
        """Stop the thread."""
        self._bridge.shutdown()
