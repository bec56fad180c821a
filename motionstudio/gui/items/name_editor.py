"""The small field that opens over the head of a row to name a dimension."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

LONGEST_NAME = 40


class NameEditor(QLineEdit):
    """Return or a click elsewhere takes the name, Escape leaves it as it was.

    Args:
        parent: the widget over which it opens.
        area: the head of the row, in pixels of ``parent``.
        dim: the dimension.
        name: to start from.

    Signals:
        entered: dimension and name; an empty name gives the plain one back.
        closed: the field went away.
    """

    entered = Signal(int, str)
    closed = Signal()

    def __init__(self, parent: QWidget, area: QRectF, dim: int, name: str) -> None:
        super().__init__(parent)
        self._dim, self._name, self._open = dim, name, True
        self.setMaxLength(LONGEST_NAME)
        self.setText(name)
        self.setPlaceholderText(f"z{dim}")
        self.setAccessibleName(f"Name of dimension {name}")
        height = self.sizeHint().height()
        y = min(max(int(area.center().y() - height / 2), 0), max(0, parent.height() - height))
        self.setGeometry(2, y, max(int(area.width()) - 4, 96), height)
        self.selectAll()
        self.show()
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(take=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._close(take=False)
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close(take=True)

    def _close(self, *, take: bool) -> None:
        if not self._open:
            return
        self._open = False
        name = self.text().strip()
        self.hide()
        if take and name != self._name:
            self.entered.emit(self._dim, name)
        self.closed.emit()
        self.deleteLater()
