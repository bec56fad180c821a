"""Gates of the active subject's memory: from its motion to the chart in Statistics."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.motion import GATES
from motionstudio.document.change import Change
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.gates import Gates
from motionstudio.gui.presenters.session import Session


class GatesPresenter(QObject):
    """What encoding found about the gates -> chart; frames that are pressed -> playhead.

    Args:
        session: shared parts.
        part: holds the chart.
        parent: Qt parent.
    """

    def __init__(self, session: Session, part: Gates, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._part = session, part
        part.chart.scrubbed.connect(self._go)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    def refresh(self) -> None:
        """Show the gates of the active subject, or nothing."""
        subject = self._session.active
        track = None if subject is None else subject.track
        found = None if track is None else track.base.state.get(GATES)
        self._part.set_gates(None if found is None else np.asarray(found, np.float32))
        self._part.chart.set_current(self._session.playhead)

    def _go(self, frame: int) -> None:
        self._session.view.update(playhead=frame, playing=False)

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects", "encoding", "model"}:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        elif new.playhead != old.playhead:
            self._part.chart.set_current(self._session.playhead)
