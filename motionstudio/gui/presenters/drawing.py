"""Drawing a label: an outline clicked around material becomes a label of the reference frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.document.view import ViewState
from motionstudio.document.viewports import Point
from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.marks import Marks
from motionstudio.gui.presenters.material import Material
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.trails import TrailsPresenter

_WHO, _HUE = "drawing", "#f2d45c"


class DrawingPresenter(QObject):
    """Clicks -> corners of an outline; a click on the first corner closes it.

    Signals:
        drawingChanged: whether clicks add corners.
    """

    drawingChanged = Signal(bool)

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        trails: TrailsPresenter,
        marks: Marks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._trails, self._marks = session, grid, trails, marks
        self._material = Material(session, grid, pictures)
        self._corners: tuple[Point, ...] = ()
        self._drawing = False
        grid.placed.connect(self._on_placed)
        trails.placingChanged.connect(self._on_placing)
        pictures.pictureChanged.connect(self._show)
        session.view.changed.connect(self._on_view)

    @property
    def drawing(self) -> bool:
        """Whether clicks add corners."""
        return self._drawing

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners so far, (x, y) in pixels of the reference frame."""
        return self._corners

    def set_drawing(self, on: bool) -> None:
        """Begin an outline, or give up the one that was begun."""
        if on == self._drawing:
            return
        if on:
            self._trails.set_placing(False)
        self._drawing, self._corners = on, ()
        self._grid.set_placing(on)
        self._show()
        self.drawingChanged.emit(on)

    def clear(self) -> None:
        """Take the drawn label of the active subject away."""
        self._keep(())

    def _on_placed(self, viewport: int, x: float, y: float) -> None:
        if not self._drawing:
            return
        hit = self._material.nearest(self._corners, viewport, x, y)
        if hit == 0 and len(self._corners) >= 3:
            corners = self._corners
            self.set_drawing(False)
            self._keep(corners)
        elif hit is None:
            self._corners += (self._material.origin(viewport, x, y),)
            self._show()

    def _keep(self, corners: tuple[Point, ...]) -> None:
        subject, settings = self._session.active, self._session.view.state.viewports
        if subject is not None:
            self._session.view.update(viewports=settings.with_drawn(subject.id, corners))

    def _on_placing(self, on: bool) -> None:
        if on:
            self.set_drawing(False)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.set_drawing(False)

    def _show(self) -> None:
        if not self._corners:
            self._marks.set(_WHO)
            return
        here, there = self._material.here(self._corners), np.array(self._corners)
        self._marks.set(_WHO, _strokes(here), _strokes(here), _strokes(there))


def _strokes(corners: np.ndarray) -> tuple[Stroke, ...]:
    return Stroke(corners, _HUE, 1.5), Stroke(corners, _HUE, 3.5, dots=True)
