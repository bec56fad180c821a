"""Losses over steps: a logarithmic axis, smoothing, training and held-out figures apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED

Points = Mapping[str, Sequence[tuple[int, float]]]
_MOST = 400
"""Points drawn of a curve: a run of hours has thousands, on a few hundred pixels."""


class LossPlot(pg.PlotWidget):  # type: ignore[misc]
    """One curve for each term; dots where something was measured on held-out clips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.setAccessibleName("Losses over steps")
        self.setMinimumSize(80, 130)
        self._losses: Points = {}
        self._held_out: Points = {}
        self._log, self._smoothing = True, 0.6
        self._log_shown: bool | None = None
        self._colours: list[str] = []
        self._lines: dict[str, pg.PlotDataItem] = {}
        self.getPlotItem().setLabel("bottom", "step")
        self.getPlotItem().addLegend(offset=(-6, 6))
        self._dress()

    def set_points(self, losses: Points, held_out: Points) -> None:
        """Show these; the part that is looked at stays where somebody put it."""
        self._losses, self._held_out = losses, held_out
        self._show()

    def set_manner(self, log: bool, smoothing: float) -> None:
        """Logarithmic values or not; ``smoothing`` 0 (none) to 0.99."""
        self._log, self._smoothing = log, smoothing
        self._show()

    @property
    def curves(self) -> dict[str, NDArray[np.float64]]:
        """What is drawn: (n, 2) step and value by name, before the logarithm."""
        found = {name: _smooth(_array(points), self._smoothing)
                 for name, points in self._losses.items()}  # fmt: skip
        return found | {name: _array(points) for name, points in self._held_out.items()}

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, 190)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # The base class changes its palette before it has a plot.
        if event.type() == QEvent.Type.PaletteChange and self.getPlotItem() is not None:
            self._dress()
            self._lines = {}
            self._show()

    def _dress(self) -> None:
        tokens = tokens_for(self.palette())
        self.setBackground(tokens.surface)
        self._colours = list(tokens.series)
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(tokens.line))
            axis.setTextPen(pg.mkPen(tokens.muted))
            axis.setTickFont(font("caption", tabular=True))
        legend = self.getPlotItem().legend
        legend.setLabelTextColor(tokens.text)
        legend.setBrush(pg.mkBrush(tokens.surface + "c0"))
        legend.setLabelTextSize("8pt")
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.15)

    def _show(self) -> None:
        item, curves = self.getPlotItem(), self.curves
        if tuple(curves) != tuple(self._lines):
            self._restart(tuple(curves))
        if self._log_shown is not self._log:
            # Not at every point: it also gives up the part that somebody looks at.
            item.setLogMode(x=False, y=self._log)
            self._log_shown = self._log
        item.getAxis("left").setStyle(maxTickLevel=0 if self._log and _wide(curves) else 2)
        for name, line in self._lines.items():
            points = curves[name]
            line.setData(_thinned(points[points[:, 1] > 0] if self._log else points))

    def _restart(self, names: Sequence[str]) -> None:
        """New lines, where other terms are shown or other colours are worn."""
        item = self.getPlotItem()
        item.clear()
        self._lines = {}
        for number, name in enumerate(names):
            colour = self._colours[number % len(self._colours)]
            if name in self._held_out:
                style = pg.mkPen(colour, width=LINE_SELECTED, style=Qt.PenStyle.DotLine)
                line = item.plot(pen=style, symbol="o", symbolSize=6, symbolBrush=colour,
                                 symbolPen=None, name=name)  # fmt: skip
            else:
                line = item.plot(pen=pg.mkPen(colour, width=LINE_CURVE), name=name)
            self._lines[name] = line


def _wide(curves: Mapping[str, NDArray[np.float64]]) -> bool:
    """Whether the decades alone say enough on a logarithmic axis."""
    values = np.concatenate([points[:, 1] for points in curves.values()] or [np.zeros(0)])
    values = values[values > 0]
    return bool(values.size and values.max() > 20 * values.min())


def _thinned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most ``_MOST`` of them, always with the last."""
    every = -(-len(points) // _MOST)
    return points if every < 2 else points[(len(points) - 1) % every :: every]


def _array(points: Sequence[tuple[int, float]]) -> NDArray[np.float64]:
    return np.asarray(points, np.float64).reshape(-1, 2)


def _smooth(points: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Exponential mean without the pull of its beginning (as Adam corrects its moments)."""
    smoothed = points.copy()
    sums, reach = (1 - smoothing) * points[:, 1], 1
    # Sums over 1, 2, 4 ... past values, weighted: few operations on whole curves.
    while reach < len(sums):
        sums[reach:] += smoothing**reach * sums[:-reach]
        reach *= 2
    smoothed[:, 1] = sums / (1 - smoothing ** np.arange(1, len(sums) + 1))
    return smoothed
