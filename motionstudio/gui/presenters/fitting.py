"""Refine: fit the motion to the kept frames. Draw: a new one. Each is one undo step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.counting import counted
from motionstudio.core.draws import Draw, Draws, draws_text
from motionstudio.core.motion import Motion
from motionstudio.document.commands import ReplaceMotion
from motionstudio.document.motion_commands import RecordDraw
from motionstudio.document.subject import EncodingKey, Subject
from motionstudio.document.transfer_commands import AnimateStill, TransferMotion, is_still
from motionstudio.engine.fit_responses import Refining
from motionstudio.engine.requests import Lane, RefineRequest, SampleRequest
from motionstudio.engine.responses import Cancelled, Failed, Refined, Response, Sampled
from motionstudio.gui.notifications import Notice
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import is_cyclic, refine_request, transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard

STEPS = 60
GREY_LEVELS = 255.0
STILL_FRAMES, STILL_FPS = 24, 20.0
"""How long a picture moves that has no times of its own."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """Where a refinement is: errors in grey levels, seconds left or None in the first second."""

    fraction: float
    error: float
    error_before: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What was asked: for which settings, and the draws of a new motion."""

    key: EncodingKey
    draws: Draws = ()
    started: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """What a cancelled refinement had found."""

    subject_id: str
    key: EncodingKey
    motion: Motion
    error: float


