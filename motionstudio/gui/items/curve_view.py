"""Curves of the selected dimensions over the time axis, with points that can be dragged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.display import round_up
from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.ink import colour, diamond, hatch, pen
from motionstudio.gui.items.motion_data import MotionData, motion_data, signed
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.value_drag import ValueDrag
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED, SPACE_S, SPACE_XS

_REACH = 12.0
_POINTS_FROM = 7.0
_BAND = 2.0
_AXIS_ENDS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_KEYS = Qt.KeyboardModifier


class CurveView(AxisWidget):
    """Values over time; see ``LatentCurves`` for the signals."""

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    scrubbed = Signal(int)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        empty = np.zeros((0, 0), np.float32)
        self._data = motion_data(empty, empty)
        self._dims: tuple[int, ...] = ()
        self._limit = 1.0
        self._soft_width = 2.0
        self._soft = False
        self._near: tuple[int, int] | None = None
        self._drag: ValueDrag | None = None
        self._grabbed = (0, 0)
        self._scrubbing = False
        self.setAccessibleName("Curves of the selected dimensions")
        self.setMinimumHeight(self.line_height(4))

    @property
    def data(self) -> MotionData:
        """What is shown."""
        return self._data

    @property
    def limit(self) -> float:
        """The axis of values runs from ``-limit`` to ``limit``."""
        return self._limit

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.line_height(9))

    def set_data(self, data: MotionData) -> None:
        """Other numbers; the axis of values only grows while the shape stays."""
        same = data.values.shape == self._data.values.shape
        self._data = data
        if not same:
            self._dims = tuple(d for d in self._dims if d < data.dims)
        self._fit_limit(grow_only=same)
        self.refresh()

    def set_dims(self, dims: tuple[int, ...]) -> None:
        """The dimensions to show; none shows all of them faintly."""
        if dims != self._dims:
            self._dims = dims
            self._near = None
            self._fit_limit(grow_only=False)
            self.refresh()

    def set_soft(self, on: bool) -> None:
        """Whether every drag takes neighbouring frames along, without Alt."""
        self._soft = on

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation, in frames, of a soft edit."""
        self._soft_width = frames

    def point(self, row: int, dim: int) -> QPointF:
        """Where a value lies on the widget."""
        return QPointF(self.axis.centre(row), self._y(float(self._data.values[row, dim])))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or not self._data.values.size:
            return
        near = self._nearest(event.position())
        if near is None or self._data.locked[near[0]]:
            self._scrubbing = True
            self.scrubbed.emit(self.axis.frame_at(event.position().x()))
            return
        row, dim = self._grabbed = near
        self._drag = ValueDrag(
            event.position().y(),
            2 * self._limit / max(1.0, self._plot().height()),
            float(self._data.values[row, dim]),
            float(self._data.spread[dim]),
        )
        self.editStarted.emit()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._data.values.size:
            return
        keys = event.modifiers()
        if self._drag is not None:
            delta = self._drag.move(
                event.position().y(),
                fine=bool(keys & _KEYS.ShiftModifier),
                snap=bool(keys & _KEYS.ControlModifier),
            )
            soft = self._soft or bool(keys & _KEYS.AltModifier)
            width = self._soft_width if soft else 0.0
            row, dim = self._grabbed
            self.valuesDragged.emit((row,), (dim,), delta, width)
            self.hovered.emit(self._data.describe(row, dim))
        elif self._scrubbing:
            self.scrubbed.emit(self.axis.frame_at(event.position().x()))
        else:
            self._hover(event.position())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._scrubbing = False
            if self._drag is not None:
                self._drag = None
                self.editFinished.emit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._near = None
        self.hovered.emit("")
        self.refresh()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = None
            self.editCancelled.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepRequested.emit(-1 if key == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    @override
    def paint_still(self, painter: QPainter) -> None:
        if not self._data.values.size:
            return
        self._paint_grid(painter)
        self.clip_to_frames(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self._dims:
            self._paint_curves(painter)
        else:
            self._paint_overview(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        tokens, area = self.tokens, self._plot()
        half = QFontMetrics(font("caption")).height() / 2
        for value in (self._limit, 0.0, -self._limit):
            y = round(self._y(value))
            painter.setPen(pen(tokens.line))
            painter.drawLine(QLineF(self.axis.gutter, y, self.axis.end, y))
            words = signed(value) if value else "0"
            label = QRectF(0, y - half, self.axis.gutter, 2 * half)
            self.paint_label(painter, label, words)
        for row in self.axis.visible():
            if row < self._data.frames and self._data.filled[row]:
                left = self.axis.left(row)
                column = QRectF(left, area.top(), self.axis.right(row) - left, area.height())
                hatch(painter, column, tokens.dropped, 0.18)

    def _paint_overview(self, painter: QPainter) -> None:
        path = QPainterPath()
        for dim in range(self._data.dims):
            path.addPolygon(self._line(self._data.values[:, dim]))
        painter.setPen(pen(self.tokens.muted, LINE_CURVE, 0.35))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setFont(font("body"))
        words = "Select dimensions in the matrix to see and drag their curves"
        metrics = QFontMetrics(painter.font())
        box = QRectF(0, 0, metrics.horizontalAdvance(words) + 4 * SPACE_S, 2 * metrics.height())
        box.moveCenter(self._plot().center())
        painter.fillRect(box, colour(self.tokens.surface, 0.9))
        painter.setPen(QColor(self.tokens.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_curves(self, painter: QPainter) -> None:
        data, tokens = self._data, self.tokens
        ghosts = QPainterPath()
        changed = np.atleast_1d(np.any(data.edited, axis=0))
        for dim in self._dims:
            if changed[dim]:
                ghosts.addPolygon(self._line(data.original[:, dim]))
            self._paint_band(painter, dim)
        dashed = pen(tokens.muted, LINE_CURVE)
        dashed.setStyle(Qt.PenStyle.DashLine)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(dashed)
        painter.drawPath(ghosts)
        for hue in sorted({self._hue(dim) for dim in self._dims}):
            self._paint_hue(painter, hue)
        self._paint_points(painter)
        self._paint_names(painter)

    def _paint_hue(self, painter: QPainter, hue: str) -> None:
        """All curves of one colour as one path: far cheaper than one item for each."""
        path = QPainterPath()
        for dim in self._dims:
            if self._hue(dim) == hue:
                path.addPolygon(self._line(self._data.values[:, dim]))
        near = self._near is not None and self._hue(self._near[1]) == hue
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(hue), LINE_SELECTED if near else LINE_CURVE))
        painter.drawPath(path)

    def _paint_band(self, painter: QPainter, dim: int) -> None:
        if self._data.std is None:
            return
        wide = _BAND * self._data.std[:, dim]
        upper = self._places(self._data.values[:, dim] + wide)
        lower = self._places(self._data.values[:, dim] - wide)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._hue(dim), 0.14))
        painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))

    def _paint_points(self, painter: QPainter) -> None:
        if self.axis.scale < _POINTS_FROM:
            return
        edited, rows = self._data.edited, self.axis.visible()
        for dim in self._dims:
            painter.setPen(pen(self.tokens.surface))
            painter.setBrush(QColor(self._hue(dim)))
            for row in rows:
                if row >= self._data.frames:
                    break
                place, near = self.point(row, dim), self._near == (row, dim)
                if edited[row, dim]:
                    diamond(painter, place, 6.0 if near else 4.5, self.tokens)
                else:
                    radius = 5.0 if near else 3.0
                    painter.drawEllipse(place, radius, radius)

    def _paint_names(self, painter: QPainter) -> None:
        """Direct labels at the right end, moved apart where curves meet."""
        painter.setFont(font("caption"))
        metrics = QFontMetrics(painter.font())
        last = min(self.axis.visible().stop, self._data.frames) - 1
        wanted = sorted((self.point(last, dim).y(), dim) for dim in self._dims)
        lowest = float(metrics.ascent())
        for y, dim in wanted:
            baseline = max(lowest, y - SPACE_XS)
            lowest = baseline + metrics.height() * 0.9
            words = self._data.names[dim]
            x = self.axis.end - metrics.horizontalAdvance(words) - SPACE_S
            back = QRectF(
                x - 2, baseline - metrics.ascent(), metrics.horizontalAdvance(words) + 4,
                metrics.height(),
            )  # fmt: skip
            painter.fillRect(back, colour(self.tokens.surface, 0.8))
            painter.setPen(QColor(self._hue(dim)))
            painter.drawText(QPointF(x, baseline), words)

    def _hue(self, dim: int) -> str:
        series = self.tokens.series
        return series[self._dims.index(dim) % len(series)]

    def _line(self, values: NDArray[np.float32]) -> QPolygonF:
        return QPolygonF(self._places(values))

    def _places(self, values: NDArray[np.float32]) -> list[QPointF]:
        shown = self.axis.visible()
        first, last = max(0, shown.start - 1), min(len(values), shown.stop + 1)
        return [QPointF(self.axis.centre(f), self._y(float(values[f]))) for f in range(first, last)]

    def _plot(self) -> QRectF:
        pad = self.line_height(0.6)
        wide = self.axis.end - self.axis.gutter
        return QRectF(self.axis.gutter, pad, wide, max(1, self.height() - 2 * pad))

    def _y(self, value: float) -> float:
        area = self._plot()
        return area.center().y() - value / self._limit * area.height() / 2

    def _nearest(self, place: QPointF) -> tuple[int, int] | None:
        if not self._dims or not self.axis.gutter <= place.x() < self.axis.end:
            return None
        row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
        dim = min(self._dims, key=lambda d: abs(self.point(row, d).y() - place.y()))
        return (row, dim) if abs(self.point(row, dim).y() - place.y()) <= _REACH else None

    def _hover(self, place: QPointF) -> None:
        near = self._nearest(place)
        if near != self._near:
            self._near = near
            self.refresh()
        if near is None:
            self.unsetCursor()
            row = min(self.axis.frame_at(place.x()), self._data.frames - 1)
            self.hovered.emit(f"Frame {row} of 0-{self._data.frames - 1}")
            return
        free = not self._data.locked[near[0]]
        self.setCursor(Qt.CursorShape.SizeVerCursor if free else Qt.CursorShape.ForbiddenCursor)
        self.hovered.emit(self._data.describe(*near))

    def _fit_limit(self, *, grow_only: bool) -> None:
        dims = list(self._dims) or list(range(self._data.dims))
        if not self._data.values.size:
            return
        both = np.stack([self._data.values[:, dims], self._data.original[:, dims]])
        top = np.abs(both)
        if self._data.std is not None and self._dims:
            top = top + _BAND * self._data.std[:, dims]
        wanted = round_up(max(float(top.max()), 1e-3), _AXIS_ENDS)
        self._limit = max(self._limit, wanted) if grow_only else wanted
