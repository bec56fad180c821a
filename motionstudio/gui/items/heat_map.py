"""Painting of the latent matrix: heat map, state marks, selection, labels of dimensions.

Whatever grows with the number of cells is made by numpy as one picture: a matrix of 2,000 frames
and 256 dimensions costs no more than the pixels that show it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from motionstudio.core.display import colourise, diverging
from motionstudio.gui.items.cell_marks import (
    SMALLEST_MARK,
    Cells,
    mark_edited,
    mark_keyed,
    tint_hatched,
)
from motionstudio.gui.items.cell_selection import CellSelection, runs
from motionstudio.gui.items.ink import mix, pen
from motionstudio.gui.items.motion_data import MotionData
from motionstudio.gui.items.row_layout import RowLayout
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS, Tokens

_GAP_FROM = 9
_MUTED_SHARE = 0.75
_MOST_KEPT = 4_000_000
Words = NDArray[np.uint32]
Places = NDArray[np.intp]
ROOM_FOR_BUTTONS = 11
"""Rows must be this tall for the letters M and S beside their name."""


def latent_table(tokens: Tokens) -> NDArray[np.uint8]:
    """Blue-white-red on light, blue-canvas-red on dark surroundings."""
    if tokens.name == "light":
        return diverging()
    middle = QColor(tokens.canvas)
    return diverging((middle.red(), middle.green(), middle.blue()))


class CellColours:
    """Colours of cells as words, kept while only what is in sight changes.

    The first picture of new numbers makes the cells in sight alone, as a drag brings new ones
    at every step; from the second on all of them are kept, as zooming and scrolling need them.
    """

    def __init__(self) -> None:
        self._data: MotionData | None = None
        self._look: tuple[float, Tokens] | None = None
        self._all: Words | None = None

    def of(
        self, data: MotionData, frames: Places, dims: Places, limit: float, tokens: Tokens
    ) -> Words:
        """(dims, frames) words of the cells where ``frames`` cross ``dims``."""
        before, look = self._data, (limit, tokens)
        same = before is not None and before.values is data.values and before.muted == data.muted
        if not same or look != self._look:
            self._data, self._look, self._all = data, look, None
            return _coloured(data, frames, dims, limit, tokens)
        if data.values.size > _MOST_KEPT:
            return _coloured(data, frames, dims, limit, tokens)
        if self._all is None:
            every_frame, every_dim = (np.arange(count) for count in data.values.shape)
            self._all = _coloured(data, every_frame, every_dim, limit, tokens)
        return np.take(np.take(self._all, dims, axis=0), frames, axis=1)


def _coloured(
    data: MotionData, frames: Places, dims: Places, limit: float, tokens: Tokens
) -> Words:
    table = latent_table(tokens)[:, ::-1]
    block = np.ascontiguousarray(data.values[np.ix_(frames, dims)].T)
    colours = colourise(block, table, -limit, limit)
    quiet = np.isin(dims, data.muted)
    if quiet.any():
        faded = colours[quiet] * (1 - _MUTED_SHARE) + rgb(tokens.surface) * _MUTED_SHARE
        colours[quiet] = np.rint(faded).astype(np.uint8)
    return _words(colours)


def heat_image(
    data: MotionData,
    axis: TimeAxis,
    layout: RowLayout,
    limit: float,
    tokens: Tokens,
    kept: CellColours,
) -> QImage:
    """The visible part of the matrix with its marks, one image pixel for each widget pixel."""
    columns, dims = np.minimum(axis.columns(), data.frames - 1), layout.pixel_dims()
    if not columns.size or not dims.size:
        return QImage()
    heads = dims < 0
    if heads.all():
        return QImage()
    # Under heads of groups something is painted that they hide.
    dims = np.where(heads, dims[~heads][0], dims)
    frames, across = np.unique(columns, return_inverse=True)
    shown, down = np.unique(dims, return_inverse=True)
    # Whole words are gathered three times as fast as single bytes, lines faster than columns.
    words = kept.of(data, frames, shown, limit, tokens)
    spread = np.take(np.take(words, across, axis=1), down, axis=0)
    gap = int(_words(rgb(tokens.surface)[np.newaxis, np.newaxis])[0, 0])
    if axis.scale >= _GAP_FROM:
        spread[:, np.flatnonzero(np.diff(columns, append=-1))] = gap
    if layout.row_height >= _GAP_FROM:
        spread[np.flatnonzero(np.diff(dims, append=-1))] = gap
    pixels = spread.view(np.uint8).reshape(*spread.shape, 4)[..., :3]
    cells = Cells(pixels, axis, layout, columns, dims)
    tint_hatched(cells, data.filled[columns], rgb(tokens.dropped), 0.3)
    if cells.room >= SMALLEST_MARK:
        _mark(cells, data, frames, shown, (across, down), tokens)
    spread[heads] = gap
    height, width = spread.shape
    made = QImage(spread.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    return made.copy()


def _mark(
    cells: Cells,
    data: MotionData,
    frames: NDArray[np.intp],
    shown: NDArray[np.intp],
    where: tuple[NDArray[np.intp], NDArray[np.intp]],
    tokens: Tokens,
) -> None:
    """Marks of edited cells and keys; ``where`` leads from pixels to ``frames`` and ``shown``."""
    block = np.ix_(frames, shown)
    keyed = keyed_mask(data)[block]
    edited = (data.values[block] != data.original[block]) & ~keyed
    across, down = where
    for mask, mark, ink in (
        (edited, mark_edited, tokens.edited),
        (keyed, mark_keyed, tokens.keyed),
    ):
        if mask.any():
            pixels = np.take(np.take(mask.T, down, axis=0), across, axis=1)
            mark(cells, pixels, rgb(ink), rgb(tokens.surface))


def _words(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(n, m) words as ``QImage.Format_RGB32`` wants them from (n, m, 3) bytes of ``rgb``."""
    padded = np.full((*colours.shape[:2], 4), 255, np.uint8)
    padded[..., :3] = colours
    return padded.view(np.uint32)[..., 0]


