"""The latent matrix itself: select cells, drag or paint their values, type, name, mute, reset."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.items.cell_selection import CellSelection, selection
from motionstudio.gui.items.matrix_groups import MatrixGroups
from motionstudio.gui.items.matrix_keys import ARROWS, EDITING
from motionstudio.gui.items.selection_cursor import Reach
from motionstudio.gui.items.soft_shape import paint_soft
from motionstudio.gui.items.stroke import CellStroke
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.value_drag import FINE, ValueDrag
from motionstudio.gui.items.value_editor import ValueEditor

_DRAG_FROM = 3
_PIXELS_FOR_LIMIT = 100.0
_NUDGE = 0.05
_KEYS = Qt.KeyboardModifier
_REACHES: dict[str, Reach] = {"box": "box", "frames": "frames", "dims": "dims"}


class MatrixView(MatrixGroups):
    """The matrix with its gestures and keys; see ``LatentMatrix`` for the signals."""

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    valueTyped = Signal(object, object, float)
    resetRequested = Signal(object, object)
    softWidthChanged = Signal(float)
    cellsDrawn = Signal(object)
    refused = Signal(str)
    menuRequested = Signal(QPoint)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._soft, self._soft_width = False, 2.0
        self._gesture = ""
        self._press = QPointF()
        self._drag: ValueDrag | None = None
        self._total = 0.0
        self._pencil = False
        self._stroke: CellStroke | None = None
        self._shown_softness = 0.0

    def set_soft(self, on: bool) -> None:
        """Whether every drag takes neighbouring frames along, without Alt."""
        self._soft = on

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation, in frames, of a soft edit."""
        self._soft_width = frames

    def set_pencil(self, on: bool) -> None:
        """Whether a drag paints the value of its first cell over the cells that it crosses."""
        self._pencil = on
        if on:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or not self._data.values.size:
            return
        self._press, keys = event.position(), event.modifiers()
        self._gesture = "group" if self._press_group(event) else ""
        if self._gesture:
            return
        cell = self._cell_at(event.position())
        if self._press.y() < self.head_height:
            self._begin_reach("frames", cell, keys)
        elif self._press.x() < self.axis.gutter:
            self._press_gutter(cell, keys)
        elif self._pencil:
            self._begin_stroke(cell)
        else:
            self._press_cell(cell, keys)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._data.values.size:
            return
        cell = self._cell_at(event.position())
        if not self._gesture:
            self._hover_head(event.position(), cell[1])
        if self._gesture == "group":
            self._drag_group(cell[0])
        elif self._gesture in _REACHES:
            self._extend_to(cell)
        elif self._gesture == "paint":
            self._continue_stroke(cell)
        elif self._gesture == "press":
            self._begin_drag(event)
        if self._gesture == "drag":
            self._continue_drag(event.position().y(), event.modifiers())
            cell = self._cursor.anchor
        self._show_cursor(event.position(), *cell)
        self.hovered.emit(self._read_out(event.position(), *cell))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        gesture, self._gesture = self._gesture, ""
        if gesture == "drag":
            self._drag = None
            self._show_softness(0.0)
            self.editFinished.emit()
        elif gesture == "paint":
            self._stroke = None
            self.editFinished.emit()
        elif gesture == "press":
            row, dim = self._cursor.anchor
            self._choose(selection([row], [dim]))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if not self._data.values.size or event.button() is not Qt.MouseButton.LeftButton:
            return
        group = self.group_at(place)
        if group is not None:
            self._gesture = ""
            if not self._group_button(place.x()):
                self.groupToggled.emit(group.name)
            return
        if not self._layout.order or place.y() < self.head_height:
            return
        row, dim = self._cell_at(place)
        if place.x() < self.axis.gutter:
            if not self._on_button(place.x(), dim):
                self._gesture = ""
                self.name_dim(dim)
        elif self._data.read_only:
            self._gesture = ""
            self.refused.emit(self._data.read_only)
        elif not self._pencil:
            self._gesture = ""
            self._open_editor(row, dim)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")
        self._leave_head()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._data.values.size:
            return
        place = QPointF(event.pos())
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._choose_for_menu(place)
        elif self._chosen.count:
            area = self.cell_rect(*self._cursor.anchor)
            place = area.center() if not area.isEmpty() else QPointF(self.rect().center())
        self.menuRequested.emit(self.mapToGlobal(place.toPoint()))
        event.accept()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & _KEYS.AltModifier:
            angle = event.angleDelta().y() or event.angleDelta().x()
            self._change_soft_width(1 if angle > 0 else -1)
            event.accept()
        elif event.position().x() < self.axis.gutter and self._layout.hidden:
            self._scroll.event(event)
        else:
            super().wheelEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self._data.values.size or self._refuses(key):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen.count:
            self.resetRequested.emit(self._chosen.rows, self._chosen.dims)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen.count:
            self._open_editor(*self._cursor.anchor)
        elif key == Qt.Key.Key_F2 and self._chosen.count:
            self.name_dim(self._cursor.anchor[1])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            page = self._scroll.pageStep() * (-1 if key == Qt.Key.Key_PageUp else 1)
            self._scroll.setValue(self._scroll.value() + page)
        elif key == Qt.Key.Key_A and event.modifiers() & _KEYS.ControlModifier:
            self._choose(selection(range(self._data.frames), range(self._data.dims)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._nudge(-1 if key == Qt.Key.Key_Minus else 1, event.modifiers())
        elif key in ARROWS:
            self._walk(ARROWS[Qt.Key(key)], extend=bool(event.modifiers() & _KEYS.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _refuses(self, key: int) -> bool:
        """Tell why a key that edits does nothing; whether it was one."""
        refused = bool(self._data.read_only) and key in EDITING and bool(self._chosen.count)
        if refused:
            self.refused.emit(self._data.read_only)
        return refused

    def _begin_reach(self, reach: Reach, cell: tuple[int, int], keys: _KEYS) -> None:
        """Choose from here on while the button is down, with Shift from where it was before."""
        if not keys & _KEYS.ShiftModifier:
            self._cursor.put(cell)
        self._gesture = reach
        self._extend_to(cell)

    def _press_gutter(self, cell: tuple[int, int], keys: _KEYS) -> None:
        if self._press_button(self._press.x(), cell[1], add=bool(keys & _KEYS.ShiftModifier)):
            return
        if not keys & _KEYS.ControlModifier:
            self._begin_reach("dims", cell, keys)
            return
        if not keys & _KEYS.ShiftModifier:
            self._cursor.put(cell)
        self._add_dim(cell[1])

    def _press_cell(self, cell: tuple[int, int], keys: _KEYS) -> None:
        if keys & _KEYS.ShiftModifier:
            self._begin_reach("box", cell, keys)
            return
        if keys & _KEYS.ControlModifier:
            self._choose(self._chosen.toggled(*cell))
            return
        self._cursor.put(cell)
        if cell in self._chosen:
            self._gesture = "press"
            return
        self._choose(selection([cell[0]], [cell[1]]))
        self.scrubbed.emit(self.axis.frame_of(cell[0]))
        self._gesture = "press" if keys & _KEYS.AltModifier else "box"

    def _begin_drag(self, event: QMouseEvent) -> None:
        if abs(event.position().y() - self._press.y()) < _DRAG_FROM:
            return
        if not self._free_rows():
            self._gesture = ""
            if self._data.read_only:
                self.refused.emit(self._data.read_only)
            return
        row, dim = self._cursor.anchor
        self._drag = ValueDrag(
            self._press.y(),
            self._limit / _PIXELS_FOR_LIMIT,
            float(self._data.values[row, dim]),
            self._data.sigma(row, dim),
        )
        self._gesture = "drag"
        self.editStarted.emit()

    def _continue_drag(self, y: float, keys: Qt.KeyboardModifier) -> None:
        if self._drag is None:
            return
        self._total = self._drag.move(
            y,
            fine=bool(keys & _KEYS.ShiftModifier),
            snap=bool(keys & _KEYS.ControlModifier),
        )
        self._emit_drag(soft=bool(keys & _KEYS.AltModifier))

    def _emit_drag(self, *, soft: bool) -> None:
        width = self._soft_width if soft or self._soft else 0.0
        self._show_softness(width)
        self.valuesDragged.emit(self._free_rows(), self._chosen.dims, self._total, width)

    def _nudge(self, sign: int, keys: Qt.KeyboardModifier) -> None:
        rows = self._free_rows()
        if not rows:
            return
        step = self._limit * _NUDGE * (FINE if keys & _KEYS.AltModifier else 1.0)
        self.editStarted.emit()
        self.valuesDragged.emit(rows, self._chosen.dims, sign * step, 0.0)
        self.editFinished.emit()

    def _change_soft_width(self, notches: int) -> None:
        self._soft_width = min(max(0.5, self._soft_width + 0.5 * notches), 50.0)
        self.softWidthChanged.emit(self._soft_width)
        if self._gesture == "drag":
            self._emit_drag(soft=True)

    def _escape(self) -> None:
        if self._gesture in ("drag", "paint"):
            self._gesture, self._drag, self._stroke = "", None, None
            self._show_softness(0.0)
            self.editCancelled.emit()
        else:
            self._choose(CellSelection())

    def _walk(self, step: tuple[int, int], *, extend: bool) -> None:
        order = self._layout.order
        if not order:
            self.stepRequested.emit(step[0])
            return
        if not self._chosen.count:
            row = min(self.axis.row_of(self._current), self._data.frames - 1)
            self._cursor.put((row, order[0]))
            step = (0, 0)
        elif self._cursor.end[1] not in order or self._cursor.anchor[1] not in order:
            self._cursor.put((self._cursor.anchor[0], order[0]))
        cell = self._cursor.walked(step, self._data.frames, order, extend=extend)
        if not extend:
            self._cursor.put(cell)
        self._gesture = ""
        self._extend_to(cell)
        self.reveal(*cell)
        self.hovered.emit(self._data.describe(*cell))
        self.scrubbed.emit(self.axis.frame_of(cell[0]))

    def _extend_to(self, cell: tuple[int, int]) -> None:
        if not self._layout.order:
            return
        reach = _REACHES.get(self._gesture, "box")
        if self._cursor.anchor[1] not in self._layout.order:
            self._cursor.put(cell)
        self._choose(self._cursor.reach(cell, self._data.frames, self._layout.order, reach))

    def _open_editor(self, row: int, dim: int) -> None:
        if (row, dim) not in self._chosen:
            self._choose(selection([row], [dim]))
        if not self._free_rows():
            return
        self.editor = ValueEditor(
            self, self.cell_rect(row, dim), float(self._data.values[row, dim])
        )
        self.editor.setAccessibleName(f"New value of {self._chosen.describe(self._data.names)}")
        self.editor.entered.connect(self._commit_editor)
        self.editor.closed.connect(self._forget_editor)

    def _begin_stroke(self, cell: tuple[int, int]) -> None:
        self._stroke = CellStroke(cell, float(self._data.values[cell]))
        self._gesture = "paint"
        self.editStarted.emit()
        self.scrubbed.emit(self.axis.frame_of(cell[0]))

    def _continue_stroke(self, cell: tuple[int, int]) -> None:
        if self._stroke is None:
            return
        order = self._layout.order
        if self._stroke.go(cell, order, self._data.locked):
            self.cellsDrawn.emit(self._stroke.cells())

    def _show_softness(self, width: float) -> None:
        if width != self._shown_softness:
            self._shown_softness = width
            self.update()

    @override
    def paint_moving(self, painter: QPainter) -> None:
        super().paint_moving(painter)
        if self._shown_softness and self._chosen.count:
            self.clip_to_frames(painter)
            rows, width = self._free_rows(), self._shown_softness
            paint_soft(painter, self.axis, rows, width, self.head_height, self.tokens)

    def _commit_editor(self, value: float) -> None:
        self.valueTyped.emit(self._free_rows(), self._chosen.dims, value)

    def _read_out(self, place: QPointF, row: int, dim: int) -> str:
        group = self.group_at(place)
        if group is not None and self._gesture != "drag":
            return self.describe_group(group, place.x())
        if place.x() < self.axis.gutter and self._gesture != "drag":
            return self.describe_head(place.x(), dim)
        if self._pencil and not self._gesture:
            return f"{self._data.describe(row, dim)} · drag paints this value over other cells"
        words = self._data.describe(row, dim)
        if not self._gesture and not self._data.locked[row]:
            first = "" if (row, dim) in self._chosen else "click, then "
            words += f" · {first}drag up or down to change, double-click to type"
        return words

    def _show_cursor(self, place: QPointF, row: int, dim: int) -> None:
        if self._pan_from is not None or self._pencil:
            return
        editable = (row, dim) in self._chosen and not self._data.locked[row]
        in_cells = place.x() >= self.axis.gutter and place.y() >= self.head_height
        if self._data.read_only and in_cells and (row, dim) in self._chosen:
            self.setCursor(Qt.CursorShape.ForbiddenCursor)
        elif self._gesture == "drag" or (editable and in_cells and self._gesture in ("", "press")):
            self.setCursor(Qt.CursorShape.SizeVerCursor)
        else:
            self.unsetCursor()
