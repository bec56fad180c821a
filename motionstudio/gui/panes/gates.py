"""How far a model with memory lets frames in, keeps and shows what it knows, over the clip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.region_chart import RegionChart, Series
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

NAMES = ("input", "forget", "output")
_GUTTER, _TALL = 40, 120


class Gates(QWidget):
    """A line of words and three curves; hidden where the model has no memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = MutedLabel()
        self.words.setWordWrap(True)
        self.axis = TimeAxis(self)
        self.axis.set_gutter(_GUTTER)
        self.chart = RegionChart(self.axis, named=False)
        self.chart.setAccessibleName("Gates of the memory over time")
        self.chart.setFixedHeight(scaled(_TALL))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.words)
        column.addWidget(self.chart)
        self.hide()

    def set_gates(self, gates: NDArray[np.floating] | None) -> None:
        """Show (T, 3) mean openings in [0, 1] of input, forget and output; None: hide."""
        self.setVisible(gates is not None)
        if gates is None:
            return
        self.axis.set_count(len(gates))
        none = np.full(len(gates), np.nan)
        colours = tokens_for(self.palette()).series
        named = ", ".join(
            f'<span style="color:{colour}">■</span>&nbsp;{name}'
            for name, colour in zip(NAMES, colours, strict=False)
        )
        self.words.setText(f"Gates of the memory, mean opening for each frame: {named}")
        series = tuple(
            Series(name, gates[:, place].astype(np.float64), none, colours[place])
            for place, name in enumerate(NAMES)
        )
        self.chart.set_series(series, "", from_zero=True)
