"""A single picture that was given a motion plays: at its first frame nothing moves yet."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.resting import RestingPoints
from motionstudio.gui.presenters.session import Session


class ComingToLife(QObject):
    """Begins to play, with keypoints once these are known.

    Pictures of playback are drawn before keypoints are looked for, so that the options of the
    motion would otherwise wait until somebody stops. Whoever goes elsewhere meanwhile, to another
    frame or another clip, is not overtaken.

    Args:
        session: shared parts.
        resting: where keypoints are at rest.
        parent: Qt parent.
    """

    def __init__(
        self, session: Session, resting: RestingPoints, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._resting = session, resting
        self._waiting: tuple[str, int] | None = None
        resting.ready.connect(self._on_rest)
        resting.failed.connect(self._on_rest)

    def begin(self, before: Subject) -> None:
        """Play a subject that was ``before`` it got the motion, where it was a single picture."""
        self._waiting = None
        view = self._session.view.state
        if len(before.clip) > 1 or view.active != before.id or self._is_calm():
            return
        now = self._session.find(before.id)
        if now is not None and self._resting.count(now) and self._resting.get(now) is None:
            self._waiting = (now.id, view.playhead)
            self._resting.find(now)
            return
        self._play()

    def _on_rest(self, subject_id: str, _why: str = "") -> None:
        if self._waiting is None or self._waiting[0] != subject_id:
            return
        wanted, self._waiting = self._waiting, None
        view, subject = self._session.view.state, self._session.find(subject_id)
        stayed = (view.active, view.playhead) == wanted
        if stayed and subject is not None and subject.held and not self._is_calm():
            self._play()

    def _is_calm(self) -> bool:
        return self._session.settings.value.reduced_motion

    def _play(self) -> None:
        self._session.view.update(playing=True, speed=1.0)
