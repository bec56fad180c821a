"""The first frame with the square that the model will see, to be moved, resized and turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from motionstudio.core.turned import TurnedBox
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.theme.apply import tokens_for

Box = tuple[int, int, int, int]
_HANDLE = 8
_SMALLEST = 16
_KNOB_IN = 18
_UPRIGHT = 2.5


class CropView(QWidget):
    """Drag inside the square to move it, a corner to resize it, the knob above it to turn it.

    Keys: arrows nudge, plus and minus resize, the square brackets turn by a degree.

    Signals:
        angleChanged: degrees, clockwise.
    """

    angleChanged = Signal(float)

    def __init__(self, picture: NDArray[np.uint8], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height, width = picture.shape[:2]
        self._image = to_image(picture)
        self._size = (height, width)
        side = min(height, width)
        self._crop: Box = ((height - side) // 2, (width - side) // 2, side, side)
        self._square = True
        self._angle = 0.0
        self._grabbed: tuple[str, QPointF, Box] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Crop: drag the square, or use arrow keys, plus, minus and [ ]")
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

    @property
    def angle(self) -> float:
        """Degrees by which the square is turned, clockwise."""
        return self._angle

    def set_angle(self, angle: float) -> None:
        """Turn the square."""
        self._angle = angle
        self.update()

    def corners(self) -> QPolygonF:
        """Where the corners of the turned square are painted, clockwise from the upper left."""
        frame = self.frame_rect()
        factor = frame.width() / self._size[1]
        places = (TurnedBox(self._crop, self._angle).corners() + 0.5) * factor
        return QPolygonF([QPointF(frame.x() + x, frame.y() + y) for x, y in places])

    def knob(self) -> QPointF:
        """Where the knob is painted that turns the square."""
        corners, middle = self.corners().toList(), self.corners().boundingRect().center()
        top = (corners[0] + corners[1]) / 2
        away = QLineF(middle, top)
        away.setLength(max(away.length() - _KNOB_IN, away.length() / 2))
        return away.p2()

    def set_picture(self, picture: NDArray[np.uint8]) -> None:
        """Show another (H, W, 1|3) picture; the square stays where sizes agree."""
        if picture.shape[:2] == self._size:
            self._image = to_image(picture)
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
        square = self.corners()
        seen, whole = QPainterPath(), QPainterPath()
        seen.addPolygon(square)
        seen.closeSubpath()
        whole.addRect(frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(whole.subtracted(seen), QColor(0, 0, 0, 140))
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(seen)
        top = (square.at(0) + square.at(1)) / 2
        painter.drawLine(top, self.knob())
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(self.knob(), _HANDLE / 2, _HANDLE / 2)
        for place in square.toList():
            corner = QRectF(0, 0, _HANDLE, _HANDLE)
            corner.moveCenter(place)
            painter.fillRect(corner, QColor(tokens.accent))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the square or its corner."""
        if not self._square or event.button() is not Qt.MouseButton.LeftButton:
            return
        place, square = event.position(), self.corners()
        near = [(place - corner).manhattanLength() < 2 * _HANDLE for corner in square.toList()]
        if (place - self.knob()).manhattanLength() < 2 * _HANDLE:
            self._grabbed = ("turn", place, self._crop)
        elif any(near):
            self._grabbed = ("size", place, self._crop)
        elif square.containsPoint(place, Qt.FillRule.OddEvenFill):
            self._grabbed = ("move", place, self._crop)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move or resize it within the frame."""
        if self._grabbed is None:
            return
        what, start, crop = self._grabbed
        middle = self.corners().boundingRect().center()
        if what == "turn":
            # From the middle up is 0; QLineF counts counter-clockwise from the right.
            turned = (90 - QLineF(middle, event.position()).angle() + 180) % 360 - 180
            free = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._turn_to(round(turned) if free else _snapped(turned))
            return
        factor = self._size[1] / self.frame_rect().width()
        moved = (event.position() - start) * factor
        if what == "move":
            self._take(moved_box(crop, self._size, round(moved.y()), round(moved.x())))
        elif self._angle:
            outward = QLineF(middle, event.position()).length() - QLineF(middle, start).length()
            self._take(grown_box(crop, self._size, round(outward * factor * 2**0.5)))
        else:
            outward = (event.position() - middle).manhattanLength()
            outward -= (start - middle).manhattanLength()
            at_corner = QLineF(start, self.corners().at(2)).length() < 3 * _HANDLE
            more = max(moved.x(), moved.y()) if at_corner else outward * factor
            resize = resized_box if at_corner else grown_box
            self._take(resize(crop, self._size, round(more)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the square, plus and minus resize it."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
                 Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}  # fmt: skip
        sizes = {Qt.Key.Key_Plus: 2, Qt.Key.Key_Minus: -2}
        turns = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
        key = Qt.Key(event.key())
        if self._square and key in steps:
            self._take(moved_box(self._crop, self._size, *steps[key]))
        elif self._square and key in sizes:
            self._take(resized_box(self._crop, self._size, sizes[key]))
        elif self._square and key in turns:
            self._turn_to(self._angle + turns[key])
        else:
            super().keyPressEvent(event)

    def _turn_to(self, angle: float) -> None:
        if angle != self._angle:
            self._angle = angle
            self.update()
            self.angleChanged.emit(angle)

    def _take(self, crop: Box) -> None:
        if crop != self._crop:
            self._crop = crop
            self.update()


def _snapped(angle: float) -> float:
    """Whole degrees; upright where that is near."""
    return 0.0 if abs(angle) < _UPRIGHT else float(round(angle))


def grown_box(crop: Box, size: tuple[int, int], more: int) -> Box:
    """The square with sides longer by ``more`` about its middle, kept inside where it was."""
    y, x, height, width = crop
    side = min(max(height + more, min(_SMALLEST, *size)), min(size))
    inside = min(y, x) >= 0 and y + height <= size[0] and x + width <= size[1]
    grown = (y + (height - side) // 2, x + (width - side) // 2, side, side)
    return moved_box(grown, size, 0, 0) if inside else grown


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
