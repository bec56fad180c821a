"""The drawn parts of the projection plot: one curve for all subjects of a hue, dots on top."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen

from motionstudio.core.pca import Double
from motionstudio.gui.items.ink import colour, mix
from motionstudio.gui.items.projection_data import PlotState, Trajectory, shades
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED, SPACE_S, SPACE_XS, Tokens

_DOTS_UP_TO = 4000
"""Dots of subjects that are not active are drawn up to this many; beyond, their lines say it."""
_SMOOTH_UP_TO = 6000
_LABELS_UP_TO = 14
_SIZE, _SIZE_SMALL, _SIZE_PLAYHEAD = 8.0, 5.0, 13.0
_LONGEST_NAME = 22
_SPARE_SYMBOLS = 256


class Layers:
    """The items of one plot; ``show`` brings them up to date.

    Args:
        plot: gets the items, from the ground up: pictures, lines, dots, playhead, labels.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self.mosaic = pg.ImageItem(axisOrder="row-major")
        self.mosaic.setZValue(-50)
        self.mosaic.setOpacity(0.8)
        plot.addItem(self.mosaic)
        self._lines: dict[str, pg.PlotCurveItem] = {}
        self._active = self._curve(10)
        self._dots = self._scatter(5)
        self._active_dots = self._scatter(20)
        self._playhead = self._scatter(30)
        self._cursor = self._scatter(31)
        self._spokes = self._curve(-10)
        self._labels: list[pg.TextItem] = []
        self._shown: tuple[object, ...] = ()
        self._named: tuple[object, ...] = ()
        self._label_rows: list[int] = []

    def show(self, state: PlotState, tokens: Tokens) -> None:
        """Draw ``state``."""
        active = state.active
        others = [each for each in state.trajectories if not each.active]
        shown = (tokens.name, state.colour_by, *others)
        # A drag moves one subject: the others, which may be hundreds, are drawn anew only if
        # something about them is another object.
        if len(shown) != len(self._shown) or any(
            a is not b for a, b in zip(shown, self._shown, strict=True)
        ):
            self._shown = shown
            self._show_lines(others, tokens)
            self._show_dots(others, state, tokens)
        self._show_active(active, state, tokens)
        self._show_spokes(state, tokens)
        self._show_labels(state, tokens)
        self.move_playhead(state, tokens)

    def move_playhead(self, state: PlotState, tokens: Tokens) -> None:
        """Put the dot on the current frame of the active subject."""
        active = state.active
        if active is None or not len(active.points):
            self._playhead.setData([], [])
            return
        place = active.points[min(state.playhead, len(active.points) - 1)]
        ring = _pen(QColor(tokens.text), 2)
        self._playhead.setData(
            [place[0]], [place[1]], size=_SIZE_PLAYHEAD, symbol="o", pen=ring,
            brush=_brush(QColor(tokens.accent)),
        )  # fmt: skip

    def room_for_names(self, left: float, pixels: float) -> float:
        """How far right a view from ``left`` over ``pixels`` must reach to show every name."""
        needed = left
        for label in self._labels:
            share = min(label.textItem.boundingRect().width() / max(pixels, 1.0), 0.4)
            needed = max(needed, (label.pos().x() - left * share) / (1 - share))
        return needed

    def show_cursor(self, place: tuple[float, float] | None, tokens: Tokens) -> None:
        """Ring the point that the keyboard stands on."""
        if place is None:
            self._cursor.setData([], [])
            return
        ring = _pen(QColor(tokens.accent), 2)
        self._cursor.setData(
            [place[0]], [place[1]], size=_SIZE_PLAYHEAD + 5, symbol="o", pen=ring,
            brush=_brush(None),
        )  # fmt: skip

    def show_mosaic(
        self, picture: NDArray[np.uint8] | None, bounds: tuple[float, float, float, float]
    ) -> None:
        """Decoded pictures behind everything: (h, w, 3|4) over left, right, bottom, top."""
        self.mosaic.setVisible(picture is not None)
        if picture is None:
            return
        left, right, bottom, top = bounds
        self.mosaic.setImage(np.ascontiguousarray(picture[::-1]), autoLevels=False, levels=(0, 255))
        self.mosaic.setRect(QRectF(left, bottom, right - left, top - bottom))

    def _show_lines(self, others: list[Trajectory], tokens: Tokens) -> None:
        by_hue: dict[str, list[Double]] = {}
        for each in others:
            by_hue.setdefault(ink_of(each, tokens), []).append(each.points)
        total = sum(len(each.points) for each in others)
        for hue in set(self._lines) - set(by_hue):
            self._plot.removeItem(self._lines.pop(hue))
        for hue, clouds in by_hue.items():
            curve = self._lines.get(hue)
            if curve is None:
                curve = self._lines[hue] = self._curve(0)
            x, y = joined(clouds)
            crowded = total > _SMOOTH_UP_TO
            pen = _pen(colour(hue, 0.45 if crowded else 0.7), 1 if crowded else LINE_CURVE)
            curve.setData(x, y, pen=pen, connect="finite", antialias=not crowded)

    def _show_dots(self, others: list[Trajectory], state: PlotState, tokens: Tokens) -> None:
        if sum(len(each.points) for each in others) > _DOTS_UP_TO or not others:
            self._dots.setData([], [])
            return
        self._fill(self._dots, others, state, tokens, _SIZE_SMALL)

    def _show_active(self, active: Trajectory | None, state: PlotState, tokens: Tokens) -> None:
        if active is None or not len(active.points):
            self._active.setData([], [])
            self._active_dots.setData([], [])
            return
        pen = _pen(QColor(ink_of(active, tokens)), LINE_SELECTED)
        x, y = joined([active.points])
        smooth = len(active.points) <= _SMOOTH_UP_TO
        self._active.setData(x, y, pen=pen, connect="finite", antialias=smooth)
        self._fill(self._active_dots, [active], state, tokens, _SIZE)

    def _fill(
        self,
        scatter: pg.ScatterPlotItem,
        trajectories: list[Trajectory],
        state: PlotState,
        tokens: Tokens,
        size: float,
    ) -> None:
        looks = [look for each in trajectories for look in _looks(each, state, tokens)]
        points = np.concatenate([each.points for each in trajectories])
        if len(scatter.fragmentAtlas) > 2 * len(looks) + _SPARE_SYMBOLS:
            # It keeps every symbol ever drawn: those of other colours and clips as well.
            scatter.fragmentAtlas.clear()
        scatter.setData(
            points[:, 0], points[:, 1], size=size,
            symbol=[look[0] for look in looks],
            pen=[look[1] for look in looks],
            brush=[_brush(look[2]) for look in looks],
        )  # fmt: skip

    def _show_spokes(self, state: PlotState, tokens: Tokens) -> None:
        lines = [np.stack([np.zeros(2), end]) for _, end in state.spokes]
        x, y = joined(lines)
        pen = _pen(QColor(tokens.muted), 1)
        self._spokes.setData(x, y, pen=pen, connect="finite", antialias=True)

    def _show_labels(self, state: PlotState, tokens: Tokens) -> None:
        words = [(name, end, tokens.muted) for name, end in state.spokes]
        named = [each for each in state.trajectories[-_LABELS_UP_TO:] if len(each.points)]
        key = (state.x_name, state.y_name, state.solid, *((e.id, len(e.points)) for e in named))
        if key != self._named:
            self._named, self._label_rows = key, label_rows([each.points for each in named])
        words += [
            (_short(each.name), each.points[row], _ink(each, tokens))
            for each, row in zip(named, self._label_rows, strict=True)
        ]
        while len(self._labels) > len(words):
            self._plot.removeItem(self._labels.pop())
        while len(self._labels) < len(words):
            label = pg.TextItem(anchor=(0.0, 0.5))
            label.setZValue(40)
            self._labels.append(label)
            self._plot.addItem(label, ignoreBounds=True)
        for label, (text, place, hue) in zip(self._labels, words, strict=True):
            label.fill = pg.mkBrush(colour(tokens.canvas, 0.6))
            label.setText(f" {text}", QColor(hue))
            label.setFont(font("caption"))
            label.setPos(float(place[0]), float(place[1]))

    def _curve(self, z: float) -> pg.PlotCurveItem:
        curve = pg.PlotCurveItem()
        curve.setZValue(z)
        self._plot.addItem(curve)
        return curve

    def _scatter(self, z: float) -> pg.ScatterPlotItem:
        scatter = pg.ScatterPlotItem(pxMode=True, antialias=True)
        scatter.setZValue(z)
        self._plot.addItem(scatter)
        return scatter


