"""One dimension of the current frame: name, slider, number, reset."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget
from typing_extensions import override

from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.items.value_slider import ValueSlider
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import fix_size, scaled
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

_FINE_BELOW = 0.5
"""Where the slider ends below this, values have three decimals: keypoints move by hundredths."""


class NameLabel(MutedLabel):
    """A name that resets its dimension on a double click."""

    doubleClicked = Signal()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.doubleClicked.emit()


class SliderRow(QWidget):
    """Controls of one dimension; every signal carries the dimension.

    Signals:
        dragStarted: a gesture begins.
        dragged: dimension, total change.
        dragFinished: it ended.
        dragCancelled: it is to be taken back.
        typed: dimension, value.
        resetRequested: dimension.
        menuRequested: dimension, global position.
    """

    dragStarted = Signal()
    dragged = Signal(int, float)
    dragFinished = Signal()
    dragCancelled = Signal()
    typed = Signal(int, float)
    resetRequested = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(self, dim: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dim = dim
        self._shown: tuple[float, float] | None = None
        self._reason: str | None = None
        self._full_name = ""
        self._muted = False
        self.name = NameLabel()
        self.slider = ValueSlider()
        self.number = QDoubleSpinBox()
        self.reset = ToolButton("reset", "Reset to what was encoded (Del)")
        self._prepare()
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, 0, SPACE_XS, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        row.addWidget(self.reset)
        self._connect()

    def set_name(self, name: str, width: int) -> None:
        """Name of the dimension in a column of ``width`` pixels."""
        self._full_name = name
        metrics = QFontMetrics(self.name.font())
        self.name.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, width))
        self.name.setFixedWidth(width)
        self.number.setAccessibleName(f"Value of {name}")
        self.reset.setAccessibleName(f"Reset {name}")
        self._tell()

    def set_muted(self, muted: bool) -> None:
        """Whether the dimension counts as zero in pictures: its name is struck through."""
        self._muted = muted
        style = self.name.font()
        style.setStrikeOut(muted)
        self.name.setFont(style)
        self._tell()

    def set_value(self, value: float, original: float) -> None:
        """The value and what was encoded."""
        if (value, original) == self._shown:
            return
        self._shown = (value, original)
        with QSignalBlocker(self.number):
            self.number.setValue(value)
        self.slider.set_value(value, original)
        self._offer_reset()

    def set_limit(self, limit: float) -> None:
        """Range of the slider."""
        self.slider.set_limit(limit)
        with QSignalBlocker(self.number):
            self.number.setDecimals(2 if limit >= _FINE_BELOW else 3)
            if self._shown is not None:
                self.number.setValue(self._shown[0])
        self.number.setSingleStep(limit / 50)

    def set_reason(self, reason: str) -> None:
        """Why the value cannot change, or empty when it can."""
        if reason == self._reason:
            return
        self._reason = reason
        for control in (self.slider, self.number):
            control.setEnabled(not reason)
            control.setToolTip(reason or "Drag; Shift is finer; double-click resets")
        self._offer_reset()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuRequested.emit(self.dim, event.globalPos())
        event.accept()

    def _offer_reset(self) -> None:
        value, original = self._shown or (0.0, 0.0)
        edited = value != original and self.slider.isEnabled()
        self.reset.set_reason("" if edited else "This value was not edited.")

    def _tell(self) -> None:
        state = ", muted" if self._muted else ""
        self.name.setToolTip(f"{self._full_name}{state}: double-click resets it")
        self.slider.setAccessibleName(f"{self._full_name}{state} in the current frame")

    def _prepare(self) -> None:
        self.number.setRange(-1000.0, 1000.0)
        self.number.setDecimals(2)
        self.number.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFont(font("body", tabular=True))
        digits = QFontMetrics(self.number.font()).horizontalAdvance("−00.00")
        self.number.setFixedSize(digits + 2 * SPACE_S, scaled(CONTROL_HEIGHT - 4))
        fix_size(self, height=CONTROL_HEIGHT)

    def _connect(self) -> None:
        self.slider.dragStarted.connect(self.dragStarted)
        self.slider.dragFinished.connect(self.dragFinished)
        self.slider.dragCancelled.connect(self.dragCancelled)
        self.slider.dragged.connect(self._drag)
        self.slider.resetRequested.connect(self._reset)
        self.name.doubleClicked.connect(self._reset)
        self.reset.clicked.connect(self._reset)
        self.number.valueChanged.connect(self._type)

    def _drag(self, delta: float) -> None:
        self.dragged.emit(self.dim, delta)

    def _reset(self) -> None:
        self.resetRequested.emit(self.dim)

    def _type(self, value: float) -> None:
        self.typed.emit(self.dim, value)
