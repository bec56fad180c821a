"""The list of everything that is under way; opens over the status bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from motionstudio.gui.items.task_row import TaskRow, TaskView
from motionstudio.gui.theme.scale import fix_size, scaled
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_S

_ROW = 24


class TaskList(QFrame):
    """Tasks with bar, time left and Cancel each; it closes by itself when none is left.

    Signals:
        cancelRequested: key of a task.
    """

    cancelRequested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Tasks under way")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.rows: list[TaskRow] = []
        self._still = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        self._column.setSpacing(SPACE_S)
        self._column.addWidget(QLabel("Tasks under way"))

    def set_still(self, still: bool) -> None:
        """Whether bars without a known end stand still."""
        self._still = still
        for row in self.rows:
            row.set_still(still)

    def show_tasks(self, tasks: Sequence[TaskView]) -> None:
        """Show these tasks in the rows there are; rows keep their place and their keyboard."""
        while len(self.rows) < len(tasks):
            row = TaskRow()
            row.set_still(self._still)
            fix_size(row, height=_ROW, at_least=True)
            row.cancelRequested.connect(self.cancelRequested)
            self._column.addWidget(row)
            self.rows.append(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(tasks))
            if place < len(tasks):
                row.show_task(tasks[place])
        if not tasks:
            self.hide()

    def open_over(self, anchor: QWidget) -> None:
        """Open over ``anchor``, inside its window."""
        self.setMinimumWidth(scaled(420))
        self.adjustSize()
        place = anchor.mapToGlobal(QPoint(0, -self.height()))
        self.move(place)
        self.show()
