"""How playback goes: rate, what happens at the end and when time runs short, frames in between."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from motionstudio.core.playback import Loop
from motionstudio.core.upsampling import FACTORS
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

SLOWEST, FASTEST = 1.0, 120.0
_STEPS = 480

LOOPS = (
    (Loop.LOOP, "Start again"),
    (Loop.PING_PONG, "Turn back"),
    (Loop.ONCE, "Stop"),
)
_PACES = ((True, "Real time: skip frames rather than run late"),
          (False, "Every frame: run late rather than skip"))  # fmt: skip


class PlaybackPanel(QWidget):
    """A small window over the timeline with everything about playback.

    Signals:
        fpsChosen: frames per second, or None for the clip's own rate.
        loopChosen: a ``Loop``.
        realTimeChosen: keep to the clock or show every frame.
        upsamplingChosen: pictures for each frame.
    """

    fpsChosen = Signal(object)
    loopChosen = Signal(object)
    realTimeChosen = Signal(bool)
    upsamplingChosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Playback settings")
        self.rate = QSlider(Qt.Orientation.Horizontal)
        self.own = QPushButton("Clip's own rate")
        self.ends, self.paces, self.factors = (
            QButtonGroup(self),
            QButtonGroup(self),
            QButtonGroup(self),
        )
        self.note = MutedLabel("")
        self._prepare()
        self._lay_out()
        self.rate.valueChanged.connect(self._tell_rate)
        self.own.clicked.connect(lambda: self.fpsChosen.emit(None))
        self.ends.idToggled.connect(self._tell_end)
        self.paces.idToggled.connect(self._tell_pace)
        self.factors.idToggled.connect(self._tell_factor)

    def set_fps(self, fps: float, own: float) -> None:
        """The rate, and that of the clip itself."""
        with QSignalBlocker(self.rate):
            self.rate.setValue(_step_of(fps))
        self.own.setText(f"Clip's own rate: {own:.4g} fps")
        self.own.setEnabled(abs(fps - own) > 1e-9)
        self.own.setToolTip("" if self.own.isEnabled() else "The clip plays at its own rate.")

    def set_loop(self, loop: Loop) -> None:
        """What happens at the end."""
        _check(self.ends, [one for one, _ in LOOPS].index(loop))

    def set_real_time(self, on: bool) -> None:
        """Whether frames may be skipped."""
        _check(self.paces, 0 if on else 1)

    def set_upsampling(self, factor: int, reason: str) -> None:
        """Pictures for each frame, and why there can be only one; empty where there can be more."""
        _check(self.factors, FACTORS.index(factor) if factor in FACTORS else 0)
        for button in self.factors.buttons():
            button.setEnabled(not reason or self.factors.id(button) == 0)
            button.setToolTip(reason)
        self.note.setText(
            reason or "The model draws the pictures in between; the original ones stay as they are."
        )

    def show_over(self, anchor: QWidget) -> None:
        """Open above or below ``anchor``, inside the screen."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(0, 0))
        room = anchor.screen().availableGeometry()
        y = corner.y() - self.height() - 2
        if y < room.top():
            y = corner.y() + anchor.height() + 2
        x = min(max(corner.x(), room.left()), room.right() - self.width())
        self.move(x, y)
        self.show()
        self.rate.setFocus()

    def _prepare(self) -> None:
        self.rate.setRange(0, _STEPS)
        self.rate.setMinimumWidth(220)
        self.rate.setAccessibleName("Frames per second")
        self.rate.setToolTip("From 1 to 120 frames per second; type exact rates beside the clock")
        self.note.setWordWrap(True)
        for group, entries in (
            (
                self.ends,
                [(words, f"At the end of the range: {words.lower()}") for _, words in LOOPS],
            ),
            (self.paces, [(words.split(":")[0], words) for _, words in _PACES]),
            (self.factors, [(_factor_name(f), _factor_tip(f)) for f in FACTORS]),
        ):
            for number, (words, tip) in enumerate(entries):
                button = QRadioButton(words)
                button.setToolTip(tip)
                button.setAccessibleName(tip)
                group.addButton(button, number)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_L)
        form.setVerticalSpacing(SPACE_M)
        speed = QVBoxLayout()
        ends = QHBoxLayout()
        for text, where in (
            ("1", Qt.AlignmentFlag.AlignLeft),
            ("120 fps", Qt.AlignmentFlag.AlignRight),
        ):
            ends.addWidget(MutedLabel(text), 1, where)
        speed.addWidget(self.rate)
        speed.addLayout(ends)
        speed.addWidget(self.own)
        form.addRow("Rate", speed)
        for title, group in (
            ("At the end", self.ends), ("When late", self.paces), ("In between", self.factors),
        ):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(SPACE_M)
            for button in group.buttons():
                row.addWidget(button)
            row.addStretch(1)
            label = QLabel(title)
            form.addRow(label, row)
        form.addRow("", self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_S)
        column.addLayout(form)

    def _tell_rate(self, step: int) -> None:
        self.fpsChosen.emit(_fps_of(step))

    def _tell_end(self, number: int, on: bool) -> None:
        if on:
            self.loopChosen.emit(LOOPS[number][0])

    def _tell_pace(self, number: int, on: bool) -> None:
        if on:
            self.realTimeChosen.emit(_PACES[number][0])

    def _tell_factor(self, number: int, on: bool) -> None:
        if on:
            self.upsamplingChosen.emit(FACTORS[number])


def _check(group: QButtonGroup, number: int) -> None:
    with QSignalBlocker(group):
        group.button(number).setChecked(True)


def _factor_name(factor: int) -> str:
    return "Off" if factor == 1 else f"{factor}×"


def _factor_tip(factor: int) -> str:
    return "Only the clip's own frames" if factor == 1 else f"{factor} pictures for each frame"


def _fps_of(step: int) -> float:
    """Equal ways on the slider multiply the rate; whole numbers above 10."""
    fps = SLOWEST * (FASTEST / SLOWEST) ** (step / _STEPS)
    return float(round(fps)) if fps >= 10 else round(fps, 1)


def _step_of(fps: float) -> int:
    fps = min(max(fps, SLOWEST), FASTEST)
    return round(_STEPS * math.log(fps / SLOWEST) / math.log(FASTEST / SLOWEST))
