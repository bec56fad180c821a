"""Tracked points: placed with a click, they follow the motion; their paths are shown as trails."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core import tracks
from motionstudio.document.view import ViewState
from motionstudio.document.viewports import Point
from motionstudio.engine.responses import FrameReady
from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.fields import FieldStore
from motionstudio.gui.presenters.marks import Marks
from motionstudio.gui.presenters.material import Material
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session

_WHO = "trails"
# Of long sequences only so many frames before and after are drawn: each is painted every frame.
_TRAIL = 200
HUES = ("#f2d45c", "#6cb6f5", "#f28b82", "#6fcf97", "#c4a5ff", "#f2b366", "#5fd3d3", "#f59ac8")


class TrailsPresenter(QObject):
    """Clicks in viewports -> points of the active subject -> trails over its pictures.

    Points are kept where they lie in the reference frame, so that they belong to the material
    whatever the motion.

    Signals:
        placingChanged: whether clicks place points.
        changed: points or their paths are others.
    """

    placingChanged = Signal(bool)
    changed = Signal()

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        fields: FieldStore,
        marks: Marks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid = session, grid
        self._fields, self._marks = fields, marks
        self._material = Material(session, grid, pictures)
        self._paths: NDArray[np.float64] = np.zeros((0, 0, 2))
        self._placing = False
        grid.placed.connect(self._on_placed)
        fields.fieldReady.connect(self._on_field)
        fields.outdated.connect(self._on_outdated)
        pictures.pictureChanged.connect(self._show)
        session.view.changed.connect(self._on_view)

    @property
    def placing(self) -> bool:
        """Whether clicks place points."""
        return self._placing

    @property
    def points(self) -> tuple[Point, ...]:
        """The active subject's points (x, y) in pixels of its reference frame."""
        subject, state = self._session.active, self._session.view.state
        return () if subject is None else state.viewports.points_of(subject.id)

    @property
    def paths(self) -> NDArray[np.float64]:
        """(T, n, 2) places of the points in every frame, NaN where not known yet."""
        return self._paths.copy()

    def set_placing(self, on: bool) -> None:
        """Let clicks place points, or not."""
        if on != self._placing:
            self._placing = on
            self._grid.set_placing(on)
            self.placingChanged.emit(on)

    def place(self, viewport: int, x: float, y: float) -> None:
        """Put a point where a viewport was clicked, or take away the one that is there."""
        subject = self._session.active
        if subject is None:
            return
        points = list(self.points)
        hit = self._material.nearest(self.points, viewport, x, y)
        if hit is not None:
            del points[hit]
        else:
            points.append(self._material.origin(viewport, x, y))
        self._set(tuple(points))

    def clear(self) -> None:
        """Take all points of the active subject away."""
        self._set(())

    def refresh(self) -> None:
        """Begin anew with the points of the active subject."""
        subject, points = self._session.active, self.points
        count = 0 if subject is None else len(subject.clip)
        self._paths = np.full((count, len(points), 2), np.nan)
        self._fields.want(_WHO, bool(points))
        self._show()
        self.changed.emit()

    def table_text(self) -> str:
        """The tracks as comma-separated text."""
        subject = self._session.active
        if subject is None:
            return ""
        return tracks.tracks_csv(self._paths, subject.clip.times, subject.clip.spacing)

    def _set(self, points: tuple[Point, ...]) -> None:
        subject, state = self._session.active, self._session.view.state
        if subject is not None:
            changed = state.viewports.with_points(subject.id, points)
            self._session.view.update(viewports=changed)

    def _on_placed(self, viewport: int, x: float, y: float) -> None:
        if self._placing:
            self.place(viewport, x, y)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active or self._of(new) != self._of(old):
            self.refresh()
            if self.points:
                self._fields.again()
        elif new.viewports.trails != old.viewports.trails or new.playhead != old.playhead:
            self._show()

    def _of(self, state: ViewState) -> tuple[Point, ...]:
        return () if state.active is None else state.viewports.points_of(state.active)

    def _on_outdated(self, frames: tuple[int, ...] | None) -> None:
        if frames is None:
            self.refresh()
        else:
            self._paths[[f for f in frames if f < len(self._paths)]] = np.nan
            self._show()

    def _on_field(self, frame: int, ready: FrameReady) -> None:
        points = np.array(self.points, np.float64).reshape(-1, 2)
        if ready.inverse is None or frame >= len(self._paths) or not len(points):
            return
        self._paths[frame] = tracks.carried(points, ready.inverse)
        if np.isfinite(self._paths[..., 0]).all():
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        if not self._session.view.state.viewports.trails or not self.points:
            self._marks.set(_WHO)
            return
        playhead, here = self._session.playhead, self._material.here(self.points)
        strokes: list[Stroke] = []
        for index in range(self._paths.shape[1]):
            hue = HUES[index % len(HUES)]
            first = max(0, playhead - _TRAIL)
            path = self._paths[first : playhead + _TRAIL + 1, index]
            strokes.append(Stroke(path, hue, 1.2, 0.45))
            strokes.append(Stroke(path[: playhead + 1 - first], hue, 2.0))
        for index, place in enumerate(here):
            strokes.append(Stroke(place[np.newaxis], HUES[index % len(HUES)], 4.0, dots=True))
        rest = tuple(
            Stroke(np.array([point]), HUES[index % len(HUES)], 4.0, dots=True)
            for index, point in enumerate(self.points)
        )
        self._marks.set(_WHO, tuple(strokes), tuple(strokes), rest)
