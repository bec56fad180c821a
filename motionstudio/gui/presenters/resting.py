"""Where the keypoints of a subject are at rest: from its own motion, else asked of the engine."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from motionstudio.core.keypoints import KeypointTrack, keypoint_count, rest_of
from motionstudio.document.change import Change
from motionstudio.document.subject import Framing, Subject
from motionstudio.engine.keypoint_requests import KeypointsFound, KeypointsRequest
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

Key = tuple[str, Framing, str]


class RestingPoints(QObject):
    """Finds keypoints at rest; one picture after the other, so that none pushes another out.

    Signals:
        ready: id of the subject whose keypoints are known now.
        failed: id, and why they are not.
    """

    ready = Signal(str)
    failed = Signal(str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: dict[str, tuple[Key, KeypointTrack]] = {}
        self._queue: list[str] = []
        self._asked: tuple[int, str, Key] | None = None
        session.engine.responseReady.connect(self._on_response)
        session.media.factsReady.connect(self._on_facts)
        session.project.changed.connect(self._on_change)

    def count(self, subject: Subject | None) -> int:
        """K of the model of a subject, 0 where its dimensions are no keypoints."""
        card = self._session.card(subject)
        return 0 if card is None else keypoint_count(card.dim_names)

    def get(self, subject: Subject) -> KeypointTrack | None:
        """The keypoints (T = 1), where they are known for its framing and model."""
        if not self.count(subject):
            return None
        if subject.track is not None and subject.has_motion and not subject.held:
            return rest_of(subject.track.base)
        known, key = self._found.get(subject.id), self._key(subject)
        return known[1] if known is not None and known[0] == key else None

    def find(self, subject: Subject) -> None:
        """Begin to find them; ``ready`` or ``failed`` follows."""
        if self.get(subject) is None and self.count(subject) and subject.id not in self._queue:
            self._queue.append(subject.id)
            self._next()

    def _key(self, subject: Subject) -> Key | None:
        facts = self._session.media.known(subject)
        return None if facts is None else (facts.reference.key, subject.framing, subject.model)

    def _next(self) -> None:
        if self._asked is not None:
            return
        while self._queue:
            subject = self._session.find(self._queue[0])
            card = self._session.card(subject)
            if subject is None or card is None:
                self._queue.pop(0)
                continue
            facts, key = self._session.media.facts(subject), self._key(subject)
            if facts is None or key is None:
                return  # They are being read: ``factsReady`` goes on.
            request = KeypointsRequest(
                subject=subject.id,
                revision=self._session.project.revision,
                model=subject.model,
                source=facts.reference,
                transform=transform_of(subject, facts, card),
            )
            self._asked = (request.id, self._queue.pop(0), key)
            self._session.engine.post(request)
            return

    def _on_change(self, change: Change) -> None:
        """Forget the keypoints of clips that were closed."""
        if "subjects" in change.kinds:
            there = {subject.id for subject in self._session.project.subjects}
            self._found = {id: one for id, one in self._found.items() if id in there}

    def _on_facts(self, _subject_id: str) -> None:
        self._next()

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked[0]:
            return
        if not isinstance(response, KeypointsFound | Cancelled | Failed):
            return
        _, subject_id, key = self._asked
        self._asked = None
        if isinstance(response, KeypointsFound):
            self._found[subject_id] = (key, response.track)
            self.ready.emit(subject_id)
        elif isinstance(response, Failed):
            self.failed.emit(subject_id, response.message)
        self._next()