def joined(clouds: list[Double]) -> tuple[Double, Double]:
    """Both coordinates of several (T, 2) lines as one, with NaN between them."""
    if not clouds:
        return np.zeros(0), np.zeros(0)
    gap = np.full((1, 2), np.nan)
    whole = np.concatenate([part for cloud in clouds for part in (cloud, gap)])
    return np.ascontiguousarray(whole[:, 0]), np.ascontiguousarray(whole[:, 1])


def label_rows(clouds: list[Double]) -> list[int]:
    """The row of each trajectory (T, 2) at which its name stands: far from the other names.

    Trajectories of cycles all end near rest, where names would lie on each other. The last
    trajectory, the active one, stands furthest from the middle; each other as far from the names
    before it as it can.
    """
    if not clouds:
        return []
    whole = np.concatenate(clouds)
    size = np.maximum(np.ptp(whole, axis=0), 1e-12)
    # Names are wider than high: beside each other they need more room.
    scaled = [cloud / size * (1.0, 3.0) for cloud in clouds]
    placed = [(whole.mean(axis=0) / size) * (1.0, 3.0)]
    rows: list[int] = []
    for cloud in reversed(scaled):
        gaps = np.min([np.linalg.norm(cloud - spot, axis=1) for spot in placed], axis=0)
        rows.append(int(np.argmax(gaps)))
        placed.append(cloud[rows[-1]])
    return rows[::-1]


