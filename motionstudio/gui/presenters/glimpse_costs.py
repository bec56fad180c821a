"""Clips that are drawn in glimpses: what each glimpse of each frame tells of it, in nats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from motionstudio.core.glimpses import divergences
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture_rows import row_names
from motionstudio.document.change import Change
from motionstudio.document.glimpse_commands import is_drawn
from motionstudio.document.view import ViewState
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.workbench import TimePane

_KINDS = {"subjects", "model", "encoding", "kept"}


class GlimpseCosts(QObject):
    """Encoded posterior -> strip of bars; the drawing of one picture has the error strip for it.

    Args:
        session: shared parts.
        time: has the strip, over its rows.
        parent: Qt parent.
    """

    def __init__(self, session: Session, time: TimePane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._time = session, time
        self._shown: Motion | None = None
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def refresh(self) -> None:
        """Show what the active subject's glimpses cost, or nothing."""
        subject = self._session.active
        track = None if subject is None else subject.track
        base = None if track is None else track.base
        glimpses = base is not None and base.rows is RowKind.GLIMPSE and base.std is not None
        if subject is None or base is None or not glimpses or is_drawn(subject):
            self._shown = None
            self._time.show_costs(False)
            return
        if base is not self._shown:
            self._shown = base
            costs = costs_of(base)
            self._time.costs.set_costs(costs, words_of(base, costs))
        self._time.show_costs(True)

    def _on_change(self, change: Change) -> None:
        if change.kinds & _KINDS:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        self._time.costs.set_current(self._session.playhead)


def costs_of(motion: Motion) -> NDArray[np.float64]:
    """(R,) nats of each row of a motion with deviations; NaN where the model saw nothing."""
    if motion.std is None:
        raise ValueError("costs_of: expected a motion with deviations, got none")
    return np.where(motion.filled, np.nan, divergences(motion.mean, motion.std))


def words_of(motion: Motion, costs: NDArray[np.float64]) -> tuple[str, ...]:
    """A read-out for each row: its cost, and its share of what its picture costs."""
    each = len(motion.mean) // len(motion.times)
    whole = np.repeat(costs.reshape(-1, each).sum(1), each)
    return tuple(
        f"{name[:1].upper()}{name[1:]} · " + _words(cost, total)
        for name, cost, total in zip(row_names(motion), costs, whole, strict=True)
    )


def _words(cost: float, total: float) -> str:
    if not np.isfinite(cost):
        return "filled in, nothing was seen here"
    share = f" ({cost / total:.0%})" if total > 0 else ""
    return f"KL {cost:.2f} nats, as encoded, of {total:.1f} for the frame{share}"
