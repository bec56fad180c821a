"""The latent matrix as a picture: where its cells lie and how they are painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollBar, QWidget
from typing_extensions import override

from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.cell_selection import CellSelection, selection
from motionstudio.gui.items.dim_groups import covers, grouped
from motionstudio.gui.items.dim_order import DimOrder, order_dims
from motionstudio.gui.items.group_heads import GroupHeadPainter
from motionstudio.gui.items.heat_map import CellColours, HeatMapPainter, bar_width, heat_image
from motionstudio.gui.items.motion_data import MotionData, motion_data
from motionstudio.gui.items.row_layout import Head, RowLayout
from motionstudio.gui.items.selection_cursor import SelectionCursor
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S

_THINNEST_ROW = 7
_COMPACT_ROW = 1


class MatrixSurface(AxisWidget):
    """Heat map of dimensions (downwards) over frames, with selection, heads and scroll bar."""

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        empty = np.zeros((0, 0), np.float32)
        self._data = motion_data(empty, empty)
        self._layout = RowLayout(_THINNEST_ROW, self.line_height(1.25))
        self._how = DimOrder.MODEL
        self._words = ""
        self._under: int | None = None
        self._under_group: int | None = None
        self._groups: tuple[DimGroup, ...] = ()
        self._open: frozenset[str] = frozenset()
        self._limit = 1.0
        self._chosen = CellSelection()
        self._cursor = SelectionCursor()
        self._image: QImage | None = None
        self._colours = CellColours()
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.valueChanged.connect(self._on_scrolled)
        self._scroll.setAccessibleName("Scroll through dimensions")
        self.setAccessibleName("Latent motion matrix")

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.head_height + 6 * _THINNEST_ROW)

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
        other_std = data.std is not self._data.std or data.locked is not self._data.locked
        self._data = data
        if resized:
            self._chosen = selection(
                (r for r in self._chosen.rows if r < data.frames),
                (d for d in self._chosen.dims if d < data.dims),
            )
        if resized or renamed:
            self._fit_gutter()
        other_order = self._how is not DimOrder.MODEL and (
            original_changed or (self._how is DimOrder.ACTIVITY and other_std)
        )
        if resized or other_order or (renamed and (self._words or self._how is DimOrder.NAME)):
            self._arrange()
        self._tell()
        self._recolour()

    def set_selection(self, chosen: CellSelection) -> None:
        """Select other cells."""
        if chosen == self._chosen:
            return  # An echo of our own signal must not move the cell a drag began at.
        self._chosen = chosen
        if chosen.count:
            self._cursor.put((chosen.rows[0], chosen.dims[0]))
        self._tell()
        self.refresh()

    def set_limit(self, limit: float) -> None:
        """Colours run from ``-limit`` to ``limit``."""
        self._limit = limit
        self._recolour()

    def set_order(self, how: DimOrder) -> None:
        """Which dimensions come first; edits that follow do not move rows under the hand."""
        self._how = how
        self._arrange()
        self._recolour()

    def set_filter(self, words: str) -> None:
        """List only dimensions whose name contains one of these words; empty lists all."""
        self._words = words
        self._arrange()
        self._recolour()

    @property
    def order(self) -> tuple[int, ...]:
        """Dimensions from top to bottom as they are listed."""
        return self._layout.order

    @property
    def heads(self) -> tuple[Head, ...]:
        """Heads of groups as they stand between the dimensions of ``order``."""
        return self._layout.heads

    @property
    def groups(self) -> tuple[DimGroup, ...]:
        """The groups of dimensions; none where they do not fit the matrix."""
        return self._groups if covers(self._groups, self._data.dims) else ()

    def set_groups(self, groups: tuple[DimGroup, ...], open_: frozenset[str]) -> None:
        """Group dimensions under heads; those of closed groups are not listed."""
        if (groups, open_) != (self._groups, self._open):
            self._groups, self._open = groups, open_
            self._under_group = None
            self._arrange()
            self._recolour()

    def set_compact(self, on: bool) -> None:
        """Whether rows get as thin as they must for all dimensions to show at once."""
        self._layout.set_thinnest(_COMPACT_ROW if on else _THINNEST_ROW)
        self._arrange()
        self._recolour()

    def reveal(self, row: int, dim: int) -> None:
        """Scroll and pan just enough that a cell shows."""
        self._scroll.setValue(self._layout.scroll_to(dim))
        self.axis.ensure_visible(row)

    def cell_rect(self, row: int, dim: int) -> QRectF:
        """The whole pixels of one cell; empty where a filter hides its dimension."""
        place = self._layout.position(dim)
        if place < 0:
            return QRectF()
        left, top = self.axis.left(row), self._layout.top(place)
        return QRectF(left, top, self.axis.right(row) - left, self._layout.bottom(place) - top)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._recolour()

    @override
    def changeEvent(self, event: QEvent) -> None:
        self._image = None
        super().changeEvent(event)

    @override
    def paint_still(self, painter: QPainter) -> None:
        if not self._data.values.size:
            return
        ink = HeatMapPainter(painter, self.axis, self._layout, self.tokens, self.head_height)
        if self._image is None:
            self._image = heat_image(
                self._data, self.axis, self._layout, self._limit, self.tokens, self._colours
            )
        painter.save()
        painter.setClipRect(0, self.head_height, self.axis.gutter, self.height())
        ink.names(self._data, self._chosen, self._under)
        heads = GroupHeadPainter(painter, self.axis, self._layout, self.tokens, self._groups)
        self._paint_group_names(ink, heads)
        painter.restore()
        self.clip_to_frames(painter)
        ink.head(self._data, self._chosen)
        self._paint_cells(painter, ink, heads)

    @override
    def paint_moving(self, painter: QPainter) -> None:
        if self._data.values.size:
            self.clip_to_frames(painter)
            bottom = min(self.height(), self._layout.end)
            self.paint_playhead(painter, 0, bottom)

    def _paint_group_names(self, ink: HeatMapPainter, heads: GroupHeadPainter) -> None:
        """Heads of groups in the gutter, each with its bar or its letters."""
        if not self._layout.heads:
            return
        spread, quiet = self._data.spread, set(self._data.muted)
        most = max(float(spread.max()), 1e-9)
        for place, head in enumerate(self._layout.heads):
            dims, span = self._groups[head.group].dims, self._layout.head_span(place)
            muted = quiet.issuperset(dims)
            if muted or head.group == self._under_group:
                ink.buttons(span, muted=muted)
            else:
                share = float(spread[list(dims)].max()) / most
                ink.bar(span, share, quiet=False)
        heads.names(self._data, self._chosen, self._open, skip=bar_width(self.axis) + SPACE_S)
        heads.bands()

    def _paint_cells(self, painter: QPainter, ink: HeatMapPainter, heads: GroupHeadPainter) -> None:
        head, axis = self.head_height, self.axis
        painter.setClipRect(QRectF(axis.gutter, head, axis.end - axis.gutter, self.height()))
        if self._image is not None:
            ink.image(self._image)
        if self._layout.heads:
            heads.strips(self._data, self._chosen)
        painter.setClipRect(QRectF(axis.gutter - 2, head - 2, axis.end - axis.gutter + 4, 1e5))
        ink.selection(self._chosen)

    def _free_rows(self) -> tuple[int, ...]:
        return tuple(row for row in self._chosen.rows if not self._data.locked[row])

    def _cell_at(self, place: QPointF) -> tuple[int, int]:
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        return row, self._layout.dim_at(max(place.y(), self.head_height))

    def _fit_gutter(self) -> None:
        metrics = QFontMetrics(font("caption", tabular=True))
        names = [metrics.horizontalAdvance(name) for name in self._data.names]
        labels = metrics.horizontalAdvance("Frame, time") + 3 * SPACE_S
        wanted = round((max(names, default=0) + 3 * SPACE_S) * 4 / 3)
        self.axis.set_gutter(min(max(labels, wanted), 2 * labels))

    def _arrange(self) -> None:
        order = order_dims(self._data, self._how, self._words)
        # What a filter found is shown, whether its group is open or not.
        every = frozenset(group.name for group in self._groups)
        wanted = every if self._words.strip() else self._open
        self._layout.set_order(*grouped(order, self.groups, wanted))
        self._layout.set_area(self.head_height, self.height() - self.head_height)
        hidden = self._layout.hidden
        with QSignalBlocker(self._scroll):
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
        self._recolour()

    @override
    def _on_axis_changed(self) -> None:
        self._recolour()

    def _tell(self) -> None:
        words = self._chosen.describe(self._data.names)
        if self._chosen.count == 1:
            words = self._data.describe(self._chosen.rows[0], self._chosen.dims[0])
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _recolour(self) -> None:
        self._image = None
        self.refresh()
