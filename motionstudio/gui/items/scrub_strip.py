"""Base of strips of bars that show other frames when they are pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from typing_extensions import override

from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.ink import pen


class ScrubStrip(AxisWidget):
    """A bar for every cell of the axis; pressing or dragging over one shows its frame.

    The keys left and right step, and the read-out of the bar under the pointer is its tooltip.

    Signals:
        scrubbed: a bar was pressed or dragged over; show this frame.
    """

    scrubbed = Signal(int)

    def bars(self) -> int:
        """How many bars there are; none of the others can be pressed."""
        raise NotImplementedError

    def describe(self, cell: int) -> str:
        """Read-out of one bar."""
        raise NotImplementedError

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        cell = self._cell_at(event)
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.scrubbed.emit(self.axis.frame_of(cell))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        cell = self._cell_at(event)
        if cell is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self.axis.frame_of(cell))
        words = self.describe(cell)
        self.setToolTip(words)
        self.hovered.emit(words)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepRequested.emit(step)

    def paint_floor(self, painter: QPainter) -> None:
        """The line that the bars stand on."""
        painter.setPen(pen(self.tokens.line))
        painter.drawLine(QLineF(0, self.height() - 0.5, self.width(), self.height() - 0.5))

    def _cell_at(self, event: QMouseEvent) -> int | None:
        cell = self.axis.frame_at(event.position().x())
        return cell if 0 <= cell < self.bars() else None
