"""The first frame with the square that the model will see, to be moved and resized."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from motionstudio.gui.theme.apply import tokens_for

Box = tuple[int, int, int, int]
_HANDLE = 8
_SMALLEST = 16


class CropView(QWidget):
    """Drag inside the square to move it, its lower right corner to resize it; arrows nudge.

    Signals:
        cropChanged: (y, x, height, width) in pixels of the frame.
    """

    cropChanged = Signal(object)

    def __init__(self, picture: NDArray[np.uint8], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height, width = picture.shape[:2]
        self._image = _to_image(picture)
        self._size = (height, width)
        side = min(height, width)
        self._crop: Box = ((height - side) // 2, (width - side) // 2, side, side)
        self._square = True
        self._grabbed: tuple[str, QPointF, Box] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Crop: drag the square, or move it with the arrow keys")
        self.setMinimumSize(160, 120)

    def sizeHint(self) -> QSize:
        """Room for a frame."""
        return QSize(320, 240)

    @property
    def crop(self) -> Box:
        """(y, x, height, width) of the square in pixels of the frame."""
        return self._crop

    def set_crop(self, crop: Box) -> None:
        """Show this square."""
        self._crop = crop
        self.update()

    def set_picture(self, picture: NDArray[np.uint8]) -> None:
        """Show another (H, W, 1|3) picture; the square stays where sizes agree."""
        if picture.shape[:2] == self._size:
            self._image = _to_image(picture)
            self.update()

    def set_square(self, on: bool) -> None:
        """Show the square, or the whole frame (letterbox)."""
        self._square = on
        self.update()

    def frame_rect(self) -> QRectF:
        """Where the frame is painted."""
        height, width = self._size
        factor = min(self.width() / width, self.height() / height)
        shown = QRectF(0, 0, width * factor, height * factor)
        shown.moveCenter(QRectF(self.rect()).center())
        return shown

    def crop_rect(self) -> QRectF:
        """Where the square is painted."""
        frame, (y, x, height, width) = self.frame_rect(), self._crop
        factor = frame.width() / self._size[1]
        return QRectF(
            frame.x() + x * factor, frame.y() + y * factor, width * factor, height * factor
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame; what the model will not see is darkened."""
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = self.frame_rect()
        painter.drawImage(frame, self._image)
        if not self._square:
            return
        square = self.crop_rect()
        shade = QColor(0, 0, 0, 140)
        painter.fillRect(QRectF(frame.left(), frame.top(), square.left() - frame.left(),
                                frame.height()), shade)  # fmt: skip
        painter.fillRect(QRectF(square.right(), frame.top(), frame.right() - square.right(),
                                frame.height()), shade)  # fmt: skip
        painter.fillRect(QRectF(square.left(), frame.top(), square.width(),
                                square.top() - frame.top()), shade)  # fmt: skip
        painter.fillRect(QRectF(square.left(), square.bottom(), square.width(),
                                frame.bottom() - square.bottom()), shade)  # fmt: skip
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawRect(square)
        corner = QRectF(0, 0, _HANDLE, _HANDLE)
        corner.moveCenter(square.bottomRight())
        painter.fillRect(corner, QColor(tokens.accent))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the square or its corner."""
        if not self._square or event.button() is not Qt.MouseButton.LeftButton:
            return
        place, square = event.position(), self.crop_rect()
        near = (place - square.bottomRight()).manhattanLength() < 2 * _HANDLE
        if near:
            self._grabbed = ("size", place, self._crop)
        elif square.contains(place):
            self._grabbed = ("move", place, self._crop)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move or resize it within the frame."""
        if self._grabbed is None:
            return
        what, start, crop = self._grabbed
        factor = self._size[1] / self.frame_rect().width()
        moved = (event.position() - start) * factor
        if what == "move":
            self._take(moved_box(crop, self._size, round(moved.y()), round(moved.x())))
        else:
            self._take(resized_box(crop, self._size, round(max(moved.x(), moved.y()))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the square, plus and minus resize it."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
                 Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}  # fmt: skip
        sizes = {Qt.Key.Key_Plus: 2, Qt.Key.Key_Minus: -2}
        key = Qt.Key(event.key())
        if self._square and key in steps:
            self._take(moved_box(self._crop, self._size, *steps[key]))
        elif self._square and key in sizes:
            self._take(resized_box(self._crop, self._size, sizes[key]))
        else:
            super().keyPressEvent(event)

    def _take(self, crop: Box) -> None:
        if crop != self._crop:
            self._crop = crop
            self.update()
            self.cropChanged.emit(crop)


def _to_image(picture: NDArray[np.uint8]) -> QImage:
    height, width, channels = picture.shape
    form = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    data = np.ascontiguousarray(picture)
    return QImage(data.data, width, height, width * channels, form).copy()


def moved_box(crop: Box, size: tuple[int, int], down: int, right: int) -> Box:
    """The crop moved by whole pixels, kept inside a frame of ``size`` (H, W)."""
    y, x, height, width = crop
    return (
        min(max(y + down, 0), size[0] - height),
        min(max(x + right, 0), size[1] - width),
        height,
        width,
    )


def resized_box(crop: Box, size: tuple[int, int], more: int) -> Box:
    """The square crop with sides longer by ``more``, kept inside a frame of ``size`` (H, W)."""
    y, x, height, _ = crop
    largest = min(size[0] - y, size[1] - x)
    side = min(max(height + more, min(_SMALLEST, largest)), largest)
    return y, x, side, side
