"""The live window: driver and result side by side, controls, sources, figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.tool_button import ToolButton, primary_button
from motionstudio.gui.live.controls import LiveControls
from motionstudio.gui.live.figures import Figures
from motionstudio.gui.live.gallery import NUMBERED, Gallery
from motionstudio.gui.live.pictures import DriverPicture, ResultPicture
from motionstudio.gui.theme.scale import fix_size, scaled
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

FILE_KEY = "file"
"""Key of the entry that asks for a video file."""
_SIZE = (1180, 664)


class LiveWindow(QWidget):
    """A window of its own, so that its keys are its own.

    Signals:
        closed: it was closed.
        driverChosen: key of a driver. refreshRequested: look for cameras again.
        startRequested, stopRequested: read the driver, or no more.
        paused: whether the clip that drives stays where it is. sought: a frame of it.
        numberPressed: 1 to 9, of the sources that can be driven.
        mirrorPressed, pointsPressed: keys for these switches.
    """

    closed = Signal()
    driverChosen = Signal(str)
    refreshRequested = Signal()
    startRequested = Signal()
    stopRequested = Signal()
    paused = Signal(bool)
    sought = Signal(int)
    numberPressed = Signal(int)
    mirrorPressed = Signal()
    pointsPressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Drive live")
        self.setObjectName("live")
        self.driver = DriverPicture()
        self.result = ResultPicture()
        self.controls = LiveControls()
        self.gallery = Gallery()
        self.drivers = QComboBox()
        self.refresh = ToolButton("reset", "Look for cameras again (F5)")
        self.start = primary_button("Start")
        self.words = MutedLabel()
        self.pause = ToolButton("pause", "Stay at this frame (Space)", checkable=True)
        self.place = QSlider(Qt.Orientation.Horizontal)
        self.frame = MutedLabel()
        self.figures = MutedLabel()
        self._headers = PaneHeader("Driver"), PaneHeader("Result")
        self._running = False
        self._last_figures = Figures()
        self._device = ""
        self._lay_out()
        self._connect()
        self._bind_keys()
        self.set_running(False)
        self.set_clip(0)
        self.resize(scaled(_SIZE[0]), scaled(_SIZE[1]))

    def set_drivers(self, drivers: Sequence[tuple[str, str]], chosen: str) -> None:
        """Drivers to choose from as (key, words)."""
        with QSignalBlocker(self.drivers):
            self.drivers.clear()
            for key, words in drivers:
                self.drivers.addItem(words, key)
            self.drivers.setCurrentIndex(self.drivers.findData(chosen))

    def set_words(self, words: str, tone: str = "") -> None:
        """One sentence on how things are; ``tone`` ``error`` where something must be mended."""
        self.words.setText(words)
        self.words.setToolTip(words)
        self.words.setProperty("tone", tone)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def set_running(self, on: bool, reason: str = "") -> None:
        """Whether a driver is read; ``reason``: why none can be."""
        self._running = on
        self.start.setText("Stop" if on else "Start")
        self.start.setEnabled(on or not reason)
        tip = "Read no more pictures of the driver" if on else "Let the driver move the source"
        self.start.setToolTip(f"{tip}\n{reason}" if reason and not on else tip)
        for widget in (self.pause, self.place):
            widget.setEnabled(on)

    def set_clip(self, count: int) -> None:
        """How many frames the clip that drives has; 0: it is no clip."""
        for widget in (self.pause, self.place, self.frame):
            widget.setVisible(count > 1)
        with QSignalBlocker(self.place):
            self.place.setRange(0, max(count - 1, 1))

    def set_paused(self, on: bool) -> None:
        """Whether the clip stays where it is."""
        with QSignalBlocker(self.pause):
            self.pause.setChecked(on)
        self.pause.set_icon_name("play" if on else "pause")

    def set_position(self, frame: int) -> None:
        """Where the clip that drives is."""
        if not self.place.isSliderDown():
            with QSignalBlocker(self.place):
                self.place.setValue(frame)
        self.frame.setText(f"{frame} / {self.place.maximum()}")

    def set_names(self, driver: str, result: str) -> None:
        """Words beside the titles of the two pictures."""
        for header, words in zip(self._headers, (driver, result), strict=True):
            header.set_detail(words)

    def set_device(self, device: str) -> None:
        """Where the model computes."""
        self._device = device.upper()
        self.set_figures(self._last_figures)

    def set_figures(self, figures: Figures) -> None:
        """How fast everything is."""
        self._last_figures = figures
        stages = " · ".join(f"{name} {ms:.0f} ms" for name, ms in figures.stages.items())
        skipped = f"{figures.skipped} skipped"
        parts = [] if not figures.capture else [
            f"Driver {figures.capture:.1f} /s", f"Keypoints {figures.poses:.1f} /s",
            f"Result {figures.pictures:.1f} /s", stages, f"late by {figures.latency:.0f} ms",
            skipped,
        ]  # fmt: skip
        words = "   ".join(part for part in (*parts, self._device) if part)
        self.figures.setText(words)
        self.figures.setToolTip(words)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _lay_out(self) -> None:
        whole, middle = QVBoxLayout(self), QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        for layout in (whole, middle):
            layout.setSpacing(0)
        middle.addLayout(self._left(), 1)
        middle.addWidget(_line(upright=True))
        middle.addWidget(self.controls)
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        bar.addWidget(self.figures, 1)
        whole.addLayout(self._top())
        whole.addWidget(_line())
        whole.addLayout(middle, 1)
        whole.addWidget(_line())
        whole.addLayout(bar)
        for label in (self.figures, self.words):
            # What is cut off is in the tooltip; words must not widen the window.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(scaled(820), scaled(480))

    def _left(self) -> QVBoxLayout:
        """Pictures side by side, over the place in the clip and the sources."""
        left, pictures = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(0)
        pictures.setSpacing(1)
        for header, picture in zip(self._headers, (self.driver, self.result), strict=True):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(header)
            column.addWidget(picture, 1)
            pictures.addLayout(column, 1)
        left.addLayout(pictures, 1)
        left.addLayout(self._transport())
        left.addWidget(_line())
        left.addWidget(self.gallery)
        return left

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_S)
        self.drivers.setAccessibleName("Driver")
        self.drivers.setToolTip("What moves the source: a camera, an open clip or a video file")
        self.drivers.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.drivers.setMinimumContentsLength(26)
        fix_size(self.start, width=84)
        for widget in (MutedLabel("Driver"), self.drivers, self.refresh, self.start):
            row.addWidget(widget)
        row.addWidget(self.words, 1)
        return row

    def _transport(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        row.setSpacing(SPACE_S)
        self.place.setAccessibleName("Frame of the driver")
        self.place.setToolTip("Go to a frame of the clip that drives")
        fix_size(self.place, height=CONTROL_HEIGHT)
        for widget in (self.pause, self.place, self.frame):
            # Pictures must not jump when a clip follows a camera.
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
        row.addWidget(self.pause)
        row.addWidget(self.place, 1)
        row.addWidget(self.frame)
        return row

    def _connect(self) -> None:
        self.start.clicked.connect(self._press_start)
        self.refresh.clicked.connect(self.refreshRequested)
        self.drivers.activated.connect(self._choose)
        self.pause.toggled.connect(self._pause)
        self.place.valueChanged.connect(self.sought)

    def _bind_keys(self) -> None:
        for key, run in (
            ("X", self.controls.calibrate.click),
            ("R", self.controls.record.click),
            ("M", self.mirrorPressed.emit),
            ("P", self.pointsPressed.emit),
            ("Space", self.pause.click),
            ("F5", self.refresh.click),
            ("PgUp", self.gallery.back.click),
            ("PgDown", self.gallery.on.click),
            ("Ctrl+W", self.close),
            *((str(n), partial(self.numberPressed.emit, n)) for n in range(1, NUMBERED + 1)),
        ):
            QShortcut(QKeySequence(key), self, run)  # type: ignore[call-overload]

    def _press_start(self) -> None:
        (self.stopRequested if self._running else self.startRequested).emit()

    def _choose(self, _index: int) -> None:
        self.driverChosen.emit(str(self.drivers.currentData()))

    def _pause(self, on: bool) -> None:
        self.set_paused(on)
        self.paused.emit(on)


def _line(*, upright: bool = False) -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine if upright else QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(line.palette().ColorRole.Mid)
    return line