def head_image(data: MotionData, axis: TimeAxis, chosen: CellSelection, tokens: Tokens,
               height: int) -> QImage:  # fmt: skip
    """The column head: frames that were filled in hatched, selected ones filled."""
    columns = np.minimum(axis.columns(), data.frames - 1)
    if not columns.size or height < 1:
        return QImage()
    rest = mix(tokens.surface, tokens.muted, 0.2)
    line = np.tile(np.array([rest.blue(), rest.green(), rest.red()], np.uint8), (len(columns), 1))
    line[data.filled[columns]] = rgb(tokens.dropped_fill)
    selected = np.zeros(data.frames, np.bool_)
    selected[list(chosen.rows)] = True
    line[selected[columns]] = rgb(tokens.accent)
    if axis.scale >= 3:
        line[np.flatnonzero(np.diff(columns, append=-1))] = rgb(tokens.surface)
    return _image(np.repeat(line[np.newaxis], height, axis=0))


def keyed_mask(data: MotionData) -> NDArray[np.bool_]:
    """(R, D) True where a cell holds a key."""
    mask = np.zeros(data.values.shape, np.bool_)
    for dim, keys in data.keys.curves:
        mask[[key.frame for key in keys if key.frame < data.frames], dim] = True
    return mask


def rgb(hex_name: str) -> NDArray[np.uint8]:
    """(3,) a token as bytes, blue first: the order of ``QImage.Format_RGB32`` in memory."""
    made = QColor(hex_name)
    return np.array([made.blue(), made.green(), made.red()], np.uint8)


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

    def image(self, image: QImage) -> None:
        """The coloured cells."""
        self._painter.drawImage(QPoint(self._axis.gutter, self._head), image)

    def selection(self, chosen: CellSelection) -> None:
        """Outlines around the selected cells, one for each block."""
        places = [self._layout.position(dim) for dim in chosen.dims]
        areas = []
        for upper, lower in self._unbroken(place for place in places if place >= 0):
            top, bottom = self._layout.top(upper), self._layout.bottom(lower)
            for first, last in runs(chosen.rows):
                left, right = self._axis.left(first), self._axis.right(last)
                areas.append(QRectF(left - 0.5, top - 0.5, right - left, bottom - top))
        painter = self._painter
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for name, width in ((self._tokens.surface, 4.0), (self._tokens.accent, 2.0)):
            painter.setPen(pen(name, width))
            painter.drawRects(areas)

    def _unbroken(self, places: Iterable[int]) -> list[tuple[int, int]]:
        """Stretches of rows with no head of a group between them."""
        cuts = sorted({head.before for head in self._layout.heads})
        found = []
        for first, last in runs(places):
            inside = [cut for cut in cuts if first < cut <= last]
            ends = [*(cut - 1 for cut in inside), last]
            found += list(zip([first, *inside], ends, strict=True))
        return found

    def head(self, data: MotionData, chosen: CellSelection) -> None:
        """The column head."""
        made = head_image(data, self._axis, chosen, self._tokens, self._head - 2)
        self._painter.drawImage(QPoint(self._axis.gutter, 1), made)

    def names(self, data: MotionData, chosen: CellSelection, under: int | None = None) -> None:
        """Names of dimensions in the gutter, each with a bar for how much it moves.

        Args:
            data: the matrix.
            chosen: selected cells; their names stand out.
            under: the dimension under the pointer, which offers M and S in place of its bar.
        """
        painter = self._painter
        plain, struck = font("caption", tabular=True), font("caption", tabular=True)
        struck.setStrikeOut(True)
        metrics = QFontMetricsF(plain)
        step = max(1, int(np.ceil(metrics.height() * 0.86 / self._layout.row_height)))
        most = max(float(data.spread.max()), 1e-9) if data.spread.size else 1.0
        bold, quiet = frozenset(chosen.dims), frozenset(data.muted)
        for place, top, bottom in self._layout.spans():
            dim = self._layout.order[place]
            if self._layout.row_height >= ROOM_FOR_BUTTONS and (dim == under or dim in quiet):
                self.buttons((top, bottom), muted=dim in quiet)
            else:
                self.bar((top, bottom), float(data.spread[dim]) / most, quiet=dim in quiet)
            if place % step == 0:
                painter.setFont(struck if dim in quiet else plain)
                ink = self._ink(bright=dim in bold, faint=dim in quiet)
                self._name((top + bottom) / 2, data.names[dim], metrics, ink)
        painter.setFont(plain)

    def _ink(self, *, bright: bool, faint: bool) -> QColor:
        tokens = self._tokens
        return QColor(tokens.accent if bright else tokens.disabled if faint else tokens.muted)

    def _name(self, middle: float, name: str, metrics: QFontMetricsF, ink: QColor) -> None:
        self._painter.setPen(ink)
        room = self._axis.gutter - 2 * SPACE_S - bar_width(self._axis) - SPACE_XS
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        x = self._axis.gutter - SPACE_S - metrics.horizontalAdvance(words)
        baseline = middle + (metrics.ascent() - metrics.descent()) / 2
        baseline = max(baseline, self._head + metrics.ascent() - 1)
        self._painter.drawText(round(x), round(baseline), words)

    def buttons(self, span: tuple[int, int], *, muted: bool) -> None:
        """M and S between two heights; M is filled while all there is muted."""
        tokens, painter = self._tokens, self._painter
        small = QFont(font("caption"))
        small.setPointSizeF(small.pointSizeF() * 0.85)
        painter.setFont(small)
        top, bottom = span
        for letter, (left, right) in zip("MS", button_spans(self._axis), strict=True):
            tall = min(bottom - top - 1, 16)
            area = QRectF(left, (top + bottom - tall) / 2, right - left, tall)
            on = muted and letter == "M"
            painter.fillRect(area, QColor(tokens.warn) if on else QColor(tokens.raised))
            painter.setPen(QColor(tokens.surface if on else tokens.text))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letter)

    def bar(self, span: tuple[int, int], share: float, *, quiet: bool) -> None:
        """How much of the largest motion there is between two heights."""
        top, bottom = span
        tall = min(4.0, max(1.0, (bottom - top) - 2))
        y = round((top + bottom - tall) / 2)
        full = QRectF(SPACE_S, y, bar_width(self._axis), tall)
        # A muted row is told by a full bar in the colour of warnings where M has no room.
        self._painter.fillRect(full, QColor(self._tokens.warn if quiet else self._tokens.line))
        if quiet:
            return
        full.setWidth(full.width() * share)
        self._painter.fillRect(full, QColor(self._tokens.muted))


def bar_width(axis: TimeAxis) -> int:
    """Pixels of the bar beside a name."""
    return axis.gutter // 4


def button_spans(axis: TimeAxis) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right edge of M and of S in the gutter."""
    half = (bar_width(axis) + SPACE_XS) / 2
    left = SPACE_XS
    return (left, left + half - 1), (left + half, left + 2 * half - 1)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    solid = np.ascontiguousarray(pixels)
    height, width = solid.shape[:2]
    made = QImage(solid.tobytes(), width, height, 3 * width, QImage.Format.Format_BGR888)
    return made.copy()
