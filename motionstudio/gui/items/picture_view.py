"""One zoom and centre for several pictures, so that linked viewports show the same place."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal

_MOST_ZOOM = 64.0


class PictureView(QObject):
    """Zoom 1 fits the picture; the centre is a share of the picture's width and height.

    Signals:
        changed: another zoom or centre.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)

    @property
    def zoom(self) -> float:
        """1 when the picture just fits."""
        return self._zoom

    @property
    def centre(self) -> QPointF:
        """What lies in the middle, as a share of the picture's width and height."""
        return self._centre

    def target(self, room: QSizeF, picture: QSizeF) -> QRectF:
        """Where a picture lies in a room of the given size, its proportions kept."""
        if picture.isEmpty() or room.isEmpty():
            return QRectF()
        fit = min(room.width() / picture.width(), room.height() / picture.height())
        wide, tall = picture.width() * fit * self._zoom, picture.height() * fit * self._zoom
        left = room.width() / 2 - self._centre.x() * wide
        top = room.height() / 2 - self._centre.y() * tall
        return QRectF(left, top, wide, tall)

    def zoom_at(self, place: QPointF, room: QSizeF, picture: QSizeF, factor: float) -> None:
        """Zoom by ``factor`` while what is under ``place`` stays there."""
        before = self.target(room, picture)
        if before.isEmpty():
            return
        share_x = (place.x() - before.left()) / before.width()
        share_y = (place.y() - before.top()) / before.height()
        zoom = min(max(self._zoom * factor, 1.0), _MOST_ZOOM)
        wide, tall = before.width() * zoom / self._zoom, before.height() * zoom / self._zoom
        x = share_x + (room.width() / 2 - place.x()) / wide
        y = share_y + (room.height() / 2 - place.y()) / tall
        self._set(zoom, QPointF(x, y))

    def pan(self, step: QPointF, room: QSizeF, picture: QSizeF) -> None:
        """Move the picture by ``step`` pixels."""
        area = self.target(room, picture)
        if not area.isEmpty():
            moved = QPointF(step.x() / area.width(), step.y() / area.height())
            self._set(self._zoom, self._centre - moved)

    def follow(self, other: PictureView) -> None:
        """Go where another view is."""
        self._set(other.zoom, other.centre)

    def fit(self) -> None:
        """Show the whole picture."""
        self._set(1.0, QPointF(0.5, 0.5))

    def _set(self, zoom: float, centre: QPointF) -> None:
        if zoom == 1.0:
            centre = QPointF(0.5, 0.5)
        inside = QPointF(min(max(centre.x(), 0.0), 1.0), min(max(centre.y(), 0.0), 1.0))
        if (zoom, inside) != (self._zoom, self._centre):
            self._zoom, self._centre = zoom, inside
            self.changed.emit()
