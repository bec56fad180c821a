"""The two pictures of a live window: the driver with its frame and keypoints, and the result."""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.picture_painting import image_of
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_SELECTED, SPACE_L, Tokens
from motionstudio.io.capture import Framing

Image = NDArray[np.uint8]
_DIM = 0.55
_NOTCH = 0.12
_NUDGE = 0.05
_POINT = 4.0


class LivePicture(QWidget):
    """A picture that changes often, as large as fits, or a sentence where there is none.

    Signals:
        painted: a new picture was painted for the first time.

    Args:
        name: for screen readers.
        parent: owner.
    """

    painted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._fresh = False
        self._message = ("", "")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(160), scaled(120))

    @override
    def sizeHint(self) -> QSize:
        return QSize(scaled(420), scaled(420))

    @property
    def image(self) -> QImage | None:
        """What is shown, or None."""
        return self._image

    def set_picture(self, picture: Image | None) -> None:
        """Show (H, W, 1|3) uint8, or nothing."""
        if picture is None:
            self._image = None
        else:
            colour = np.repeat(picture, 3, 2) if picture.shape[2] == 1 else picture
            self._image = image_of(colour)
            self._fresh = True
        self.update()

    def set_message(self, title: str, detail: str = "") -> None:
        """Words over the canvas, or over the picture that stopped; empty: none."""
        if (title, detail) != self._message:
            self._message = (title, detail)
            self.setAccessibleDescription(f"{title} {detail}".strip())
            self.update()

    @property
    def message(self) -> tuple[str, str]:
        """What is said, and more about it."""
        return self._message

    def area(self) -> QRectF:
        """Where the whole picture lies on the widget."""
        if self._image is None:
            return QRectF()
        size = QSizeF(self._image.size())
        size.scale(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        return QRectF(corner, size)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            self.paint_picture(painter, self.area(), self._image, tokens)
        if self._message[0]:
            self._paint_message(painter, tokens)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(tokens.accent, LINE_CURVE))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()
        if self._fresh:
            self._fresh = False
            self.painted.emit()

    def paint_picture(self, painter: QPainter, area: QRectF, image: QImage, tokens: Tokens) -> None:
        """Paint the picture with what lies over it."""
        painter.drawImage(area, image)

    def _paint_message(self, painter: QPainter, tokens: Tokens) -> None:
        title, detail = self._message
        room = QRectF(self.rect()).adjusted(SPACE_L, SPACE_L, -SPACE_L, -SPACE_L)
        how = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        text = f"{title}\n{detail}" if detail else title
        painter.setFont(font("body"))
        box = painter.boundingRect(room, how, text).adjusted(-SPACE_L, -8, SPACE_L, 8)
        veil = QColor(tokens.canvas)
        veil.setAlphaF(0.85)
        painter.fillRect(box, veil)
        painter.setPen(QColor(tokens.text))
        painter.drawText(room, how, text)


