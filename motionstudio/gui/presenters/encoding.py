"""Keeps every subject encoded: asks when something outdates it, takes over what comes back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from motionstudio.document.change import Change
from motionstudio.document.subject import EncodingKey, Subject
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Encoded, Failed, Response
from motionstudio.gui.presenters.resolve import encode_request
from motionstudio.gui.presenters.session import Session


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
        self._asked: dict[int, EncodingKey] = {}
        session.project.changed.connect(self._on_change)
        session.media.factsReady.connect(self._on_facts)
        session.engine.responseReady.connect(self._on_response)

    def request(self, subject: Subject) -> None:
        """Ask for an encoding where the subject needs one and can have one."""
        session = self._session
        if not subject.needs_encoding or subject.encoding_key in self._asked.values():
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
                self.ended.emit(subject.id, "A single picture has no motion to encode.")
                return
            request = encode_request(subject, facts, card, session.project.revision)
            self._asked[request.id] = subject.encoding_key
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

    def _on_response(self, response: Response) -> None:
        if response.lane is not Lane.ENCODE or response.id not in self._asked:
            return
        if isinstance(response, Encoded):
            key = self._asked.pop(response.id)
            taken = self._session.project.set_encoding(
                response.subject, response.motion, response.kept, key
            )
            if taken:
                self.ended.emit(response.subject, "")
        elif isinstance(response, Failed):
            self._asked.pop(response.id)
            self.ended.emit(response.subject, response.message)
        elif type(response).__name__ == "Cancelled":
            self._asked.pop(response.id)


def no_model(name: str) -> str:
    """Why a subject cannot be encoded without its model, and what to do."""
    if name:
        return f"The model {name} is not at hand. Choose another in the inspector."
    return "No model is at hand. Put one into the folder checkpoints."
