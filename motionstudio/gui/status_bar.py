"""The status bar: what is going on, what is under the pointer, and where it is computed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStatusBar, QWidget

from motionstudio.gui.items.elided import ElidedLabel
from motionstudio.gui.items.task_row import TaskRow, TaskView
from motionstudio.gui.task_list import TaskList
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS


class StatusBar(QStatusBar):
    """The first task with bar and Cancel, read-out, rate, saved or not, device.

    Signals:
        cancelRequested: key of the task whose button was pressed.
    """

    cancelRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.read_out = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.row = TaskRow()
        self.more = QPushButton()
        self.tasks = TaskList(self)
        self.rate = QLabel()
        self.saved = QLabel()
        self.device = QLabel("Starting the engine …")
        self._lay_out()
        self.row.cancelRequested.connect(self.cancelRequested)
        self.tasks.cancelRequested.connect(self.cancelRequested)
        self.more.clicked.connect(self.open_tasks)
        self.show_tasks(())

    @property
    def task(self) -> QLabel:
        """The words of the first task."""
        return self.row.text

    @property
    def cancel(self) -> QPushButton:
        """The button of the first task."""
        return self.row.cancel

    def set_read_out(self, text: str) -> None:
        """What is under the pointer."""
        self.read_out.setText(text)
        self.read_out.setToolTip(text)

    def set_still(self, still: bool) -> None:
        """Whether bars without a known end stand still."""
        self.row.set_still(still)
        self.tasks.set_still(still)

    def show_tasks(self, tasks: Sequence[TaskView]) -> None:
        """The first of them here, all of them in the list."""
        self.row.setVisible(bool(tasks))
        if tasks:
            self.row.show_task(tasks[0])
        self.more.setVisible(len(tasks) > 1)
        self.more.setText(f"{len(tasks)} tasks")
        self.tasks.show_tasks(tasks)

    def open_tasks(self) -> None:
        """Open the list of tasks."""
        self.tasks.open_over(self.row)

    def set_rate(self, fps: float, skipped: int) -> None:
        """Measured frames per second while playing; 0 hides it."""
        self.rate.setText(f"{fps:.0f} fps, {skipped} skipped" if fps else "")

    def set_saved(self, changed: bool, at: str = "") -> None:
        """Whether the document has changes that no file has; when it was saved, as ``14:02``."""
        self.saved.setText("● unsaved" if changed else f"saved {at}" if at else "")
        last = f"; it was saved at {at}" if at else ""
        self.saved.setToolTip(f"There are changes that no file has{last}" if changed else "")

    def set_device(self, text: str, reason: str, *, amber: bool) -> None:
        """Where the model runs and why."""
        self.device.setText(text)
        self.device.setToolTip(reason)
        self.device.setProperty("tone", "warn" if amber else "")
        self.device.style().unpolish(self.device)
        self.device.style().polish(self.device)

    def _lay_out(self) -> None:
        caption = font("caption", tabular=True)
        self.more.setProperty("small", True)
        self.more.setToolTip("Show all tasks under way")
        self.more.setAccessibleName("Show all tasks under way")
        self.read_out.setAccessibleName("Read-out")
        # A long read-out is shortened rather than making the window wider.
        self.read_out.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(SPACE_S, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.row)
        row.addWidget(self.more)
        row.addWidget(self.read_out, 1)
        for widget in (self.more, self.read_out):
            widget.setFont(caption)
        self.addWidget(left, 1)
        for label in (self.rate, self.saved, self.device):
            label.setFont(caption)
            label.setProperty("muted", True)
            label.setContentsMargins(SPACE_XS, 0, SPACE_S, 0)
            self.addPermanentWidget(label)
