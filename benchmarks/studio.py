"""The budget of interaction.md 3.2 in the real window: offscreen, one torch thread, real model."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks.budget import Row
from motionstudio.core.pca import pca
from motionstudio.core.playback import Pace
from motionstudio.document.commands import EditLatent
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore

_LONG = 60.0


class TimedApplication(QApplication):
    """Notes the processor time of every event that the window's thread handles."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        self.worst: list[float] = []
        self._depth = 0
        self.watching = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """As Qt does, timed where it is the outermost one."""
        if not self.watching or self._depth:
            return bool(super().notify(receiver, event))
        self._depth += 1
        start = time.thread_time()
        try:
            return bool(super().notify(receiver, event))
        finally:
            self._depth -= 1
            self.worst.append((time.thread_time() - start) * 1e3)


class Studio:
    """A window with the sample open, driven by its own gestures."""

    def __init__(self, clip: Path, application: QApplication) -> None:
        self.app = application
        self._heart = QTimer()
        self._heart.timeout.connect(self._beat)
        self._heart.start(1)
        self.folder = Path(tempfile.mkdtemp(prefix="latency-"))
        settings = SettingsStore(self.folder / "settings.json")
        self.window = MainWindow(settings)
        self.window.resize(1280, 720)
        self.window.show()
        self.window.start()
        self.window.open_paths([clip], ask=False)
        self.until(lambda: self.window.session.active is not None)
        self.until(self.is_final)
        self.rest()
        self.random = np.random.default_rng(0)

    def _beat(self) -> None:
        """Wake ``until`` where nothing else does, so that it need not spin."""

    def until(self, done: Callable[[], bool]) -> None:
        """Handle events until ``done``.

        Raises:
            TimeoutError: a minute passed.
        """
        end = time.perf_counter() + _LONG
        while not done():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() > end:
                raise TimeoutError("the window did not get there")

    def rest(self) -> None:
        """Until every picture is at hand."""
        pictures = self.window.presenters.pictures
        self.until(lambda: bool(len(pictures._cached) and pictures._cached.all()))
        self.until(lambda: self.window.engine.wait_idle(1) or True)

    def is_final(self) -> bool:
        """Whether the picture that was asked for is on screen at full quality."""
        pictures, subject = self.window.presenters.pictures, self.window.session.active
        shown = pictures.shown
        return bool(
            subject is not None and not subject.needs_encoding and pictures.up_to_date
            and shown is not None and not shown.preview
        )  # fmt: skip

    def frame(self) -> int:
        """Any frame but the reference."""
        subject = self.window.session.active
        assert subject is not None
        return int(self.random.integers(1, len(subject.clip)))

    def edit(self, value: float | None = None) -> None:
        """Change one value of the current frame."""
        subject, row = self.window.session.active, self.window.session.playhead
        assert subject is not None
        amount = float(self.random.normal()) if value is None else value
        block = np.array([[amount]], np.float32)
        self.window.session.push(EditLatent(subject.id, (row,), (0,), block))


