"""Motions in the plane of two components: shown, walked along, dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.embedding import EmbeddingOptions
from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.pca import Double
from motionstudio.core.picture_rows import row_of_frame
from motionstudio.core.projection import FitOptions, Projection, turned
from motionstudio.document.change import Change
from motionstudio.document.projection_view import ProjectionView
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.embed import NEEDED
from motionstudio.gui.items.projection_data import ColourBy, PlotState, Trajectory
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters import projection_words as words
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.latent import dropped_rows
from motionstudio.gui.presenters.latent_gesture import LatentGesture
from motionstudio.gui.presenters.mapping import MapMaker
from motionstudio.gui.presenters.session import Session

_COMPONENTS_SHOWN = 12
_KINDS = {"subjects", "kept", "latent", "encoding", "model", "reference", "name"}
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
        pane.optionsChanged.connect(self._set_options)
        pane.embeddingChanged.connect(self._set_embedding)
        pane.recomputeRequested.connect(self.recompute)
        pane.colourToggled.connect(self._colour)
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

    def _set_options(self, options: FitOptions) -> None:
        self._change(fit=options)

    def _set_embedding(self, options: EmbeddingOptions | None) -> None:
        self._change(embedding=options)

    def _colour(self, by_time: bool) -> None:
        self._change(by_time=by_time)

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
        active, problem = self._session.active, self._fit.problem
        self._pane_trajectories = ()
        if active is None:
            text = "Open clips: every motion becomes a line here, every frame a point."
            self._pane.set_message("No motions yet", text)
        elif problem:
            self._pane.set_message("No components", problem)
        else:
            text = f"The motion of {active.name} is being found or projected."
            self._pane.set_message("One moment …", text)

    def _state(self, trajectories: tuple[Trajectory, ...]) -> PlotState:
        projection, axes = self._fit.projection, self.axes
        solid = len(axes) == 3 and not self.mapped
        names = ("", "")
        spokes: tuple[tuple[str, Double], ...] = ()
        if self.mapped:
            names = ("UMAP 1", "UMAP 2")
        elif projection is not None and not solid:
            unit = ", σ" if projection.options.whiten else ""
            names = tuple(f"{projection.name(axis)}{unit}" for axis in axes[:2])  # type: ignore[assignment]
        elif projection is not None:
            reach = 2 * projection.spread[list(axes)]
            ends = self.view * reach
            spokes = tuple(
                (projection.name(axis), ends[:, place]) for place, axis in enumerate(axes)
            )
        by: ColourBy = "time" if self._settings.by_time else "subject"
        row, fixed = self._playhead_row(), self.mapped
        return PlotState(trajectories, *names, row, by, spokes, solid, fixed)

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
        count = len(track.offset)
        drawn = Trajectory(
            id=subject.id,
            name=subject.name,
            hue=place,
            points=self._points(projection, subject),
            kept=~dropped_rows(subject),
            filled=track.base.filled,
            edited=np.asarray(track.edited.any(axis=1), np.bool_),
            chosen=np.isin(np.arange(count), chosen),
            locked=track.locked_row,
            active=active,
        )
        return _Known(key, subject, drawn, self._turns)

    def _points(self, projection: Projection, subject: Subject) -> Double:
        track = subject.track
        assert track is not None  # peers have one
        found = self._maps.points(subject.id) if self.mapped else None
        if found is not None:
            return found
        axes, view = self._lens
        return projection.scores_on(axes, track.values.astype(np.float64)) @ view.T

    def _begin(self, subject_id: str, row: int) -> None:
        subject = self._session.find(subject_id)
        if subject is None:
            return
        self.go(subject_id, row)
        self._row = row
        frames = frames_of_rows(subject.track.base, (row,)) if subject.track else ()
        where = f"frame {frames[0]}" if frames else f"row {row}"
        names = " and ".join(f"PC {axis + 1}" for axis in self.axes)
        self._gesture.begin(subject, f"Move {where} along {names}")

    def _drag(self, x: float, y: float) -> None:
        before, projection = self._gesture.before, self._fit.projection
        if before is None or projection is None:
            return
        change = self.view.T @ np.array([x, y])
        axes = self.axes
        step = projection.step(axes, change)
        if axes[0] == axes[1]:
            step = projection.step(axes[:1], [x])
        offset = before.offset[self._row] + step
        self._gesture.put((self._row,), offset[None].astype(np.float32))

    def _gesture_finished(self) -> None:
        self._gesture.finish()
        self._fit.refresh()

    def cancel(self) -> bool:
        """Take the drag back; False where there is none."""
        return self._gesture.cancel()

    def _refuse(self, _subject_id: str, row: int) -> None:
        if self.mapped:
            self._session.notices.say(
                f"{NO_INVERSE}: points cannot be dragged.", "Choose PCA in the pane's settings."
            )
            return
        self._session.notices.say(
            f"Frame {row} is the reference: its motion is zero and cannot be dragged.",
            "Drag another frame, or make another one the reference.",
        )

    def _select(self, rows: tuple[int, ...]) -> None:
        active = self._session.active
        if active is not None and active.track is not None:
            dims = tuple(range(active.track.base.dims)) if rows else ()
            self._session.view.update(selection=Selection(tuple(rows), dims))
