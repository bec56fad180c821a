"""The controls beside the two pictures, in groups: reference, picture, motion, result, record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.pane_layout import scrolling
from motionstudio.gui.items.tool_button import ToolButton, primary_button
from motionstudio.gui.live.choices import LiveChoices
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS

_WIDTH = 272
_MOVEMENTS = ((True, "Relative: move as the driver does"), (False, "Absolute: go where it is"))
_CHECKS = {
    "best": ("Best reference by itself", "Take the driver's picture as the reference as soon as "
             "its pose is nearer to the source's own"),
    "mirror": ("Mirror", "Show and use the driver as in a mirror (M)"),
    "keypoints": ("Show keypoints", "Draw what the model found over the driver (P)"),
    "adapt_scale": ("Adapt to the source's size", "A source twice as large as the driver moves "
                    "twice as far"),
    "remove_mean": ("Hold the whole in place", "Ignore where the driver as a whole goes"),
    "smooth": ("Smooth jitter", "Calm what trembles; fast movements are followed"),
    "fast": ("Fast preview", "Pictures of lower precision, where that is quicker here"),
}  # fmt: skip


class LiveControls(QWidget):
    """Everything that can be set; shows ``LiveChoices`` and tells of changes by field.

    Signals:
        changed: name of a field of ``LiveChoices`` and its new value.
        calibrateRequested, resetRequested, recordRequested: what their buttons say.
    """

    changed = Signal(str, object)
    calibrateRequested = Signal()
    resetRequested = Signal()
    recordRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.calibrate = QPushButton("Calibrate: this is the reference")
        self.calibrate.setAccessibleName("Calibrate")
        self.match = MutedLabel()
        self.checks = {name: _check(*words) for name, words in _CHECKS.items()}
        self.reset = ToolButton("reset", "Take zoom and place of the square back", text="Reset")
        self.movement = QComboBox()
        self._make_sliders()
        self.gain = MutedLabel()
        self.target, self.fps = QComboBox(), QDoubleSpinBox()
        self.record = primary_button("Record")
        self.take = MutedLabel()
        self._recording, self._record_reason = False, ""
        self._prepare()
        self._lay_out()
        self._connect()
        self.set_reasons({})
        self.set_recording(on=False, words="")

    def _make_sliders(self) -> None:
        self.zoom = GestureSlider(
            "Zoom", "How small the driver's square that counts is (wheel on the picture)", 1, 4,
            suffix=" ×", decimals=2,
        )  # fmt: skip
        self.strength = GestureSlider(
            "Strength", "How far the source moves; 100 % as the driver does", 0, 200, suffix=" %"
        )
        self.steadiness = GestureSlider(
            "Steadiness", "How much is smoothed; more lags behind more", 0, 100, suffix=" %"
        )
        self.opacity = GestureSlider(
            "Driver over the result", "Shows the driver over the result, to align the two", 0, 100,
            suffix=" %",
        )  # fmt: skip

    def show_choices(self, choices: LiveChoices) -> None:
        """Show what is set; nothing is signalled."""
        for name, check in self.checks.items():
            with QSignalBlocker(check):
                check.setChecked(bool(getattr(choices, name)))
        for name in ("zoom", "strength", "steadiness", "opacity"):
            getattr(self, name).set_value(getattr(choices, name))
        with QSignalBlocker(self.movement), QSignalBlocker(self.fps), QSignalBlocker(self.target):
            self.movement.setCurrentIndex(self.movement.findData(choices.relative))
            self.fps.setValue(choices.fps)
            self.target.setCurrentIndex(max(self.target.findData(choices.target), 0))

    def set_targets(self, targets: Sequence[tuple[str, str]], chosen: str) -> None:
        """Where a recording may go, as (key, words)."""
        if [self.target.itemText(i) for i in range(self.target.count())] != [w for _, w in targets]:
            with QSignalBlocker(self.target):
                self.target.clear()
                for key, words in targets:
                    self.target.addItem(words, key)
        with QSignalBlocker(self.target):
            self.target.setCurrentIndex(max(self.target.findData(chosen), 0))

    def set_reasons(self, reasons: dict[str, str]) -> None:
        """Why controls cannot be used now, by name; all others can."""
        tips = {name: words[1] for name, words in _CHECKS.items()}
        tips |= {
            "calibrate": "The driver's picture of this moment stands for the source as it is (X)",
            "movement": "Whether the source moves along with the driver, or goes where it is",
        }
        controls: dict[str, QWidget] = {
            **self.checks, "calibrate": self.calibrate, "movement": self.movement,
        }  # fmt: skip
        for name, widget in controls.items():
            reason = reasons.get(name, "")
            widget.setEnabled(not reason)
            widget.setToolTip(f"{tips[name]}\n{reason}" if reason else tips[name])
        self.steadiness.set_reason(reasons.get("steadiness", ""))
        self._record_reason = reasons.get("record", "")
        self._show_record()

    def set_match(self, words: str) -> None:
        """How near the poses are, or nothing."""
        if words != self.match.text():
            self.match.setText(words)
            self.match.setToolTip(
                "Distance of the driver's pose from the source's own: now and in the reference; "
                "0 is the same pose" if words else ""
            )  # fmt: skip

    def set_gain(self, words: str) -> None:
        """What the fast preview saves, or why there is none."""
        self.gain.setText(words)

    def set_recording(self, *, on: bool, words: str) -> None:
        """Whether rows are remembered, and how much there is."""
        self._recording = on
        self.take.setText(words)
        self.take.setVisible(bool(words))
        self._show_record()

    def _show_record(self) -> None:
        on = self._recording
        self.record.setText("Stop and keep" if on else "Record")
        reason = "" if on else self._record_reason
        self.record.setEnabled(not reason)
        tip = (
            "End the recording: it becomes frames of the subject, one undo step (R)"
            if on
            else "Remember how the source is driven, to edit it as a motion (R)"
        )
        self.record.setToolTip(f"{tip}\n{reason}" if reason else tip)
        for widget in (self.target, self.fps):
            widget.setEnabled(not on)

    def _prepare(self) -> None:
        for relative, words in _MOVEMENTS:
            self.movement.addItem(words, relative)
        self.movement.setAccessibleName("Movement")
        self.target.setAccessibleName("Record into")
        self.target.setToolTip("Which subject takes what is recorded")
        for combo in (self.movement, self.target):
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(8)
        self.fps.setRange(1, 120)
        self.fps.setDecimals(2)
        self.fps.setSuffix(" /s")
        self.fps.setAccessibleName("Frames a second of the recording")
        self.fps.setToolTip(
            "What is recorded comes at its own moments and is resampled to this frame rate"
        )
        self.fps.setKeyboardTracking(False)
        self.match.setWordWrap(True)
        self.gain.setWordWrap(True)
        self.take.setWordWrap(True)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_XS)
        checks = self.checks
        _group(column, "Reference", self.calibrate, self.match, checks["best"])
        framing = _form(("Zoom", self.zoom))
        mirror = _row(checks["mirror"], self.reset)
        _group(column, "Driver", mirror, framing, checks["keypoints"])
        strengths = _form(("Strength", self.strength))
        steadiness = _form(("Steadiness", self.steadiness))
        _group(
            column, "Motion", self.movement, strengths, checks["adapt_scale"],
            checks["remove_mean"], checks["smooth"], steadiness,
        )  # fmt: skip
        over = _form(("Driver over it", self.opacity))
        _group(column, "Result", over, checks["fast"], self.gain)
        where = _form(("Into", self.target), ("Frames", self.fps))
        _group(column, "Record", where, self.record, self.take)
        column.addStretch(1)
        self._put(column)

    def _put(self, column: QVBoxLayout) -> None:
        """Into a page that scrolls where the window is low."""
        page = QWidget()
        page.setLayout(column)
        area = scrolling(page)
        area.setAccessibleName("Controls of the live driver")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        fix_size(self, width=_WIDTH)

    def _connect(self) -> None:
        self.calibrate.clicked.connect(self.calibrateRequested)
        self.reset.clicked.connect(self.resetRequested)
        self.record.clicked.connect(self.recordRequested)
        for name, check in self.checks.items():
            check.toggled.connect(partial(self.changed.emit, name))
        for name in ("zoom", "strength", "steadiness", "opacity"):
            getattr(self, name).moved.connect(partial(self.changed.emit, name))
        self.fps.valueChanged.connect(partial(self.changed.emit, "fps"))
        self.movement.activated.connect(self._tell_movement)
        self.target.activated.connect(self._tell_target)

    def _tell_movement(self, _index: int) -> None:
        self.changed.emit("relative", self.movement.currentData())

    def _tell_target(self, _index: int) -> None:
        self.changed.emit("target", self.target.currentData())


def _check(text: str, tip: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setToolTip(tip)
    return made


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_S)
    for widget in widgets:
        row.addWidget(widget)
    row.insertStretch(1, 1)
    return row


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setVerticalSpacing(SPACE_XS)
    form.setHorizontalSpacing(SPACE_S)
    for words, widget in rows:
        form.addRow(words, widget)
    return form


def _group(column: QVBoxLayout, title: str, *parts: QWidget | QHBoxLayout | QFormLayout) -> None:
    if column.count():
        column.addSpacing(SPACE_S)
    column.addWidget(MutedLabel(title))
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
