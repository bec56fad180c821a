"""The current frame as scores of principal components, changed by sliders."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.counting import counted
from motionstudio.core.editing import soft_weights
from motionstudio.core.kept import describe_frames
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.document.change import Change
from motionstudio.document.commands import EditLatent
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.components import Components
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.latent_gesture import LatentGesture
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit

SHOWN = 12
"""Components that get a slider; what is beyond hardly moves anything."""

_KINDS = {"subjects", "latent", "encoding", "model", "reference", "name"}
_NOTHING = 1e-6
_LOCKED = "This is the reference frame: its motion is zero and cannot change"


class ComponentsPresenter(QObject):
    """Components and document -> sliders; gestures on them -> edits along components."""

    def __init__(
        self,
        session: Session,
        pane: Components,
        fit: ComponentFit,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit = session, pane, fit
        self._gesture = LatentGesture(session, gate)
        self._soft, self._width = False, 2.0
        self._visible = False
        pane.appeared.connect(self._appear)
        pane.disappeared.connect(self._disappear)
        pane.dragStarted.connect(self._begin)
        pane.dragged.connect(self._drag)
        pane.dragFinished.connect(self._finish)
        pane.dragCancelled.connect(self.cancel)
        pane.typed.connect(self._type)
        pane.resetRequested.connect(self.reset)
        pane.recomputeRequested.connect(fit.recompute)
        fit.changed.connect(self.refresh)
        fit.staleChanged.connect(self.refresh)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def row(self) -> int:
        """The row of the current frame."""
        active = self._session.active
        if active is None or active.track is None:
            return 0
        rows = rows_of_frames(active.track.base)
        return int(rows[min(self._session.playhead, len(rows) - 1)])

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows that an edit changes: the selected ones, else that of the current frame."""
        chosen = self._session.selection
        return (self.row,) if chosen.is_empty else chosen.rows

    def set_soft(self, on: bool) -> None:
        """Whether neighbouring frames follow, as in the matrix."""
        self._soft = on

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation of soft edits, in frames."""
        self._width = frames

    def refresh(self) -> None:
        """Show everything anew."""
        if not self._visible:
            return
        active, projection = self._session.active, self._fit.projection
        if active is None or active.track is None or projection is None:
            words = self._fit.problem or "Open a clip: its motion gets sliders here."
            self._pane.set_message("No components yet", words)
            return
        count = min(SHOWN, projection.components)
        names = [projection.name(component) for component in range(count)]
        self._pane.set_components(names, projection.spread[:count])
        fitted = counted(projection.count, "frame") if projection.count else "the training data"
        caption = f"Components of {fitted}, ±3 σ"
        if projection.plain:
            caption = "Latent dimensions, ±3 σ of the prior"
        self._pane.set_caption(caption, self._fit.stale)
        self._show(active.track)

    def reset(self, components: tuple[int, ...]) -> None:
        """Take the edit along components back in the rows that are chosen."""
        active, projection = self._session.active, self._fit.projection
        if active is None or active.track is None or projection is None:
            return
        rows = list(self.rows)
        offset = active.track.offset[rows].astype(np.float64)
        if len(components) == len(self._pane.rows):
            offset[:] = 0
        axes = projection.axes.components[list(components)]
        offset -= (offset @ axes.T) @ axes
        offset[np.abs(offset) < _NOTHING] = 0
        names = ", ".join(projection.short(c) for c in components[:3])
        what = names if len(components) <= 3 else f"{len(components)} components"
        self._push(offset.astype(np.float32), f"Reset {what} {_where(self.rows)}")

    def _appear(self) -> None:
        self._visible = True
        self._fit.set_viewer("components", True)
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        self._fit.set_viewer("components", False)

    def _show(self, track: LatentTrack) -> None:
        projection = self._fit.projection
        if projection is None:
            return
        row, count = self.row, len(self._pane.rows)
        values = np.stack([track.values[row], track.base.mean[row]]).astype(np.float64)
        scores = projection.scores(values)[:, :count]
        detail = f"frame {self._session.playhead}"
        if len(self.rows) > 1:
            detail = f"{len(self.rows)} frames"
        read_only = why_no_edit(self._session.card(self._session.active))
        reason = read_only or (_LOCKED if self.rows == (track.locked_row,) else "")
        self._pane.set_scores(scores[0], scores[1], detail, reason)

    def _begin(self) -> None:
        active = self._session.active
        if active is not None:
            self._gesture.begin(active, f"Change components {_where(self.rows)}")

    def _drag(self, component: int, change: float) -> None:
        projection = self._fit.projection
        if projection is not None:
            self._put(projection.step([component], [change]))

    def _put(self, step: Float | np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        before, subject = self._gesture.before, self._gesture.subject
        if before is None or subject is None:
            return
        width = self._width if self._soft else 0.0
        weights = soft_weights(len(before.offset), self.rows, width, cyclic=subject.cyclic)
        moved = np.flatnonzero(weights)
        offsets = before.offset[moved] + weights[moved, None] * step
        self._gesture.put(tuple(int(r) for r in moved), offsets.astype(np.float32))

    def _finish(self) -> None:
        self._gesture.finish()
        self._fit.refresh()

    def cancel(self) -> bool:
        """Take the drag back; False where there is none."""
        return self._gesture.cancel()

    def _type(self, component: int, score: float) -> None:
        active, projection = self._session.active, self._fit.projection
        if active is None or active.track is None or projection is None:
            return
        track, rows = active.track, list(self.rows)
        now = projection.scores(track.values[rows].astype(np.float64))[:, component]
        steps = np.stack([projection.step([component], [score - each]) for each in now])
        offsets = (track.offset[rows] + steps).astype(np.float32)
        self._push(offsets, f"Set {projection.short(component)} to {score:.2f} {_where(self.rows)}")

    def _push(self, offsets: Float, label: str) -> None:
        active = self._session.active
        if active is not None and active.track is not None:
            dims = tuple(range(active.track.base.dims))
            self._session.push(EditLatent(active.id, self.rows, dims, offsets), label)

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if not self._visible or not change.kinds & _KINDS:
            return
        if change.kinds == {"latent"} and active is not None and active.track is not None:
            self._show(active.track)
        else:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        active = self._session.active
        if not self._visible:
            return
        if new.active != old.active:
            self.refresh()
        elif active is not None and active.track is not None:
            self._show(active.track)


def _where(rows: tuple[int, ...]) -> str:
    return f"at frame{'s' if len(rows) > 1 else ''} {describe_frames(rows)}"
