"""The history of the document as a list: click a step to go there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.theme.apply import tokens_for

BEGINNING = "As it was opened"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step for people: what it was called, and the bytes that it holds."""

    label: str
    nbytes: int


class HistoryList(QWidget):
    """Steps from the oldest to the newest; those that were undone are grey.

    Signals:
        positionChosen: how many steps are to be done.
        hovered: read-out for the status bar.
    """

    positionChosen = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("History")
        self.list = QListWidget()
        self.list.setProperty("roomy", True)
        self.list.setAccessibleName("Steps of the history")
        self.list.setToolTip("Click a step to go back or forward to it")
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setMouseTracking(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list)
        self._position = 0
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemEntered.connect(self._tell)
        self.set_steps((), 0, 0)

    def set_steps(self, steps: Sequence[StepLine], position: int, limit: int) -> None:
        """Show ``steps``, the first ``position`` of which are done.

        Args:
            steps: oldest first.
            position: how many are done.
            limit: bytes beyond which the oldest are forgotten.
        """
        self._position = position
        blocker = QSignalBlocker(self.list)
        labels = [BEGINNING, *(step.label for step in steps)]
        while self.list.count() > len(labels):
            self.list.takeItem(self.list.count() - 1)
        for row, label in enumerate(labels):
            if row == self.list.count():
                self.list.addItem(QListWidgetItem())
            item = self.list.item(row)
            size = steps[row - 1].nbytes if row else 0
            self._fill(item, label, size, row)
        self.list.setCurrentRow(position)
        del blocker
        self.list.scrollToItem(self.list.item(position))
        held = sum(step.nbytes for step in steps)
        self.header.set_detail(f"{bytes_text(held)} of {bytes_text(limit)}" if steps else "")

    def _fill(self, item: QListWidgetItem, label: str, size: int, row: int) -> None:
        current, undone = row == self._position, row > self._position
        item.setText(label)
        state = "the present step" if current else "undone" if undone else "done"
        tip = f"{label}: {state}" + (f", {bytes_text(size)}" if size else "")
        item.setToolTip(tip)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
        font = QFont(self.list.font())
        font.setBold(current)
        font.setItalic(undone)
        item.setFont(font)
        tokens = tokens_for(self.palette())
        item.setForeground(QBrush(QColor(tokens.disabled if undone else tokens.text)))

    def _choose(self, row: int) -> None:
        if row >= 0 and row != self._position:
            self.positionChosen.emit(row)

    def _tell(self, item: QListWidgetItem) -> None:
        self.hovered.emit(item.toolTip())


def bytes_text(count: int) -> str:
    """A size for people: ``12 KB``."""
    for unit, size in (("GB", 2**30), ("MB", 2**20)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{max(1, round(count / 2**10))} KB" if count else "0 KB"