class FittingPresenter(QObject):
    """Commands of the menu -> ``RefineRequest`` or ``SampleRequest`` -> one step.

    While a refinement runs, the pictures show what it has so far; the document changes once, at
    its end. A cancelled one changes nothing; what it had found can still be taken over.

    Signals:
        started: words for the task that began.
        progressed: a ``Progressed``.
        ended: it is over, whatever the outcome.

    Args:
        session: shared parts.
        pictures: show what is found so far.
        parent: Qt parent.
        now: seconds, for the time left.
    """

    started = Signal(str)
    progressed = Signal(object)
    ended = Signal()

    def __init__(
        self,
        session: Session,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._session, self._pictures, self._now = session, pictures, now
        self._asked: dict[int, _Task] = {}
        self._reached: _Reached | None = None
        session.engine.responseReady.connect(self._on_response)

    @property
    def running(self) -> bool:
        """Whether something is being fitted."""
        return bool(self._asked)

    def why_not_keep(self) -> str:
        """Why nothing of a cancelled refinement can be taken over; empty where it can."""
        reached = self._reached
        if reached is None:
            return "No refinement was cancelled."
        subject = self._session.find(reached.subject_id)
        if subject is None or subject.encoding_key != reached.key:
            return "The clip was changed since the refinement was cancelled."
        return ""

    def refine(self, frames: tuple[int, ...] | None = None) -> None:
        """Fit the active subject's motion to its kept frames, or to those of ``frames``."""
        session, subject = self._session, self._session.active
        card = session.card(subject)
        facts = None if subject is None else session.media.facts(subject)
        if subject is None or card is None or facts is None or self._asked:
            return
        chosen = self._in_order(subject, frames)
        if not chosen:
            session.notices.say("Only kept frames can be refined, and none of these is kept.")
            return
        revision = session.project.revision
        request = refine_request(subject, facts, card, revision, STEPS, chosen)
        if request is not None:
            what = f"{counted(len(chosen), 'frame')} of {subject.name}" if frames else subject.name
            self._post(
                request, _Task(subject.encoding_key, started=self._now()), f"Refining {what}"
            )

    def keep_reached(self) -> None:
        """Take over what the cancelled refinement had found."""
        reached = self._reached
        if reached is None or self.why_not_keep():
            return
        self._reached = None
        self._session.push(ReplaceMotion(reached.subject_id, reached.motion, "Refine in part"))
        self.ended.emit()

    def sample(self, *, mode: str, temperature: float, seed: int) -> None:
        """Draw a new motion for the active subject's picture.

        Args:
            mode: ``learned`` or ``prior``.
            temperature: 0 for the mean motion, 1 for the spread that was learned.
            seed: equal seeds give equal motions.
        """
        subject = self._session.active
        if subject is not None and not self._asked:
            draw = Draw(seed, temperature, "prior" if mode == "prior" else "learned")
            request = self.sample_request(subject, draw)
            if request is not None:
                task = _Task(subject.encoding_key, (draw,), self._now())
                self._post(request, task, f"Drawing a motion for {subject.name}")

    def sample_request(self, subject: Subject, draw: Draw) -> SampleRequest | None:
        """Draw a motion of the subject's own length; None while its facts are being read."""
        session = self._session
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None:
            return None
        times, cyclic, period = span_of(subject, card)
        return SampleRequest(
            subject=subject.id,
            revision=session.project.revision,
            model=subject.model,
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            times=times,
            reference=subject.reference,
            seed=draw.seed,
            temperature=draw.temperature,
            mode=draw.mode,
            cyclic=cyclic,
            period=period,
        )

    def take(self, subject: Subject, motion: Motion, draws: Draws) -> None:
        """Let a subject move as drawn: one step, on top of what was encoded."""
        session, source = self._session, draws_text(draws)
        with session.reported(), session.project.transaction(f"New motion, {source}"):
            if is_still(subject):
                period = span_of(subject, session.card(subject))[2]
                command = AnimateStill(subject.id, motion, subject.reference, source, period)
                session.project.push(command)
            elif subject.track is not None and subject.track.base.mean.shape == motion.mean.shape:
                session.project.push(TransferMotion(subject.id, motion.mean, source))
            else:
                session.project.push(ReplaceMotion(subject.id, motion, keep_edit=False))
            session.project.push(RecordDraw(subject.id, draws))

    def cancel(self) -> None:
        """Stop; the motion stays as it was."""
        self._session.engine.cancel(Lane.FIT)

    def _post(self, request: RefineRequest | SampleRequest, task: _Task, words: str) -> None:
        self._asked[request.id] = task
        self._reached = None
        self.started.emit(words)
        self._session.engine.post(request)

    def _in_order(self, subject: Subject, frames: tuple[int, ...] | None) -> tuple[int, ...]:
        """Kept frames, the one on screen first: there people look."""
        chosen = range(len(subject.clip)) if frames is None else frames
        kept = [t for t in chosen if subject.kept[t] and t != subject.reference]
        here = self._session.playhead
        return tuple(sorted(kept, key=lambda t: (abs(t - here), t < here)))

    def _on_response(self, response: Response) -> None:
        task = self._asked.get(response.id)
        if task is None:
            return
        if isinstance(response, Refining):
            self._show(response, task)
            return
        if not isinstance(response, Refined | Sampled | Failed | Cancelled):
            return
        del self._asked[response.id]
        self._pictures.try_on(response.subject, None)
        subject = self._session.find(response.subject)
        if isinstance(response, Refined | Sampled):
            self._reached = None
            self._take_if_it_fits(subject, response, task)
        elif isinstance(response, Cancelled):
            self._say_cancelled()
        self.ended.emit()

    def _take_if_it_fits(
        self, subject: Subject | None, response: Refined | Sampled, task: _Task
    ) -> None:
        if subject is None or not self._still_fits(subject, task):
            name = "The clip" if subject is None else subject.name
            self._session.notices.say(
                f"{name} was changed meanwhile, so the new motion was set aside."
            )
        elif isinstance(response, Refined):
            self._session.after_gesture(partial(self._take_refined, subject, response))
        else:
            take = partial(self.take, subject, response.motion, task.draws)
            self._session.after_gesture(take)

    def _still_fits(self, subject: Subject, task: _Task) -> bool:
        known = subject.track is not None or is_still(subject)
        return subject.encoding_key == task.key and known

    def _show(self, refining: Refining, task: _Task) -> None:
        subject = self._session.find(refining.subject)
        if subject is None or subject.track is None or not self._still_fits(subject, task):
            return
        error = refining.error * GREY_LEVELS
        self._reached = _Reached(subject.id, task.key, refining.motion, error)
        gone = self._now() - task.started
        left = gone * (1 - refining.fraction) / refining.fraction if refining.fraction else None
        before = refining.error_before * GREY_LEVELS
        self.progressed.emit(Progressed(refining.fraction, error, before, left))
        # Slower than it is found, where pictures take longer: none is begun in vain.
        if not self._pictures.under_way:
            self._pictures.try_on(subject.id, subject.track.rebased(refining.motion))

    def _say_cancelled(self) -> None:
        if self._reached is not None:
            self._session.notices.post(
                Notice(
                    "Refining was cancelled; the motion is as it was.",
                    f"It had come to {self._reached.error:.2f} grey levels.",
                    actions=("model.refine_keep",),
                )
            )

    def _take_refined(self, subject: Subject, response: Refined) -> None:
        # A better encoding under the edits, with all that the model keeps beside its rows.
        self._session.push(ReplaceMotion(subject.id, response.motion))
        before, after = response.error_before * GREY_LEVELS, response.error_after * GREY_LEVELS
        self._session.notices.say(
            f"Refined: the error on kept frames went from {before:.2f} to {after:.2f} grey levels.",
            "Undo takes it back; a frame that you drop loses it, the others keep it.",
        )


def span_of(
    subject: Subject, card: ModelCard | None
) -> tuple[NDArray[np.float64], bool, float | None]:
    """When a drawn motion happens: times (T,), whether it closes, its period where times lack it.

    A single picture, which has no times of its own, moves for a little more than a second.
    """
    if len(subject.clip) > 1:
        cyclic = card is not None and is_cyclic(subject, card)
        return subject.clip.times, cyclic, subject.clip.period if cyclic else None
    closes = card is not None and Capability.CYCLIC in card.capabilities
    period = STILL_FRAMES / STILL_FPS
    return np.arange(STILL_FRAMES) / STILL_FPS, closes, period if closes else None
