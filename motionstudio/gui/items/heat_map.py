"""Painting of the latent matrix: heat map, state marks, selection, labels of dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from motionstudio.core.display import colourise, diverging
from motionstudio.gui.items.cell_selection import CellSelection, runs
from motionstudio.gui.items.ink import corner, diamond, hatch, mix, outline
from motionstudio.gui.items.motion_data import MotionData
from motionstudio.gui.items.row_layout import RowLayout
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS, Tokens

_CORNER = 5.0
_ROOM_FOR_DIAMOND = 8
_GAP_FROM = 9


def latent_table(tokens: Tokens) -> NDArray[np.uint8]:
    """Blue-white-red on light, blue-canvas-red on dark surroundings."""
    if tokens.name == "light":
        return diverging()
    middle = QColor(tokens.canvas)
    return diverging((middle.red(), middle.green(), middle.blue()))


def heat_image(
    data: MotionData, axis: TimeAxis, layout: RowLayout, limit: float, tokens: Tokens
) -> QImage:
    """The visible part of the matrix, one image pixel for each widget pixel."""
    columns, dims = axis.columns(), layout.pixel_dims()
    columns = np.minimum(columns, data.frames - 1)
    colours = colourise(data.values, latent_table(tokens), -limit, limit)
    pixels = colours[columns[np.newaxis, :], dims[:, np.newaxis]]
    gap = QColor(tokens.surface)
    line = (gap.red(), gap.green(), gap.blue())
    if axis.scale >= _GAP_FROM:
        pixels[:, np.flatnonzero(np.diff(columns, append=-1))] = line
    if layout.row_height >= _GAP_FROM:
        pixels[np.flatnonzero(np.diff(dims, append=-1))] = line
    solid = np.ascontiguousarray(pixels)
    height, width = solid.shape[:2]
    image = QImage(solid.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


class HeatMapPainter:
    """Paints what belongs to the matrix over one frame of the widget.

    Args:
        painter: open on the widget.
        axis: frames to pixels.
        layout: dimensions to pixels.
        tokens: colours.
        head: pixels of the column head at the top.
    """

    def __init__(
        self, painter: QPainter, axis: TimeAxis, layout: RowLayout, tokens: Tokens, head: int
    ) -> None:
        self._painter = painter
        self._axis = axis
        self._layout = layout
        self._tokens = tokens
        self._head = head

    def cell(self, row: int, dim: int) -> QRectF:
        """The whole pixels of one cell."""
        place = self._layout.position(dim)
        left, top = self._axis.left(row), self._layout.top(place)
        return QRectF(left, top, self._axis.right(row) - left, self._layout.top(place + 1) - top)

    def image(self, image: QImage) -> None:
        """The coloured cells."""
        self._painter.drawImage(QPoint(self._axis.gutter, self._head), image)

    def filled(self, data: MotionData, height: float) -> None:
        """Hatch over the frames that the model filled in."""
        for row in self._axis.visible():
            if row < data.frames and data.filled[row]:
                left = self._axis.left(row)
                width = self._axis.right(row) - left - 1
                area = QRectF(left, self._head, width, height - self._head)
                hatch(self._painter, area, self._tokens.dropped, 0.3)

    def edited(self, data: MotionData) -> None:
        """A diamond on every edited cell, or a coloured corner where there is no room."""
        rows = self._axis.visible()
        marked = data.edited[rows.start : rows.stop]
        shown = {self._layout.order[p] for p in self._layout.shown()}
        for offset, dim in np.argwhere(marked):
            if int(dim) in shown:
                area = self.cell(rows.start + int(offset), int(dim))
                room = min(area.width(), area.height()) - 1
                if room >= _ROOM_FOR_DIAMOND:
                    radius = min(4.5, room / 2 - 1)
                    diamond(self._painter, area.center(), radius, self._tokens)
                else:
                    corner(self._painter, area, min(_CORNER, room), self._tokens.edited)

    def selection(self, chosen: CellSelection) -> None:
        """Outlines around the selected cells, one for each block."""
        places = [self._layout.position(dim) for dim in chosen.dims]
        for first, last in runs(chosen.rows):
            left, right = self._axis.left(first), self._axis.right(last)
            for upper, lower in runs(places):
                top, bottom = self._layout.top(upper), self._layout.top(lower + 1)
                area = QRectF(left - 1, top - 1, right - left + 1, bottom - top + 1)
                outline(self._painter, area.adjusted(1, 1, 1, 1), self._tokens.surface, 3)
                outline(self._painter, area, self._tokens.accent, 2)

    def head(self, data: MotionData, chosen: CellSelection) -> None:
        """The column head: frames that were filled in hatched, selected ones filled."""
        tokens = self._tokens
        for row in self._axis.visible():
            left = self._axis.left(row)
            area = QRectF(left, 1, max(1, self._axis.right(row) - left - 1), self._head - 2)
            self._painter.fillRect(area, mix(tokens.surface, tokens.muted, 0.2))
            if row in chosen.rows:
                self._painter.fillRect(area, QColor(tokens.accent))
            elif row < data.frames and data.filled[row]:
                self._painter.fillRect(area, QColor(tokens.dropped_fill))
                hatch(self._painter, area, tokens.dropped)

    def names(self, data: MotionData, chosen: CellSelection) -> None:
        """Names of dimensions in the gutter, each with a bar for how much it moves."""
        painter, tokens = self._painter, self._tokens
        painter.setFont(font("caption", tabular=True))
        metrics = QFontMetricsF(painter.font())
        step = max(1, int(np.ceil(metrics.height() * 0.86 / self._layout.row_height)))
        spread = data.spread
        most = max(float(spread.max()), 1e-9) if spread.size else 1.0
        for place in self._layout.shown():
            dim = self._layout.order[place]
            self._variance_bar(place, float(spread[dim]) / most)
            if place % step:
                continue
            painter.setPen(QColor(tokens.accent if dim in chosen.dims else tokens.muted))
            top = self._layout.top(place)
            middle = (top + self._layout.top(place + 1)) / 2
            room = self._axis.gutter - 2 * SPACE_S - self._bar_width() - SPACE_XS
            words = metrics.elidedText(data.names[dim], Qt.TextElideMode.ElideRight, room)
            x = self._axis.gutter - SPACE_S - metrics.horizontalAdvance(words)
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(round(x), round(baseline), words)

    def _bar_width(self) -> int:
        return self._axis.gutter // 4

    def _variance_bar(self, place: int, share: float) -> None:
        top, bottom = self._layout.top(place), self._layout.top(place + 1)
        tall = min(4.0, max(1.0, (bottom - top) - 2))
        y = round((top + bottom - tall) / 2)
        full = QRectF(SPACE_S, y, self._bar_width(), tall)
        self._painter.fillRect(full, QColor(self._tokens.line))
        full.setWidth(full.width() * share)
        self._painter.fillRect(full, QColor(self._tokens.muted))