def _looks(
    each: Trajectory, state: PlotState, tokens: Tokens
) -> list[tuple[str, QPen, QColor | None]]:
    """Symbol, outline and filling of every point: states by shape as well as by colour."""
    count = len(each.points)
    dark = tokens.name == "dark"
    hue = ink_of(each, tokens)
    by_time = state.colour_by == "time"
    colours = shades(hue, count, dark=dark) if by_time else [QColor(hue)] * count
    made: list[tuple[str, QPen, QColor | None]] = []
    for frame in range(count):
        ink = colours[frame]
        chosen = bool(each.chosen[frame])
        edge: Any = QColor(tokens.accent) if chosen else QColor(tokens.canvas)
        symbol = "o"
        brush: QColor | None = ink
        if each.filled[frame]:
            symbol = "x"
        elif each.edited[frame]:
            symbol = "d"
        if not each.kept[frame]:
            edge, brush = (QColor(tokens.accent) if chosen else ink), None
        pen = _pen(edge, 2.0 if chosen else 1.0)
        made.append((symbol, pen, brush))
    return made


def _pen(ink: QColor, width: float) -> QPen:
    """A pen whose width is in pixels, whatever the plot's scale."""
    return _known_pen(ink.rgba(), width)


# The plot draws, and keeps, one picture for each pen and brush *object*: equal ones have to be
# the same, or every move of the playhead would leave another picture behind.
@lru_cache(maxsize=8192)
def _known_pen(ink: int, width: float) -> QPen:
    made = QPen(QColor.fromRgba(ink), width)
    made.setCosmetic(True)
    return made


def _brush(ink: QColor | None) -> QBrush:
    return _known_brush(None if ink is None else ink.rgba())


@lru_cache(maxsize=8192)
def _known_brush(ink: int | None) -> QBrush:
    return QBrush(Qt.BrushStyle.NoBrush) if ink is None else QBrush(QColor.fromRgba(ink))


def _ink(each: Trajectory, tokens: Tokens) -> str:
    hue = ink_of(each, tokens)
    return hue if each.active else mix(tokens.surface, hue, 0.8).name()


def ink_of(each: Trajectory, tokens: Tokens) -> str:
    """``#rrggbb`` of a trajectory in a theme."""
    return tokens.series[each.hue % len(tokens.series)]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def dress(plot: pg.PlotItem, tokens: Tokens) -> None:
    """No box, hairline grid, captions in the muted colour."""
    plot.getViewBox().setBackgroundColor(tokens.canvas)
    plot.getViewBox().setBorder(None)
    line = QPen(colour(tokens.line, 0.0), 1)
    plot.layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_XS, SPACE_XS)
    plot.getAxis("left").setWidth(52)
    plot.getAxis("bottom").setHeight(36)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(line)
        axis.setTextPen(QColor(tokens.muted))
        axis.setTickPen(QPen(QColor(tokens.line), 1, Qt.PenStyle.SolidLine))
        axis.setTickFont(font("caption", tabular=True))
        axis.label.setFont(font("caption"))
        axis.setStyle(tickLength=0, tickTextOffset=4, hideOverlappingLabels=True)
        axis.setGrid(110)
        axis.enableAutoSIPrefix(False)
