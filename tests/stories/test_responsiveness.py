"""Statement 20: what the window does in its own thread is short, event for event."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import SHIFT, drag, hover, move, press, release, wheel
from tests.stories.steps import frame_point, key, open_clip, settle

LIMIT_MS = 50.0
SECONDS = 60
STEP_S = 1 / 24


class Watch:
    """Processor time of the calling thread for each thing done in it."""

    def __init__(self) -> None:
        self.worst: list[tuple[float, str]] = []

    def do(self, what: str, call: Callable[[], object]) -> None:
        """Do something, then what it left in the queue, and note how long each took."""
        self._measure(what, call)
        self._measure(f"after {what}", self._events)

    def over(self, limit_ms: float) -> list[str]:
        """What took longer."""
        return [f"{what}: {ms:.0f} ms" for ms, what in self.worst if ms > limit_ms]

    def _measure(self, what: str, call: Callable[[], object]) -> None:
        began = time.thread_time()
        call()
        self.worst.append((1000 * (time.thread_time() - began), what))

    def _events(self) -> None:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 4)


class Session:
    """A minute of somebody's work, one event at a time, on a clock that the test moves.

    Args:
        window: with a clip that is encoded.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window, self.watch, self.seconds = window, Watch(), 0.0
        window.presenters.playback._now = lambda: self.seconds

    def run(self) -> None:
        """Play, scrub, drag, drop, undo, switch panes and layouts, over and over."""
        parts = (self.play, self.scrub, self.slide, self.drop, self.panes, self.keys, self.zoom)
        turn = 0
        while self.seconds < SECONDS:
            parts[turn % len(parts)]()
            turn += 1

    def step(self, what: str, call: Callable[[], object]) -> None:
        """One event; the clock goes on."""
        self.seconds += STEP_S
        self.watch.do(what, call)

    def play(self) -> None:
        playback = self.window.presenters.playback
        self.step("play", lambda: playback.toggle(True))
        for _ in range(24):
            self.step("tick", playback.tick)
        self.step("pause", lambda: playback.toggle(False))

    def scrub(self) -> None:
        strip = self.window.bench.timeline.strip
        places = [(float(frame_point(self.window, f).x()), 6.0) for f in (*range(16), *range(8))]
        self.step("press the ruler", lambda: press(strip, places[0]))
        for place in places:
            self.step("scrub", lambda place=place: move(strip, place))
        self.step("release the ruler", lambda: release(strip, places[-1]))

    def slide(self) -> None:
        sliders = self.window.bench.sliders
        self.step("take a slider", sliders.editStarted.emit)
        for number in range(20):
            value = 0.02 * number
            self.step("slide", lambda v=value: sliders.valuesDragged.emit((5,), (0,), v, 0.0))
        self.step("leave the slider", sliders.editFinished.emit)
        self.step("undo", self.window.actions_["edit.undo"].trigger)

    def drop(self) -> None:
        strip = self.window.bench.timeline.strip
        alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
        for frame in (4, 5, 6):
            place = frame_point(self.window, frame)
            self.step("drop", lambda place=place: QTest.mouseClick(strip, left, alt, place))
        self.step("restore", self.window.actions_["drop.restore"].trigger)

    def panes(self) -> None:
        bench = self.window.bench
        for name in ("inspector", "sliders"):
            self.step(f"pane {name}", lambda name=name: bench.show_pane(name))
        for name in ("view.layout_4", "view.grid", "view.layout_2"):
            self.step(name, self.window.actions_[name].trigger)

    def keys(self) -> None:
        for text in (".", ".", ",", "G", "G", "Home"):
            self.step(f"key {text}", lambda text=text: key(self.window, text))

    def zoom(self) -> None:
        canvas = self.window.bench.viewports.shown[0].canvas
        middle = QPoint(canvas.width() // 2, canvas.height() // 2)
        place = (float(middle.x()), float(middle.y()))
        for notches in (1, 1, -1, -1):
            self.step("zoom", lambda n=notches: wheel(canvas, place, n))
        for number in range(12):
            self.step("hover", lambda n=number: hover(canvas, (place[0] + n, place[1])))
        self.step("pan", lambda: drag(canvas, [place, (place[0] + 9, place[1])], SHIFT))
        self.step("fit", self.window.actions_["view.fit"].trigger)


@pytest.mark.slow
def test_statement_20_the_window_s_thread_is_never_busy_for_long(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    warm_up = Session(window)
    for part in (warm_up.play, warm_up.scrub, warm_up.slide, warm_up.drop, warm_up.panes,
                 warm_up.keys, warm_up.zoom):  # fmt: skip
        part()
    settle(qtbot, window)
    gc.collect()
    gc.freeze()  # as the program itself does: what lives until the end is not looked at again
    try:
        session = Session(window)
        session.run()
    finally:
        gc.unfreeze()
    assert session.seconds >= SECONDS
    assert len(session.watch.worst) > 2 * 24 * SECONDS * 0.9
    assert session.watch.over(LIMIT_MS) == []
    settle(qtbot, window)


def test_the_watch_sees_a_slot_that_takes_too_long(qtbot: Any) -> None:
    watch = Watch()

    class Slow(QObject):
        def event(self, event: QEvent) -> bool:
            began = time.thread_time()
            while time.thread_time() - began < 0.06:
                pass
            return True

    target = Slow()
    watch.do("post", lambda: QApplication.postEvent(target, QEvent(QEvent.Type.User)))
    assert any("after post" in line for line in watch.over(LIMIT_MS))
