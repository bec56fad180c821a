"""Base of what lies over a canvas and takes its mouse: places of the picture on the widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.items.picture_canvas import PictureCanvas

Place = tuple[float, float]


class PictureLayer(QWidget):
    """Transparent for the mouse itself; while its tool is on it filters the canvas's events.

    Places are (x, y) in pixels of the picture, pixel centres at whole numbers.

    Args:
        canvas: the canvas; it becomes the parent.
        takes: whether what the canvas shows can be dragged now.
    """

    def __init__(self, canvas: PictureCanvas, takes: Callable[[], bool]) -> None:
        super().__init__(canvas)
        self._canvas, self._takes = canvas, takes
        self._size: tuple[int, int] | None = None
        self._tool = self._down = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(canvas.rect())
        canvas.installEventFilter(self)

    def set_size(self, size: tuple[int, int] | None) -> None:
        """(H, W) of the picture at full size, or None while there is none."""
        if size != self._size:
            self._size = size
            self.update()

    def set_tool(self, on: bool) -> None:
        """Whether the left button picks and drags."""
        if on == self._tool:
            return
        self._tool, self._down = on, False
        if on:
            self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._canvas.unsetCursor()
        self.update()

    def on_widget(self, place: Place) -> QPointF:
        """A place of the picture on the canvas."""
        area = self._canvas.picture_rect()
        if self._size is None:
            return QPointF()
        height, width = self._size
        x = area.left() + (place[0] + 0.5) / width * area.width()
        return QPointF(x, area.top() + (place[1] + 0.5) / height * area.height())

    def in_picture(self, place: QPointF) -> Place:
        """A point of the canvas as a place of the picture."""
        area = self._canvas.picture_rect()
        height, width = self._size or (1, 1)
        x = (place.x() - area.left()) / area.width() * width - 0.5
        return x, (place.y() - area.top()) / area.height() * height - 0.5

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what belongs to the tool; let the canvas have the rest."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        if not self._tool or self._size is None:
            return False
        if isinstance(event, QMouseEvent):
            return self.take_mouse(event)
        if isinstance(event, QWheelEvent):
            return self.take_wheel(event)
        return isinstance(event, QKeyEvent) and self.take_key(event)

    def take_mouse(self, event: QMouseEvent) -> bool:
        """A mouse event of the canvas; True where it was the tool's."""
        raise NotImplementedError

    def take_wheel(self, event: QWheelEvent) -> bool:
        """A turn of the wheel; True where it was the tool's."""
        raise NotImplementedError

    def take_key(self, event: QKeyEvent) -> bool:
        """A key event; True where it was the tool's."""
        raise NotImplementedError


def notches(event: QWheelEvent) -> float:
    """Notches of the wheel; with Alt some systems turn it sideways."""
    turned = event.angleDelta()
    return (turned.y() or turned.x()) / 120.0
