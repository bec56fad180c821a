"""Handles on a picture: points that are picked and dragged, painted above a canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from typing_extensions import override

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.picture_layer import PictureLayer, notches
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED, RADIUS, SPACE_S, Tokens

_RADIUS = 6.0
_GRAB = 12.0
_FINE, _COARSE = 0.1, 10.0
_STEPS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True, slots=True)
class HandleMark:
    """One handle as it is painted.

    Attributes:
        place: (x, y) where the material is now, pixels of the picture.
        target: (x, y) where it is wanted, or None.
        pinned: whether it holds its place while others are dragged.
        selected: whether keys move it.
        distance: pixels from the target, or None.
        short: whether it cannot come nearer.
    """

    place: tuple[float, float]
    target: tuple[float, float] | None = None
    pinned: bool = False
    selected: bool = False
    distance: float | None = None
    short: bool = False


class HandleLayer(PictureLayer):
    """Lies over a canvas, paints handles and, while the tool is on, takes its left button.

    Wheel, middle button and hovering stay the canvas's own. Places are (x, y) in pixels of the
    picture, pixel centres at whole numbers.

    Signals:
        pressed: x, y, the handle under the pointer or -1, and whether Shift asks for a pin.
        moved: x, y of the pointer while the button is down.
        released: the button went up, or the last arrow key.
        cancelled: Esc while dragging.
        nudged: change in x and y by an arrow key.
        pinToggled: a handle was double-clicked, or P pressed (-1: the selected one).
        removed: Delete was pressed.
        spreadChanged: notches of the wheel with Alt.

    Args:
        canvas: the canvas; it becomes the parent.
        takes: whether what the canvas shows can be dragged now.
    """

    pressed = Signal(float, float, int, bool)
    moved = Signal(float, float)
    released = Signal()
    cancelled = Signal()
    nudged = Signal(float, float)
    pinToggled = Signal(int)
    removed = Signal()
    spreadChanged = Signal(float)

    def __init__(self, canvas: PictureCanvas, takes: Callable[[], bool]) -> None:
        super().__init__(canvas, takes)
        self._marks: tuple[HandleMark, ...] = ()
        self._nudging = False

    @property
    def marks(self) -> tuple[HandleMark, ...]:
        """What is painted."""
        return self._marks

    def set_marks(self, marks: tuple[HandleMark, ...]) -> None:
        """Paint these."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    @override
    def take_mouse(self, event: QMouseEvent) -> bool:
        left = event.button() is Qt.MouseButton.LeftButton
        kind = event.type()
        if kind is QEvent.Type.MouseButtonPress and left and self._takes():
            return self._press(event)
        if kind is QEvent.Type.MouseMove and self._down:
            self.moved.emit(*self.in_picture(event.position()))
            return True
        if kind is QEvent.Type.MouseMove and self._takes():
            near = self._handle_at(event.position()) >= 0
            shape = Qt.CursorShape.OpenHandCursor if near else Qt.CursorShape.CrossCursor
            self._canvas.setCursor(shape)
        if kind is QEvent.Type.MouseButtonRelease and left and self._down:
            self._down = False
            self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
            self.released.emit()
            return True
        if kind is QEvent.Type.MouseButtonDblClick and left and self._takes():
            handle = self._handle_at(event.position())
            if handle >= 0:
                self.pinToggled.emit(handle)
            return True
        return False

    def _press(self, event: QMouseEvent) -> bool:
        if not self._canvas.picture_rect().contains(event.position()):
            return False
        self._canvas.activated.emit()
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        pin = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._down = not pin
        handle = self._handle_at(event.position())
        self.pressed.emit(*self.in_picture(event.position()), handle, pin)
        return True

    @override
    def take_wheel(self, event: QWheelEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier or not self._takes():
            return False
        self.spreadChanged.emit(notches(event))
        event.accept()
        return True

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        key, kind = Qt.Key(event.key()), event.type()
        selected = any(mark.selected for mark in self._marks)
        ours = selected and (key in _STEPS or key in _REMOVES or key == Qt.Key.Key_P)
        ours = ours or (key == Qt.Key.Key_Escape and (self._down or self._nudging))
        if not ours:
            return False
        if kind is QEvent.Type.ShortcutOverride:
            event.accept()
        elif kind is QEvent.Type.KeyPress:
            self._key_down(key, event)
        elif kind is QEvent.Type.KeyRelease and self._nudging and not event.isAutoRepeat():
            self._nudging = False
            self.released.emit()
        return True

    def _key_down(self, key: Qt.Key, event: QKeyEvent) -> None:
        if key == Qt.Key.Key_Escape:
            self._down = self._nudging = False
            self.cancelled.emit()
        elif key in _REMOVES:
            self.removed.emit()
        elif key == Qt.Key.Key_P:
            self.pinToggled.emit(-1)
        else:
            keys = event.modifiers()
            factor = _FINE if keys & Qt.KeyboardModifier.ShiftModifier else 1.0
            factor = _COARSE if keys & Qt.KeyboardModifier.ControlModifier else factor
            self._nudging = True
            x, y = _STEPS[key]
            self.nudged.emit(factor * x, factor * y)

    def _handle_at(self, place: QPointF) -> int:
        """The nearest handle within reach of the pointer, or -1."""
        away = [(self.on_widget(m.place) - place).manhattanLength() for m in self._marks]
        nearest = min(range(len(away)), key=away.__getitem__, default=-1)
        return nearest if nearest >= 0 and away[nearest] <= _GRAB else -1

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._size is None or not self._marks or not self._takes():
            return
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(font("caption", tabular=True))
        painter.setClipRect(self.rect())
        for mark in self._marks:
            self._paint_target(painter, mark, tokens)
        for mark in self._marks:
            self._paint_handle(painter, mark, tokens)

    def _paint_target(self, painter: QPainter, mark: HandleMark, tokens: Tokens) -> None:
        if mark.target is None:
            return
        here, there = self.on_widget(mark.place), self.on_widget(mark.target)
        ink = tokens.warn if mark.short else tokens.text
        for shade, width in ((tokens.canvas, LINE_SELECTED + 1), (ink, LINE_CURVE)):
            line = pen(shade, width)
            painter.setPen(line)
            painter.drawLine(here, there)
            arm = _RADIUS * 0.75
            for dx, dy in ((arm, arm), (arm, -arm)):
                painter.drawLine(there - QPointF(dx, dy), there + QPointF(dx, dy))
        if mark.distance is not None:
            words = f"{mark.distance:.1f} px" + (" ▲" if mark.short else "")
            self._paint_words(painter, there, words, ink, tokens, left=here.x() > there.x())

    def _paint_words(
        self, painter: QPainter, at: QPointF, words: str, ink: str, tokens: Tokens, *, left: bool
    ) -> None:
        """Words beside a place, on the side away from the handle where there is room."""
        metrics = QFontMetricsF(painter.font())
        width, height = metrics.horizontalAdvance(words) + SPACE_S, metrics.height() + 2
        before, after = at.x() - 2 * _RADIUS - width, at.x() + 2 * _RADIUS
        x = before if (left and before >= 0) or after + width > self.width() else after
        top = min(max(at.y() - height / 2, 0.0), self.height() - height)
        box = QRectF(x, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tokens.raised, 0.9))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(QColor(ink))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_handle(self, painter: QPainter, mark: HandleMark, tokens: Tokens) -> None:
        here = self.on_widget(mark.place)
        fill = QColor(tokens.accent if mark.selected else tokens.raised)
        painter.setBrush(fill)
        box = QRectF(here.x() - _RADIUS, here.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        for shade, width in ((tokens.canvas, LINE_SELECTED + 1.5), (tokens.text, LINE_CURVE)):
            painter.setPen(pen(shade, width))
            if mark.pinned:
                painter.drawRect(box)
            else:
                painter.drawEllipse(box)
        painter.setBrush(QColor(tokens.text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(here, 1.5, 1.5)
