"""A plain slider that says when a gesture begins and ends, with its value in a field beside it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from motionstudio.gui.theme.tokens import SPACE_S

_STEPS = 1000


class GestureSlider(QWidget):
    """A value in a range: dragged, typed, or moved by keys; every one is one gesture.

    Signals:
        started: a gesture begins.
        moved: the value now, while it lasts.
        finished: it ended.

    Args:
        name: accessible name.
        tip: what it does.
        low, high: ends of the range.
        suffix: unit after the number, with its space.
        decimals: digits after the point.
        parent: owner.
    """

    started = Signal()
    moved = Signal(float)
    finished = Signal()

    def __init__(
        self,
        name: str,
        tip: str,
        low: float,
        high: float,
        *,
        suffix: str = "",
        decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._tip = low, high, tip
        self._dragging = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QDoubleSpinBox()
        self.slider.setRange(0, _STEPS)
        self.slider.setSingleStep(_STEPS // 100)
        self.slider.setPageStep(_STEPS // 10)
        self.number.setRange(low, high)
        self.number.setDecimals(decimals)
        self.number.setSingleStep((high - low) / 100)
        self.number.setSuffix(suffix)
        self.number.setKeyboardTracking(False)
        for widget, what in ((self.slider, name), (self.number, f"{name}, typed")):
            widget.setAccessibleName(what)
            widget.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.slider.sliderPressed.connect(self._press)
        self.slider.sliderReleased.connect(self._release)
        self.slider.valueChanged.connect(self._slide)
        self.number.valueChanged.connect(self._type)

    @property
    def value(self) -> float:
        """The value now."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Show a value; nothing is signalled."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.setValue(value)
            self.slider.setValue(round((value - self._low) / (self._high - self._low) * _STEPS))

    def set_reason(self, reason: str) -> None:
        """Why it cannot be used now; empty where it can."""
        self.setEnabled(not reason)
        tip = f"{self._tip}\n{reason}" if reason else self._tip
        for widget in (self, self.slider, self.number):
            widget.setToolTip(tip)

    def _press(self) -> None:
        self._dragging = True
        self.started.emit()

    def _release(self) -> None:
        self._dragging = False
        self.finished.emit()

    def _slide(self, step: int) -> None:
        value = self._low + step / _STEPS * (self._high - self._low)
        with QSignalBlocker(self.number):
            self.number.setValue(value)
        self._emit(self.number.value())

    def _type(self, value: float) -> None:
        self.set_value(value)
        self._emit(value)

    def _emit(self, value: float) -> None:
        if self._dragging:
            self.moved.emit(value)
            return
        self.started.emit()
        self.moved.emit(value)
        self.finished.emit()
