"""A small pane that floats over the window and asks how much, with the result shown live."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.ink import outline
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.tokens import LINE_THIN, SPACE_M, SPACE_S, SPACE_XS

_SLIDER_WIDTH = 220


@dataclass(frozen=True, slots=True)
class AmountSpec:
    """What is asked.

    Attributes:
        title: what is done.
        low, high, start: range of the amount and where it begins.
        step: smallest change.
        decimals: shown.
        prefix, suffix: words around the number.
        option: words of a switch, or empty. ``on``: whether it is on at first.
        second: a further amount that is asked beside it, or None. ``label``: what the amount is
            where there are two.
    """

    title: str
    low: float
    high: float
    start: float
    step: float
    decimals: int = 2
    prefix: str = ""
    suffix: str = ""
    option: str = ""
    on: bool = False
    second: AmountSpec | None = None
    label: str = ""


class AmountRow(QWidget):
    """A further amount: its name, a slider and a number; hidden while none is asked.

    Signals:
        changed: another amount.
    """

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: AmountSpec | None = None
        self.label = MutedLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QDoubleSpinBox()
        self.number.setKeyboardTracking(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)

    @property
    def amount(self) -> float:
        """The amount now; 0 while none is asked."""
        return self.number.value() if self._spec is not None else 0.0

    def ask(self, spec: AmountSpec | None, title: str) -> None:
        """Ask for this, or for nothing."""
        self._spec = spec
        self.setVisible(spec is not None)
        if spec is None:
            return
        self.label.setText(spec.title)
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.setRange(spec.low, spec.high)
            self.number.setDecimals(spec.decimals)
            self.number.setSingleStep(spec.step)
            self.number.setPrefix(spec.prefix)
            self.number.setSuffix(spec.suffix)
            self.number.setValue(spec.start)
            self.slider.setRange(0, round((spec.high - spec.low) / spec.step))
            self.slider.setValue(round((spec.start - spec.low) / spec.step))
        for control in (self.slider, self.number):
            control.setAccessibleName(f"{title}: {spec.title}")
            control.setToolTip("How much; the picture follows")

    def _on_slider(self, place: int) -> None:
        if self._spec is not None:
            self.number.setValue(self._spec.low + place * self._spec.step)

    def _on_number(self, amount: float) -> None:
        if self._spec is not None:
            with QSignalBlocker(self.slider):
                self.slider.setValue(round((amount - self._spec.low) / self._spec.step))
            self.changed.emit(amount)


class AmountPopover(QFrame):
    """Slider and number for one amount; Return or a click elsewhere applies, Esc takes it back.

    While it has the keyboard, shortcuts of the window rest.

    Args:
        parent: the window over which it floats.

    Signals:
        changed: amount, whether the option is on, and the second amount (0 without one).
        applied: keep what is shown.
        cancelled: take it back.
    """

    changed = Signal(float, bool, float)
    applied = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._spec = AmountSpec("", 0.0, 1.0, 0.0, 0.1)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.title = QLabel()
        self.detail = MutedLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QDoubleSpinBox()
        self.label = MutedLabel()
        self.second = AmountRow()
        self.option = QCheckBox()
        self.apply = primary_button("Apply")
        self.cancel = QPushButton("Cancel")
        self._lay_out()
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        self.second.changed.connect(self._tell)
        self.option.toggled.connect(self._tell)
        self.apply.clicked.connect(self._apply)
        self.cancel.clicked.connect(self._cancel)
        self.hide()

    @property
    def amount(self) -> float:
        """The amount now."""
        return self.number.value()

    def ask(self, spec: AmountSpec, detail: str, bottom_right: QPoint) -> None:
        """Open with ``bottom_right`` as its lower right corner, in pixels of the parent."""
        self._spec = spec
        self.title.setText(spec.title)
        self.detail.setText(detail)
        with QSignalBlocker(self.slider), QSignalBlocker(self.number), QSignalBlocker(self.option):
            self.number.setRange(spec.low, spec.high)
            self.number.setDecimals(spec.decimals)
            self.number.setSingleStep(spec.step)
            self.number.setPrefix(spec.prefix)
            self.number.setSuffix(spec.suffix)
            self.number.setValue(spec.start)
            self.slider.setRange(0, round((spec.high - spec.low) / spec.step))
            self.slider.setValue(self._place(spec.start))
            self.option.setText(spec.option)
            self.option.setChecked(spec.on)
        self.option.setVisible(bool(spec.option))
        self.label.setText(spec.label)
        self.label.setVisible(bool(spec.label))
        self.second.ask(spec.second, spec.title)
        for control in (self.slider, self.number):
            control.setAccessibleName(f"{spec.title}: amount")
            control.setToolTip("How much; the picture follows")
        self.option.setAccessibleName(spec.option or "Option")
        self.option.setToolTip(spec.option)
        self.setAccessibleName(spec.title)
        self._show_at(bottom_right)

    def dismiss(self) -> bool:
        """Close and take it back, where it is open; tells whether it was."""
        was_open = not self.isHidden()
        self._cancel()
        return was_open

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            ours = isinstance(watched, QWidget) and watched.window() is self.window()
            if ours and not self._is_inside(watched):
                self._apply()
        elif isinstance(event, QKeyEvent) and self._is_inside(watched):
            return self._take_key(event)
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = tokens_for(self.palette())
        outline(QPainter(self), QRectF(self.rect()), tokens.muted, LINE_THIN)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Undo):
            self._cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.cancel.hasFocus():
                self._cancel()
            else:
                self.number.interpretText()
                self.second.number.interpretText()
                self._apply()
        else:
            return False
        return True

    def _is_inside(self, watched: QObject) -> bool:
        return isinstance(watched, QWidget) and (watched is self or self.isAncestorOf(watched))

    def _lay_out(self) -> None:
        self.slider.setMinimumWidth(_SLIDER_WIDTH)
        self.number.setKeyboardTracking(False)
        self.apply.setToolTip("Keep it (Return)")
        self.cancel.setToolTip("Take it back (Esc)")
        self.cancel.setAccessibleName("Cancel")
        top, row, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.title)
        top.addWidget(self.detail, 1)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        below.addWidget(self.option, 1)
        below.addStretch(1)
        below.addWidget(self.cancel)
        below.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_XS)
        for part in (top, row):
            part.setSpacing(SPACE_S)
            column.addLayout(part)
        column.addWidget(self.second)
        below.setSpacing(SPACE_S)
        column.addLayout(below)

    def _show_at(self, bottom_right: QPoint) -> None:
        self.adjustSize()
        parent = self.parentWidget()
        room = self.size() if parent is None else parent.size()
        x = min(max(SPACE_S, bottom_right.x() - self.width()), room.width() - self.width())
        y = min(max(SPACE_S, bottom_right.y() - self.height()), room.height() - self.height())
        self.move(x, y)
        self.show()
        self.raise_()
        self.slider.setFocus(Qt.FocusReason.PopupFocusReason)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def _close(self) -> bool:
        if self.isHidden():
            return False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.hide()
        return True

    def _apply(self) -> None:
        if self._close():
            self.applied.emit()

    def _cancel(self) -> None:
        if self._close():
            self.cancelled.emit()

    def _place(self, amount: float) -> int:
        return round((amount - self._spec.low) / self._spec.step)

    def _on_slider(self, place: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(self._spec.low + place * self._spec.step)
        self._tell()

    def _on_number(self, amount: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._place(amount))
        self._tell()

    def _tell(self, _new: object = None) -> None:
        amount, second = self.number.value(), self.second.amount
        self.changed.emit(amount, self.option.isChecked(), second)
