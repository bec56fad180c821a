"""From places in the pictures on screen to the material of the reference, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core import tracks
from motionstudio.document.viewports import Point
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session

_NEAR = 0.025


class Material:
    """Knows which material lies under a place of a viewport.

    Args:
        session: shared parts.
        grid: the viewports.
        pictures: whose fields are on screen.
    """

    def __init__(self, session: Session, grid: ViewportGrid, pictures: PicturesPresenter) -> None:
        self._session, self._grid, self._pictures = session, grid, pictures

    def origin(self, viewport: int, x: float, y: float) -> Point:
        """Where the material at a native place of a viewport lies in the reference frame."""
        shown, point = self._pictures.shown, np.array([[x, y]])
        on_reference = self._grid.viewports[viewport].content.on_reference
        if on_reference or shown is None or shown.displacement is None:
            return x, y
        factor = self._factor(shown.displacement)
        small = (point + 0.5) / factor - 0.5
        back = (tracks.origin(small, shown.displacement) + 0.5) * factor - 0.5
        return float(back[0, 0]), float(back[0, 1])

    def here(self, points: tuple[Point, ...], viewport: int | None = None) -> NDArray[np.float64]:
        """(n, 2) places of points of the reference in the picture on screen.

        Args:
            points: (x, y) in native pixels of the reference.
            viewport: whose picture; None: one that shows the frame.
        """
        places = np.array(points, np.float64).reshape(-1, 2)
        shown = self._pictures.shown
        on_reference = viewport is not None and self._grid.viewports[viewport].content.on_reference
        if on_reference or shown is None or shown.inverse is None or not len(places):
            return places
        factor = self._factor(shown.inverse)
        small = (places + 0.5) / factor - 0.5
        return (tracks.carried(small, shown.inverse) + 0.5) * factor - 0.5

    def nearest(self, points: tuple[Point, ...], viewport: int, x: float, y: float) -> int | None:
        """Which of the points a click at a place of a viewport hits, or None."""
        subject = self._session.active
        if subject is None or not points:
            return None
        places = self.here(points, viewport)
        apart = np.hypot(places[:, 0] - x, places[:, 1] - y)
        best = int(np.argmin(apart))
        return best if apart[best] <= _NEAR * max(subject.clip.size) else None

    def _factor(self, field: NDArray[np.float32]) -> float:
        subject = self._session.active
        return 1.0 if subject is None else subject.clip.size[1] / field.shape[2]
