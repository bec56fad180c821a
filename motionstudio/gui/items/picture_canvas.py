"""The surface of a viewport: a picture on neutral grey with lines, arrows, legend and badges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import colour, outline, pen
from motionstudio.gui.items.layers import Layers
from motionstudio.gui.items.overlays import paint_arrows, paint_badge, paint_legend, paint_lines
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.tokens import SPACE_S, Tokens

_PIXELS_SHOW_FROM = 8.0
_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.25
_STALE_SATURATION = 0.6


class PictureCanvas(QWidget):
    """Shows ``Layers``; wheel zooms at the pointer, middle-drag pans, double-click fits.

    Keys: plus and minus zoom, 0 fits, arrows pan while zoomed, F held flickers.

    Signals:
        pixelHovered: column and row of the pixel under the pointer; -1, -1 when it left.
        flickerChanged: F went down or up.
        activated: the viewport was clicked or focused.
    """

    pixelHovered = Signal(int, int)
    flickerChanged = Signal(bool)
    activated = Signal()

    def __init__(self, view: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._layers = Layers()
        self._image: QImage | None = None
        self._smooth = True
        self._badges: tuple[str, ...] = ()
        self._dim = False
        self._pan_from: QPointF | None = None
        view.changed.connect(self._repaint)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in use."""
        return tokens_for(self.palette())

    @property
    def layers(self) -> Layers:
        """What is shown."""
        return self._layers

    @property
    def badges(self) -> tuple[str, ...]:
        """The words in the corner."""
        return self._badges

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 320)

    def set_layers(self, layers: Layers) -> None:
        """Show something else; a content that is missing leaves the old picture in place."""
        if layers.picture is None and self._image is not None:
            return
        self._layers = layers
        self._image = None
        if layers.picture is not None:
            self._image = self._faded(layers.picture, layers.fade)
        self.update()

    def clear(self, missing: str = "") -> None:
        """Show no picture, only why there is none."""
        self._layers, self._image = Layers(missing=missing), None
        self.update()

    def set_badges(self, badges: tuple[str, ...], *, stale: bool) -> None:
        """Words in the corner; stale pictures lose some of their colour."""
        if (badges, stale) != (self._badges, self._dim):
            self._badges, self._dim = badges, stale
            self.update()

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show every pixel as a square."""
        self._smooth = on
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture lies on the widget."""
        if self._image is None:
            return QRectF()
        return self._view.target(self._room(), self._image.size().toSizeF())

    def pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        """Column and row of the pixel at a place, or None outside the picture."""
        area = self.picture_rect()
        if self._image is None or not area.contains(place):
            return None
        x = int((place.x() - area.left()) / area.width() * self._image.width())
        y = int((place.y() - area.top()) / area.height() * self._image.height())
        return min(x, self._image.width() - 1), min(y, self._image.height() - 1)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._image is not None:
            factor = _ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH)
            self._view.zoom_at(event.position(), self._room(), self._size(), factor)
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit()
        zoomed = self._view.zoom > 1 and event.button() is Qt.MouseButton.LeftButton
        if event.button() is Qt.MouseButton.MiddleButton or zoomed:
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._view.pan(event.position() - self._pan_from, self._room(), self._size())
            self._pan_from = event.position()
        pixel = self.pixel_at(event.position())
        self.pixelHovered.emit(*(pixel if pixel is not None else (-1, -1)))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pan_from = None
        self.unsetCursor()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._view.fit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pixelHovered.emit(-1, -1)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, middle = event.key(), QPointF(self.rect().center())
        if key == Qt.Key.Key_F and not event.isAutoRepeat():
            self.flickerChanged.emit(True)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._view.zoom_at(middle, self._room(), self._size(), _ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self._view.zoom_at(middle, self._room(), self._size(), 1 / _ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_0:
            self._view.fit()
        elif key in _PANS and self._view.zoom > 1:
            self._view.pan(_PANS[Qt.Key(key)] * self.height() / 8, self._room(), self._size())
        else:
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and not event.isAutoRepeat():
            self.flickerChanged.emit(False)
        else:
            super().keyReleaseEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._layers.picture is not None:
            self._image = self._faded(self._layers.picture, self._layers.fade)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self.tokens
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._image is None:
            self._paint_missing(painter)
        else:
            self._paint_picture(painter, self._image)
        paint_badge(painter, QRectF(self.rect()), self._badges, tokens)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            outline(painter, QRectF(self.rect()), tokens.accent, 1)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        area, tokens = self.picture_rect(), self.tokens
        scale = area.width() / image.width()
        smooth = self._smooth and scale < _PIXELS_SHOW_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(area, self._stale_image(image) if self._dim else image)
        if len(self._layers.lines):
            paint_lines(painter, area, scale, self._layers.lines, tokens)
        if len(self._layers.arrows):
            paint_arrows(painter, area, scale, self._layers.arrows, tokens)
        if self._layers.legend is not None:
            painter.setPen(pen(tokens.line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            paint_legend(painter, QRectF(self.rect()), self._layers.legend, tokens)

    def _paint_missing(self, painter: QPainter) -> None:
        painter.setPen(QColor(self.tokens.muted))
        place = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        area = self.rect().adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        painter.drawText(area, int(place), self._layers.missing)

    def _faded(self, picture: NDArray[np.uint8], fade: float) -> QImage:
        solid = np.ascontiguousarray(picture)
        height, width = solid.shape[:2]
        image = QImage(
            solid.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
        ).copy()
        if fade:
            painter = QPainter(image)
            painter.fillRect(image.rect(), colour(self.tokens.canvas, fade))
            painter.end()
        return image

    def _stale_image(self, image: QImage) -> QImage:
        made = image.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(
            QImage.Format.Format_RGB888
        )
        painter = QPainter(made)
        painter.setOpacity(_STALE_SATURATION)
        painter.drawImage(0, 0, image)
        painter.end()
        return made

    def _room(self) -> QSizeF:
        return QSizeF(self.size())

    def _size(self) -> QSizeF:
        return self._image.size().toSizeF() if self._image is not None else QSizeF()

    def _repaint(self) -> None:
        self.update()


_PANS = {
    Qt.Key.Key_Left: QPointF(1, 0),
    Qt.Key.Key_Right: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, 1),
    Qt.Key.Key_Down: QPointF(0, -1),
}
