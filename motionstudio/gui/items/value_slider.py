"""A slider for a number around zero that shows where it came from."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import diamond, mix, pen
from motionstudio.gui.items.value_drag import FINE
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, LINE_SELECTED, SPACE_S

_STEP = 0.02
_KNOB = 5.0


class ValueSlider(QWidget):
    """Track from ``-limit`` to ``limit``, a tick where the encoded value lies, a knob.

    Drag sideways, Shift is ten times finer and nothing jumps when it comes or goes; a press
    elsewhere on the track brings the knob there; double-click resets; arrow keys nudge.

    Signals:
        dragStarted: a gesture begins.
        dragged: total change since ``dragStarted``.
        dragFinished: it ended.
        dragCancelled: it is to be taken back.
        resetRequested: back to the encoded value.
    """

    dragStarted = Signal()
    dragged = Signal(float)
    dragFinished = Signal()
    dragCancelled = Signal()
    resetRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = self._original = 0.0
        self._limit = 1.0
        self._from: float | None = None
        self._total = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(scaled(4 * CONTROL_HEIGHT), scaled(CONTROL_HEIGHT - 2))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(2 * CONTROL_HEIGHT), scaled(CONTROL_HEIGHT - 2))

    def set_value(self, value: float, original: float) -> None:
        """The value and the encoded value."""
        self._value, self._original = value, original
        self.update()

    def set_limit(self, limit: float) -> None:
        """Values run from ``-limit`` to ``limit``; beyond, the knob stays at the end."""
        self._limit = limit
        self.update()

    def knob(self) -> QPointF:
        """Where the knob is."""
        return QPointF(self._x(self._value), self.height() / 2)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._from, self._total = event.position().x(), 0.0
        self.dragStarted.emit()
        away = event.position().x() - self.knob().x()
        if abs(away) > 2 * _KNOB:
            self._total = away / self._pixels_per_unit()
            self.dragged.emit(self._total)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = (event.position().x() - self._from) / self._pixels_per_unit()
        self._total += step * (FINE if fine else 1.0)
        self._from = event.position().x()
        self.dragged.emit(self._total)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._from is not None:
            self._from = None
            self.dragFinished.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.resetRequested.emit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, fine = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = 2 * self._limit * _STEP * (FINE if fine else 1.0)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Minus):
            self._nudge(-step)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._nudge(step)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.resetRequested.emit()
        elif key == Qt.Key.Key_Escape and self._from is not None:
            self._from = None
            self.dragCancelled.emit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        middle, knob = self.height() / 2, self.knob()
        ends = QRectF(_KNOB, middle - 1.5, self.width() - 2 * _KNOB, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(ends, 1.5, 1.5)
        zero = self._x(0.0)
        painter.setBrush(mix(tokens.surface, tokens.muted, 0.7 if self.isEnabled() else 0.3))
        left, right = sorted((zero, knob.x()))
        painter.drawRect(QRectF(left, middle - 1.5, right - left, 3))
        painter.drawRect(QRectF(zero - 0.5, middle - SPACE_S / 2, 1, SPACE_S))
        edited = self._value != self._original
        if edited:
            tick = self._x(self._original)
            painter.setPen(pen(tokens.muted, LINE_SELECTED))
            painter.drawLine(QPointF(tick, middle - _KNOB), QPointF(tick, middle + _KNOB))
        self._paint_knob(painter, knob, edited=edited)

    def _paint_knob(self, painter: QPainter, knob: QPointF, *, edited: bool) -> None:
        tokens = tokens_for(self.palette())
        if edited:
            diamond(painter, knob, _KNOB + 1, tokens)
        else:
            painter.setPen(pen(tokens.surface))
            painter.setBrush(QColor(tokens.text if self.isEnabled() else tokens.disabled))
            painter.drawEllipse(knob, _KNOB, _KNOB)
        if self.hasFocus():
            painter.setPen(pen(tokens.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(knob, _KNOB + 2, _KNOB + 2)

    def _nudge(self, step: float) -> None:
        self.dragStarted.emit()
        self.dragged.emit(step)
        self.dragFinished.emit()

    def _pixels_per_unit(self) -> float:
        return max(1.0, self.width() - 4 * _KNOB) / (2 * self._limit)

    def _x(self, value: float) -> float:
        inside = min(max(value, -self._limit), self._limit)
        return self.width() / 2 + inside * self._pixels_per_unit()
