"""A plane that can be looked at in parts: from pixels to places and back, zoom and pan."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget


class PlaneView(pg.PlotWidget):  # type: ignore[misc]
    """A plot whose mouse belongs to its subclass.

    Attributes:
        untouched: whether nobody chose what part to look at since it was fitted.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.untouched = True

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top of the visible part."""
        (left, right), (bottom, top) = self.getPlotItem().getViewBox().viewRange()
        return left, right, bottom, top

    @property
    def aspect(self) -> float:
        """Width by height of the visible part in pixels."""
        box = self.getPlotItem().getViewBox()
        return float(box.width() / max(box.height(), 1.0))

    def pixel_of(self, place: tuple[float, float]) -> QPointF:
        """Where a place of the plane lies in the widget."""
        box = self.getPlotItem().getViewBox()
        return QPointF(self.mapFromScene(box.mapViewToScene(QPointF(*place))))

    def place_of(self, pixel: QPointF) -> tuple[float, float]:
        """What place of the plane lies under a pixel of the widget."""
        box = self.getPlotItem().getViewBox()
        place = box.mapSceneToView(self.mapToScene(pixel.toPoint()))
        return place.x(), place.y()

    def zoom(self, factor: float, pixel: QPointF | None = None) -> None:
        """Make the visible part ``factor`` times as large about a pixel, else the middle."""
        self.untouched = False
        box = self.getPlotItem().getViewBox()
        centre = QPointF(*self.place_of(pixel or QPointF(self.rect().center())))
        box.scaleBy((factor, factor), center=centre)

    def per_pixel(self) -> tuple[float, float]:
        """Units of the axes in one pixel, across and up."""
        across, up = self.getPlotItem().getViewBox().viewPixelSize()
        return max(float(across), 1e-12), max(float(up), 1e-12)

    def pan(self, moved: QPointF) -> None:
        """Shift the visible part by pixels."""
        self.untouched = False
        across, up = self.per_pixel()
        box = self.getPlotItem().getViewBox()
        box.translateBy(x=-moved.x() * across, y=moved.y() * up)