def rows(studio: Studio, rounds: int) -> list[Row]:
    """Every action of the budget that a window can be asked for."""
    made = [
        _pointer(studio, rounds), _scrub(studio, rounds), *_drag(studio, rounds),
        _drop(studio, max(5, rounds // 6)), _undo(studio, rounds), _whole(studio, 3),
        _pca(rounds), *_cancel(studio), _project(studio),
    ]  # fmt: skip
    blocked = Row("GUI thread blocked by one of our events", 16, 50, by="cpu")
    worst = studio.app.worst if isinstance(studio.app, TimedApplication) else []
    blocked.cpu = [max(worst)] if worst else []
    return [*made, *_playback(studio), blocked]


def _pointer(studio: Studio, rounds: int) -> Row:
    """The playhead follows the pointer: from the move to its paint, the picture not awaited."""
    row = Row("pointer moves the playhead", 8, 16, by="cpu")
    strip = studio.window.bench.timeline.strip
    for _ in range(rounds):
        place = QPointF(strip.axis.centre(studio.frame()), strip.ruler_height / 2)
        with row.taking():
            _mouse(studio, QEvent.Type.MouseButtonPress, place)
            _mouse(studio, QEvent.Type.MouseButtonRelease, place)
            strip.repaint()
    studio.rest()
    return row


def _mouse(studio: Studio, kind: QEvent.Type, place: QPointF) -> None:
    strip, left = studio.window.bench.timeline.strip, Qt.MouseButton.LeftButton
    where = QPointF(strip.mapToGlobal(place.toPoint()))
    buttons = left if kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    event = QMouseEvent(kind, place, where, left, buttons, Qt.KeyboardModifier.NoModifier)
    studio.app.sendEvent(strip, event)


def _scrub(studio: Studio, rounds: int) -> Row:
    row = Row("scrub to a cached frame, all viewports painted", 16, 33)
    go, grid = studio.window.presenters.playback.go, studio.window.bench.viewports
    for _ in range(rounds):
        with row.taking():
            go(studio.frame())
            grid.repaint()
            studio.app.processEvents()
        studio.until(studio.is_final)
    return row


def _drag(studio: Studio, rounds: int) -> tuple[Row, Row]:
    preview = Row("drag a value -> preview picture", 33, 100)
    final = Row("release -> final picture of the frame", 100, 300)
    pictures = studio.window.presenters.pictures
    for _ in range(rounds):
        with preview.taking():
            studio.edit()
            studio.until(lambda: pictures.up_to_date)
        with final.taking():
            studio.until(studio.is_final)
    studio.rest()
    return preview, final


def _drop(studio: Studio, rounds: int) -> Row:
    row = Row("toggle drop -> new picture of the frame", 100, 300)
    for _ in range(rounds):
        frame = studio.frame()
        studio.window.presenters.playback.go(frame)
        studio.until(studio.is_final)
        with row.taking():
            studio.window.presenters.drop.toggle((frame,))
            studio.until(studio.is_final)
    studio.window.presenters.drop.restore_all()
    studio.until(studio.is_final)
    return row


def _undo(studio: Studio, rounds: int) -> Row:
    row = Row("undo / redo -> picture (cached)", 50, 150)
    studio.edit()
    studio.until(studio.is_final)
    studio.rest()
    history = studio.window.session.project.history
    for number in range(rounds):
        with row.taking():
            (history.redo if number % 2 else history.undo)()
            studio.until(studio.is_final)
    return row


def _whole(studio: Studio, rounds: int) -> Row:
    row = Row("whole sequence refreshed", 1000, 3000)
    subject = studio.window.session.active
    assert subject is not None
    every = tuple(range(1, len(subject.clip)))
    for _ in range(rounds):
        block = studio.random.normal(size=(len(every), 1)).astype(np.float32)
        with row.taking():
            studio.window.session.push(EditLatent(subject.id, every, (1,), block))
            studio.rest()
    return row


def _pca(rounds: int) -> Row:
    row = Row("PCA refit (T = 512, D = 256)", 50, 200)
    values = np.random.default_rng(0).normal(size=(512, 256)).astype(np.float32)
    for _ in range(max(3, rounds // 6)):
        row.time(lambda: pca(values))
    return row


def _cancel(studio: Studio) -> tuple[Row, Row]:
    told, stopped = Row("cancel acknowledged", 50, 100), Row("cancel effective", 250, 1000)
    exporting, subject = studio.window.presenters.exporting, studio.window.session.active
    assert subject is not None
    for number in range(5):
        options = ExportOptions(
            ExportKind.MP4, studio.folder / f"{number}.mp4", upsampling=8, plays=1
        )
        exporting.start(subject, options)
        studio.until(lambda: exporting.running)
        start = time.perf_counter()
        with told.taking():
            studio.window.status.cancel.click()
            studio.window.status.cancel.repaint()
        studio.until(lambda: not exporting.running)
        stopped.wall.append((time.perf_counter() - start) * 1e3)
    return told, stopped


def _project(studio: Studio) -> Row:
    """Reading the file and everything up to the first picture on screen."""
    from motionstudio.document.project_file import write_project

    row = Row("open project -> first picture", 1000, 3000)
    path = studio.folder / "bench.motion"
    session = studio.window.session
    write_project(session.project.state, path, view=session.view.state)
    loading = studio.window.presenters.loading
    for _ in range(3):
        shown: list[bool] = []
        with row.taking():
            loading.open(path, document=path, then=lambda shown=shown: shown.append(True))  # type: ignore[misc]
            studio.until(lambda shown=shown: bool(shown))  # type: ignore[misc]
            studio.until(studio.is_final)
    return row


def _playback(studio: Studio) -> list[Row]:
    """Milliseconds between pictures in real time: wall time, and how far off the rate is."""
    made, playback = [], studio.window.presenters.playback
    playback.set_real_time(True)
    assert studio.window.session.view.state.pace is Pace.REAL_TIME
    for fps in (12.0, 24.0, 30.0):
        row = Row(f"playback at {fps:g} fps, gap between pictures")
        times: list[float] = []

        def note(times: list[float] = times) -> None:
            times.append(time.perf_counter())

        pictures = studio.window.presenters.pictures
        playback.set_fps(fps)
        playback.go(0)
        studio.until(studio.is_final)
        pictures.pictureChanged.connect(note)
        playback.toggle(True)
        end = time.perf_counter() + 3
        studio.until(lambda end=end: time.perf_counter() > end)  # type: ignore[misc]
        playback.toggle(False)
        pictures.pictureChanged.disconnect(note)
        row.wall = list(np.diff(times) * 1e3)
        shown = (len(times) - 1) / (times[-1] - times[0])
        row.name += f" ({100 * (shown / fps - 1):+.1f} %)"
        made.append(row)
    return made
