"""Drags of motion as Qt sends them: enter, move, then leave or drop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from motionstudio.gui.items.motion_drag import motion_data
from tests.gui.gestures import NONE

_EVERY = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
_LEFT = Qt.MouseButton.LeftButton


class MotionDrag:
    """One drag of a motion over the widgets of a window."""

    def __init__(self, source: str, name: str = "motion") -> None:
        self.data: QMimeData = motion_data(source, name)

    def over(
        self, widget: QWidget, place: QPoint | None = None, keys: Qt.KeyboardModifier = NONE
    ) -> bool:
        """Enter a widget and move on it; tells whether it would take the drop."""
        at = place or widget.rect().center()
        enter = QDragEnterEvent(at, _EVERY, self.data, _LEFT, keys)
        QApplication.sendEvent(widget, enter)
        move = QDragMoveEvent(at, _EVERY, self.data, _LEFT, keys)
        QApplication.sendEvent(widget, move)
        return move.isAccepted()

    def leave(self, widget: QWidget) -> None:
        """Go elsewhere, or Esc in the middle of the drag: Qt sends the same."""
        QApplication.sendEvent(widget, QDragLeaveEvent())

    def drop(
        self, widget: QWidget, place: QPoint | None = None, keys: Qt.KeyboardModifier = NONE
    ) -> bool:
        """Release over a widget; tells whether it took the drop."""
        self.over(widget, place, keys)  # Qt drops only where a drag has entered.
        at = QPointF(place or widget.rect().center())
        event = QDropEvent(at, _EVERY, self.data, _LEFT, keys, QEvent.Type.Drop)
        QApplication.sendEvent(widget, event)
        return event.isAccepted()
