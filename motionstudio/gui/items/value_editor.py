"""The small field that opens over a cell of the matrix to type a number."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from motionstudio.gui.theme.tokens import SPACE_S

_BOUND = 1e6


class ValueEditor(QLineEdit):
    """Return takes the number, Escape or a click elsewhere closes the field without it.

    Args:
        parent: the widget over which it opens.
        cell: the cell it belongs to, in pixels of ``parent``.
        value: the number to start from.

    Signals:
        entered: the number.
        closed: the field went away.
    """

    entered = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget, cell: QRectF, value: float) -> None:
        super().__init__(parent)
        self._open = True
        self.setLocale(QLocale.c())
        validator = QDoubleValidator(-_BOUND, _BOUND, 4, self)
        validator.setLocale(QLocale.c())
        self.setValidator(validator)
        self.setText(f"{value:.3f}")
        width = QFontMetrics(self.font()).horizontalAdvance("−0000.000") + 2 * SPACE_S
        height = self.sizeHint().height()
        x = min(max(int(cell.center().x() - width / 2), 0), parent.width() - width)
        y = min(max(int(cell.center().y() - height / 2), 0), parent.height() - height)
        self.setGeometry(x, y, width, height)
        self.selectAll()
        self.show()
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.hasAcceptableInput():
                value, _ = QLocale.c().toDouble(self.text())
                self.entered.emit(value)
            self._close()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close()

    def _close(self) -> None:
        if self._open:
            self._open = False
            self.hide()
            self.closed.emit()
            self.deleteLater()
