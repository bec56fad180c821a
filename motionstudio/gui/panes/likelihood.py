"""How likely a model finds the frames: nats over the clip, below the table of statistics."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from motionstudio.gui.items.nats_chart import NatsChart
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

_TIP = "Draw 50 latents for each frame: a tighter bound of the likelihood (Burda et al. 2015)"


class Likelihood(QWidget):
    """A line of figures, a chart, and the tighter bound on demand; hidden where none exists.

    Signals:
        weightedRequested: measure the importance-weighted bound.
    """

    weightedRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = MutedLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("Likelihood of the frames")
        self.chart = NatsChart()
        self.weighted = QPushButton("Measure −IW bound")
        self.weighted.setAccessibleName("Measure the importance-weighted bound")
        fix_size(self.weighted, height=CONTROL_HEIGHT)
        self.weighted.clicked.connect(self.weightedRequested)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_XS)
        for part in (self.words, self.chart, self.weighted):
            column.addWidget(part)
        self.set_reason("")
        self.hide()

    def set_reason(self, reason: str) -> None:
        """Why the tighter bound cannot be asked for; empty when it can."""
        self.weighted.setEnabled(not reason)
        self.weighted.setToolTip(f"{_TIP}\n{reason}" if reason else _TIP)
