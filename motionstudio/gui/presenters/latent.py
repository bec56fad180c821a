"""The latent motion as people see and change it: matrix, curves and sliders."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, SignalInstance

from motionstudio.core.editing import drag, smooth
from motionstudio.core.kept import describe_frames
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.document.change import Change
from motionstudio.document.commands import EditLatent
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.encoding import SINGLE_PICTURE
from motionstudio.gui.presenters.session import Session

_DIMS_BY_DEFAULT = 3


class Editor(Protocol):
    """What matrix, curves and sliders have in common."""

    @property
    def editStarted(self) -> SignalInstance:
        """A gesture begins."""

    @property
    def valuesDragged(self) -> SignalInstance:
        """Rows, dims, total change, soft width."""

    @property
    def editFinished(self) -> SignalInstance:
        """One undo step."""

    @property
    def editCancelled(self) -> SignalInstance:
        """The gesture is to be taken back."""


class LatentPresenter(QObject):
    """Gestures on numbers -> ``EditLatent`` in transactions -> panes."""

    def __init__(
        self,
        session: Session,
        matrix: LatentMatrix,
        curves: LatentCurves,
        sliders: LatentSliders,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._gate = session, gate
        self._matrix, self._curves, self._sliders = matrix, curves, sliders
        self._before: LatentTrack | None = None
        self._subject_id = ""
        self._label = ""
        for pane in (matrix, curves, sliders):
            self._connect(pane)
        matrix.valueTyped.connect(self.type_value)
        sliders.valueTyped.connect(self.type_value)
        matrix.resetRequested.connect(self.reset)
        sliders.resetRequested.connect(self.reset)
        matrix.selectionChanged.connect(self._on_selection)
        matrix.softWidthChanged.connect(curves.set_soft_width)
        matrix.limitChanged.connect(sliders.set_limit)
        matrix.orderChanged.connect(self._on_order)
        sliders.orderChanged.connect(self._on_order)
        matrix.filterChanged.connect(self._show_order)
        # What moves most is what people look for, and there is rarely room for all dimensions.
        self._order = DimOrder.MOTION
        self._on_order(DimOrder.MOTION)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def editing(self) -> bool:
        """Whether a gesture is under way."""
        return self._before is not None

    def reset(self, rows: tuple[int, ...], dims: tuple[int, ...]) -> None:
        """Put cells back to what was encoded."""
        subject = self._session.active
        if subject is None or subject.track is None or not rows or not dims:
            return
        zero = np.zeros((len(rows), len(dims)), np.float32)
        label = label_of(subject, tuple(rows), tuple(dims), "Reset")
        command = EditLatent(subject.id, tuple(rows), tuple(dims), zero, "Reset")
        self._session.push(command, label)

    def reset_selection(self) -> None:
        """Put the selected cells back; without a selection the current frame."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        chosen = self._session.selection
        if chosen.is_empty:
            dims = tuple(range(subject.track.base.dims))
            self.reset((self._session.playhead,), dims)
        else:
            self.reset(chosen.rows, chosen.dims)

    def neutral(self) -> None:
        """Take the selected cells to zero motion; without a selection the current frame."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        chosen = self._session.selection
        rows, dims = chosen.rows, chosen.dims
        if chosen.is_empty:
            rows, dims = (self._session.playhead,), tuple(range(subject.track.base.dims))
        self.type_value(rows, dims, 0.0)

    def reset_all(self) -> None:
        """Take every edit of the active subject back, as one step."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            rows, dims = subject.track.offset.shape
            self.reset(tuple(range(rows)), tuple(range(dims)))

    def smooth_selection(self) -> None:
        """Average the selected dimensions over neighbouring frames; all of them without one."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        track, chosen = subject.track, self._session.selection
        rows, dims = chosen.rows, chosen.dims
        if chosen.is_empty:
            rows = tuple(range(len(track.offset)))
            dims = tuple(range(track.base.dims))
        values = smooth(track.values, rows, dims, 1.0, cyclic=subject.cyclic)
        self._put(subject, rows, dims, values - track.base.mean, "Smooth")

    def type_value(self, rows: tuple[int, ...], dims: tuple[int, ...], value: float) -> None:
        """Give cells a value."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        offset = np.float32(value) - subject.track.base.mean
        self._put(subject, tuple(rows), tuple(dims), offset, "Set")

    def cancel(self) -> bool:
        """Take back the gesture under way; tells whether there was one."""
        if self._before is None:
            return False
        self._gate.discard()
        self._before = None
        self._session.project.rollback()
        return True

    def refresh(self) -> None:
        """Show the active subject's matrix."""
        subject = self._session.active
        if subject is None or subject.track is None:
            self._show_nothing(subject)
            return
        track = subject.track
        names = tuple(subject.dim_name(d) for d in range(track.base.dims))
        locked = np.zeros(len(track.offset), np.bool_)
        if track.locked_row is not None:
            locked[track.locked_row] = True
        self._show_values(track)
        for pane in (self._matrix, self._curves):
            pane.set_filled(track.base.filled)
            pane.set_locked(locked)
            pane.set_names(names)
            pane.set_times(track.base.row_times[:, 0])
            pane.set_current(self._session.playhead)
        self._matrix.set_std(track.base.std)
        self._sliders.set_names(names)
        self._sliders.set_limit(self._matrix.limit.value())
        self._show_order()
        self._show_dims(track)
        self._show_frame(track)

    def _put(
        self,
        subject: Subject,
        rows: tuple[int, ...],
        dims: tuple[int, ...],
        offset: Float,
        verb: str,
    ) -> None:
        block = offset[np.ix_(rows, dims)].astype(np.float32)
        command = EditLatent(subject.id, rows, dims, block, verb)
        self._session.push(command, label_of(subject, rows, dims, verb))

    def _connect(self, pane: Editor) -> None:
        pane.editStarted.connect(self._begin)
        pane.valuesDragged.connect(self._drag)
        pane.editFinished.connect(self._finish)
        pane.editCancelled.connect(self._cancel)

    def _begin(self) -> None:
        subject = self._session.active
        if subject is None or subject.track is None or self._session.project.in_transaction:
            return
        self._before, self._subject_id, self._label = subject.track, subject.id, ""
        self._session.project.begin("Edit")

    def _drag(
        self, rows: tuple[int, ...], dims: tuple[int, ...], change: float, width: float
    ) -> None:
        before, subject = self._before, self._session.find(self._subject_id)
        if before is None or subject is None:
            return
        offset = drag(before.offset, rows, dims, change, width=width, cyclic=subject.cyclic)
        moved = tuple(range(len(offset))) if width else tuple(rows)
        self._label = label_of(subject, tuple(rows), tuple(dims))
        command = EditLatent(
            subject.id, moved, tuple(dims), offset[np.ix_(moved, dims)].astype(np.float32)
        )
        self._gate.submit(lambda: self._session.push(command))

    def _finish(self) -> None:
        if self._before is None:
            return
        self._gate.flush()
        self._before = None
        self._session.project.commit(self._label)

    def _cancel(self) -> None:
        self.cancel()

    def _on_selection(self, rows: tuple[int, ...], dims: tuple[int, ...]) -> None:
        self._session.view.update(selection=Selection(tuple(rows), tuple(dims)))

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if active is None or change.subject_id not in (None, active.id):
            return
        if change.kinds == {"latent"} and active.track is not None:
            self._show_values(active.track)
            self._show_frame(active.track)
        elif change.kinds & {"subjects", "latent", "encoding", "model", "reference", "name"}:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        subject = self._session.active
        if new.active != old.active:
            self.refresh()
        elif subject is not None and subject.track is not None:
            if new.playhead != old.playhead:
                self._matrix.set_current(self._session.playhead)
                self._curves.set_current(self._session.playhead)
                self._show_frame(subject.track)
            if new.selection != old.selection:
                self._show_dims(subject.track)

    def _show_nothing(self, subject: Subject | None) -> None:
        empty = np.zeros((0, 0), np.float32)
        if subject is None:
            self._matrix.set_message(
                "No motion yet",
                "Open a clip: the model turns it into rows of numbers that you can change here.",
            )
            self._sliders.set_message("No motion yet", "Open a clip to get its sliders.")
        elif len(subject.clip) < 2:
            for pane in (self._matrix, self._sliders):
                pane.set_message("No motion", SINGLE_PICTURE)
        else:
            self._matrix.set_message(
                "Finding the motion …",
                f"The model {subject.model or 'that is chosen'} is looking at {subject.name}.",
            )
            self._sliders.set_message("Finding the motion …", "Its sliders come with it.")
        self._curves.set_curves(empty, empty)
        self._sliders.set_frame(0, empty.reshape(-1), empty.reshape(-1), False)

    def _show_values(self, track: LatentTrack) -> None:
        values = track.values
        self._matrix.set_matrix(values, track.base.mean)
        self._curves.set_curves(values, track.base.mean, track.base.std)

    def _show_frame(self, track: LatentTrack) -> None:
        row = min(self._session.playhead, len(track.offset) - 1)
        locked = row == track.locked_row
        self._sliders.set_frame(row, track.values[row], track.base.mean[row], locked)

    def _on_order(self, how: DimOrder) -> None:
        self._order = how
        self._matrix.set_order(how)
        self._show_order()

    def _show_order(self, _words: str = "") -> None:
        self._sliders.set_order(self._order, self._matrix.view.order)

    def _show_dims(self, track: LatentTrack) -> None:
        chosen = self._session.selection
        fitting = tuple(d for d in chosen.dims if d < track.base.dims)
        self._curves.set_dims(fitting or busiest(track.base.mean))


def busiest(mean: NDArray[np.float32], count: int = _DIMS_BY_DEFAULT) -> tuple[int, ...]:
    """The ``count`` dimensions of (R, D) values that move most, increasing."""
    order = np.argsort(-mean.std(0), kind="stable")[:count]
    return tuple(sorted(int(d) for d in order))


def label_of(
    subject: Subject, rows: tuple[int, ...], dims: tuple[int, ...], verb: str = "Edit"
) -> str:
    """The name of an edit for people: ``Edit z3 at frames 5-9``."""
    names = ", ".join(subject.dim_name(d) for d in dims[:4]) + (", …" if len(dims) > 4 else "")
    frames = describe_frames(rows)
    return f"{verb} {names} at frame{'s' if len(rows) > 1 else ''} {frames}"
