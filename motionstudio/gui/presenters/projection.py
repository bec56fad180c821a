"""Motions in the plane of two components: shown, walked along, dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.manifold import latent_at, share_below
from motionstudio.core.pca import Double
from motionstudio.core.picture_rows import row_of_frame
from motionstudio.core.projection import Projection, turned
from motionstudio.document.change import Change
from motionstudio.document.projection_view import ProjectionView
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.embed import NEEDED
from motionstudio.gui.items.projection_data import ColourBy, PlotState, Trajectory
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters import projection_axes as axis_words
from motionstudio.gui.presenters import projection_words as words
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.latent_gesture import LatentGesture
from motionstudio.gui.presenters.mapping import MapMaker
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit

_COMPONENTS_SHOWN = 12
_KINDS = {"subjects", "kept", "latent", "encoding", "model", "reference", "name"}
NO_PRIOR = "Where this motion lies within the prior of its model is not known."
NO_INVERSE = "A map by UMAP has no way back to motion"


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A trajectory as it was drawn, and everything that it depends on."""

    key: tuple[object, ...]
    subject: Subject
    drawn: Trajectory
    turns: int


class ProjectionPresenter(QObject):
    """Document and components -> trajectories; gestures on them -> edits, frames, selections."""

    _pane_trajectories: tuple[Trajectory, ...] = ()
    _lens: tuple[tuple[int, ...], Double] = ((0, 1), np.eye(2))

    def __init__(
        self,
        session: Session,
        pane: ProjectionPane,
        fit: ComponentFit,
        gate: EditGate,
        maps: MapMaker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit, self._maps = session, pane, fit, maps
        self._gesture = LatentGesture(session, gate)
        self._row = self._turns = 0
        self._from = np.zeros((1, 2))
        self._known: dict[str, _Known] = {}
        self._visible = False
        self._connect()
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def axes(self) -> tuple[int, ...]:
        """Components on the axes: two, or three of a view in three dimensions."""
        projection, chosen = self._fit.projection, self._settings.axes
        if projection is None:
            return chosen
        last = max(min(projection.components, _COMPONENTS_SHOWN) - 1, 0)
        return tuple(min(axis, last) for axis in chosen)

    @property
    def mapped(self) -> bool:
        """Whether a map by UMAP is shown instead of components."""
        return self._settings.embedding is not None and self._maps.embedding is not None

    @property
    def view(self) -> Double:
        """(2, k) from the k components on the axes to the screen."""
        return np.eye(2) if len(self.axes) == 2 else turned(*self._settings.angles)

    @property
    def spaced(self) -> bool:
        """Whether places are shares of the standard normal instead of scores."""
        projection = self._fit.projection
        plain = projection is not None and projection.plain and not self.mapped
        chosen = self._settings.quantiles and self._fit.absolute
        return plain and chosen and len(self.axes) == 2

    @property
    def plane(self) -> bool:
        """Whether the axes are two different latent dimensions."""
        projection, axes = self._fit.projection, self.axes
        flat = len(axes) == 2 and axes[0] != axes[1] and not self.mapped
        return flat and projection is not None and projection.plain

    def scores_at(self, places: Double) -> Double:
        """(n, k) scores on the axes of (n, 2) places on the screen."""
        points = np.asarray(places, np.float64)
        return latent_at(points) if self.spaced else np.asarray(points @ self.view)

    @property
    def _settings(self) -> ProjectionView:
        return self._session.view.state.projection

    def place(self, subject_id: str, row: int) -> tuple[float, float] | None:
        """Where a row of a subject lies on the screen, or None where it is not shown."""
        known = self._known.get(subject_id)
        if known is None or row >= len(known.drawn.points):
            return None
        x, y = known.drawn.points[row]
        return float(x), float(y)

    def refresh(self) -> None:
        """Show everything anew."""
        if not self._visible:
            return
        self._ask_map()
        self._show_settings()
        self._show()

    def go(self, subject_id: str, row: int) -> None:
        """Show the frame of a row of a subject."""
        subject = self._session.find(subject_id)
        if subject is None or subject.track is None:
            return
        if subject_id != self._session.view.state.active:
            self._session.show(subject_id)
        frames = frames_of_rows(subject.track.base, (row,))
        if frames:
            self._session.view.update(playhead=frames[0], playing=False)

    def _connect(self) -> None:
        pane = self._pane
        pane.appeared.connect(self._appear)
        pane.disappeared.connect(self._disappear)
        pane.axesChosen.connect(self._choose_axes)
        pane.optionsChanged.connect(lambda options: self._change(fit=options))
        pane.embeddingChanged.connect(lambda options: self._change(embedding=options))
        pane.form.quantilesToggled.connect(lambda on: self._change(quantiles=on))
        pane.recomputeRequested.connect(self.recompute)
        pane.colourToggled.connect(lambda on: self._change(by_time=on))
        pane.pointActivated.connect(self.go)
        pane.dragStarted.connect(self._begin)
        pane.dragged.connect(self._drag)
        pane.dragFinished.connect(self._gesture_finished)
        pane.dragCancelled.connect(self.cancel)
        pane.refused.connect(self._refuse)
        pane.boxSelected.connect(self._select)
        pane.turned.connect(self._turn)
        self._fit.changed.connect(self._on_fit)
        self._fit.staleChanged.connect(self.refresh)
        self._maps.changed.connect(self._on_fit)

    def _appear(self) -> None:
        self._visible = True
        self._fit.set_viewer("projection", True)
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        self._fit.set_viewer("projection", False)

    def recompute(self) -> None:
        """Fit again on what is there now, and make the map again where one is asked for."""
        self._fit.recompute()
        self._ask_map(again=True)
        self.refresh()

    def _change(self, **fields: Any) -> None:
        self._session.view.update(projection=replace(self._settings, **fields))

    def _choose_axes(self, axes: tuple[int, ...]) -> None:
        self._change(axes=tuple(axes))

    def _turn(self, azimuth: float, elevation: float) -> None:
        flat, (around, above) = np.pi / 2, self._settings.angles
        self._change(angles=(around + azimuth, float(np.clip(above + elevation, -flat, flat))))

    def _ask_map(self, *, again: bool = False) -> None:
        options = self._settings.embedding
        if options is None:
            self._maps.forget()
        elif self._visible and self._fit.peers() and not self._session.project.in_transaction:
            self._maps.want(options, self._mapped_subjects(), again=again)

    def _mapped_subjects(self) -> tuple[Subject, ...]:
        active, alone = self._session.active, self._settings.fit.scope in ("active", "rows")
        return (active,) if alone and active is not None else self._fit.peers()

    def _on_settings(self, new: ProjectionView, old: ProjectionView) -> None:
        if new.fit != self._fit.options:
            self._fit.set_options(new.fit)
        if not self._visible:
            return
        self._turns += 1
        if replace(new, angles=old.angles) == old:
            self._show()
        else:
            self.refresh()

    def _on_fit(self) -> None:
        self._known.clear()
        self.refresh()

    def _on_change(self, change: Change) -> None:
        if "subjects" in change.kinds:
            self._known = {id: k for id, k in self._known.items() if self._session.find(id)}
        if self._visible and change.kinds & _KINDS:
            if change.kinds == {"latent"}:
                self._show()
            else:
                self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.projection != old.projection:
            self._on_settings(new.projection, old.projection)
        if not self._visible:
            return
        if new.active != old.active:
            self.refresh()
        elif new.selection != old.selection:
            self._show_settings()
            self._show()
        elif new.playhead != old.playhead:
            self._pane.set_state(self._state(self._pane_trajectories))

    def _show_settings(self) -> None:
        pane, fit = self._pane, self._fit
        pane.form.set_options(fit.options)
        pane.form.set_embedding(self._settings.embedding)
        pane.form.set_quantiles(self._settings.quantiles, "" if fit.absolute else NO_PRIOR)
        pane.form.set_method_reason("" if self._maps.installed() else NEEDED)
        pane.set_by_time(self._settings.by_time)
        pane.set_mapped(NO_INVERSE if self.mapped else "")
        for scope in ("rows", "dataset"):
            pane.form.set_reason(scope, fit.why_not(scope))
        projection = fit.projection
        names = []
        if projection is not None:
            count = min(projection.components, _COMPONENTS_SHOWN)
            names = [projection.name(i) for i in range(count)]
        pane.set_components(names, self.axes if names and not self.mapped else ())
        stale = self._maps.stale if self.mapped else fit.stale
        if self._settings.embedding is not None and self._maps.problem:
            stale = self._maps.problem
        pane.set_caption(self._caption(projection), self._note(), stale=stale)

    def _caption(self, projection: Projection | None) -> str:
        members, found = self._fit.members, self._maps.embedding
        if projection is None or members is None:
            return ""
        if self.mapped and found is not None:
            return words.of_map(found)
        return words.of_components(projection, members)

    def _note(self) -> str:
        if self._settings.embedding is not None:
            return words.beside_map(self.mapped, self._maps.problem)
        active = self._session.active
        return words.of_others("" if active is None else active.model, self._fit.others())

    def _show(self) -> None:
        projection, peers = self._fit.projection, self._fit.peers()
        if projection is None or not peers:
            self._show_nothing()
            return
        self._pane_trajectories = self._trajectories(projection, peers)
        self._pane.set_state(self._state(self._pane_trajectories))

    def _show_nothing(self) -> None:
        active = self._session.active
        self._pane_trajectories = ()
        self._pane.set_message(*words.of_nothing(active, self._fit.problem))

    def _state(self, trajectories: tuple[Trajectory, ...]) -> PlotState:
        projection, axes = self._fit.projection, self.axes
        solid = len(axes) == 3 and not self.mapped
        named = axis_words.Axes()
        if self.mapped:
            named = axis_words.MAPPED
        elif projection is not None and solid:
            named = axis_words.solid_axes(projection, axes, self.view)
        elif projection is not None:
            named = axis_words.flat_axes(projection, axes, spaced=self.spaced)
        by: ColourBy = "time" if self._settings.by_time else "subject"
        extent = axis_words.extent_of(trajectories, spaced=self.spaced) if self.plane else None
        return PlotState(
            trajectories, named.x, named.y, self._playhead_row(), by, named.spokes, solid,
            self.mapped or bool(why_no_edit(self._session.card(self._session.active))), extent,
        )  # fmt: skip

    def _playhead_row(self) -> int:
        active = self._session.active
        if active is None or active.track is None:
            return 0
        return row_of_frame(active.track.base, self._session.playhead)

    def _trajectories(
        self, projection: Projection, peers: tuple[Subject, ...]
    ) -> tuple[Trajectory, ...]:
        active = self._session.view.state.active
        places = {s.id: i for i, s in enumerate(self._session.project.subjects)}
        self._lens = self.axes, self.view
        if self.mapped:
            peers = tuple(s for s in peers if self._maps.points(s.id) is not None)
        drawn = [self._trajectory(projection, s, places[s.id], s.id == active) for s in peers]
        self._known = {s.id: known for s, known in zip(peers, drawn, strict=True)}
        shown = [known.drawn for known in drawn]
        return tuple(sorted(shown, key=lambda each: each.active))

    def _trajectory(
        self, projection: Projection, subject: Subject, place: int, active: bool
    ) -> _Known:
        track = subject.track
        assert track is not None  # peers have one
        chosen = self._session.selection.rows if active else ()
        key = (place, active, chosen)
        known = self._known.get(subject.id)
        if known is not None and known.subject is subject and known.key == key:
            if known.turns == self._turns:
                return known
            points = self._points(projection, subject)
            return replace(known, drawn=replace(known.drawn, points=points), turns=self._turns)
        points = self._points(projection, subject)
        drawn = axis_words.trajectory_of(subject, place, points, chosen, active=active)
        return _Known(key, subject, drawn, self._turns)

    def _points(self, projection: Projection, subject: Subject) -> Double:
        track = subject.track
        assert track is not None  # peers have one
        found = self._maps.points(subject.id) if self.mapped else None
        if found is not None:
            return found
        axes, view = self._lens
        rows = self._fit.rows_of(subject).astype(np.float64)
        scores = projection.scores_on(axes, rows)
        return share_below(scores) if self.spaced else scores @ view.T

    def _begin(self, subject_id: str, row: int) -> None:
        subject = self._session.find(subject_id)
        if subject is None:
            return
        self.go(subject_id, row)
        self._row = row
        frames = frames_of_rows(subject.track.base, (row,)) if subject.track else ()
        where = f"frame {frames[0]}" if frames else f"row {row}"
        self._from = np.array([self.place(subject_id, row) or (0.0, 0.0)])
        projection = self._fit.projection
        assert projection is not None  # points are shown
        names = " and ".join(projection.short(axis) for axis in dict.fromkeys(self.axes))
        self._gesture.begin(subject, f"Move {where} along {names}")

    def _drag(self, x: float, y: float) -> None:
        before, projection = self._gesture.before, self._fit.projection
        if before is None or projection is None:
            return
        there = self._from + (x, y)
        change = (self.scores_at(there) - self.scores_at(self._from))[0]
        axes = self.axes
        if axes[0] == axes[1]:
            axes, change = axes[:1], change[:1]
        step = projection.step(axes, change)
        offset = before.offset[self._row] + step
        self._gesture.put((self._row,), offset[None].astype(np.float32))

    def _gesture_finished(self) -> None:
        self._gesture.finish()
        self._fit.refresh()

    def cancel(self) -> bool:
        """Take the drag back; False where there is none."""
        return self._gesture.cancel()

    def _refuse(self, _subject_id: str, row: int) -> None:
        reason, hint = why_no_edit(self._session.card(self._session.active)), ""
        if self.mapped:
            reason = f"{NO_INVERSE}: points cannot be dragged."
            hint = "Choose PCA in the pane's settings."
        elif not reason:
            reason = f"Frame {row} is the reference: its motion is zero and cannot be dragged."
            hint = "Drag another frame, or make another one the reference."
        self._session.notices.say(reason, hint)

    def _select(self, rows: tuple[int, ...]) -> None:
        active = self._session.active
        if active is not None and active.track is not None:
            dims = tuple(range(active.track.base.dims)) if rows else ()
            self._session.view.update(selection=Selection(tuple(rows), dims))
