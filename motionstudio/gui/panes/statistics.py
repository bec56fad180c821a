"""Statistics: what each latent dimension does over the frames of this subject."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.statistic_table import StatisticTable, TableData
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.panes.gates import Gates
from motionstudio.gui.panes.likelihood import Likelihood
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS


class Statistics(QWidget):
    """Bars of variance and divergence, cells of correlation; a click selects a dimension.

    Signals:
        dimensionChosen: index of the dimension.
        exportRequested: write the table.
        appeared, disappeared: the pane is shown or hidden.
        hovered: read-out for the status bar.
    """

    dimensionChosen = Signal(int)
    exportRequested = Signal()
    appeared = Signal()
    disappeared = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Statistics")
        self.export = ToolButton("export", "Export the table as CSV")
        self.caption = MutedLabel()
        self.table = StatisticTable()
        self.likelihood = Likelihood()
        self.gates = Gates()
        self.empty = EmptyState(
            "statistics", "No motion yet", "Open a clip: here is what each dimension does."
        )
        self._lay_out()
        self.table.dimensionChosen.connect(self.dimensionChosen)
        self.table.hovered.connect(self.hovered)
        self.gates.chart.hovered.connect(self.hovered)
        self.export.clicked.connect(self.exportRequested)
        self.set_message("No motion yet", "Open a clip: here is what each dimension does.")

    def set_table(self, data: TableData, caption: str, detail: str = "") -> None:
        """Show figures."""
        self.table.set_data(data)
        self.caption.setText(caption)
        self.header.set_detail(detail)
        self.export.set_reason("")
        self._stack.setCurrentIndex(0)

    def set_message(self, title: str, text: str) -> None:
        """Say why there is nothing to show."""
        self.empty.set_words(title, text)
        self.header.set_detail("")
        self.export.set_reason(text)
        self._stack.setCurrentIndex(1)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.appeared.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.disappeared.emit()

    def _lay_out(self) -> None:
        self.header.add_tool(self.export)
        self.caption.setWordWrap(True)
        self.caption.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.table)
        filled = QWidget()
        inner = QVBoxLayout(filled)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.caption)
        inner.addWidget(area, 1)
        inner.addWidget(self.likelihood)
        inner.addWidget(self.gates)
        body, self._stack = either(filled, self.empty)
        under_header(self, self.header, body)
