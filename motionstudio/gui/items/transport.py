"""Transport: start, step, play, what happens at the end, rate, frame number and time."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from motionstudio.core.playback import Loop
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.playback_panel import PlaybackPanel
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

_LOOPS = {
    Loop.LOOP: ("loop", "At the end: start again; click to turn back instead"),
    Loop.PING_PONG: ("ping-pong", "At the end: turn back; click to stop instead"),
    Loop.ONCE: ("play-once", "At the end: stop; click to start again instead"),
}
_NO_RATE = "–"


class Transport(QWidget):
    """Buttons and fields of playback; emits intents, shows what it is told.

    Signals:
        playToggled: play or pause.
        loopChosen: a ``Loop``: start again at the end, turn back there, or stop.
        realTimeToggled: keep to the clock (skips frames) or show every frame.
        fpsChanged: frames per second, or None for the clip's own rate.
        upsamplingChosen: pictures for each frame.
        stepRequested: go this many frames on.
        startRequested: go to the first frame of the range.
        endRequested: go to the last frame of the range.
        frameEntered: go to this frame (0-based).
    """

    playToggled = Signal(bool)
    loopChosen = Signal(object)
    realTimeToggled = Signal(bool)
    fpsChanged = Signal(object)
    upsamplingChosen = Signal(int)
    stepRequested = Signal(int)
    startRequested = Signal()
    endRequested = Signal()
    frameEntered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing, self._loop = False, Loop.LOOP
        self.start = ToolButton("start", "Go to the start (Home)")
        self.back = ToolButton("step-back", "One frame back (,)")
        self.play = ToolButton("play", "Play (Space)")
        self.forward = ToolButton("step-forward", "One frame forward (.)")
        self.end = ToolButton("end", "Go to the end (End)")
        self.loop = ToolButton("loop", _LOOPS[Loop.LOOP][1])
        self.real_time = ToolButton(
            "clock", "Real time: skip frames rather than run late", checkable=True
        )
        self.frame = QSpinBox()
        self.total = MutedLabel("of 0")
        self.time = QLabel("0.000 s")
        self.fps = QDoubleSpinBox()
        self.more = ToolButton("sliders", "Playback settings: rate, loop, skipping, frames between")
        self.panel = PlaybackPanel(self)
        self._prepare_fields()
        self._lay_out()
        self._connect()

    def set_count(self, count: int) -> None:
        """Frames of the clip."""
        with QSignalBlocker(self.frame):
            self.frame.setRange(0, max(0, count - 1))
        self.total.setText(f"of 0-{count - 1}" if count else "no frames")
        if not count:
            self._show_nothing()
        self.fps.setSpecialValueText("" if count else _NO_RATE)
        self.setEnabled(count > 0)

    def _show_nothing(self) -> None:
        """Time and rate belonged to a clip that is gone."""
        self.set_frame(0, 0.0)
        with QSignalBlocker(self.fps):
            self.fps.setValue(self.fps.minimum())

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

    def set_loop(self, loop: Loop) -> None:
        """Show what happens at the end."""
        self._loop = loop
        icon, tip = _LOOPS[loop]
        self.loop.set_icon_name(icon)
        self.loop.setToolTip(tip)
        self.loop.setAccessibleName(tip.split(";")[0])
        self.panel.set_loop(loop)

    def set_real_time(self, on: bool) -> None:
        """Show whether it keeps to the clock."""
        with QSignalBlocker(self.real_time):
            self.real_time.setChecked(on)
        self.panel.set_real_time(on)

    def set_brief(self, brief: bool) -> None:
        """Leave out what the panel of settings has as well, where there is no room for it."""
        for button in (self.loop, self.real_time):
            button.setVisible(not brief)
        self.updateGeometry()

    def set_fps(self, fps: float, own: float | None = None) -> None:
        """Show the rate in frames per second, and remember that of the clip itself."""
        with QSignalBlocker(self.fps):
            self.fps.setValue(fps)
        self.panel.set_fps(fps, fps if own is None else own)

    def set_speed(self, speed: float) -> None:
        """Show how many times the rate it plays; below zero backwards."""
        times = f" ×{speed:g}".replace("-", "−")
        self.fps.setSuffix(" fps" if speed == 1 else times)

    def set_part(self, part: int, factor: int, seconds: float) -> None:
        """Show a place between frames: ``part`` steps of 1 / ``factor``, at ``seconds``."""
        between = f"+{part}/{factor} " if part else ""
        self.total.setText(f"{between}of 0-{self.frame.maximum()}")
        self.time.setText(f"{seconds:.3f} s")

    def set_upsampling(self, factor: int, reason: str) -> None:
        """Show the pictures for each frame, and why there can be no more than one."""
        self.panel.set_upsampling(factor, reason)
        digits = "+7/8 " if factor > 1 and not reason else ""
        text = f"{digits}of 0-{self.frame.maximum()}"
        self.total.setMinimumWidth(self.total.fontMetrics().horizontalAdvance(text))

    def _prepare_fields(self) -> None:
        self.frame.setAccessibleName("Frame number")
        self.frame.setToolTip("Type a frame number to go there; frame 0 is the first")
        self.frame.setKeyboardTracking(False)
        self.frame.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.frame.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fps.setRange(0.1, 120.0)
        self.fps.setDecimals(1)
        self.fps.setValue(12.0)
        self.fps.setSuffix(" fps")
        self.fps.setKeyboardTracking(False)
        self.fps.setAccessibleName("Frames per second")
        self.fps.setToolTip(
            "Rate of playback in frames per second, 1 to 120; J and L change the speed"
        )
        self.fps.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.fps.setAlignment(Qt.AlignmentFlag.AlignRight)
        for field in (self.frame, self.fps, self.time):
            field.setFont(font("body", tabular=True))
        digits = self.frame.fontMetrics().horizontalAdvance("00000")
        self.frame.setFixedWidth(digits + 2 * SPACE_S)
        self.fps.setFixedWidth(
            digits + self.fps.fontMetrics().horizontalAdvance(" ×−0.5") + SPACE_S
        )
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance("0000.000 s") + SPACE_S)
        self.time.setAccessibleName("Time of the frame")
        fix_size(self.frame, height=CONTROL_HEIGHT)
        fix_size(self.fps, height=CONTROL_HEIGHT)

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
        row.addWidget(self.more)
        self.set_count(0)

    def _connect(self) -> None:
        self.start.clicked.connect(self.startRequested)
        self.end.clicked.connect(self.endRequested)
        self.back.clicked.connect(self._step_back)
        self.forward.clicked.connect(self._step_forward)
        self.play.clicked.connect(self._toggle_play)
        self.loop.clicked.connect(self._next_loop)
        self.more.clicked.connect(self._open_panel)
        self.panel.loopChosen.connect(self.loopChosen)
        self.panel.realTimeChosen.connect(self.realTimeToggled)
        self.panel.fpsChosen.connect(self.fpsChanged)
        self.panel.upsamplingChosen.connect(self.upsamplingChosen)
        self.real_time.toggled.connect(self.realTimeToggled)
        self.fps.valueChanged.connect(self._tell_fps)
        self.frame.valueChanged.connect(self._enter_frame)

    def _step_back(self) -> None:
        self.stepRequested.emit(-1)

    def _step_forward(self) -> None:
        self.stepRequested.emit(1)

    def _toggle_play(self) -> None:
        self.playToggled.emit(not self._playing)

    def _enter_frame(self, number: int) -> None:
        self.frameEntered.emit(number)

    def _next_loop(self) -> None:
        kinds = list(_LOOPS)
        self.loopChosen.emit(kinds[(kinds.index(self._loop) + 1) % len(kinds)])

    def _open_panel(self) -> None:
        self.panel.show_over(self.more)

    def _tell_fps(self, fps: float) -> None:
        self.fpsChanged.emit(fps)
