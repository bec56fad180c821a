"""The status bar: what is going on, what is under the pointer, and where it is computed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS


class StatusBar(QStatusBar):
    """Task with bar and Cancel, read-out, rate, saved or not, device.

    Signals:
        cancelRequested: the button beside the bar was pressed.
    """

    cancelRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.read_out = QLabel()
        self.task = QLabel()
        self.bar = QProgressBar()
        self.cancel = QPushButton("Cancel")
        self.rate = QLabel()
        self.saved = QLabel()
        self.device = QLabel("Starting the engine …")
        self._lay_out()
        self.cancel.clicked.connect(self._ask_cancel)
        self.end_task()

    def set_read_out(self, text: str) -> None:
        """What is under the pointer."""
        self.read_out.setText(text)

    def show_task(self, text: str, fraction: float | None, *, cancellable: bool) -> None:
        """A long task: ``fraction`` in [0, 1], or None while it cannot be told."""
        self.task.setText(text)
        self.task.show()
        self.bar.setRange(0, 0 if fraction is None else 1000)
        self.bar.setValue(round(1000 * (fraction or 0.0)))
        self.bar.show()
        self.cancel.setVisible(cancellable)

    def end_task(self) -> None:
        """Nothing is going on."""
        for widget in (self.task, self.bar, self.cancel):
            widget.hide()
        self.cancel.setEnabled(True)
        self.cancel.setText("Cancel")

    def set_rate(self, fps: float, skipped: int) -> None:
        """Measured frames per second while playing; 0 hides it."""
        self.rate.setText(f"{fps:.0f} fps, {skipped} skipped" if fps else "")

    def set_saved(self, changed: bool) -> None:
        """Whether the document has changes."""
        self.saved.setText("● changed" if changed else "")
        self.saved.setToolTip("There are changes since the clip was opened" if changed else "")

    def set_device(self, text: str, reason: str, *, amber: bool) -> None:
        """Where the model runs and why."""
        self.device.setText(text)
        self.device.setToolTip(reason)
        self.device.setProperty("tone", "warn" if amber else "")
        self.device.style().unpolish(self.device)
        self.device.style().polish(self.device)

    def _ask_cancel(self) -> None:
        self.cancel.setText("Cancelling …")
        self.cancel.setEnabled(False)
        self.cancelRequested.emit()

    def _lay_out(self) -> None:
        caption = font("caption", tabular=True)
        self.bar.setFixedWidth(140)
        self.bar.setFixedHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the task")
        self.cancel.setFixedHeight(20)
        self.cancel.setStyleSheet("padding: 0 8px; min-height: 0;")
        self.read_out.setAccessibleName("Read-out")
        self.read_out.setMinimumWidth(40)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(SPACE_S, 0, 0, 0)
        row.setSpacing(SPACE_S)
        for widget in (self.task, self.bar, self.cancel, self.read_out):
            row.addWidget(widget)
            widget.setFont(caption)
        row.addStretch(1)
        self.addWidget(left, 1)
        for label in (self.rate, self.saved, self.device):
            label.setFont(caption)
            label.setProperty("muted", True)
            label.setContentsMargins(SPACE_XS, 0, SPACE_S, 0)
            self.addPermanentWidget(label)
