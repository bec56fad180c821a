"""One task under way: words, bar, time left and Cancel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from motionstudio.gui.items.elided import ElidedLabel
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import SPACE_S

_STEPS = 1000


@dataclass(frozen=True, slots=True)
class TaskView:
    """What is shown of a task.

    Attributes:
        key: unique among what is under way.
        text: what is being done.
        fraction: done, 0..1, or None while it cannot be told.
        left: seconds to go, or None while they cannot be told.
        cancellable: whether Cancel makes sense.
        cancelling: whether it was cancelled and has not stopped yet.
    """

    key: str
    text: str
    fraction: float | None = None
    left: float | None = None
    cancellable: bool = True
    cancelling: bool = False


class TaskRow(QWidget):
    """A task in the status bar or in the list of tasks.

    Signals:
        cancelRequested: key of the task whose button was pressed.
    """

    cancelRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self._still = False
        self.text, self.left = ElidedLabel(), QLabel()
        self.bar = QProgressBar()
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self._ask)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        caption = font("caption", tabular=True)
        for widget in (self.text, self.left, self.cancel):
            widget.setFont(caption)
        self.left.setProperty("muted", True)
        self.cancel.setProperty("small", True)
        fix_size(self.bar, width=120, height=10)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.text, 1)
        for part in (self.bar, self.left, self.cancel):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_still(self, still: bool) -> None:
        """Whether a bar without a known end stands still."""
        self._still = still

    def show_task(self, task: TaskView) -> None:
        """Show a task."""
        self._key = task.key
        self.text.setText(task.text)
        unknown = task.fraction is None and not self._still
        self.bar.setRange(0, 0 if unknown else _STEPS)
        self.bar.setValue(round(_STEPS * (task.fraction or 0.0)))
        self.bar.setAccessibleName(f"Progress of: {task.text}")
        self.left.setText(time_left(task.left))
        self.left.setVisible(task.left is not None)
        self.cancel.setVisible(task.cancellable)
        self.cancel.setEnabled(not task.cancelling)
        self.cancel.setText("Cancelling …" if task.cancelling else "Cancel")
        self.cancel.setAccessibleName(f"Cancel: {task.text}")
        told = "It stops at the next step." if task.cancelling else "Stop this task (Esc)"
        self.cancel.setToolTip(told)

    def _ask(self) -> None:
        self.cancelRequested.emit(self._key)


def time_left(seconds: float | None) -> str:
    """Seconds to go in words; empty while they cannot be told."""
    if seconds is None:
        return ""
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s left"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s left" if minutes < 60 else f"{minutes // 60} h left"
