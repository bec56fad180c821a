"""Motions in the plane of two components: shown, walked along, dragged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.motion import RowKind
from motionstudio.core.pca import Double
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.core.projection import FitOptions, Projection, turned
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.items.projection_data import ColourBy, PlotState, Trajectory
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.latent_gesture import LatentGesture
from motionstudio.gui.presenters.session import Session

_COMPONENTS_SHOWN = 12
_KINDS = {"subjects", "kept", "latent", "encoding", "model", "reference", "name"}
_START = (-0.6, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A trajectory as it was drawn, and everything that it depends on."""

    key: tuple[object, ...]
    subject: Subject
    drawn: Trajectory


class ProjectionPresenter(QObject):
    """Document and components -> trajectories; gestures on them -> edits, frames, selections."""

    def __init__(
        self,
        session: Session,
        pane: ProjectionPane,
        fit: ComponentFit,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit = session, pane, fit
        self._gesture = LatentGesture(session, gate)
        self._row = 0
        self._axes: tuple[int, ...] = (0, 1)
        self._angles = _START
        self._colour_by: ColourBy = "time"
        self._known: dict[str, _Known] = {}
        self._visible = False
        self._connect()
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def axes(self) -> tuple[int, ...]:
        """Components on the axes: two, or three of a view in three dimensions."""
        return self._axes

    @property
    def view(self) -> Double:
        """(2, k) from the k components on the axes to the screen."""
        return np.eye(2) if len(self._axes) == 2 else turned(*self._angles)

    def refresh(self) -> None:
        """Show everything anew."""
        if not self._visible:
            return
        self._show_settings()
        self._show()

    def screen(self, projection: Projection, rows: Double) -> Double:
        """(n, 2) where latent rows (n, D) lie on the screen."""
        return np.asarray(projection.scores(rows)[:, list(self._axes)] @ self.view.T)

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
        pane.recomputeRequested.connect(self._fit.recompute)
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

    def _appear(self) -> None:
        self._visible = True
        self._fit.set_viewer("projection", True)
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        self._fit.set_viewer("projection", False)

    def _choose_axes(self, axes: tuple[int, ...]) -> None:
        self._axes = tuple(axes)
        self._known.clear()
        self.refresh()

    def _set_options(self, options: FitOptions) -> None:
        self._fit.set_options(options)
        self.refresh()

    def _colour(self, by_time: bool) -> None:
        self._colour_by = "time" if by_time else "subject"
        self.refresh()

    def _turn(self, azimuth: float, elevation: float) -> None:
        flat = np.pi / 2
        self._angles = (
            self._angles[0] + azimuth,
            float(np.clip(self._angles[1] + elevation, -flat, flat)),
        )
        self._known.clear()
        self._show()

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
        for scope in ("rows", "dataset"):
            pane.form.set_reason(scope, fit.why_not(scope))
        projection = fit.projection
        names = []
        if projection is not None:
            count = min(projection.components, _COMPONENTS_SHOWN)
            names = [projection.name(i) for i in range(count)]
            last = max(count - 1, 0)
            self._axes = tuple(min(axis, last) for axis in self._axes)
        pane.set_components(names, self._axes if names else ())
        pane.set_caption(self._caption(projection), self._note(), stale=fit.stale)

    def _caption(self, projection: Projection | None) -> str:
        if projection is None or self._fit.members is None:
            return ""
        options, subjects = projection.options, len(self._fit.members.tracks)
        who = "this subject" if subjects == 1 else f"{subjects} subjects"
        words = f"PCA of {projection.count} frames of {who}"
        if options.scope == "dataset":
            words = f"PCA of the training data of {self._fit.members.model}"
        centre = "the mean" if options.centre == "mean" else "rest"
        parts = [words, f"centred on {centre}"]
        if options.whiten:
            parts.append("whitened")
        if options.scope != "dataset":
            parts.append("with reference" if options.reference else "without reference")
        return " · ".join(parts)

    def _note(self) -> str:
        hidden = self._fit.others()
        if not hidden:
            return ""
        active = self._session.active
        model = "" if active is None else active.model
        which = "subject uses" if hidden == 1 else "subjects use"
        return f"Only motions of the model {model} are shown; {hidden} {which} another one."

    def _show(self) -> None:
        projection, peers = self._fit.projection, self._fit.peers()
        if projection is None or not peers:
            self._show_nothing()
            return
        self._pane_trajectories = self._trajectories(projection, peers)
        self._pane.set_state(self._state(self._pane_trajectories))

    _pane_trajectories: tuple[Trajectory, ...] = ()

    def _show_nothing(self) -> None:
        active, problem = self._session.active, self._fit.problem
        self._pane_trajectories = ()
        if active is None:
            words = "Open clips: every motion becomes a line here, every frame a point."
            self._pane.set_message("No motions yet", words)
        elif problem:
            self._pane.set_message("No components", problem)
        else:
            words = f"The motion of {active.name} is being found or projected."
            self._pane.set_message("One moment …", words)

    def _state(self, trajectories: tuple[Trajectory, ...]) -> PlotState:
        projection, solid = self._fit.projection, len(self._axes) == 3
        names = ("", "")
        spokes: tuple[tuple[str, Double], ...] = ()
        if projection is not None and not solid:
            unit = ", σ" if projection.options.whiten else ""
            names = tuple(f"{projection.name(axis)}{unit}" for axis in self._axes[:2])  # type: ignore[assignment]
        elif projection is not None:
            reach = 2 * projection.spread[list(self._axes)]
            ends = self.view * reach
            spokes = tuple(
                (projection.name(axis), ends[:, place]) for place, axis in enumerate(self._axes)
            )
        return PlotState(
            trajectories, names[0], names[1], self._playhead_row(), self._colour_by, spokes, solid
        )

    def _playhead_row(self) -> int:
        active = self._session.active
        if active is None or active.track is None:
            return 0
        rows = rows_of_frames(active.track.base)
        return int(rows[min(self._session.playhead, len(rows) - 1)])

    def _trajectories(
        self, projection: Projection, peers: tuple[Subject, ...]
    ) -> tuple[Trajectory, ...]:
        active = self._session.view.state.active
        places = {s.id: i for i, s in enumerate(self._session.project.subjects)}
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
        key = (place, active, chosen, self._axes)
        known = self._known.get(subject.id)
        if known is not None and known.subject is subject and known.key == key:
            return known
        count = len(track.offset)
        is_frame = track.base.rows is RowKind.FRAME
        drawn = Trajectory(
            id=subject.id,
            name=subject.name,
            hue=place,
            points=self.screen(projection, track.values.astype(np.float64)),
            kept=subject.kept if is_frame else np.ones(count, np.bool_),
            filled=track.base.filled,
            edited=np.asarray(track.edited.any(axis=1), np.bool_),
            chosen=np.isin(np.arange(count), chosen),
            locked=track.locked_row,
            active=active,
        )
        return _Known(key, subject, drawn)

    def _begin(self, subject_id: str, row: int) -> None:
        subject = self._session.find(subject_id)
        if subject is None:
            return
        self.go(subject_id, row)
        self._row = row
        frames = frames_of_rows(subject.track.base, (row,)) if subject.track else ()
        where = f"frame {frames[0]}" if frames else f"row {row}"
        names = " and ".join(f"PC {axis + 1}" for axis in self._axes)
        self._gesture.begin(subject, f"Move {where} along {names}")

    def _drag(self, x: float, y: float) -> None:
        before, projection = self._gesture.before, self._fit.projection
        if before is None or projection is None:
            return
        change = self.view.T @ np.array([x, y])
        step = projection.step(self._axes, change)
        if self._axes[0] == self._axes[1]:
            step = projection.step(self._axes[:1], [x])
        offset = before.offset[self._row] + step
        self._gesture.put((self._row,), offset[None].astype(np.float32))

    def _gesture_finished(self) -> None:
        self._gesture.finish()
        self._fit.refresh()

    def cancel(self) -> bool:
        """Take the drag back; False where there is none."""
        return self._gesture.cancel()

    def _refuse(self, _subject_id: str, row: int) -> None:
        self._session.notices.say(
            f"Frame {row} is the reference: its motion is zero and cannot be dragged.",
            "Drag another frame, or make another one the reference.",
        )

    def _select(self, rows: tuple[int, ...]) -> None:
        active = self._session.active
        if active is not None and active.track is not None:
            dims = tuple(range(active.track.base.dims)) if rows else ()
            self._session.view.update(selection=Selection(tuple(rows), dims))
