"""Refine: fit the motion to the kept frames. Sample: draw a new one. Each is one undo step."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from motionstudio.core.motion import Motion
from motionstudio.document.commands import EditLatent, ReplaceMotion
from motionstudio.document.subject import EncodingKey, Subject
from motionstudio.engine.requests import Lane, SampleRequest
from motionstudio.engine.responses import Cancelled, Failed, Refined, Response, Sampled
from motionstudio.gui.presenters.resolve import is_cyclic, refine_request, transform_of
from motionstudio.gui.presenters.session import Session

STEPS = 60


class FittingPresenter(QObject):
    """Commands of the menu -> ``RefineRequest`` or ``SampleRequest`` -> one command.

    Signals:
        started: words for the task that began.
        ended: it is over, whatever the outcome.
    """

    started = Signal(str)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: dict[int, EncodingKey] = {}
        session.engine.responseReady.connect(self._on_response)

    @property
    def running(self) -> bool:
        """Whether something is being fitted."""
        return bool(self._asked)

    def refine(self) -> None:
        """Fit the active subject's motion to its kept frames."""
        session, subject = self._session, self._session.active
        card = session.card(subject)
        facts = None if subject is None else session.media.facts(subject)
        if subject is None or card is None or facts is None or self._asked:
            return
        request = refine_request(subject, facts, card, session.project.revision, STEPS)
        if request is not None:
            self._asked[request.id] = subject.encoding_key
            self.started.emit(f"Refining {subject.name}")
            session.engine.post(request)

    def sample(self, *, mode: str, temperature: float, seed: int) -> None:
        """Draw a new motion for the active subject's picture.

        Args:
            mode: ``learned`` or ``prior``.
            temperature: 0 for the mean motion, 1 for the spread that was learned.
            seed: equal seeds give equal motions.
        """
        session, subject = self._session, self._session.active
        card = session.card(subject)
        facts = None if subject is None else session.media.facts(subject)
        if subject is None or card is None or facts is None or self._asked:
            return
        request = SampleRequest(
            subject=subject.id,
            revision=session.project.revision,
            model=subject.model,
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            times=subject.clip.times,
            reference=subject.reference,
            seed=seed,
            temperature=temperature,
            mode=mode,
            cyclic=is_cyclic(subject, card),
        )
        self._asked[request.id] = subject.encoding_key
        self.started.emit(f"Drawing a motion for {subject.name}")
        session.engine.post(request)

    def cancel(self) -> None:
        """Stop; the motion stays as it was."""
        self._session.engine.cancel(Lane.FIT)

    def _on_response(self, response: Response) -> None:
        key = self._asked.get(response.id)
        if key is None:
            return
        if isinstance(response, Refined | Sampled | Failed | Cancelled):
            del self._asked[response.id]
            self.ended.emit()
        subject = self._session.find(response.subject)
        if isinstance(response, Refined | Sampled) and subject is not None:
            if subject.encoding_key != key or subject.track is None:
                self._session.notices.say(
                    f"{subject.name} was changed meanwhile, so the new motion was set aside."
                )
            elif isinstance(response, Refined):
                self._take_refined(subject, response)
            else:
                self._put(subject, response.motion, "New motion")

    def _take_refined(self, subject: Subject, response: Refined) -> None:
        # A better encoding under the edits, with all that the model keeps beside its rows.
        self._session.push(ReplaceMotion(subject.id, response.motion))
        before, after = response.error_before * 255, response.error_after * 255
        self._session.notices.say(
            f"Refined: the error on kept frames went from {before:.2f} to {after:.2f} grey levels.",
            "Undo takes it back; dropping frames encodes anew.",
        )

    def _put(self, subject: Subject, motion: Motion, name: str) -> None:
        """As an edit on top of the encoding, so that a reset leads back to the clip's own."""
        track = subject.track
        if track is None or motion.mean.shape != track.base.mean.shape:
            self._session.push(ReplaceMotion(subject.id, motion, name, keep_edit=False))
            return
        rows, dims = motion.mean.shape
        offset = (motion.mean - track.base.mean).astype("float32")
        command = EditLatent(subject.id, tuple(range(rows)), tuple(range(dims)), offset)
        self._session.push(command, name)
