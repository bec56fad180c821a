"""Correlation: how labelled shapes of a picture move together in many drawn futures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import scrolling
from motionstudio.gui.items.spread_plot import Spread, SpreadPlot
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

FEWEST, MOST, FIRST = 20, 1000, 200
_TIP = "Draw next pictures of the reference frame, and follow its labelled shapes into them"


class Correlation(QWidget):
    """Dumb: how many, two buttons, words, and a scatter plot for each pair of shapes.

    Signals:
        drawRequested, stopRequested: draw futures, or stop that.
        hovered: read-out for the status bar.
    """

    drawRequested = Signal()
    stopRequested = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Correlation")
        self.count, self.seed = QSpinBox(), QSpinBox()
        self.draw, self.stop = primary_button("Draw"), QPushButton("Stop")
        self.words, self.paths = MutedLabel(), MutedLabel()
        self.plots: tuple[SpreadPlot, ...] = ()
        self._column = QVBoxLayout()
        self._lay_out()
        self.draw.setAccessibleName("Draw futures")
        self.draw.clicked.connect(self.drawRequested)
        self.stop.clicked.connect(self.stopRequested)
        self.set_reason("")
        self.set_busy(False)

    def set_reason(self, reason: str) -> None:
        """Why nothing can be drawn, or empty."""
        self.draw.setEnabled(not reason)
        self.draw.setToolTip(f"{_TIP}\n{reason}" if reason else _TIP)
        for field in (self.count, self.seed):
            field.setEnabled(not reason)

    def set_busy(self, busy: bool) -> None:
        """Whether futures are being drawn."""
        self.stop.setEnabled(busy)
        self.stop.setToolTip("Draw no more, and keep the points" if busy else "Nothing is drawn")

    def show_spreads(self, spreads: Sequence[Spread], paths: str) -> None:
        """A plot for each pair of shapes; ``paths``: along which way each shape moves."""
        self.paths.setText(paths)
        self.paths.setVisible(bool(paths))
        while len(self.plots) > len(spreads):
            *rest, last = self.plots
            self.plots = tuple(rest)
            self._column.removeWidget(last)
            last.deleteLater()
        while len(self.plots) < len(spreads):
            plot = SpreadPlot()
            plot.hovered.connect(self.hovered)
            self._column.insertWidget(len(self.plots), plot)
            self.plots = (*self.plots, plot)
        for plot, spread in zip(self.plots, spreads, strict=True):
            plot.set_spread(spread)

    def _lay_out(self) -> None:
        for field, name, low, high, first in (
            (self.count, "Futures to draw", FEWEST, MOST, FIRST), (self.seed, "Seed", 0, 999, 0),
        ):  # fmt: skip
            field.setRange(low, high)
            field.setValue(first)
            field.setAccessibleName(name)
            field.setToolTip(name)
        self.count.setSingleStep(20)
        choices, buttons = QFormLayout(), QHBoxLayout()
        for label, field in (("Futures", self.count), ("Seed", self.seed)):
            choices.addRow(label, field)
        self.stop.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        buttons.addWidget(self.draw, 1)
        buttons.addWidget(self.stop)
        for words, name in ((self.words, "About the futures"), (self.paths, "Ways of the shapes")):
            words.setWordWrap(True)
            words.setAccessibleName(name)
        inside = QWidget()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._column.addStretch(1)
        inside.setLayout(self._column)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        whole.setSpacing(SPACE_XS)
        for layout in (choices, buttons):
            whole.addLayout(layout)
        for part in (self.words, self.paths):
            whole.addWidget(part)
        whole.addWidget(scrolling(inside, "Scatter plots"), 1)
