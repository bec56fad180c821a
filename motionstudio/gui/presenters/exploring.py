"""Pictures of what lies where in the plane: under the pointer, along a component, as a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.manifold import latent_at
from motionstudio.core.mosaic import mosaic
from motionstudio.core.motion import Float
from motionstudio.core.nearest import nearest_frames, nearest_motions
from motionstudio.core.pca import Double
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.core.projection import Projection, plane_grid, traversal
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.items.picture_strip import StripEntry
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.projection import NO_INVERSE, ProjectionPresenter
from motionstudio.gui.presenters.projection_axes import inside
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.small_pictures import SmallPictures, Wish

Strip = Literal["component", "motions", "frames"]

_STEPS = 5
_REACH = 2.0
_NEAREST = 5
_SIDE, _FEWEST, _MOST = 7, 3, 12
_PLANE = 20
_PAUSE_MS = 120
_KINDS = {"subjects", "latent", "encoding", "model", "reference", "framing"}


class ExploringPresenter(QObject):
    """Hovering, the strip below the plot and the pictures behind it."""

    def __init__(
        self,
        session: Session,
        pane: ProjectionPane,
        fit: ComponentFit,
        plot: ProjectionPresenter,
        pictures: SmallPictures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit = session, pane, fit
        self._plot, self._pictures = plot, pictures
        self._strip: Strip = "component"
        self._component = 0
        self._targets: list[tuple[str, int] | None] = []
        self._place: tuple[float, float] = (0.0, 0.0)
        self._words = ""
        self._tiles: list[NDArray[np.uint8] | None] = []
        self._bounds = (0.0, 1.0, 0.0, 1.0)
        self._counts = (_SIDE, _SIDE)
        self._grid = self._visible = False
        self._later = _timer(self, _PAUSE_MS, self._ask_grid)
        self._redraw = _timer(self, 40, self._show_grid)
        self._strip_later = _timer(self, _PAUSE_MS, self._ask_strip)
        self._connect()

    def set_strip(self, kind: Strip, component: int = 0) -> None:
        """What the strip shows."""
        self._strip, self._component = kind, component
        self._ask_strip()

    def refresh(self) -> None:
        """Ask for strip and grid anew, soon."""
        if self._visible:
            self._strip_later.start()
            if self._grid:
                self._later.start()

    def _connect(self) -> None:
        pane = self._pane
        pane.appeared.connect(self._appear)
        pane.disappeared.connect(self._disappear)
        pane.pointHovered.connect(self._hover_point)
        pane.placeHovered.connect(self._hover_place)
        pane.left.connect(self._leave)
        pane.explored.connect(self._explore)
        pane.gridToggled.connect(self._toggle_grid)
        pane.rangeChanged.connect(self._on_range)
        pane.axesChosen.connect(self._on_axes)
        pane.dragStarted.connect(self._leave)
        pane.stripChosen.connect(self.set_strip)
        pane.stripActivated.connect(self._go)
        self._pictures.ready.connect(self._on_picture)
        self._fit.changed.connect(self.refresh)
        self._session.media.factsReady.connect(self.refresh)
        self._session.project.changed.connect(self._on_change)
        self._session.view.changed.connect(self._on_view)

    def _appear(self) -> None:
        self._visible = True
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        for timer in (self._later, self._redraw, self._strip_later):
            timer.stop()
        for purpose in ("hover", "strip", "near", "grid"):
            self._pictures.drop(purpose)

    def _hover_point(self, subject_id: str, row: int) -> None:
        subject, projection = self._session.find(subject_id), self._fit.projection
        if subject is None or subject.track is None or projection is None:
            return
        values = subject.track.values[row]
        spot = self._plot.place(subject_id, row)
        if spot is None:
            return
        frames = frames_of_rows(subject.track.base, (row,))
        frame = frames[0] if frames else row
        self._words = f"{subject.name} · frame {frame}"
        states = self._states(subject, frame, row)
        rows = self._fit.rows_of(subject)[row : row + 1]
        scores = projection.scores(rows.astype(np.float64))[0]
        figures = ", ".join(f"{projection.short(a)} {scores[a]:+.2f}" for a in self._plot.axes)
        if self._plot.mapped:
            figures = f"UMAP {spot[0]:+.2f}, {spot[1]:+.2f}"
        self._pane.hovered.emit(f"{self._words}{states} · {figures} · click to go there")
        self._show_card(spot, Wish(subject, values))

    def _states(self, subject: Subject, frame: int, row: int) -> str:
        track = subject.track
        words = []
        if track is not None and row == track.locked_row:
            words.append("reference")
        if frame < len(subject.kept) and not subject.kept[frame]:
            words.append("dropped")
        if track is not None and track.base.filled[row]:
            words.append("filled in by the model")
        if track is not None and bool(track.edited[row].any()):
            words.append("edited")
        return "".join(f", {word}" for word in words)

    def _hover_place(self, x: float, y: float) -> None:
        projection = self._fit.projection
        if self._plot.mapped:
            self._pane.hovered.emit(f"UMAP 1 {x:+.2f}, UMAP 2 {y:+.2f}")
        elif projection is not None and len(self._plot.axes) == 2:
            scores = self._plot.scores_at(np.array([[x, y]]))[0]
            named = zip(self._plot.axes, scores, strict=True)
            self._pane.hovered.emit(", ".join(f"{projection.short(a)} {s:+.2f}" for a, s in named))

    def _explore(self, x: float, y: float) -> None:
        """Decode a place of the plane, all other scores zero; edits nothing."""
        active, projection = self._session.active, self._fit.projection
        if active is None or projection is None:
            return
        blind = f"{NO_INVERSE}: nothing can be explored." if self._plot.mapped else ""
        if reason := blind or self._pictures.why_not(active):
            self._pane.hovered.emit(reason)
            return
        scores = np.zeros((1, projection.components))
        change = self._plot.scores_at(np.array([[x, y]]))[0]
        for axis, score in zip(self._plot.axes, change, strict=True):
            scores[0, axis] = score
        row = projection.rows(scores)[0].astype(np.float32)
        figures = ", ".join(f"{projection.short(a)} {scores[0, a]:+.2f}" for a in self._plot.axes)
        self._words = f"explored, not edited\n{figures}"
        self._pane.hovered.emit(f"Explored, nothing is edited: {figures}")
        self._show_card((x, y), Wish(active, row), keep=True)

    def _show_card(self, place: tuple[float, float], wish: Wish, *, keep: bool = False) -> None:
        self._place = place
        found: list[NDArray[np.uint8] | None] = [None]
        if not self._pictures.why_not(wish.subject):
            found = self._pictures.want("hover", [wish])
        self._pane.show_card(place, self._words, found[0], keep=keep)

    def _leave(self, *_: object) -> None:
        self._pictures.drop("hover")
        self._pane.hide_card()

    def _ask_strip(self) -> None:
        active, projection = self._session.active, self._fit.projection
        if not self._visible:
            return
        reason = self._pictures.why_not(active)
        if projection is None or active is None or reason:
            self._targets = []
            self._pane.strip.set_entries((), reason or "Pictures appear with the components.")
        elif self._strip == "component":
            self._ask_traversal(active, projection)
        else:
            self._ask_nearest(active, projection)

    def _ask_traversal(self, active: Subject, projection: Projection) -> None:
        component = min(self._component, projection.components - 1)
        rows = traversal(projection, component, _STEPS, _REACH)
        marks = np.linspace(-_REACH, _REACH, _STEPS)
        entries = tuple(
            StripEntry(
                "centre" if mark == 0 else f"{mark:+.0f} σ",
                f"The centre {mark:+.0f} standard deviations along {projection.short(component)} "
                f"on the picture of {active.name}",
            )
            for mark in marks
        )
        self._targets = []
        self._show_strip(entries, [Wish(active, row) for row in rows])

    def _ask_nearest(self, active: Subject, projection: Projection) -> None:
        others = [s for s in self._fit.peers() if s.id != active.id]
        if not others:
            self._targets = []
            self._pane.strip.set_entries((), "Open more clips to see what is most alike.")
            return
        clouds = [self._scores(projection, s) for s in others]
        rows = rows_of_frames(active.track.base) if active.track is not None else np.zeros(1, int)
        here = int(rows[min(self._session.playhead, len(rows) - 1)])
        mine = self._scores(projection, active)
        if self._strip == "motions":
            alike = nearest_motions(mine, clouds, _NEAREST)
            found = [(place, _busiest(clouds[place]), away) for place, away in alike]
            tip = "whole motion, RMS distance at even times in all components"
        else:
            found = nearest_frames(mine[here], clouds, _NEAREST)
            tip = f"nearest frame to frame {self._session.playhead}, distance in all components"
        self._show_nearest(others, found, tip)

    def _show_nearest(
        self, others: Sequence[Subject], found: Sequence[tuple[int, int, float]], tip: str
    ) -> None:
        entries, wishes = [], []
        self._targets = []
        for place, row, distance in found:
            subject = others[place]
            assert subject.track is not None  # peers have one
            entries.append(
                StripEntry(
                    subject.name,
                    f"{subject.name}, frame {row}: {distance:.2f} ({tip}); click to go there",
                )
            )
            wishes.append(Wish(subject, subject.track.values[row]))
            self._targets.append((subject.id, row))
        self._show_strip(tuple(entries), wishes)

    def _show_strip(self, entries: tuple[StripEntry, ...], wishes: list[Wish]) -> None:
        found = self._pictures.want("strip", wishes)
        self._pane.strip.set_entries(
            tuple(
                StripEntry(entry.caption, entry.tip, picture)
                for entry, picture in zip(entries, found, strict=True)
            )
        )

    def _scores(self, projection: Projection, subject: Subject) -> Double:
        assert subject.track is not None  # peers have one
        return projection.scores(self._fit.rows_of(subject).astype(np.float64))

    def _go(self, place: int) -> None:
        target = self._targets[place] if place < len(self._targets) else None
        if target is not None:
            self._plot.go(*target)

    def _toggle_grid(self, on: bool) -> None:
        self._grid = on
        if on:
            self._ask_grid()
        else:
            self._later.stop()
            self._pictures.drop("grid")
            self._pane.set_mosaic(None, self._bounds)

    def _on_range(self) -> None:
        if self._grid:
            self._later.start()

    def _on_axes(self, axes: tuple[int, ...]) -> None:
        # Connected before the plot's own slot may have run: look when both have.
        if len(axes) == 3:
            self._pane.set_mosaic(None, self._bounds)
        self.refresh()

    def _ask_grid(self) -> None:
        active, projection, plot = self._session.active, self._fit.projection, self._pane.plot
        flat = len(set(self._plot.axes)) == len(self._plot.axes) == 2 and not self._plot.mapped
        reason = self._pictures.why_not(active)
        if not (self._grid and self._visible and flat) or plot is None:
            self._pane.set_mosaic(None, self._bounds)
            return
        if active is None or projection is None or reason:
            self._pane.set_mosaic(None, self._bounds)
            return
        extent = plot.state.extent
        self._bounds = plot.bounds() if extent is None else inside(plot.bounds(), extent)
        self._counts = (_PLANE, _PLANE) if self._plot.plane else tile_counts(plot.aspect)
        axes = self._plot.axes[0], self._plot.axes[1]
        to_scores = latent_at if self._plot.spaced else np.asarray
        rows = plane_grid(projection, axes, self._bounds, self._counts, to_scores)
        self._tiles = list(self._pictures.want("grid", _wishes(active, rows)))
        self._show_grid()

    def _show_grid(self) -> None:
        if self._grid and self._visible:
            across, up = self._counts
            aspect = self._pane.plot_aspect * self._part_of_plot() * up / across
            whole = mosaic(self._tiles, across, up, aspect)
            self._pane.set_mosaic(whole, self._bounds)

    def _part_of_plot(self) -> float:
        """How much wider than high the tiled part is than all that is visible."""
        plot = self._pane.plot
        if plot is None:
            return 1.0
        (left, right, bottom, top), (x0, x1, y0, y1) = self._bounds, plot.bounds()
        return (right - left) / (x1 - x0) * (y1 - y0) / (top - bottom)

    def _on_picture(self, purpose: str, place: int, picture: NDArray[np.uint8]) -> None:
        if purpose == "hover":
            self._pane.show_card(self._place, self._words, picture)
        elif purpose == "strip":
            self._pane.strip.set_picture(place, picture)
        elif purpose == "grid" and place < len(self._tiles):
            self._tiles[place] = picture
            if not self._redraw.isActive():
                self._redraw.start()

    def _on_change(self, change: Change) -> None:
        edited = change.kinds == {"latent"}
        if change.kinds & _KINDS and not (edited and self._strip == "component"):
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        moved = new.playhead != old.playhead and not new.playing
        others = (new.active, new.projection) != (old.active, old.projection)
        if others or (moved and self._strip == "frames"):
            self.refresh()


def tile_counts(aspect: float) -> tuple[int, int]:
    """Tiles across and up, about 49, that are nearly square in a plot of ``aspect`` (w / h)."""
    across = int(np.clip(round(_SIDE * np.sqrt(aspect)), _FEWEST, _MOST))
    return across, int(np.clip(round(_SIDE / np.sqrt(aspect)), _FEWEST, _MOST))


def _busiest(scores: Double) -> int:
    """The row furthest from the first one: a picture that shows what a motion is about."""
    return int(np.linalg.norm(scores - scores[0], axis=1).argmax())


def _wishes(subject: Subject, rows: Float) -> list[Wish]:
    return [Wish(subject, row) for row in rows]


def _timer(parent: QObject, ms: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(slot)
    return timer
