"""Keypoints over a picture: discs that are dragged, axes that are pulled, boxes that select."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from typing_extensions import override

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.keypoint_mark import (
    ARM,
    GROUP,
    KeypointMark,
    Part,
    paint_arms,
    paint_disc,
    paint_words,
    part_at,
)
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.picture_layer import PictureLayer, notches
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import DARK, LINE_CURVE, Tokens

_KEYS = Qt.KeyboardModifier
_FINE, _COARSE = 0.1, 10.0
_DRAG_FROM = 3.0
_STEPS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_RESETS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class KeypointLayer(PictureLayer):
    """Lies over a canvas, paints keypoints and, while the tool is on, takes its left button.

    Mouse: a disc moves, with it all that are selected; the tip of the first axis (dot) turns and
    zooms, Shift only turns, Ctrl only zooms; the second axis (square) shears. Shift or Ctrl and a
    click add to the selection, a drag over the picture selects in a box. Keys: arrows move
    (Shift a tenth, Ctrl ten pixels), Alt+left and right turn, Alt+up and down zoom, Delete resets
    to what was encoded, Ctrl+A selects all, Esc cancels a drag or clears the selection.

    Signals:
        pressed: index and ``Part`` under the button, and whether a click only selects.
        moved: change in x and y since the press, pixels of the picture.
        pulled: change of the axis since the press in units of an axis at rest, along the
            picture's x and y; whether it may only turn; whether only its size may change.
        released: the button went up, or the last key.
        cancelled: Esc while dragging.
        picked: indices in the box, and whether they join the selection.
        nudged: change in x and y by an arrow key. turned: steps of turn and of size by keys.
        resetRequested: Delete was pressed. allRequested: Ctrl+A was.
        spreadChanged: notches of the wheel with Alt.
        hovered: read-out for the status bar.
    """

    pressed = Signal(int, object, bool)
    moved = Signal(float, float)
    pulled = Signal(float, float, bool, bool)
    released = Signal()
    cancelled = Signal()
    picked = Signal(object, bool)
    nudged = Signal(float, float)
    turned = Signal(float, float)
    resetRequested = Signal()
    allRequested = Signal()
    spreadChanged = Signal(float)
    hovered = Signal(str)

    def __init__(self, canvas: PictureCanvas, takes: Callable[[], bool]) -> None:
        super().__init__(canvas, takes)
        self._marks: tuple[KeypointMark, ...] = ()
        self._near: int | None = None
        self._part = Part.DISC
        self._from = QPointF()
        self._box: QRectF | None = None
        self._keyed = self._far = False

    @property
    def marks(self) -> tuple[KeypointMark, ...]:
        """What is painted."""
        return self._marks

    def set_marks(self, marks: tuple[KeypointMark, ...]) -> None:
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
            self._drag(event)
            return True
        if kind is QEvent.Type.MouseMove and self._takes():
            self._hover(event.position())
        if kind is QEvent.Type.MouseButtonRelease and left and self._down:
            self._release(event)
            return True
        return kind is QEvent.Type.MouseButtonDblClick and left and self._takes()

    @override
    def take_wheel(self, event: QWheelEvent) -> bool:
        if not event.modifiers() & _KEYS.AltModifier or not self._takes():
            return False
        self.spreadChanged.emit(notches(event))
        event.accept()
        return True

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if not self._is_ours(event):
            return False
        kind = event.type()
        if kind is QEvent.Type.ShortcutOverride:
            event.accept()
        elif kind is QEvent.Type.KeyPress:
            self._key_down(Qt.Key(event.key()), event.modifiers())
        elif kind is QEvent.Type.KeyRelease and self._keyed and not event.isAutoRepeat():
            self._keyed = False
            self.released.emit()
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._size is None or not self._tool or not self._marks or not self._takes():
            return
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(font("caption", tabular=True))
        places = self._places()
        pairs = list(enumerate(zip(self._marks, places, strict=True)))
        pairs.sort(key=lambda pair: (pair[1][0].selected, pair[0] == self._near))
        for number, (mark, at) in pairs:
            strong = mark.selected or number == self._near
            paint_arms(painter, mark, at, tokens, strong=strong)
        for number, (mark, at) in pairs:
            paint_disc(painter, mark, at, tokens, near=number == self._near)
        self._paint_words(painter, places, tokens)
        if self._box is not None:
            self._paint_box(painter, self._box, tokens)

    def _press(self, event: QMouseEvent) -> bool:
        pointer, keys = event.position(), event.modifiers()
        if not self._canvas.rect().contains(pointer.toPoint()):
            return False
        found = part_at(self._marks, self._places(), pointer)
        if found is None and not self._canvas.picture_rect().contains(pointer):
            return False
        self._canvas.activated.emit()
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self._down, self._from, self._far = True, pointer, False
        adds = bool(keys & (_KEYS.ShiftModifier | _KEYS.ControlModifier))
        if found is None:
            self._box = QRectF(pointer, pointer)
            return True
        self._near, self._part = found
        index = self._marks[self._near].index
        only = adds and self._part is Part.DISC and index != GROUP
        self._down = not only
        self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.pressed.emit(index, self._part, only)
        self.update()
        return True

    def _drag(self, event: QMouseEvent) -> None:
        pointer, keys = event.position(), event.modifiers()
        if self._box is not None:
            self._box = QRectF(self._from, pointer).normalized()
            self.update()
            return
        by = pointer - self._from
        # A click that shakes a little moves nothing.
        self._far = self._far or by.manhattanLength() >= _DRAG_FROM
        if not self._far:
            return
        if self._part is Part.DISC:
            start, now = self.in_picture(self._from), self.in_picture(pointer)
            self.moved.emit(now[0] - start[0], now[1] - start[1])
        else:
            turn, size = bool(keys & _KEYS.ShiftModifier), bool(keys & _KEYS.ControlModifier)
            self.pulled.emit(by.x() / ARM, by.y() / ARM, turn, size)

    def _release(self, event: QMouseEvent) -> None:
        self._down = False
        box, self._box = self._box, None
        self._hover(event.position())
        if box is None:
            self.released.emit()
            return
        adds = bool(event.modifiers() & (_KEYS.ShiftModifier | _KEYS.ControlModifier))
        inside = [
            mark.index
            for mark, at in zip(self._marks, self._places(), strict=True)
            if mark.index != GROUP and box.contains(at)
        ]
        self.picked.emit(tuple(inside), adds)
        self.update()

    def _hover(self, pointer: QPointF) -> None:
        found = part_at(self._marks, self._places(), pointer)
        near = None if found is None else found[0]
        shape = Qt.CursorShape.CrossCursor if found is None else Qt.CursorShape.OpenHandCursor
        self._canvas.setCursor(shape)
        if near == self._near:
            return
        self._near = near
        mark = None if near is None else self._marks[near]
        self.hovered.emit("" if mark is None else f"{mark.name} · {mark.words}")
        self.update()

    def _is_ours(self, event: QKeyEvent) -> bool:
        key, keys = event.key(), event.modifiers()
        busy = self._down or self._keyed
        selected = any(mark.selected for mark in self._marks)
        if key == Qt.Key.Key_Escape:
            return busy or selected
        if key == Qt.Key.Key_A:
            return bool(keys & _KEYS.ControlModifier)
        return selected and (key in _STEPS or key in _RESETS)

    def _key_down(self, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_A:
            self.allRequested.emit()
        elif key in _RESETS:
            self.resetRequested.emit()
        else:
            factor = _FINE if keys & _KEYS.ShiftModifier else 1.0
            factor = _COARSE if keys & _KEYS.ControlModifier else factor
            self._keyed = True
            x, y = (factor * step for step in _STEPS[key])
            if keys & _KEYS.AltModifier:
                self.turned.emit(x, -y)
            else:
                self.nudged.emit(x, y)

    def _escape(self) -> None:
        busy = self._down or self._keyed
        self._down = self._keyed = False
        if self._box is not None:
            self._box = None
            self.update()
        elif busy:
            self.cancelled.emit()
        else:
            self.picked.emit((), False)

    def _places(self) -> tuple[QPointF, ...]:
        return tuple(self.on_widget(mark.place) for mark in self._marks)

    def _paint_words(self, painter: QPainter, places: tuple[QPointF, ...], tokens: Tokens) -> None:
        """The name of what is near; while it is dragged how far it is from rest."""
        if self._near is None or self._near >= len(self._marks):
            return
        mark = self._marks[self._near]
        words = f"{mark.name} · {mark.words}" if self._down and mark.words else mark.name
        paint_words(painter, places[self._near], words, QRectF(self.rect()), tokens)

    def _paint_box(self, painter: QPainter, box: QRectF, tokens: Tokens) -> None:
        painter.setPen(pen(DARK.canvas, LINE_CURVE + 1.5, 0.6))
        painter.setBrush(colour(tokens.accent, 0.12))
        painter.drawRect(box)
        painter.setPen(pen(tokens.accent, LINE_CURVE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
