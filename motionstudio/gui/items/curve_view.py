"""Curves of the selected dimensions: drag points and keys, bend segments, draw free-hand."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.keys import Key, keys_near
from motionstudio.gui.items.curve_surface import CurveSurface
from motionstudio.gui.items.key_drag import BendDrag, KeyDrag
from motionstudio.gui.items.soft_shape import paint_soft
from motionstudio.gui.items.stroke import CurveStroke
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.value_drag import ValueDrag

_REACH = 12.0
_KEY_REACH = 9.0
_KEYS = Qt.KeyboardModifier
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
Place = tuple[int, int]


class CurveView(CurveSurface):
    """Values over time; see ``LatentCurves`` for the signals."""

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    scrubbed = Signal(int)
    cellsDrawn = Signal(object)
    keyAdded = Signal(int, int, float)
    keysMoved = Signal(object, int, float)
    keysRemoved = Signal(object)
    keyBent = Signal(int, int, float)
    keyMenuRequested = Signal(object, QPoint)
    softWidthChanged = Signal(float)
    refused = Signal(str)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._soft_width = 2.0
        self._soft = False
        self._pencil = False
        self._drag: ValueDrag | KeyDrag | BendDrag | CurveStroke | None = None
        self._grabbed: Place = (0, 0)
        self._softness = 0.0
        self._scrubbing = False

    @property
    def picked(self) -> frozenset[Place]:
        """Selected keys as (dim, frame)."""
        return self._picked

    def set_soft(self, on: bool) -> None:
        """Whether every drag takes neighbouring frames along, without Alt."""
        self._soft = on

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation, in frames, of a soft edit."""
        self._soft_width = frames

    def set_pencil(self, on: bool) -> None:
        """Whether a drag draws values free-hand."""
        self._pencil = on
        self.setCursor(Qt.CursorShape.CrossCursor) if on else self.unsetCursor()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or not self._data.values.size:
            return
        place, keys = event.position(), event.modifiers()
        if self._pencil and self.dims and place.x() >= self.axis.gutter:
            self._begin_stroke(place)
        elif (key := self.key_at(place)) is not None:
            self._press_key(key, place, add=bool(keys & _KEYS.ControlModifier))
        elif (handle := self.handle_at(place)) is not None:
            self._press_handle(*handle)
        else:
            self._press_point(place)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._data.values.size:
            return
        place, keys = event.position(), event.modifiers()
        fine, snap = bool(keys & _KEYS.ShiftModifier), bool(keys & _KEYS.ControlModifier)
        drag = self._drag
        if isinstance(drag, ValueDrag):
            self._drag_point(drag.move(place.y(), fine=fine, snap=snap), keys)
        elif isinstance(drag, KeyDrag):
            self._drag_keys(drag, place, fine=fine, snap=snap)
        elif isinstance(drag, BendDrag):
            tension = drag.to(self._value_at(place.y()))
            self.keyBent.emit(drag.dim, drag.frame, tension)
            self.hovered.emit(f"Tension {tension:+.2f}".replace("-", "−"))
        elif isinstance(drag, CurveStroke):
            self._draw_to(drag, place)
        elif self._scrubbing:
            self.scrubbed.emit(self.axis.frame_of(self.axis.frame_at(place.x())))
        else:
            self._hover(place)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._scrubbing = False
            if self._drag is not None:
                self._end_drag()
                self.editFinished.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() is not Qt.MouseButton.LeftButton or self._pencil:
            return
        dim = self._dim_for(place)
        if dim is None or place.x() < self.axis.gutter or self.key_at(place) is not None:
            return
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        if self._data.read_only:
            self.refused.emit(self._data.read_only)
        elif not self._data.locked[row]:
            self.keyAdded.emit(row, dim, self._value_at(place.y()))
            self.pick({(dim, row)})

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        if event.reason() is QContextMenuEvent.Reason.Keyboard and self._picked:
            dim, frame = min(self._picked)
            place = self.point(frame, dim)
        key = self.key_at(place) or self._segment_at(place)
        if key is not None:
            if key not in self._picked:
                self.pick({key})
            self.keyMenuRequested.emit(key, self.mapToGlobal(place.toPoint()))
            event.accept()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & _KEYS.AltModifier:
            angle = event.angleDelta().y() or event.angleDelta().x()
            self._soft_width = min(max(0.5, self._soft_width + math.copysign(0.5, angle)), 50.0)
            self.softWidthChanged.emit(self._soft_width)
            event.accept()
        else:
            super().wheelEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._near = self._handle = None
        self.hovered.emit("")
        self.refresh()

    @override
    def event(self, event: QEvent) -> bool:
        # Delete belongs to the whole window; while keys are selected here, it removes them.
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() in _DELETE
            and self._picked
        ):
            event.accept()
            return True
        return bool(super().event(event))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._end_drag()
            self.editCancelled.emit()
        elif key == Qt.Key.Key_Escape and self._picked:
            self.pick(())
        elif key in _DELETE and self._picked:
            self.keysRemoved.emit(self._picked)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = -1 if key == Qt.Key.Key_Left else 1
            if event.modifiers() & _KEYS.AltModifier and self._picked:
                self._nudge_keys(step, 0.0)
            else:
                self.stepRequested.emit(step)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._picked:
            self._nudge_keys(0, self._limit * (0.02 if key == Qt.Key.Key_Up else -0.02))
        else:
            super().keyPressEvent(event)

    @override
    def paint_moving(self, painter: QPainter) -> None:
        super().paint_moving(painter)
        if self._softness and isinstance(self._drag, ValueDrag):
            rows, tall = (self._grabbed[0],), self.line_height(0.8)
            paint_soft(painter, self.axis, rows, self._softness, tall, self.tokens)

    def pick(self, places: object) -> None:
        """Select these keys, (dim, frame) each."""
        fresh = frozenset(places)  # type: ignore[call-overload]
        if fresh != self._picked:
            self._picked = fresh
            count = len(fresh)
            self.setAccessibleDescription(
                f"{count} key{'s' if count > 1 else ''} selected" if count else ""
            )
            self.refresh()

    def key_at(self, place: QPointF) -> Place | None:
        """(dim, frame) of the key under the pointer, or None."""
        best: tuple[float, Place] | None = None
        away = _KEY_REACH / max(self.axis.scale, 1e-6)
        time = self.axis.frame_at(place.x())
        for dim in self.dims:
            for key in keys_near(self._data.keys.of(dim), time - away, time + 1 + away):
                at = self.point(key.frame, dim)
                gap = math.hypot(at.x() - place.x(), at.y() - place.y())
                if gap <= _KEY_REACH and (best is None or gap < best[0]):
                    best = (gap, (dim, key.frame))
        return None if best is None else best[1]

    def handle_at(self, place: QPointF) -> tuple[int, Key, Key] | None:
        """The segment whose middle is under the pointer: dimension and its two keys."""
        for dim in self.dims:
            for one, two in self.segments(dim):
                if abs(self.axis.centre((one.frame + two.frame) / 2) - place.x()) > _KEY_REACH:
                    continue
                at = self.middle(dim, one, two)
                if math.hypot(at.x() - place.x(), at.y() - place.y()) <= _KEY_REACH:
                    return dim, one, two
        return None

    def _press_key(self, key: Place, place: QPointF, *, add: bool) -> None:
        if add:
            self.pick(self._picked ^ {key})
            return
        if key not in self._picked:
            self.pick({key})
        dim, frame = key
        if self._data.locked[frame]:
            return
        per_pixel = 2 * self._limit / max(1.0, self._plot().height())
        value = float(self._data.values[frame, dim])
        sigma = self._data.sigma(frame, dim)
        self._drag = KeyDrag(place, self.axis.scale, per_pixel, value, sigma)
        self.editStarted.emit()

    def _press_handle(self, dim: int, one: Key, two: Key) -> None:
        self._drag = BendDrag(dim, one, two)
        self._handle = (dim, one.frame)
        self.editStarted.emit()

    def _press_point(self, place: QPointF) -> None:
        self.pick(())
        near = self._nearest(place)
        if near is None or self._data.locked[near[0]]:
            self._scrubbing = True
            self.scrubbed.emit(self.axis.frame_of(self.axis.frame_at(place.x())))
            return
        row, dim = self._grabbed = near
        self._drag = ValueDrag(
            place.y(),
            2 * self._limit / max(1.0, self._plot().height()),
            float(self._data.values[row, dim]),
            self._data.sigma(row, dim),
        )
        self.editStarted.emit()

    def _drag_point(self, change: float, keys: Qt.KeyboardModifier) -> None:
        soft = self._soft or bool(keys & _KEYS.AltModifier)
        self._softness = self._soft_width if soft else 0.0
        row, dim = self._grabbed
        self.valuesDragged.emit((row,), (dim,), change, self._softness)
        self.hovered.emit(self._data.describe(row, dim))

    def _drag_keys(self, drag: KeyDrag, place: QPointF, *, fine: bool, snap: bool) -> None:
        if drag.move(place, fine=fine, snap=snap):
            self.keysMoved.emit(self._picked_at_press(drag), drag.by, drag.up)
            self._picked = frozenset((d, f + drag.by) for d, f in self._picked_at_press(drag))
            words = "frames" if drag.by else "value"
            amount = f"{drag.by:+d}" if drag.by else f"{drag.up:+.2f}"
            self.hovered.emit(f"Move keys: {words} {amount}".replace("-", "−"))

    def _picked_at_press(self, drag: KeyDrag) -> frozenset[Place]:
        if drag.picked is None:
            drag.picked = self._picked
        return drag.picked

    def _begin_stroke(self, place: QPointF) -> None:
        dim = self._dim_for(place, anywhere=True)
        if dim is None:
            return
        self._drag = CurveStroke(dim)
        self.editStarted.emit()
        self._draw_to(self._drag, place)

    def _draw_to(self, stroke: CurveStroke, place: QPointF) -> None:
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        value = min(max(self._value_at(place.y()), -self._limit), self._limit)
        stroke.go(row, value, self._data.locked)
        if stroke.cells():
            self.cellsDrawn.emit(stroke.cells())
        self.hovered.emit(self._data.describe(row, stroke.dim))

    def _nudge_keys(self, by: int, up: float) -> None:
        self.editStarted.emit()
        self.keysMoved.emit(self._picked, by, up)
        picked = frozenset((dim, frame + by) for dim, frame in self._picked)
        self.editFinished.emit()
        self.pick(place for place in picked if self._data.keys.at(place[1], place[0]))

    @override
    def _is_dragging(self) -> bool:
        return self._drag is not None

    def _end_drag(self) -> None:
        self._drag, self._softness, self._handle = None, 0.0, None
        known = {(dim, key.frame) for dim, keys in self._data.keys.curves for key in keys}
        self._picked &= known
        self._fit_limit(grow_only=True)
        self.refresh()

    def _dim_for(self, place: QPointF, *, anywhere: bool = False) -> int | None:
        """The dimension meant by a place: the nearest curve, or the only one."""
        if not self.dims or not self._data.values.size:
            return None
        if len(self.dims) == 1:
            return self.dims[0]
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        dim = min(self.dims, key=lambda d: abs(self.point(row, d).y() - place.y()))
        near = abs(self.point(row, dim).y() - place.y()) <= _REACH
        return dim if near or anywhere else None

    def _segment_at(self, place: QPointF) -> Place | None:
        """The key at which the segment under the pointer begins, or None."""
        dim = self._dim_for(place)
        if dim is None:
            return None
        row = self.axis.frame_at(place.x())
        keys = self._data.keys.of(dim)
        before = [k for k in keys if k.frame <= row]
        return (dim, before[-1].frame) if before and row <= keys[-1].frame else None

    def _nearest(self, place: QPointF) -> Place | None:
        if not self.dims or not self.axis.gutter <= place.x() < self.axis.end:
            return None
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        dim = min(self.dims, key=lambda d: abs(self.point(row, d).y() - place.y()))
        return (row, dim) if abs(self.point(row, dim).y() - place.y()) <= _REACH else None

    def _hover(self, place: QPointF) -> None:
        key, handle = self.key_at(place), self.handle_at(place)
        near = self._nearest(place) if key is None else (key[1], key[0])
        over = None if handle is None or key else (handle[0], handle[1].frame)
        if (near, over) != (self._near, self._handle):
            self._near, self._handle = near, over
            self.refresh()
        if over is not None:
            self.setCursor(Qt.CursorShape.SizeVerCursor)
            self.hovered.emit("Drag up or down to bend this segment; right-click: easing")
            return
        if near is None:
            self.setCursor(Qt.CursorShape.CrossCursor) if self._pencil else self.unsetCursor()
            row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
            addable = self._dim_for(place) is not None and not self._data.read_only
            more = " · double-click adds a key" if addable else ""
            self.hovered.emit(f"Frame {row} of 0-{self._data.frames - 1}{more}")
            return
        free = not self._data.locked[near[0]]
        shape = Qt.CursorShape.SizeAllCursor if key else Qt.CursorShape.SizeVerCursor
        self.setCursor(shape if free else Qt.CursorShape.ForbiddenCursor)
        words = self._data.describe(*near)
        if key is None and free:
            words += " · double-click adds a key"
        self.hovered.emit(words)
