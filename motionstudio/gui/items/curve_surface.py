"""Curves of the selected dimensions over the time axis, as they are painted."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.dim_groups import DimGroup
from motionstudio.core.display import round_up
from motionstudio.core.keys import Easing, Key, dense, keys_near
from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.cell_selection import runs
from motionstudio.gui.items.curve_lines import dashes, polygon, thinned
from motionstudio.gui.items.group_heads import BAND
from motionstudio.gui.items.ink import colour, diamond, hatch, pen
from motionstudio.gui.items.motion_data import MotionData, motion_data, signed
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED, SPACE_S, SPACE_XS

_POINTS_FROM = 7.0
# Below so many pixels for a frame, the slopes between frames are too short to look smooth.
_DENSE = 3.0
# Pixels for two points of a band where frames lie closer than pixels.
_BAND_PIXELS = 4
_BAND = 2.0
# Pixels of a dash and of the gap after it.
_DASH = (6.0, 4.0)
_AXIS_ENDS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
MOST_CURVES = 16
"""More dimensions than this are shown faintly, as one bundle."""
_MOST_MARKS = 300
_KEY_RADIUS = 4.5
_HANDLE_RADIUS = 3.0
_ROOM_FOR_HANDLE = 26.0
_BUNDLE_POINTS = 40_000


class CurveSurface(AxisWidget):
    """Values over time with bands, ghosts of what was encoded, keys and their segments."""

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        empty = np.zeros((0, 0), np.float32)
        self._data = motion_data(empty, empty)
        self._dims: tuple[int, ...] = ()
        self._limit = 1.0
        self._bands: dict[int, str] = {}
        self._near: tuple[int, int] | None = None
        self._picked: frozenset[tuple[int, int]] = frozenset()
        self._handle: tuple[int, int] | None = None
        self.setAccessibleName("Curves of the selected dimensions")
        self.setMinimumHeight(self.line_height(4))

    @property
    def data(self) -> MotionData:
        """What is shown."""
        return self._data

    @property
    def dims(self) -> tuple[int, ...]:
        """The dimensions whose curves stand out; none while all are shown faintly."""
        return self._dims if len(self._dims) <= MOST_CURVES else ()

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
        known = {(dim, key.frame) for dim, keys in data.keys.curves for key in keys}
        self._picked &= known
        self._fit_limit(grow_only=same)
        self.refresh()

    def set_dims(self, dims: tuple[int, ...]) -> None:
        """The dimensions to show; none shows all of them faintly."""
        if dims != self._dims:
            self._dims = dims
            self._near = self._handle = None
            self._picked = frozenset(place for place in self._picked if place[0] in dims)
            self._fit_limit(grow_only=False)
            self.refresh()

    def set_groups(self, groups: tuple[DimGroup, ...]) -> None:
        """The groups whose colours labels carry."""
        self._bands = {dim: g.colour for g in groups for dim in g.dims if g.colour}
        self.refresh()

    def point(self, row: int, dim: int) -> QPointF:
        """Where a value lies on the widget."""
        return QPointF(self.axis.centre(row), self._y(float(self._data.values[row, dim])))

    def middle(self, dim: int, key: Key, following: Key) -> QPointF:
        """Where the handle of the segment between two keys lies."""
        time = (key.frame + following.frame) / 2
        times, values = dense(keys_near(self._data.keys.of(dim), key.frame, following.frame))
        return QPointF(self.axis.centre(time), self._y(float(np.interp(time, times, values))))

    def segments(self, dim: int) -> list[tuple[Key, Key]]:
        """Neighbouring keys whose segment can be bent: in sight, wide, neither level nor held."""
        shown = self.axis.visible()
        keys = keys_near(self._data.keys.of(dim), shown.start, shown.stop)
        return [
            (one, two)
            for one, two in pairwise(keys)
            if one.easing is not Easing.HOLD
            and one.value != two.value
            and (two.frame - one.frame) * self.axis.scale >= _ROOM_FOR_HANDLE
        ]

    @override
    def paint_still(self, painter: QPainter) -> None:
        if not self._data.values.size:
            return
        self._paint_grid(painter)
        self.clip_to_frames(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not self._is_dense)
        if self.dims:
            self._paint_curves(painter)
        else:
            self._paint_overview(painter)

    @property
    def _is_dense(self) -> bool:
        """Whether frames lie closer than pixels: smooth lines would cost much and show nothing."""
        return self.axis.scale < _DENSE

    @property
    def _is_fine(self) -> bool:
        """Whether so many frames are in sight that wide or dashed lines would cost too much."""
        return len(self.axis.visible()) > _MOST_MARKS // 3

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
        shown = self.axis.visible()
        filled = np.flatnonzero(self._data.filled[shown.start : shown.stop]) + shown.start
        for first, last in runs(filled.tolist()):
            left, right = self.axis.left(first), self.axis.right(last)
            column = QRectF(left, area.top(), right - left, area.height())
            hatch(painter, column, tokens.dropped, 0.18)

    def _paint_overview(self, painter: QPainter) -> None:
        path, data = QPainterPath(), self._data
        budget = max(16, _BUNDLE_POINTS // max(1, data.dims) // 2)
        many = data.dims > MOST_CURVES
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not many)
        for dim in self._dims or range(data.dims):
            path.addPolygon(self._line(data.values[:, dim], budget if many else 0))
        painter.setPen(pen(self.tokens.muted, 1.0 if many else LINE_CURVE, 0.35))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setFont(font("body"))
        words = "Select dimensions in the matrix to see and drag their curves"
        if self._dims:
            words = f"Select up to {MOST_CURVES} dimensions to see and drag their curves"
        metrics = QFontMetrics(painter.font())
        box = QRectF(0, 0, metrics.horizontalAdvance(words) + 4 * SPACE_S, 2 * metrics.height())
        box.moveCenter(self._plot().center())
        painter.fillRect(box, colour(self.tokens.surface, 0.9))
        painter.setPen(QColor(self.tokens.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_curves(self, painter: QPainter) -> None:
        for dim in self.dims:
            self._paint_band(painter, dim)
        self._paint_ghosts(painter)
        for hue in sorted({self._hue(dim) for dim in self.dims}):
            self._paint_hue(painter, hue)
        self._paint_points(painter)
        self._paint_keys(painter)
        self._paint_names(painter)

    def _paint_ghosts(self, painter: QPainter) -> None:
        """What was encoded, where it was changed: dashed, or a fine line for many frames."""
        data = self._data
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(self.tokens.muted, 1.0 if self._is_fine else LINE_CURVE, 0.7))
        for dim in self.dims:
            if bool(np.all(data.values[:, dim] == data.original[:, dim])):
                continue
            x, y = self._points(data.original[:, dim])
            if self._is_fine:
                painter.drawPolyline(polygon(x, y))
            else:
                painter.drawLines(dashes(x, y, *_DASH))

    def _paint_hue(self, painter: QPainter, hue: str) -> None:
        """All curves of one colour as one path: far cheaper than one item for each."""
        path, near = QPainterPath(), self._near is not None and self._hue(self._near[1]) == hue
        for dim in self.dims:
            if self._hue(dim) == hue:
                path.addPolygon(self._keyed_line(dim))
        made = QPen(QColor(hue), LINE_SELECTED if near else LINE_CURVE)
        if self._is_fine:
            made = QPen(QColor(hue), 1.0)
        if all(dim in self._data.muted for dim in self.dims if self._hue(dim) == hue):
            made.setStyle(Qt.PenStyle.DotLine)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(made)
        painter.drawPath(path)

    def _keyed_line(self, dim: int) -> QPolygonF:
        """The curve of a dimension: through its values, and as smooth as it is between keys."""
        keys, values = self._data.keys.of(dim), self._data.values[:, dim]
        if len(keys) < 2 or self.axis.scale < _POINTS_FROM:
            return self._line(values)
        shown = self.axis.visible()
        keys = keys_near(keys, shown.start, shown.stop)
        times, smooth = dense(keys)
        before = np.arange(min(shown.start, keys[0].frame), keys[0].frame)
        after = np.arange(keys[-1].frame + 1, min(shown.stop + 1, len(values)))
        x = np.concatenate([before, times, after]).astype(np.float64)
        y = np.concatenate([values[before], smooth, values[after]])
        return polygon(self._x(x), self._heights(y))

    def _paint_band(self, painter: QPainter, dim: int) -> None:
        if self._data.std is None:
            return
        wide = _BAND * self._data.std[:, dim]
        # A soft ground needs fewer points than the line on it, and costs much more for each.
        most = (self.axis.end - self.axis.gutter) // _BAND_PIXELS if self._is_dense else 0
        upper = self._line(self._data.values[:, dim] + wide, most)
        lower = self._line(self._data.values[:, dim] - wide, most)
        path = QPainterPath()
        path.addPolygon(upper)
        path.connectPath(_reversed(lower))
        path.closeSubpath()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._hue(dim), 0.14))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPath(path)
        painter.restore()

    def _paint_points(self, painter: QPainter) -> None:
        rows = self.axis.visible()
        if self.axis.scale < _POINTS_FROM or len(rows) * len(self.dims) > _MOST_MARKS:
            return
        edited = self._data.edited
        for dim in self.dims:
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

    def _paint_keys(self, painter: QPainter) -> None:
        tokens, shown = self.tokens, self.axis.visible()
        for dim in self.dims:
            hue = self._hue(dim)
            for one, two in self.segments(dim):
                near = self._handle == (dim, one.frame)
                painter.setPen(pen(hue, LINE_CURVE))
                painter.setBrush(QColor(hue if near else tokens.surface))
                radius = _HANDLE_RADIUS + 2 * near
                painter.drawEllipse(self.middle(dim, one, two), radius, radius)
            for key in self._data.keys.of(dim):
                if key.frame not in shown:
                    continue
                picked = (dim, key.frame) in self._picked
                painter.setPen(pen(tokens.accent if picked else tokens.surface, 2.0))
                painter.setBrush(QColor(tokens.keyed))
                near = self._near == (key.frame, dim)
                radius = _KEY_RADIUS + 1.5 * (picked or near)
                painter.drawEllipse(self.point(key.frame, dim), radius, radius)

    def _paint_names(self, painter: QPainter) -> None:
        """Direct labels at the right end, moved apart where curves meet."""
        painter.setFont(font("caption"))
        metrics = QFontMetrics(painter.font())
        last = min(self.axis.visible().stop, self._data.frames) - 1
        wanted = sorted((self.point(last, dim).y(), dim) for dim in self.dims)
        lowest = float(metrics.ascent())
        for y, dim in wanted:
            baseline = max(lowest, y - SPACE_XS)
            lowest = baseline + metrics.height() * 0.9
            words = self._data.names[dim] + (" (muted)" if dim in self._data.muted else "")
            x = self.axis.end - metrics.horizontalAdvance(words) - SPACE_S
            back = QRectF(
                x - 2, baseline - metrics.ascent(), metrics.horizontalAdvance(words) + 4,
                metrics.height(),
            )  # fmt: skip
            painter.fillRect(back, colour(self.tokens.surface, 0.8))
            if dim in self._bands:
                band = QRectF(back.right() + 1, back.top() + 1, BAND, back.height() - 2)
                painter.fillRect(band, QColor(self._bands[dim]))
            painter.setPen(QColor(self._hue(dim)))
            painter.drawText(QPointF(x, baseline), words)

    def _hue(self, dim: int) -> str:
        series = self.tokens.series
        return series[self._dims.index(dim) % len(series)]

    def _line(self, values: NDArray[np.float32], most: int = 0) -> QPolygonF:
        return polygon(*self._points(values, most))

    def _points(
        self, values: NDArray[np.float32], most: int = 0
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places of the values in sight, thinned to at most about twice ``most`` points."""
        shown = self.axis.visible()
        first, last = max(0, shown.start - 1), min(len(values), shown.stop + 1)
        frames = np.arange(first, last, dtype=np.float64)
        x, y = self._x(frames), self._heights(values[first:last].astype(np.float64))
        return thinned(x, y, most or self.axis.end - self.axis.gutter)

    def _x(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        low = np.floor(frames).astype(np.intp)
        middle = (self.axis.edges(low) + self.axis.edges(low + 1)) / 2
        part = frames - low
        if part.any():
            following = (self.axis.edges(low + 1) + self.axis.edges(low + 2)) / 2
            middle = middle + part * (following - middle)
        return np.asarray(middle, np.float64)

    def _heights(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        area = self._plot()
        return np.asarray(area.center().y() - values / self._limit * area.height() / 2, np.float64)

    def _plot(self) -> QRectF:
        pad = self.line_height(0.6)
        wide = self.axis.end - self.axis.gutter
        return QRectF(self.axis.gutter, pad, wide, max(1, self.height() - 2 * pad))

    def _y(self, value: float) -> float:
        area = self._plot()
        return area.center().y() - value / self._limit * area.height() / 2

    def _value_at(self, y: float) -> float:
        area = self._plot()
        return (area.center().y() - y) / (area.height() / 2) * self._limit

    def _is_dragging(self) -> bool:
        """Whether a gesture is under way: the axis of values grows only where it must."""
        return False

    def _fit_limit(self, *, grow_only: bool) -> None:
        if not self._data.values.size:
            return
        dims = list(self._dims) or slice(None)
        values, original = self._data.values[:, dims], self._data.original[:, dims]
        top = max(float(np.abs(values).max()), float(np.abs(original).max()), 1e-3)
        if self._data.std is not None and self.dims and not self._is_dragging():
            both = np.maximum(np.abs(values), np.abs(original)) + _BAND * self._data.std[:, dims]
            top = max(top, float(both.max()))
        wanted = round_up(top, _AXIS_ENDS)
        self._limit = max(self._limit, wanted) if grow_only else wanted


def _reversed(line: QPolygonF) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(line)
    return path.toReversed()
