"""The latent matrix itself: select cells, drag their values, type numbers, reset."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDoubleValidator,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QScrollBar, QWidget
from superqt.utils import signals_blocked
from typing_extensions import override

from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.cell_selection import CellSelection, selection
from motionstudio.gui.items.heat_map import HeatMapPainter, heat_image
from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.motion_data import MotionData, motion_data
from motionstudio.gui.items.row_layout import RowLayout, order_by_spread
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.value_drag import FINE, ValueDrag
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S

_THINNEST_ROW = 7
_DRAG_FROM = 3
_PIXELS_FOR_LIMIT = 100.0
_NUDGE = 0.05
_KEYS = Qt.KeyboardModifier


class MatrixView(AxisWidget):
    """Heat map of dimensions (downwards) over frames; see ``LatentMatrix`` for the signals."""

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    valueTyped = Signal(object, object, float)
    resetRequested = Signal(object, object)
    selectionChanged = Signal(object, object)
    softWidthChanged = Signal(float)
    scrubbed = Signal(int)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        empty = np.zeros((0, 0), np.float32)
        self._data = motion_data(empty, empty)
        self._layout = RowLayout(_THINNEST_ROW)
        self._sorted = False
        self._limit = 1.0
        self._soft_width = 2.0
        self._chosen = CellSelection()
        self._anchor = (0, 0)
        self._gesture = ""
        self._press = QPointF()
        self._drag: ValueDrag | None = None
        self._total = 0.0
        self._image: QImage | None = None
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.valueChanged.connect(self._on_scrolled)
        self._scroll.setAccessibleName("Scroll through dimensions")
        self._editor: QLineEdit | None = None
        self.setAccessibleName("Latent motion matrix")
        self.setMinimumHeight(self.head_height + 6 * _THINNEST_ROW)

    @property
    def data(self) -> MotionData:
        """What is shown."""
        return self._data

    @property
    def chosen(self) -> CellSelection:
        """The selected cells."""
        return self._chosen

    @property
    def head_height(self) -> int:
        """Pixels of the column head."""
        return self.line_height(0.7)

    @override
    def sizeHint(self) -> QSize:
        rows = max(8, min(24, self._data.dims))
        return QSize(super().sizeHint().width(), self.head_height + rows * (_THINNEST_ROW + 3))

    def set_data(self, data: MotionData) -> None:
        """Other numbers; the selection stays where it still fits."""
        resized = data.values.shape != self._data.values.shape
        renamed = data.names != self._data.names
        original_changed = data.original is not self._data.original
        self._data = data
        if resized:
            self._chosen = selection(
                (r for r in self._chosen.rows if r < data.frames),
                (d for d in self._chosen.dims if d < data.dims),
            )
        if resized or renamed:
            self._fit_gutter()
        if resized or (original_changed and self._sorted):
            self._arrange()
        self._refresh()

    def set_selection(self, chosen: CellSelection) -> None:
        """Select other cells."""
        self._chosen = chosen
        if chosen.count:
            self._anchor = (chosen.rows[0], chosen.dims[0])
        self._tell()
        self.update()

    def set_limit(self, limit: float) -> None:
        """Colours run from ``-limit`` to ``limit``."""
        self._limit = limit
        self._refresh()

    def set_sorted(self, by_spread: bool) -> None:
        """Whether the dimensions that move most come first."""
        self._sorted = by_spread
        self._arrange()
        self._refresh()

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation, in frames, of a soft edit."""
        self._soft_width = frames

    def cell_rect(self, row: int, dim: int) -> QRectF:
        """The whole pixels of one cell."""
        place = self._layout.position(dim)
        left, top = self.axis.left(row), self._layout.top(place)
        return QRectF(left, top, self.axis.right(row) - left, self._layout.top(place + 1) - top)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._refresh()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._refresh()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or not self._data.values.size:
            return
        self._press, keys = event.position(), event.modifiers()
        row, dim = self._cell_at(event.position())
        extend = bool(keys & _KEYS.ShiftModifier)
        if not extend:
            start = self._anchor
            self._anchor = (row, dim)
        if self._press.y() < self.head_height:
            self._gesture = "frames"
            self._extend_to(row, dim)
        elif self._press.x() < self.axis.gutter:
            self._gesture = "dims"
            self._add_dim(dim) if keys & _KEYS.ControlModifier else self._extend_to(row, dim)
        elif extend:
            self._gesture = "box"
            self._extend_to(row, dim)
        elif keys & _KEYS.ControlModifier:
            self._anchor = start
            self._choose(self._chosen.toggled(row, dim))
        else:
            self._press_cell(row, dim, soft=bool(keys & _KEYS.AltModifier))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._data.values.size:
            return
        row, dim = self._cell_at(event.position())
        if self._gesture in ("box", "frames", "dims"):
            self._extend_to(row, dim)
        elif self._gesture == "press":
            self._begin_drag(event)
        if self._gesture == "drag":
            self._continue_drag(event.position().y(), event.modifiers())
            row, dim = self._anchor
        self._show_cursor(event.position(), row, dim)
        self.hovered.emit(self._read_out(event.position(), row, dim))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        gesture, self._gesture = self._gesture, ""
        if gesture == "drag":
            self._drag = None
            self.editFinished.emit()
        elif gesture == "press":
            self._choose(selection([self._anchor[0]], [self._anchor[1]]))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        inside = event.position().x() >= self.axis.gutter
        if inside and event.position().y() >= self.head_height and self._data.values.size:
            self._gesture = ""
            self._open_editor(*self._cell_at(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

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
        if not self._data.values.size:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen.count:
            self.resetRequested.emit(self._chosen.rows, self._chosen.dims)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and self._chosen.count:
            self._open_editor(*self._anchor)
        elif key == Qt.Key.Key_A and event.modifiers() & _KEYS.ControlModifier:
            self._choose(selection(range(self._data.frames), range(self._data.dims)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._nudge(-1 if key == Qt.Key.Key_Minus else 1, event.modifiers())
        elif key in _ARROWS:
            self._walk(*_ARROWS[Qt.Key(key)], extend=bool(event.modifiers() & _KEYS.ShiftModifier))
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        if not self._data.values.size:
            return
        ink = HeatMapPainter(painter, self.axis, self._layout, self.tokens, self.head_height)
        if self._image is None:
            self._image = heat_image(self._data, self.axis, self._layout, self._limit, self.tokens)
        painter.save()
        painter.setClipRect(0, self.head_height, self.axis.gutter, self.height())
        ink.names(self._data, self._chosen)
        painter.restore()
        self.clip_to_frames(painter)
        ink.head(self._data, self._chosen)
        self._paint_cells(painter, ink)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setPen(pen(self.tokens.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_cells(self, painter: QPainter, ink: HeatMapPainter) -> None:
        head, axis = self.head_height, self.axis
        painter.setClipRect(QRectF(axis.gutter, head, axis.end - axis.gutter, self.height()))
        if self._image is not None:
            ink.image(self._image)
        bottom = min(self.height(), self._layout.top(self._data.dims))
        ink.filled(self._data, bottom)
        ink.edited(self._data)
        painter.setClipRect(QRectF(axis.gutter - 2, head - 2, axis.end - axis.gutter + 4, 1e5))
        ink.selection(self._chosen)
        self.clip_to_frames(painter)
        self.paint_playhead(painter, 0, bottom)

    def _press_cell(self, row: int, dim: int, *, soft: bool) -> None:
        if (row, dim) not in self._chosen:
            self._choose(selection([row], [dim]))
            self.scrubbed.emit(row)
            self._gesture = "press" if soft else "box"
        else:
            self._gesture = "press"

    def _begin_drag(self, event: QMouseEvent) -> None:
        if abs(event.position().y() - self._press.y()) < _DRAG_FROM:
            return
        if not self._free_rows():
            self._gesture = ""
            return
        row, dim = self._anchor
        self._drag = ValueDrag(
            self._press.y(),
            self._limit / _PIXELS_FOR_LIMIT,
            float(self._data.values[row, dim]),
            float(self._data.spread[dim]),
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
        width = self._soft_width if soft else 0.0
        self.valuesDragged.emit(self._free_rows(), self._chosen.dims, self._total, width)

    def _free_rows(self) -> tuple[int, ...]:
        return tuple(row for row in self._chosen.rows if not self._data.locked[row])

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
        if self._gesture == "drag":
            self._gesture, self._drag = "", None
            self.editCancelled.emit()
        else:
            self._choose(CellSelection())

    def _walk(self, frames: int, places: int, *, extend: bool) -> None:
        if not self._chosen.count:
            self._anchor = (min(self._current, self._data.frames - 1), self._layout.order[0])
            self._end = self._anchor
            frames = places = 0
        row, dim = self._end if extend else self._anchor
        row = min(max(row + frames, 0), self._data.frames - 1)
        place = min(max(self._layout.position(dim) + places, 0), self._data.dims - 1)
        dim = self._layout.order[place]
        if not extend:
            self._anchor = (row, dim)
        self._gesture = ""
        self._extend_to(row, dim)
        self.scrubbed.emit(row)

    def _extend_to(self, row: int, dim: int) -> None:
        """Select everything between the anchor and a cell, whole columns or rows from the heads."""
        self._end = (row, dim)
        rows: range | tuple[int, ...] = range(
            min(self._anchor[0], row), max(self._anchor[0], row) + 1
        )
        low, high = sorted(self._layout.position(d) for d in (self._anchor[1], dim))
        dims = self._layout.order[low : high + 1]
        if self._gesture == "frames":
            dims = self._layout.order
        elif self._gesture == "dims":
            rows = range(self._data.frames)
        self._choose(selection(rows, dims))

    def _add_dim(self, dim: int) -> None:
        self._gesture = ""
        dims = set(self._chosen.dims) ^ {dim}
        self._choose(selection(range(self._data.frames), dims))

    def _choose(self, chosen: CellSelection) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self._tell()
            self.selectionChanged.emit(chosen.rows, chosen.dims)
            self.update()

    def _open_editor(self, row: int, dim: int) -> None:
        if (row, dim) not in self._chosen:
            self._choose(selection([row], [dim]))
        if not self._free_rows():
            return
        editor = QLineEdit(f"{float(self._data.values[row, dim]):.3f}", self)
        editor.setValidator(QDoubleValidator(-1e6, 1e6, 4, editor))
        editor.setAccessibleName(f"New value of {self._chosen.describe(self._data.names)}")
        width = QFontMetrics(editor.font()).horizontalAdvance("−0000.000") + 2 * SPACE_S
        cell = self.cell_rect(row, dim)
        height = editor.sizeHint().height()
        x = min(max(int(cell.center().x() - width / 2), 0), self.width() - width)
        y = min(max(int(cell.center().y() - height / 2), 0), self.height() - height)
        editor.setGeometry(x, y, width, height)
        editor.returnPressed.connect(self._commit_editor)
        editor.editingFinished.connect(self._close_editor)
        self._editor = editor
        editor.selectAll()
        editor.show()
        editor.setFocus()

    def _commit_editor(self) -> None:
        if self._editor is not None:
            value, _ = self._editor.locale().toDouble(self._editor.text())
            self.valueTyped.emit(self._free_rows(), self._chosen.dims, value)

    def _close_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.deleteLater()
            self.setFocus()

    def _cell_at(self, place: QPointF) -> tuple[int, int]:
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        return row, self._layout.dim_at(max(place.y(), self.head_height))

    def _read_out(self, place: QPointF, row: int, dim: int) -> str:
        if place.x() < self.axis.gutter and self._gesture != "drag":
            return f"{self._data.names[dim]} · moves ± {float(self._data.spread[dim]):.2f}"
        words = self._data.describe(row, dim)
        if (row, dim) in self._chosen and not self._gesture and not self._data.locked[row]:
            words += " · drag up or down to change, double-click to type"
        return words

    def _show_cursor(self, place: QPointF, row: int, dim: int) -> None:
        if self._pan_from is not None:
            return
        editable = (row, dim) in self._chosen and not self._data.locked[row]
        in_cells = place.x() >= self.axis.gutter and place.y() >= self.head_height
        if self._gesture == "drag" or (editable and in_cells and self._gesture in ("", "press")):
            self.setCursor(Qt.CursorShape.SizeVerCursor)
        else:
            self.unsetCursor()

    def _fit_gutter(self) -> None:
        metrics = QFontMetrics(font("caption", tabular=True))
        names = [metrics.horizontalAdvance(name) for name in self._data.names]
        labels = metrics.horizontalAdvance("Frame, time") + 3 * SPACE_S
        wanted = round((max(names, default=0) + 3 * SPACE_S) * 4 / 3)
        self.axis.set_gutter(min(max(labels, wanted), 2 * labels))

    def _arrange(self) -> None:
        self._layout.set_order(order_by_spread(self._data.spread, by_spread=self._sorted))
        self._layout.set_area(self.head_height, self.height() - self.head_height)
        hidden = self._layout.hidden
        with signals_blocked(self._scroll):
            self._scroll.setRange(0, hidden)
            self._scroll.setPageStep(self.height() - self.head_height)
            self._scroll.setSingleStep(round(self._layout.row_height))
        self._layout.set_scroll(self._scroll.value())
        margin = self.axis.margin
        self._scroll.setGeometry(
            self.width() - margin, self.head_height, margin, self.height() - self.head_height
        )
        self._scroll.setVisible(hidden > 0)

    def _on_scrolled(self, pixels: int) -> None:
        self._layout.set_scroll(pixels)
        self._refresh()

    @override
    def _on_axis_changed(self) -> None:
        self._refresh()

    def _tell(self) -> None:
        self.setAccessibleDescription(self._chosen.describe(self._data.names))

    def _refresh(self) -> None:
        self._image = None
        self.update()


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
