"""Components: the current frame as scores of principal components, and named directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.core.pca import Double
from motionstudio.gui.items.direction_list import DirectionList
from motionstudio.gui.items.motion_data import signed
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import either, scrolling
from motionstudio.gui.items.slider_row import SliderRow
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_SIGMAS = 3.0


class Components(QWidget):
    """Sliders along the components of the projection pane, each over three deviations.

    Signals:
        dragStarted: component. dragged: component, total change of score. dragFinished,
            dragCancelled.
        typed: component, score.
        resetRequested: components that go back to what was encoded.
        recomputeRequested: fit again on what is there now.
        appeared, disappeared: the pane is shown or hidden.
        hovered: read-out for the status bar.
    """

    dragStarted = Signal()
    dragged = Signal(int, float)
    dragFinished = Signal()
    dragCancelled = Signal()
    typed = Signal(int, float)
    resetRequested = Signal(object)
    recomputeRequested = Signal()
    appeared = Signal()
    disappeared = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SliderRow] = []
        self.header = PaneHeader("Components")
        self.reset_all = ToolButton("reset", "Reset all components of this frame")
        self.recompute = QPushButton("Recompute")
        self.caption = MutedLabel()
        self.directions = DirectionList()
        self.empty = EmptyState(
            "components", "No components yet", "Open a clip: its motion gets sliders here."
        )
        self._lay_out()
        self.reset_all.clicked.connect(self._reset_all)
        self.recompute.clicked.connect(self.recomputeRequested)

    @property
    def rows(self) -> tuple[SliderRow, ...]:
        """The sliders, strongest component first."""
        return tuple(self._rows)

    def set_components(self, names: Sequence[str], spread: Double) -> None:
        """One slider for each component, over three standard deviations to either side."""
        if len(names) != len(self._rows):
            self._build(len(names))
        metrics = QFontMetrics(font("caption", tabular=True))
        short = [name.partition(" (")[0] for name in names]
        widest = max((metrics.horizontalAdvance(name) for name in short), default=0)
        for row, name, words, sigma in zip(self._rows, names, short, spread, strict=True):
            row.set_name(words, widest + SPACE_S)
            row.name.setToolTip(f"{name} of the variance: double-click resets it")
            row.set_limit(max(_SIGMAS * float(sigma), 1e-3))
        self._stack.setCurrentIndex(0 if self._rows else 1)

    def set_scores(self, scores: Double, original: Double, detail: str, reason: str = "") -> None:
        """Scores of the current frame beside those that were encoded; why they are locked."""
        near = np.isclose(scores, original, atol=1e-6)
        for row, score, before, same in zip(self._rows, scores, original, near, strict=True):
            row.set_reason(reason)
            row.set_value(float(score), float(score if same else before))
        self.header.set_detail(detail)
        unedited = "" if not bool(near.all()) else "This frame was not edited."
        self.reset_all.set_reason(reason or unedited)

    def set_caption(self, words: str, stale: str = "") -> None:
        """What the components were found from, and what they do not contain yet."""
        self.caption.setText(words)
        self.caption.setToolTip(words)
        self.recompute.setVisible(bool(stale))
        self.recompute.setToolTip(stale)

    def set_message(self, title: str, text: str) -> None:
        """Say why there is no slider."""
        self.empty.set_words(title, text)
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
        self.header.add_tool(self.reset_all)
        self.recompute.setAccessibleName("Recompute the components")
        self.recompute.hide()
        self.caption.setWordWrap(True)
        self.caption.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, 0)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.recompute, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(scrolling(self._list), 1)
        top, self._stack = either(filled, self.empty)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setHandleWidth(1)
        parts.setChildrenCollapsible(False)
        parts.addWidget(top)
        parts.addWidget(self.directions)
        parts.setStretchFactor(0, 1)
        self.directions.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(parts, 1)

    def _build(self, count: int) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [SliderRow(component, self._list) for component in range(count)]
        for place, row in enumerate(self._rows):
            row.dragStarted.connect(self.dragStarted)
            row.dragged.connect(self._drag)
            row.dragFinished.connect(self.dragFinished)
            row.dragCancelled.connect(self.dragCancelled)
            row.typed.connect(self.typed)
            row.resetRequested.connect(self._reset)
            self._column.insertWidget(place, row)

    def _drag(self, component: int, change: float) -> None:
        self.dragged.emit(component, change)
        self.hovered.emit(f"{self._rows[component].name.text()} changed by {signed(change)}")

    def _reset(self, component: int) -> None:
        self.resetRequested.emit((component,))

    def _reset_all(self) -> None:
        self.resetRequested.emit(tuple(range(len(self._rows))))
