"""The box of the crop over a picture: what lies outside is dimmed, handles move and resize it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core import crop_box
from motionstudio.core.crop_box import GRIPS, Grip
from motionstudio.core.picture import Box
from motionstudio.core.turned import TurnedBox
from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import DARK, LINE_SELECTED, RADIUS, SPACE_S, SPACE_XS, Tokens

_HANDLE = 9.0
_GRAB = 12.0
_SNAP = 8.0
_DIM = 0.6
_KNOB_OUT = 22.0
_UPRIGHT = 2.5
_COARSE = 10
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_SIZES = {Qt.Key.Key_Plus: 2, Qt.Key.Key_Equal: 2, Qt.Key.Key_Minus: -2}
_TURNS = {Qt.Key.Key_BracketLeft: -1.0, Qt.Key.Key_BracketRight: 1.0}
_CURSORS = {
    (0, 0): Qt.CursorShape.SizeAllCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 0): Qt.CursorShape.SizeVerCursor,
    (1, 0): Qt.CursorShape.SizeVerCursor,
    (0, -1): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeHorCursor,
}


class CropLayer(QWidget):
    """Lies over a canvas; while it is on, it takes the left button and the arrow keys.

    Drag inside the box to move it, a handle to resize it, the knob to turn it. Keys: arrows move
    by a pixel (Shift: ten), plus and minus resize, the square brackets turn by a degree. Edges
    snap onto the picture's unless Ctrl is held.

    Signals:
        boxChanged: (y, x, height, width) and degrees while the hand or a key moves it.
        released: the hand let go, or a key came up.
        cancelled: Esc while dragging.

    Args:
        canvas: the canvas; it becomes the parent.
    """

    boxChanged = Signal(object, float)
    released = Signal()
    cancelled = Signal()

    def __init__(self, canvas: PictureCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._size: tuple[int, int] | None = None
        self._box: Box = (0, 0, 1, 1)
        self._angle, self._square, self._on = 0.0, True, False
        self._held: tuple[Grip | None, QPointF, Box] | None = None
        self._keyed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(canvas.rect())
        self.hide()
        canvas.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """Whether the box is shown and can be dragged."""
        return self._on and self._size is not None

    @property
    def box(self) -> Box:
        """(y, x, height, width) in pixels of the picture."""
        return self._box

    def show_box(
        self, size: tuple[int, int] | None, box: Box, angle: float, *, square: bool, on: bool
    ) -> None:
        """Show another box, or none.

        Args:
            size: (H, W) of the picture, or None while there is none.
            box: (y, x, height, width).
            angle: degrees, clockwise.
            square: whether it stays square.
            on: whether it is shown.
        """
        self._size, self._box, self._angle, self._square = size, box, angle, square
        if on != self._on:
            self._on, self._held, self._keyed = on, None, False
            self._canvas.unsetCursor()
        self.setVisible(self.is_on)
        self.update()

    def corners(self) -> list[QPointF]:
        """Where the corners are painted, clockwise from the upper left one."""
        return [self._on_widget(*place) for place in TurnedBox(self._box, self._angle).corners()]

    def place_of(self, grip: Grip) -> QPointF:
        """Where a handle is painted; (0, 0): the middle."""
        corners = self.corners()
        across, down = (grip[1] + 1) / 2, (grip[0] + 1) / 2
        top = corners[0] + (corners[1] - corners[0]) * across
        bottom = corners[3] + (corners[2] - corners[3]) * across
        return top + (bottom - top) * down

    def knob(self) -> QPointF:
        """Where the knob is painted that turns the box: inside, so that it is always in reach."""
        line = QLineF(self.place_of((-1, 0)), self.place_of((0, 0)))
        line.setLength(min(_KNOB_OUT, line.length() / 2))
        return line.p2()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what belongs to the box; let the canvas have the rest."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        if not self.is_on:
            return False
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        return isinstance(event, QKeyEvent) and self._key(event)

    def _mouse(self, event: QMouseEvent) -> bool:
        left, kind = event.button() is Qt.MouseButton.LeftButton, event.type()
        if kind is QEvent.Type.MouseButtonPress and left:
            return self._press(event.position())
        if kind is QEvent.Type.MouseMove and self._held is not None:
            self._drag(event)
            return True
        if kind is QEvent.Type.MouseMove:
            self._show_cursor(event.position())
        if kind is QEvent.Type.MouseButtonRelease and left and self._held is not None:
            self._held = None
            self.released.emit()
            return True
        # A double click would fit the picture: with a handle under it that is never meant.
        return kind is QEvent.Type.MouseButtonDblClick and left

    def _press(self, place: QPointF) -> bool:
        self._canvas.activated.emit()
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        if _near(self.knob(), place):
            self._held = (None, place, self._box)
            return True
        grip = self._grip_at(place)
        if grip is None:
            return False
        self._held = (grip, place, self._box)
        return True

    def _grip_at(self, place: QPointF) -> Grip | None:
        """The handle within reach, (0, 0) inside the box, None outside."""
        near = [grip for grip in GRIPS if _near(self.place_of(grip), place)]
        if near:
            return min(near, key=lambda grip: QLineF(self.place_of(grip), place).length())
        inside = QPolygonF(self.corners()).containsPoint(place, Qt.FillRule.OddEvenFill)
        return (0, 0) if inside else None

    def _drag(self, event: QMouseEvent) -> None:
        assert self._held is not None
        grip, start, box = self._held
        free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if grip is None:
            self._turn_to(event.position(), free=free)
            return
        step = self._upright(event.position() - start)
        size, snap = self._size or (1, 1), 0.0 if free else _SNAP * self._pixel()
        if self._angle and grip != (0, 0):
            outward = step[0] * grip[0] + step[1] * grip[1]
            made = crop_box.grown(box, size, 2 * outward, square=self._square)
        elif self._angle:
            y, x, height, width = box
            shift = (event.position() - start) * self._pixel()
            made = (y + round(shift.y()), x + round(shift.x()), height, width)
        elif grip == (0, 0):
            made = crop_box.moved(box, size, *step, snap=snap)
        else:
            made = crop_box.resized(box, size, grip, *step, square=self._square, snap=snap)
        self._take(made, self._angle)

    def _turn_to(self, place: QPointF, *, free: bool) -> None:
        # From the middle up is 0; QLineF counts counter-clockwise from the right.
        turned = (90 - QLineF(self.place_of((0, 0)), place).angle() + 180) % 360 - 180
        upright = abs(turned) < _UPRIGHT and not free
        self._take(self._box, 0.0 if upright else float(round(turned)))

    def _key(self, event: QKeyEvent) -> bool:
        key, kind = Qt.Key(event.key()), event.type()
        escape = key == Qt.Key.Key_Escape and (self._held is not None or self._keyed)
        if not (key in _STEPS or key in _SIZES or key in _TURNS or escape):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            event.accept()
        elif kind is QEvent.Type.KeyPress:
            self._key_down(key, event)
        elif kind is QEvent.Type.KeyRelease and self._keyed and not event.isAutoRepeat():
            self._keyed = False
            self.released.emit()
        return True

    def _key_down(self, key: Qt.Key, event: QKeyEvent) -> None:
        if key == Qt.Key.Key_Escape:
            self._held, self._keyed = None, False
            self.cancelled.emit()
            return
        self._keyed = True
        size, far = self._size or (1, 1), 1
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            far = _COARSE
        if key in _TURNS:
            turned = (self._angle + _TURNS[key] + 180) % 360 - 180
            self._take(self._box, turned)
        elif key in _SIZES:
            made = crop_box.grown(self._box, size, far * _SIZES[key], square=self._square)
            tall, wide = min(made[2], size[0]), min(made[3], size[1])
            if self._square:
                tall = wide = min(tall, wide)
            fits = made if self._angle else crop_box.moved((*made[:2], tall, wide), size, 0, 0)
            self._take(fits, self._angle)
        else:
            down, across = _STEPS[key]
            self._take(crop_box.moved(self._box, size, far * down, far * across), self._angle)

    def _take(self, box: Box, angle: float) -> None:
        if (box, angle) != (self._box, self._angle):
            self._box, self._angle = box, angle
            self.update()
            self.boxChanged.emit(box, angle)

    def _pixel(self) -> float:
        """Picture pixels for each coordinate of the widget."""
        area = self._canvas.picture_rect()
        return 1.0 if self._size is None or area.isEmpty() else self._size[1] / area.width()

    def _upright(self, step: QPointF) -> tuple[float, float]:
        """A step on the widget as pixels down and across of the upright box."""
        moved = np.array([step.x(), step.y()]) * self._pixel()
        turned = TurnedBox((0, 0, 1, 1), self._angle)
        x, y = turned.to_upright(moved) - turned.to_upright(np.zeros(2))
        return float(y), float(x)

    def _on_widget(self, x: float, y: float) -> QPointF:
        area = self._canvas.picture_rect()
        height, width = self._size or (1, 1)
        across, down = (x + 0.5) / width, (y + 0.5) / height
        return QPointF(area.left() + across * area.width(), area.top() + down * area.height())

    def _show_cursor(self, place: QPointF) -> None:
        if _near(self.knob(), place):
            self._canvas.setCursor(Qt.CursorShape.PointingHandCursor)
            return
        grip = self._grip_at(place)
        if grip is None:
            self._canvas.unsetCursor()
        else:
            turned = self._angle and grip != (0, 0)
            shape = Qt.CursorShape.SizeAllCursor if turned else _CURSORS[grip]
            self._canvas.setCursor(shape)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_on:
            return
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        corners = self.corners()
        seen, whole = QPainterPath(), QPainterPath()
        seen.addPolygon(QPolygonF([*corners, corners[0]]))
        whole.addRect(self._canvas.picture_rect())
        painter.fillPath(whole.subtracted(seen), colour(DARK.canvas, _DIM))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((DARK.canvas, LINE_SELECTED + 1.5), (tokens.accent, LINE_SELECTED)):
            painter.setPen(pen(shade, width))
            painter.drawPath(seen)
            painter.drawLine(self.place_of((-1, 0)), self.knob())
        painter.setPen(pen(DARK.canvas, 1))
        painter.setBrush(QColor(tokens.accent))
        for grip in GRIPS:
            handle = QRectF(0, 0, _HANDLE, _HANDLE)
            handle.moveCenter(self.place_of(grip))
            painter.drawRect(handle)
        painter.drawEllipse(self.knob(), _HANDLE / 2, _HANDLE / 2)
        self._paint_size(painter, tokens)

    def _paint_size(self, painter: QPainter, tokens: Tokens) -> None:
        """Width and height in pixels of the picture, inside the box at its lower edge."""
        words = f"{self._box[3]} × {self._box[2]}"
        if self._angle:
            words += f"  {self._angle:+g}°".replace("-", "−")
        painter.setFont(font("caption", tabular=True))
        metrics = QFontMetricsF(painter.font())
        room = QRectF(0, 0, metrics.horizontalAdvance(words) + SPACE_S, metrics.height() + 2)
        foot = self.place_of((1, 0)) - QPointF(0, room.height() / 2 + _HANDLE + SPACE_XS)
        room.moveCenter(foot)
        room.moveBottom(min(room.bottom(), self.height() - SPACE_XS))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tokens.raised, 0.9))
        painter.drawRoundedRect(room, RADIUS, RADIUS)
        painter.setPen(QColor(tokens.text))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), words)


def _near(handle: QPointF, place: QPointF) -> bool:
    return QLineF(handle, place).length() <= _GRAB