class DriverPicture(LivePicture):
    """The driver: drag moves the square that counts, the wheel changes its size.

    Signals:
        framed: the ``Framing`` that a gesture asks for.
    """

    framed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Driver picture", parent)
        self._framing = Framing()
        self._points: NDArray[np.floating] | None = None
        self._grip: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(
            "The square is what counts: drag moves it, the wheel changes its size, "
            "double-click takes it back (arrow keys, + and -, 0)"
        )

    def set_framing(self, framing: Framing) -> None:
        """Which square counts."""
        self._framing = framing
        self.update()

    def set_points(self, points: NDArray[np.floating] | None) -> None:
        """Keypoints (K, 2) in [-1, 1] of the square, or none."""
        self._points = points
        self.update()

    def square(self) -> QRectF:
        """Where the square that counts lies on the widget."""
        area = self.area()
        if self._image is None:
            return area
        y, x, side = self._framing.box(self._image.height(), self._image.width())
        scale = area.width() / self._image.width()
        return QRectF(area.left() + x * scale, area.top() + y * scale, side * scale, side * scale)

    @override
    def paint_picture(self, painter: QPainter, area: QRectF, image: QImage, tokens: Tokens) -> None:
        if self._framing.mirror:
            painter.save()
            painter.translate(2 * area.center().x(), 0)
            painter.scale(-1, 1)
            painter.drawImage(area, image)
            painter.restore()
        else:
            painter.drawImage(area, image)
        square, outside = self.square(), QPainterPath()
        outside.addRect(area)
        inside = QPainterPath()
        inside.addRect(square)
        veil = QColor(tokens.canvas)
        veil.setAlphaF(_DIM)
        painter.fillPath(outside.subtracted(inside), veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Two lines, so that one of them is seen on any picture.
        for ink, width in ((tokens.canvas, 2 * LINE_SELECTED), (tokens.text, LINE_CURVE)):
            painter.setPen(pen(ink, width))
            painter.drawRect(square)
        self._paint_points(painter, square, tokens)

    def _paint_points(self, painter: QPainter, square: QRectF, tokens: Tokens) -> None:
        if self._points is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(pen(tokens.canvas, LINE_CURVE))
        for number, (x, y) in enumerate(self._points):
            place = QPointF(
                square.left() + (float(x) + 1) / 2 * square.width(),
                square.top() + (float(y) + 1) / 2 * square.height(),
            )
            painter.setBrush(QColor(tokens.series[number % len(tokens.series)]))
            painter.drawEllipse(place, scaled(_POINT), scaled(_POINT))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._image is not None:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            step = event.position() - self._grip
            self._grip = event.position()
            self._move(step.x(), step.y())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._tell(1.0, (0.0, 0.0))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(exp(_NOTCH * event.angleDelta().y() / 120))
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self.area().width() * _NUDGE
        moves = {
            Qt.Key.Key_Left: (-step, 0.0), Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step), Qt.Key.Key_Down: (0.0, step),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            self._move(*moves[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(exp(_NOTCH))
        elif key == Qt.Key.Key_Minus:
            self._zoom(exp(-_NOTCH))
        elif key == Qt.Key.Key_0:
            self._tell(1.0, (0.0, 0.0))
        else:
            super().keyPressEvent(event)

    def _move(self, dx: float, dy: float) -> None:
        area, square = self.area(), self.square()
        room = area.width() - square.width(), area.height() - square.height()
        pan = tuple(
            p + (2 * d / r if r > 1 else 0.0)
            for p, d, r in zip(self._framing.pan, (dx, dy), room, strict=True)
        )
        self._tell(self._framing.zoom, (pan[0], pan[1]))

    def _zoom(self, factor: float) -> None:
        self._tell(self._framing.zoom * factor, self._framing.pan)

    def _tell(self, zoom: float, pan: tuple[float, float]) -> None:
        x, y = (min(max(p, -1.0), 1.0) for p in pan)
        inside = Framing(self._framing.mirror, min(max(zoom, 1.0), MOST_ZOOM), (x, y))
        if inside != self._framing:
            self.framed.emit(inside)


MOST_ZOOM = 4.0
"""A square of a quarter of the picture's side is the smallest."""


class ResultPicture(LivePicture):
    """The source as it moves, with the driver over it for aligning the two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Result", parent)
        self._over: QImage | None = None
        self._place = QRectF(0, 0, 1, 1)
        self._angle, self._opacity = 0.0, 0.0

    def set_place(self, place: QRectF, angle: float) -> None:
        """Where the model's square lies, as shares of the picture, and how far it is turned."""
        self._place, self._angle = place, angle
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Of the driver over the result, 0 to 1."""
        self._opacity = opacity
        self.update()

    @property
    def opacity(self) -> float:
        """Of the driver over the result."""
        return self._opacity

    def set_over(self, square: Image | None) -> None:
        """The driver's (h, h, 3) square."""
        self._over = None if square is None else image_of(square)
        if self._opacity:
            self.update()

    @override
    def paint_picture(self, painter: QPainter, area: QRectF, image: QImage, tokens: Tokens) -> None:
        painter.drawImage(area, image)
        if self._over is None or not self._opacity:
            return
        place = QRectF(
            area.left() + self._place.x() * area.width(),
            area.top() + self._place.y() * area.height(),
            self._place.width() * area.width(),
            self._place.height() * area.height(),
        )
        painter.save()
        painter.setClipRect(area)
        painter.translate(place.center())
        painter.rotate(self._angle)
        painter.translate(-place.center())
        painter.setOpacity(self._opacity)
        painter.drawImage(place, self._over)
        painter.restore()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
