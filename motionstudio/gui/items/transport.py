"""Transport: start, step, play, loop, rate, frame number and time."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS


class Transport(QWidget):
    """Buttons and fields of playback; emits intents, shows what it is told.

    Signals:
        playToggled: play or pause.
        loopToggled: play round and round or stop at the end.
        realTimeToggled: keep to the clock (skips frames) or show every frame.
        fpsChanged: frames per second.
        stepRequested: go this many frames on.
        startRequested: go to the first frame of the range.
        endRequested: go to the last frame of the range.
        frameEntered: go to this frame (0-based).
    """

    playToggled = Signal(bool)
    loopToggled = Signal(bool)
    realTimeToggled = Signal(bool)
    fpsChanged = Signal(float)
    stepRequested = Signal(int)
    startRequested = Signal()
    endRequested = Signal()
    frameEntered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = False
        self.start = ToolButton("start", "Go to the start (Home)")
        self.back = ToolButton("step-back", "One frame back (,)")
        self.play = ToolButton("play", "Play (Space)")
        self.forward = ToolButton("step-forward", "One frame forward (.)")
        self.end = ToolButton("end", "Go to the end (End)")
        self.loop = ToolButton("loop", "Loop playback", checkable=True)
        self.real_time = ToolButton(
            "clock", "Real time: skip frames rather than run late", checkable=True
        )
        self.frame = QSpinBox()
        self.total = MutedLabel("of 0")
        self.time = QLabel("0.000 s")
        self.fps = QDoubleSpinBox()
        self._prepare_fields()
        self._lay_out()
        self._connect()

    def set_count(self, count: int) -> None:
        """Frames of the clip."""
        with QSignalBlocker(self.frame):
            self.frame.setRange(0, max(0, count - 1))
        self.total.setText(f"of 0-{max(0, count - 1)}")
        self.setEnabled(count > 0)

    def set_frame(self, frame: int, seconds: float) -> None:
        """Frame (0-based) and time to show."""
        with QSignalBlocker(self.frame):
            self.frame.setValue(frame)
        self.time.setText(f"{seconds:.3f} s")

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self._playing = playing
        self.play.set_icon_name("pause" if playing else "play")
        self.play.setToolTip("Pause (Space)" if playing else "Play (Space)")
        self.play.setAccessibleName("Pause" if playing else "Play")

    def set_loop(self, on: bool) -> None:
        """Show whether it loops."""
        with QSignalBlocker(self.loop):
            self.loop.setChecked(on)

    def set_real_time(self, on: bool) -> None:
        """Show whether it keeps to the clock."""
        with QSignalBlocker(self.real_time):
            self.real_time.setChecked(on)

    def set_fps(self, fps: float) -> None:
        """Show the rate in frames per second."""
        with QSignalBlocker(self.fps):
            self.fps.setValue(fps)

    def _prepare_fields(self) -> None:
        self.frame.setAccessibleName("Frame number")
        self.frame.setToolTip("Type a frame number to go there; frame 0 is the first")
        self.frame.setKeyboardTracking(False)
        self.frame.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.frame.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fps.setRange(0.1, 240.0)
        self.fps.setDecimals(1)
        self.fps.setValue(12.0)
        self.fps.setSuffix(" fps")
        self.fps.setKeyboardTracking(False)
        self.fps.setAccessibleName("Frames per second")
        self.fps.setToolTip("Speed of playback, in frames per second")
        self.fps.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.fps.setAlignment(Qt.AlignmentFlag.AlignRight)
        for field in (self.frame, self.fps, self.time):
            field.setFont(font("body", tabular=True))
        digits = self.frame.fontMetrics().horizontalAdvance("00000")
        self.frame.setFixedWidth(digits + 2 * SPACE_S)
        self.fps.setFixedWidth(digits + self.fps.fontMetrics().horizontalAdvance(" fps ") + SPACE_S)
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance("0000.000 s") + SPACE_S)
        self.time.setAccessibleName("Time of the frame")
        self.frame.setFixedHeight(CONTROL_HEIGHT)
        self.fps.setFixedHeight(CONTROL_HEIGHT)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (self.start, self.back, self.play, self.forward, self.end):
            row.addWidget(button)
        row.addSpacing(SPACE_XS)
        row.addWidget(self.frame)
        row.addWidget(self.total)
        row.addSpacing(SPACE_S)
        row.addWidget(self.time)
        row.addWidget(self.loop)
        row.addWidget(self.real_time)
        row.addWidget(self.fps)
        self.set_count(0)

    def _connect(self) -> None:
        self.start.clicked.connect(self.startRequested)
        self.end.clicked.connect(self.endRequested)
        self.back.clicked.connect(self._step_back)
        self.forward.clicked.connect(self._step_forward)
        self.play.clicked.connect(self._toggle_play)
        self.loop.toggled.connect(self.loopToggled)
        self.real_time.toggled.connect(self.realTimeToggled)
        self.fps.valueChanged.connect(self.fpsChanged)
        self.frame.valueChanged.connect(self._enter_frame)

    def _step_back(self) -> None:
        self.stepRequested.emit(-1)

    def _step_forward(self) -> None:
        self.stepRequested.emit(1)

    def _toggle_play(self) -> None:
        self.playToggled.emit(not self._playing)

    def _enter_frame(self, number: int) -> None:
        self.frameEntered.emit(number)
