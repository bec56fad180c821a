"""A widget on which a picture lies: where its pixels are, at any zoom."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.items.layers import Size
from motionstudio.gui.items.picture_parts import Part, visible_part
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.tokens import Tokens


class PictureSurface(QWidget):
    """Native pixels to places on the widget and back, through a ``PictureView``.

    Signals:
        viewMoved: another part of the picture is visible, or at another size.
    """

    viewMoved = Signal()

    def __init__(self, view: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._still: QPixmap | None = None
        self._make: Callable[[], None] | None = None
        self._painting = False
        view.changed.connect(self._on_view)

    def native(self) -> QSizeF:
        """Size of the picture in native pixels; empty while there is none."""
        return QSizeF()

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in use."""
        return tokens_for(self.palette())

    def set_view(self, view: PictureView) -> None:
        """Zoom and pan with another view."""
        self._view.changed.disconnect(self._on_view)
        self._view = view
        view.changed.connect(self._on_view)
        self._on_view()

    def fit(self) -> None:
        """Show the whole picture."""
        self._view.fit()

    def refresh(self) -> None:
        """Paint everything anew; ``update`` alone repaints only what moves."""
        self._still = None
        if not self._painting:
            self.update()

    def later(self, make: Callable[[], None]) -> None:
        """Let ``make`` set what is shown, once it is looked at: several changes are made once."""
        self._make = make
        self.refresh()

    @property
    def waits(self) -> bool:
        """Whether what is shown is still to be made."""
        return self._make is not None

    def _catch_up(self, *, painting: bool = False) -> None:
        make, self._make = self._make, None
        if make is None:
            return  # Also while it is being made: then it is known whether that is for painting.
        self._painting = painting
        try:
            make()
        finally:
            self._painting = False

    def _forget(self) -> None:
        """Something else was set in place of what was to be made."""
        self._make = None

    def picture_rect(self) -> QRectF:
        """Where the whole native picture lies on the widget."""
        size = self.native()
        return QRectF() if size.isEmpty() else self._view.target(self.room(), size)

    def pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        """Column and row of the native pixel at a place, or None outside the picture."""
        point = self.point_at(place)
        if point is None:
            return None
        size = self.native()
        x, y = int(point.x() + 0.5), int(point.y() + 0.5)
        return min(x, int(size.width()) - 1), min(y, int(size.height()) - 1)

    def point_at(self, place: QPointF) -> QPointF | None:
        """Native coordinates (pixel centres are whole) of a place; None outside the picture."""
        area, size = self.picture_rect(), self.native()
        if area.isEmpty() or not area.contains(place):
            return None
        x = (place.x() - area.left()) / area.width() * size.width() - 0.5
        y = (place.y() - area.top()) / area.height() * size.height() - 0.5
        return QPointF(x, y)

    def place_of(self, x: float, y: float) -> QPointF:
        """Where native coordinates lie on the widget."""
        area, size = self.picture_rect(), self.native()
        across, down = (x + 0.5) / size.width(), (y + 0.5) / size.height()
        return QPointF(area.left() + across * area.width(), area.top() + down * area.height())

    def part_of(self, size: Size, native: Size) -> Part:
        """Which pixels of a picture of ``size`` are worth computing while ``native`` is shown."""
        shape = QSizeF(native[1], native[0])
        area = self._view.target(self.room(), shape)
        return visible_part(size, area, self.room(), self.devicePixelRatioF())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_view()

    def room(self) -> QSizeF:
        """Size of the widget."""
        return QSizeF(self.size())

    def _on_view(self) -> None:
        self.refresh()
        self.viewMoved.emit()
