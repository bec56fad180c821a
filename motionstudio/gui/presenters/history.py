"""The history of the document: a list to go through, and a view that follows what changed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.document.change import Change
from motionstudio.gui.panes.history_list import HistoryList, StepLine
from motionstudio.gui.presenters.session import Session


class HistoryPresenter(QObject):
    """History -> list; a click -> undo or redo up to there; undo -> the view goes along."""

    def __init__(self, session: Session, pane: HistoryList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._pane = session, pane
        pane.positionChosen.connect(self.go_to)
        session.project.history.changed.connect(self.refresh)
        session.project.changed.connect(self._follow)
        self.refresh()

    def go_to(self, position: int) -> None:
        """Undo or redo until ``position`` steps are done."""
        history = self._session.project.history
        if not self._session.project.in_transaction:
            history.go_to(min(position, len(history.steps)))
        self.refresh()

    def refresh(self) -> None:
        """Show the steps."""
        history = self._session.project.history
        lines = [
            StepLine(label, size) for label, size in zip(history.steps, history.sizes, strict=True)
        ]
        self._pane.set_steps(lines, history.position, history.limit)

    def _follow(self, change: Change) -> None:
        """Look at what was undone or done again: its subject, and the nearest of its frames."""
        session = self._session
        subject = session.find(change.subject_id)
        if not change.undo or subject is None:
            return
        if subject.id != session.view.state.active:
            session.show(subject.id)
        frames = change.frames
        if frames and len(frames) < len(subject.clip) and session.playhead not in frames:
            nearest = min(frames, key=lambda frame: abs(frame - session.playhead))
            session.view.update(playhead=nearest)
