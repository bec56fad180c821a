"""The surface of a viewport: a picture on neutral grey with lines, arrows, legend and badges."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.canvas_marks import paint_cross_hair, paint_divider, paint_missing
from motionstudio.gui.items.cross_hair import CrossHair
from motionstudio.gui.items.ink import outline
from motionstudio.gui.items.layers import Layers, Stroke
from motionstudio.gui.items.overlays import paint_badge, paint_legend
from motionstudio.gui.items.picture_painting import Manner, image_of, paint_layers
from motionstudio.gui.items.picture_surface import PictureSurface
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.items.stroke_layers import StrokeLayers

_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.25
_GRIP = 6.0


class PictureCanvas(PictureSurface):
    """Shows ``Layers``; wheel zooms at the pointer, middle-drag pans, double-click fits.

    Space held and a drag pan as well; Space alone plays. Keys: plus and minus zoom, 0 fits,
    arrows pan while zoomed, F held flickers.

    Signals:
        pixelHovered: column and row of the native pixel under the pointer; -1, -1 when it left.
        flickerChanged: F went down or up.
        activated: the viewport was clicked or focused.
        dividerMoved: the divider of the wipe was dragged to this share of the picture's width.
        placed: the picture was clicked at x, y (native pixels) while ``set_placing`` is on.
        playRequested: Space was pressed and released without a drag.
        draggedOut: the left button went down on the picture and left the viewport.
    """

    pixelHovered = Signal(int, int)
    flickerChanged = Signal(bool)
    activated = Signal()
    dividerMoved = Signal(float)
    placed = Signal(float, float)
    playRequested = Signal()
    draggedOut = Signal()

    def __init__(
        self,
        view: PictureView,
        cross_hair: CrossHair | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(view, parent)
        self._cross_hair = cross_hair or CrossHair(self)
        self._layers, self._right = Layers(), Layers()
        self._images: tuple[QImage | None, QImage | None] = (None, None)
        self._strokes = StrokeLayers()
        self._divider: float | None = None
        self._smooth = True
        self._badges: tuple[str, ...] = ()
        self._dim = False
        self._placing = False
        self._pan_from: QPointF | None = None
        self._held_divider = self._left_down = False
        self._space, self._space_used, self._over = False, False, False
        self._cross_hair.moved.connect(self._on_cross_hair)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    @property
    def layers(self) -> Layers:
        """What is shown."""
        self._catch_up()
        return self._layers

    @property
    def right(self) -> Layers:
        """What is shown to the right of the divider; empty without a wipe."""
        self._catch_up()
        return self._right if self._divider is not None else Layers()

    @property
    def badges(self) -> tuple[str, ...]:
        """The words in the corner."""
        return self._badges

    @property
    def divider(self) -> float | None:
        """Where the divider of the wipe stands, as a share of the picture's width, or None."""
        self._catch_up()
        return self._divider

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 320)

    @override
    def native(self) -> QSizeF:
        self._catch_up()
        height, width = self._layers.native
        return QSizeF(width, height)

    def set_layers(self, layers: Layers) -> None:
        """Show something else; a content that is missing leaves the old picture in place."""
        self._catch_up()
        if layers.picture is not None or self._images[0] is None:
            self._layers = layers
            made = None if layers.picture is None else image_of(layers.picture)
            self._images = (made, self._images[1])
        self.refresh()

    def set_wipe(self, layers: Layers | None, divider: float = 0.5) -> None:
        """Show something else right of a divider; None: no wipe."""
        self._catch_up()
        self._divider = None if layers is None else divider
        if layers is None:
            self._right, self._images = Layers(), (self._images[0], None)
        elif layers.picture is not None or self._images[1] is None:
            self._right = layers
            made = None if layers.picture is None else image_of(layers.picture)
            self._images = (self._images[0], made)
        self.refresh()

    def set_strokes(self, left: tuple[Stroke, ...], right: tuple[Stroke, ...]) -> None:
        """Other lines and dots over the pictures that are shown."""
        self._catch_up()
        self._layers = replace(self._layers, strokes=left)
        self._right = replace(self._right, strokes=right)
        self.refresh()

    def clear(self, missing: str = "") -> None:
        """Show no picture, only why there is none."""
        self._forget()
        self._strokes.clear()
        self._layers, self._right = Layers(missing=missing), Layers()
        self._images = (None, None)
        self.refresh()

    def set_badges(self, badges: tuple[str, ...], *, stale: bool) -> None:
        """Words in the corner; stale pictures lose some of their colour."""
        if stale != self._dim:
            self._dim = stale
            self.refresh()
        if badges != self._badges:
            self._badges = badges
            self.update()

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show every pixel as a square."""
        if on != self._smooth:
            self._smooth = on
            self.refresh()

    def set_placing(self, on: bool) -> None:
        """While on, a click on the picture is told with its place."""
        self._placing = on
        self._show_cursor(None)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.native().isEmpty():
            factor = _ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH)
            self._view.zoom_at(event.position(), self.room(), self.native(), factor)
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit()
        place, left = event.position(), event.button() is Qt.MouseButton.LeftButton
        if event.button() is Qt.MouseButton.MiddleButton or (left and self._space):
            self._begin_pan(place)
        elif left and self._on_divider(place):
            self._held_divider = True
        elif left and self._placing:
            point = self.point_at(place)
            if point is not None:
                self.placed.emit(point.x(), point.y())
        elif left:
            self._left_down = self.picture_rect().contains(place)
            if self._view.zoom > 1:
                self._begin_pan(place)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, self._over = event.position(), True
        if self._held_divider:
            self._move_divider(place)
        elif self._left_down and not self.rect().contains(place.toPoint()):
            self._left_down, self._pan_from = False, None
            self.draggedOut.emit()
        elif self._pan_from is not None:
            self._view.pan(place - self._pan_from, self.room(), self.native())
            self._pan_from, self._space_used = place, True
        self._show_cursor(place)
        self._tell_hover(place)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pan_from = None
        self._held_divider = self._left_down = False
        self._show_cursor(event.position())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._placing:
            self._view.fit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._over = False
        self._cross_hair.point(None)
        self.pixelHovered.emit(-1, -1)

    @override
    def event(self, event: QEvent) -> bool:
        # Space belongs to the window's shortcut unless the pointer is here, where it may pan.
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self._over
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, middle = event.key(), QPointF(self.rect().center())
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space, self._space_used = True, False
                self._show_cursor(None)
        elif key == Qt.Key.Key_F and not event.isAutoRepeat():
            self.flickerChanged.emit(True)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._view.zoom_at(middle, self.room(), self.native(), _ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self._view.zoom_at(middle, self.room(), self.native(), 1 / _ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_0:
            self._view.fit()
        elif key in _PANS and self._view.zoom > 1:
            step = _PANS[Qt.Key(key)] * self.height() / 8
            self._view.pan(step, self.room(), self.native())
        else:
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor(None)
            if not self._space_used:
                self.playRequested.emit()
        elif event.key() == Qt.Key.Key_F and not event.isAutoRepeat():
            self.flickerChanged.emit(False)
        else:
            super().keyReleaseEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.refresh()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.size().isEmpty():
            return
        self._catch_up(painting=True)
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            still = QPainter(self._still)
            self._paint_still(still)
            still.end()
        painter, tokens = QPainter(self), self.tokens
        painter.drawPixmap(0, 0, self._still)
        paint_cross_hair(painter, self._hair())
        paint_badge(painter, QRectF(self.rect()), self._badges, tokens)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            outline(painter, QRectF(self.rect()), tokens.accent, 1)

    def _paint_still(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.tokens.canvas))
        if self._images[0] is None:
            paint_missing(painter, self.rect(), self._layers.missing, self.tokens)
            return
        self._paint_one(painter, self._layers, self._images[0])
        if self._divider is not None and self._images[1] is not None:
            x = self._divider_x()
            painter.save()
            painter.setClipRect(QRectF(x, 0, self.width() - x, self.height()))
            painter.fillRect(self.rect(), QColor(self.tokens.canvas))
            self._paint_one(painter, self._right, self._images[1])
            painter.restore()
            paint_divider(painter, x, self.height(), self.tokens)
        for layers, right in ((self._layers, False), (self.right, True)):
            if layers.legend is not None:
                room = QRectF(self.rect())
                paint_legend(painter, room, layers.legend, self.tokens, right=right)
        self._paint_veil_legend(painter)

    def _paint_one(self, painter: QPainter, layers: Layers, image: QImage) -> None:
        self._strokes.set_room(self.width(), self.height(), self.devicePixelRatioF())
        manner = Manner(smooth=self._smooth, stale=self._dim, strokes=self._strokes)
        paint_layers(painter, self.picture_rect(), layers, image, self.tokens, manner)

    def _paint_veil_legend(self, painter: QPainter) -> None:
        """What the colours of a map mean, in the corner that is free."""
        veil = self._layers.veil
        if veil is not None and veil.legend is not None and self._divider is None:
            taken = self._layers.legend is not None
            room = QRectF(self.rect())
            paint_legend(painter, room, veil.legend, self.tokens, right=taken)

    def _hair(self) -> QPointF | None:
        share, area = self._cross_hair.place, self.picture_rect()
        if share is None or area.isEmpty():
            return None
        across, down = share.x() * area.width(), share.y() * area.height()
        place = QPointF(area.left() + across, area.top() + down)
        return place if self.rect().contains(place.toPoint()) else None

    def _begin_pan(self, place: QPointF) -> None:
        self._pan_from = place
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _divider_x(self) -> float:
        area = self.picture_rect()
        return area.left() + (self._divider or 0.0) * area.width()

    def _on_divider(self, place: QPointF) -> bool:
        return self._divider is not None and abs(place.x() - self._divider_x()) <= _GRIP

    def _move_divider(self, place: QPointF) -> None:
        area = self.picture_rect()
        if not area.isEmpty():
            share = min(max((place.x() - area.left()) / area.width(), 0.0), 1.0)
            self._divider = share
            self.refresh()
            self.dividerMoved.emit(share)

    def _show_cursor(self, place: QPointF | None) -> None:
        shape = Qt.CursorShape
        if self._pan_from is not None:
            self.setCursor(shape.ClosedHandCursor)
        elif self._space:
            self.setCursor(shape.OpenHandCursor)
        elif place is not None and self._on_divider(place):
            self.setCursor(shape.SplitHCursor)
        elif self._placing:
            self.setCursor(shape.CrossCursor)
        else:
            self.unsetCursor()

    def _tell_hover(self, place: QPointF) -> None:
        area, pixel = self.picture_rect(), self.pixel_at(place)
        share = None
        if pixel is not None:
            across = (place.x() - area.left()) / area.width()
            share = QPointF(across, (place.y() - area.top()) / area.height())
        self._cross_hair.point(share)
        self.pixelHovered.emit(*(pixel if pixel is not None else (-1, -1)))

    def _on_cross_hair(self) -> None:
        self.update()


_PANS = {
    Qt.Key.Key_Left: QPointF(1, 0),
    Qt.Key.Key_Right: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, 1),
    Qt.Key.Key_Down: QPointF(0, -1),
}
