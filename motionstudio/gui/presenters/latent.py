"""The latent motion as people see and change it: matrix, curves and sliders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, SignalInstance

from motionstudio.core.editing import soft_weights
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float, RowKind
from motionstudio.core.picture_rows import (
    frames_shown,
    row_edges,
    row_names,
    row_of_frame,
)
from motionstudio.document.change import Change, Command
from motionstudio.document.commands import EditLatent
from motionstudio.document.latent_commands import PutTrack, ResetCells
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.items.row_axis import RowAxis
from motionstudio.gui.items.stroke import Drawn
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.encoding import SINGLE_PICTURE
from motionstudio.gui.presenters.latent_words import busiest, dropped_rows, label_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit


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
        axis: RowAxis,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._gate = session, gate
        self._matrix, self._curves, self._sliders, self._axis = matrix, curves, sliders, axis
        self._before: LatentTrack | None = None
        self._subject_id = ""
        self._label = ""
        for pane in (matrix, curves, sliders):
            self._connect(pane)
        for refusing in (matrix, curves):
            refusing.refused.connect(session.notices.say)
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
        matrix.arranged.connect(self._show_order)
        matrix.pencilToggled.connect(curves.set_pencil)
        curves.softWidthChanged.connect(matrix.set_soft_width)
        matrix.softToggled.connect(curves.set_soft)
        for drawn in (matrix.cellsDrawn, curves.cellsDrawn):
            drawn.connect(self._draw)
        # What moves most is what people look for, and there is rarely room for all dimensions.
        self._order = DimOrder.MOTION
        self._on_order(DimOrder.MOTION)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def before(self) -> LatentTrack | None:
        """The track as it was when the gesture under way began, or None."""
        return self._before

    @property
    def gesture_subject(self) -> Subject | None:
        """The subject of the gesture under way, or None."""
        return None if self._before is None else self._session.find(self._subject_id)

    @property
    def row(self) -> int:
        """The row that the current frame shows; 0 where there is no motion."""
        subject, frame = self._session.active, self._session.playhead
        if subject is None or subject.track is None:
            return 0
        return row_of_frame(subject.track.base, frame)

    def begin(self) -> bool:
        """Open a gesture: all changes until ``finish`` are one step; False where none can be."""
        self._begin()
        return self._before is not None

    def change(self, command: Command, label: str) -> None:
        """Do this within the gesture, unless a newer change comes before pictures keep up."""
        if self._before is not None:
            self._label = label
            self._gate.submit(lambda: self._session.push(command))

    def finish(self) -> None:
        """Close the gesture as one step, or none where nothing changed."""
        self._finish()

    def reset(self, rows: tuple[int, ...], dims: tuple[int, ...]) -> None:
        """Put cells back to what was encoded; their keys go."""
        subject = self._session.active
        if subject is None or subject.track is None or not rows or not dims:
            return
        label = label_of(subject, tuple(rows), tuple(dims), "Reset")
        self._session.push(ResetCells(subject.id, tuple(rows), tuple(dims)), label)

    def reset_selection(self) -> None:
        """Put the selected cells back; without a selection the current frame."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        chosen = self._session.selection
        if chosen.is_empty:
            dims = tuple(range(subject.track.base.dims))
            self.reset((self.row,), dims)
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
            rows, dims = (self.row,), tuple(range(subject.track.base.dims))
        self.type_value(rows, dims, 0.0)

    def reset_all(self) -> None:
        """Take every edit of the active subject back, as one step."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            rows, dims = subject.track.offset.shape
            self.reset(tuple(range(rows)), tuple(range(dims)))

    def type_value(self, rows: tuple[int, ...], dims: tuple[int, ...], value: float) -> None:
        """Give cells a value."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        offset = np.float32(value) - subject.track.base.mean
        self.put(subject, tuple(rows), tuple(dims), offset, "Set")

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
        read_only = why_no_edit(self._session.card(subject))
        locked |= bool(read_only)
        self._show_values(track)
        frames = track.base.rows is RowKind.FRAME
        self._axis.set_edges(None if frames else row_edges(track.base))
        for pane in (self._matrix, self._curves):
            pane.set_filled(track.base.filled)
            pane.set_dropped(dropped_rows(subject))
            pane.set_locked(locked)
            pane.set_read_only(read_only)
            pane.set_names(names)
            pane.set_row_names(row_names(track.base))
            pane.set_times(track.base.times[frames_shown(track.base)])
            pane.set_current(self._session.playhead)
        self._matrix.set_std(track.base.std)
        self._sliders.set_names(names)
        self._sliders.set_limit(self._matrix.limit.value())
        self._show_order()
        self._show_dims(track)
        self._show_frame(track)

    def put(
        self,
        subject: Subject,
        rows: tuple[int, ...],
        dims: tuple[int, ...],
        offset: Float,
        verb: str,
    ) -> None:
        """Set cells of a subject to offsets, of which (R, D) are given, as one step."""
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
        if reason := why_no_edit(self._session.card(subject)):
            self._session.notices.say(reason)
            return
        self._before, self._subject_id, self._label = subject.track, subject.id, ""
        self._session.project.begin("Edit")

    def _drag(
        self, rows: tuple[int, ...], dims: tuple[int, ...], change: float, width: float
    ) -> None:
        before, subject = self._before, self._session.find(self._subject_id)
        if before is None or subject is None:
            return
        weights = soft_weights(len(before.offset), rows, width, cyclic=subject.cyclic)
        moved = tuple(np.flatnonzero(weights).tolist())
        block = before.block(moved, dims) + np.float32(change) * weights[list(moved), np.newaxis]
        label = label_of(subject, tuple(rows), tuple(dims))
        after = before.with_offset(moved, dims, block)
        self.change(PutTrack(subject.id, after, tuple(sorted(dims)), label), label)

    def _draw(self, drawn: Drawn) -> None:
        before, subject = self._before, self.gesture_subject
        if before is None or subject is None or not drawn:
            return
        rows = tuple(sorted({row for cells in drawn.values() for row in cells}))
        label = label_of(subject, rows, tuple(sorted(drawn)), "Draw")
        commands = []
        for dim, cells in drawn.items():
            here = tuple(sorted(cells))
            values = np.array([[cells[row]] for row in here], np.float32)
            offset = values - before.base.mean[list(here)][:, [dim]]
            commands.append(EditLatent(subject.id, here, (dim,), offset, "Draw"))
        self._label = label
        self._gate.submit(partial(self._push_all, commands))

    def _push_all(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self._session.push(command)

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
        if "kept" in change.kinds and active.track is not None:
            for pane in (self._matrix, self._curves):
                pane.set_dropped(dropped_rows(active))

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
        for pane in (self._matrix, self._curves):
            pane.set_keys(track.keys, track.muted)
        self._sliders.set_muted(track.muted)

    def _show_frame(self, track: LatentTrack) -> None:
        row = row_of_frame(track.base, self._session.playhead)
        locked = row == track.locked_row
        names = row_names(track.base)
        words = names[row] if names else f"frame {row}"
        reason = why_no_edit(self._session.card(self._session.active))
        values, encoded = track.values[row], track.base.mean[row]
        self._sliders.set_frame(row, values, encoded, locked, words, reason)

    def _on_order(self, how: DimOrder) -> None:
        self._order = how
        self._matrix.set_order(how)
        self._show_order()

    def _show_order(self, _words: str = "") -> None:
        view = self._matrix.view
        self._sliders.set_order(self._order, view.order, view.heads)

    def _show_dims(self, track: LatentTrack) -> None:
        chosen = self._session.selection
        fitting = tuple(d for d in chosen.dims if d < track.base.dims)
        self._curves.set_dims(fitting or busiest(track.base.mean))
