"""A handle to take the motion of the subject that is shown: drag it onto another, or press it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from motionstudio.gui.items.tool_button import ToolButton

_TIP = "Take this motion: drag it onto another subject, or press to choose one"


class MotionGrip(ToolButton):
    """Dragged, it carries the motion; pressed, it asks where to.

    Signals:
        dragStarted: the pointer moved away with the button down.
    """

    dragStarted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("grip", _TIP, parent=parent)
        self._pressed: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        away = (event.position().toPoint() - self._pressed).manhattanLength()
        if away >= QApplication.startDragDistance():
            self._pressed = None
            self.setDown(False)
            self.dragStarted.emit()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:  # It was dragged: that is no press.
            self.setDown(False)
            return
        self._pressed = None
        super().mouseReleaseEvent(event)
