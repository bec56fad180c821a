"""Keeps every subject encoded: asks when something outdates it, takes over what comes back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from motionstudio.core.glimpses import as_drawing
from motionstudio.core.motion import RowKind
from motionstudio.document.change import Change
from motionstudio.document.subject import EncodingKey, Subject
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Cancelled, Encoded, Failed, Response
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.resolve import encode_request
from motionstudio.gui.presenters.session import Session

STOPPED = "Finding the motion was cancelled; Find motion in the menu Model starts it again."
SINGLE_PICTURE = "A single picture has no motion yet. Drag one onto it from the library."


class EncodingPresenter(QObject):
    """Document -> ``EncodeRequest`` -> document.

    Signals:
        started: id of a subject whose encoding was asked for.
        ended: id of a subject, and why it has no encoding (empty when it has one).
    """

    started = Signal(str)
    ended = Signal(str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: dict[int, tuple[str, EncodingKey]] = {}
        self._unreadable: set[str] = set()
        self._stopped: dict[str, EncodingKey] = {}
        session.project.changed.connect(self._on_change)
        session.media.factsReady.connect(self._on_facts)
        session.media.failed.connect(self._on_unreadable)
        session.engine.responseReady.connect(self._on_response)

    def cancel(self, subject_id: str) -> None:
        """Stop looking for the motion of a subject until something about it changes."""
        subject = self._session.find(subject_id)
        if subject is not None:
            self._stopped[subject_id] = subject.encoding_key
        self._session.engine.cancel(Lane.ENCODE, subject_id)

    def resume(self) -> None:
        """Look for the motion of the active subject after all."""
        subject = self._session.active
        if subject is not None:
            self._stopped.pop(subject.id, None)
            self.request(subject)

    def why_no_resume(self) -> str:
        """Why there is no motion to look for, one sentence; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if self._stopped.get(subject.id) == subject.encoding_key and subject.needs_encoding:
            return ""
        return "The motion is found by itself; this goes on after it was cancelled."

    def request(self, subject: Subject) -> None:
        """Ask for an encoding where the subject needs one and can have one."""
        session = self._session
        wanted = (subject.id, subject.encoding_key)
        if not subject.needs_encoding or wanted in self._asked.values():
            return
        if self._stopped.get(subject.id) == subject.encoding_key:
            return
        if subject.media_problem:
            self.ended.emit(subject.id, subject.media_problem)
            return
        with session.reported():
            card = session.card(subject)
            if card is None:
                self.ended.emit(subject.id, no_model(subject.model))
                return
            facts = session.media.facts(subject)
            if facts is None:
                return
            if len(subject.clip) < max(2, card.frames_min):
                self.ended.emit(subject.id, SINGLE_PICTURE)
                return
            request = encode_request(subject, facts, card, session.project.revision)
            self._asked[request.id] = wanted
            self.started.emit(subject.id)
            session.engine.post(request)

    def _on_change(self, change: Change) -> None:
        if not change.kinds - {"name", "latent", "encoding"} and not change.undo:
            return
        for subject in self._session.project.subjects:
            if change.subject_id in (None, subject.id):
                self.request(subject)

    def _on_facts(self, subject_id: str) -> None:
        subject = self._session.find(subject_id)
        if subject is not None:
            self.request(subject)

    def _on_unreadable(self, subject_id: str, error: Exception) -> None:
        if subject_id in self._unreadable:
            return  # Every frame of a file that has gone fails; once is enough.
        self._unreadable.add(subject_id)
        self._session.notices.report(error)
        self.ended.emit(subject_id, str(error))

    def _on_response(self, response: Response) -> None:
        ends = isinstance(response, Encoded | Failed | Cancelled)
        if not ends or response.id not in self._asked:
            return
        _, key = self._asked.pop(response.id)
        if isinstance(response, Failed):
            self.ended.emit(response.subject, response.message)
            return
        if isinstance(response, Encoded):
            response = self._laid_out(response)
            if not self._fits(response):
                return
            project = self._session.project
            project.set_encoding(response.subject, response.motion, response.kept, key)
        subject = self._session.find(response.subject)
        overtaken = isinstance(response, Cancelled) or (subject and subject.encoding_key != key)
        if isinstance(response, Cancelled) and self._stopped.get(response.subject) == key:
            self.ended.emit(response.subject, STOPPED)
            self._session.notices.post(Notice(STOPPED, actions=("model.find",)))
            return
        if subject is not None and subject.needs_encoding and overtaken:
            self.request(subject)
        else:
            self.ended.emit(response.subject, "")

    def _laid_out(self, response: Encoded) -> Encoded:
        """Glimpses of a held picture have a frame of the timeline each."""
        subject = self._session.find(response.subject)
        glimpses = response.motion.rows is RowKind.GLIMPSE
        if subject is None or not subject.held or not glimpses:
            return response
        motion = as_drawing(response.motion, subject.clip.times)
        return replace(response, motion=motion, kept=subject.kept)

    def _fits(self, response: Encoded) -> bool:
        """Whether the edit of its subject can be carried over to an encoding."""
        subject = self._session.find(response.subject)
        if subject is None or subject.track is None:
            return True
        if subject.track.offset.shape == response.motion.mean.shape:
            return True
        problem = other_space(subject, response.motion.dims)
        self._session.notices.say(problem, "Choose the model anew to start over.", Tone.WARN)
        self.ended.emit(subject.id, problem)
        return False


def other_space(subject: Subject, dims: int) -> str:
    """Why an encoding cannot take the place of the one that people edited."""
    held = 0 if subject.track is None else subject.track.base.dims
    return (
        f"The model {subject.model} at hand has {dims} dimensions, but the motion of "
        f"{subject.name} was made with {held}; it stays as it is."
    )


def no_model(name: str) -> str:
    """Why a subject cannot be encoded without its model, and what to do."""
    if name:
        return f"The model {name} is not at hand. Choose another in the inspector."
    return "No model is at hand. Put one into the folder checkpoints."
