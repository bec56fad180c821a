"""Latent paths of the same clip under several models, each in its own principal plane."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.pca import pca
from motionstudio.gui.items.curve_look import Look
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE

_STEP, _NOW = 5, 12
"""Pixels of the mark of a frame, and of the frame shown now."""


class PathsPlot(pg.PlotWidget):  # type: ignore[misc]
    """Each path is scaled to the same extent: models have units of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.setAccessibleName("Latent paths, first two components of each model")
        self.setMinimumSize(160, 140)
        self._paths: dict[str, NDArray[np.float64]] = {}
        self._rows: dict[str, NDArray[np.float32]] = {}
        self._looks: Mapping[str, Look] = {}
        self._frame = 0
        self._dots: dict[str, pg.ScatterPlotItem] = {}
        self.setAspectLocked(True)
        for side in ("left", "bottom"):
            self.getPlotItem().getAxis(side).setStyle(showValues=False)
        self.getPlotItem().setLabel("bottom", "component 1", size="8pt")
        self.getPlotItem().setLabel("left", "component 2", size="8pt")
        self._dress()

    @property
    def paths(self) -> dict[str, NDArray[np.float64]]:
        """(T, 2) by model, within -1 and 1."""
        return self._paths

    def set_rows(self, rows: Mapping[str, NDArray[np.float32]], looks: Mapping[str, Look]) -> None:
        """Show the motions (T, D) of these models, each with its own look."""
        # Films arrive one by one: what is known stays.
        known = {name: path for name, path in self._paths.items()
                 if self._rows.get(name) is rows.get(name)}  # fmt: skip
        self._paths = {
            name: known[name] if name in known else _plane(value) for name, value in rows.items()
        }
        self._rows = dict(rows)
        self._looks = looks
        self._show()

    def set_frame(self, frame: int) -> None:
        """Mark a frame on every path."""
        self._frame = frame
        for name, dot in self._dots.items():
            path = self._paths[name]
            dot.setData(pos=path[min(frame, len(path) - 1)][None])

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.getPlotItem() is not None:
            self._dress()

    def _dress(self) -> None:
        tokens = tokens_for(self.palette())
        self.setBackground(tokens.surface)
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(tokens.line))
            axis.setTextPen(pg.mkPen(tokens.muted))
            axis.setTickFont(font("caption"))

    def _show(self) -> None:
        item = self.getPlotItem()
        item.clear()
        self._dots = {}
        for name, path in self._paths.items():
            look = self._looks[name]
            item.plot(path, pen=look.pen(LINE_CURVE), symbol=look.mark, symbolSize=_STEP,
                      symbolBrush=look.colour, symbolPen=None)  # fmt: skip
            self._dots[name] = pg.ScatterPlotItem(
                size=_NOW, brush=look.colour, pen=None, symbol=look.mark
            )
            item.addItem(self._dots[name])
        self.set_frame(self._frame)


def _plane(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    found = pca(rows, min(2, *rows.shape))
    scores = np.zeros((len(rows), 2))
    known = found.project(rows)
    scores[:, : known.shape[1]] = known
    reach = float(np.abs(scores).max())
    return scores / reach if reach > 0 else scores
