"""Carrying motion onto a subject: a ghost while hovering, one undo step on release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from operator import is_

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.transfer import TransferMode
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import AnimateStill, is_still
from motionstudio.document.transfer_plan import SAMPLE, Arriving, Offer, Planned, caption, plan
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import DecodeRequest, Lane, Scale
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.foreign_motions import ForeignMotions
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

_GHOST_MS = 60
# Pixels up to which a ghost is painted at full size at once.
_SHARP = 512 * 512


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """What the target would look like.

    Attributes:
        target: id of the subject.
        words: what a drop does.
        picture: (h, w, C) uint8, or None while it is being made.
        allowed: False where a drop does nothing; ``words`` say why.
    """

    target: str
    words: str
    picture: NDArray[np.uint8] | None = None
    allowed: bool = True


class TransferPresenter(QObject):
    """Hovering and drops -> ghosts and commands.

    Signals:
        ghostChanged: a ``Ghost``, or None when it goes.
        blendStarted: the ``Offer`` whose strength may be changed now; ``adjust`` and ``finish``
            or ``take_back`` follow.
        moved: the ``Offer`` that was carried out.
    """

    ghostChanged = Signal(object)
    blendStarted = Signal(object)
    moved = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.foreign = ForeignMotions(session, self)
        self._offer: Offer | None = None
        self._ghost: Ghost | None = None
        self._asked: tuple[int, int] | None = None
        self._shown = -1
        self._beat = 0
        self._wanted: Offer | None = None
        self._open: tuple[Offer, Arriving, Subject] | None = None
        self._settled, self._quiet = False, False
        self._kept: tuple[Offer, tuple[object, ...], Planned | None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_GHOST_MS)
        self._timer.timeout.connect(self._on_beat)
        session.engine.responseReady.connect(self._on_response)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)
        self.foreign.ready.connect(self._on_found)
        self.foreign.failed.connect(self._on_failed)

    @property
    def ghost(self) -> Ghost | None:
        """What is shown while hovering."""
        return self._ghost

    @property
    def adjusting(self) -> bool:
        """Whether the strength of a blend is being chosen."""
        return self._open is not None

    def why_not(self, offer: Offer) -> str:
        """Why a motion cannot be carried there, one sentence; empty when it can."""
        target = self._session.find(offer.target)
        if target is None:
            return "Open a clip or a picture first."
        if offer.source == offer.target:
            return f"{target.name} has this motion already."
        if not offer.source.startswith(SAMPLE) and self._session.find(offer.source) is None:
            return "This clip is not in the project any more."
        try:
            known = target.has_motion or is_still(target)
            if self._plan(offer, target) is None and not known:
                return f"The motion of {target.name} is not known yet."
        except MotionStudioError as error:
            return error.message
        return ""

    def hover(self, offer: Offer) -> Ghost:
        """Show what a drop would do; nothing changes in the document."""
        if offer != self._offer:
            self._offer, self._shown, self._asked = offer, -1, None
            self._beat = 0
            target, why = self._session.find(offer.target), self.why_not(offer)
            words = why if target is None or why else caption(target, self._name(offer), offer.mode)
            self._show(Ghost(offer.target, words, None, not why or self._can_be_found(offer)))
            if target is not None and not why:
                self._timer.start()
                self._request()
        assert self._ghost is not None
        return self._ghost

    def leave(self) -> None:
        """Take the ghost away; everything is as it was."""
        self._timer.stop()
        self._offer, self._asked, self._shown = None, None, -1
        self._kept = None
        if self._ghost is not None:
            self._ghost = None
            self.ghostChanged.emit(None)

    def drop(self, offer: Offer) -> bool:
        """Carry the motion over as one undo step; tells whether that began.

        A blend starts half way and stays open for ``adjust``.
        """
        return self._begin(offer, settled=False, quiet=False)

    def drop_settled(self, offer: Offer) -> bool:
        """``drop`` where the strength was chosen already: nothing stays open."""
        return self._begin(offer, settled=True, quiet=False)

    def carry_again(self, offer: Offer) -> None:
        """Carry a motion over that was carried before; whatever comes of it is not told again."""
        self._begin(offer, settled=True, quiet=True)

    def encode_refused(self) -> None:
        """Find the motion that did not fit with the target's model, then carry it over."""
        offer = self._wanted
        target = None if offer is None else self._session.find(offer.target)
        if offer is not None and target is not None:
            self._session.notices.say(
                f"Finding the motion of {self._name(offer)} with {target.model} …"
            )
            self.foreign.find(offer.source, target.model)

    def why_not_encode(self) -> str:
        """Why there is nothing to encode; empty when there is."""
        if self._wanted is None:
            return "No motion was refused for its model."
        return ""

    def adjust(self, strength: float) -> None:
        """Blend with another strength; live, still the same step."""
        if self._open is None:
            return
        offer, arriving, before = self._open
        if self._session.project.in_transaction:
            planned = plan(before, arriving, offer.mode, strength)
            self._open = (replace(offer, strength=strength), arriving, before)
            self._session.project.push(planned.command)

    def finish(self) -> None:
        """Keep the blend."""
        if self._open is None:
            return
        offer, _, _ = self._open
        self._open = None
        if self._session.project.in_transaction:
            self._session.project.commit()
        self.moved.emit(offer)

    def take_back(self) -> None:
        """Leave everything as it was before the blend."""
        if self._open is None:
            return
        self._open = None
        if self._session.project.in_transaction:
            self._session.project.rollback()

    def stop(self) -> None:
        """Nothing is shown or waited for any more."""
        self.leave()
        self.take_back()
        self._wanted = None

    def _begin(self, offer: Offer, *, settled: bool, quiet: bool) -> bool:
        self.leave()
        target = self._session.find(offer.target)
        if target is None or offer.source == offer.target or self.adjusting:
            return False
        self._settled, self._quiet = settled, quiet
        try:
            arriving = self._arriving(offer, target)
        except MotionStudioError as error:
            self._refuse(offer, error)
            return False
        if arriving is None:
            self._wanted = offer
            self.foreign.find(offer.source, target.model)
            self._session.notices.say(f"Finding the motion of {self._name(offer)} …")
            return True
        return self._carry(offer, target, arriving)

    def _carry(self, offer: Offer, target: Subject, arriving: Arriving) -> bool:
        project = self._session.project
        blended = offer.mode is TransferMode.BLEND and not self._settled
        try:
            planned = plan(target, arriving, offer.mode, offer.strength)
        except MotionStudioError as error:
            self._refuse(offer, error)
            return False
        self._wanted = None
        if blended and not isinstance(planned.command, AnimateStill):
            project.begin(planned.label)
            project.push(planned.command)
            self._open = (offer, arriving, target)
            self._look_at(offer.target)
            self.blendStarted.emit(offer)
            return True
        self._session.push(planned.command, planned.label)
        self._tell_state(arriving, target)
        self._look_at(offer.target)
        if not self._quiet:
            self.moved.emit(offer)
        return True

    def _look_at(self, target: str) -> None:
        if self._session.view.state.active != target:
            self._session.show(target)

    def _tell_state(self, arriving: Arriving, target: Subject) -> None:
        if arriving.motion.state:
            self._session.notices.say(
                f"The refined motion of {arriving.name} moves {target.name} now.",
                "Its fine correction belongs to its own picture and stayed there.",
            )

    def _refuse(self, offer: Offer, error: MotionStudioError) -> None:
        self._wanted = offer if self._can_be_found(offer) else None
        actions = ("transfer.encode",) if self._wanted is not None else ()
        self._session.notices.post(Notice(error.message, error.hint, Tone.WARN, "", actions))

    def _can_be_found(self, offer: Offer) -> bool:
        """Whether the source's motion could be found with the target's model."""
        source, target = self._session.find(offer.source), self._session.find(offer.target)
        if source is None or target is None or offer.source == offer.target:
            return False
        enough = len(source.clip) > 1 and not source.held
        return enough and source.model != target.model

    def _name(self, offer: Offer) -> str:
        source = self._session.find(offer.source) or self.foreign.sample(offer.source)
        if source is not None:
            return source.name
        return offer.source.removeprefix(SAMPLE).rsplit(".", 1)[0].replace("_", " ")

    def _arriving(self, offer: Offer, target: Subject) -> Arriving | None:
        """The motion that is carried, None where it has to be found first.

        Raises:
            MotionStudioError: it is not known, or was found by another model.
        """
        found = self.foreign.get(offer.source, target.model)
        if found is not None and self._is_foreign(offer, target):
            return found
        source = self._session.find(offer.source)
        if source is None:
            return found
        if len(source.clip) == 1:
            raise MotionStudioError(
                f"{source.name} is a single picture and has no motion to carry.",
                "Drag a clip onto it instead.",
            )
        return Arriving.of(source)

    def _is_foreign(self, offer: Offer, target: Subject) -> bool:
        source = self._session.find(offer.source)
        return source is None or source.model != target.model

    def _planned(self) -> tuple[Subject, Planned] | None:
        offer = self._offer
        target = None if offer is None else self._session.find(offer.target)
        if offer is None or target is None or self.why_not(offer):
            return None
        planned = self._plan(offer, target)
        if planned is None:
            self.foreign.find(offer.source, target.model)
            return None
        return target, planned

    def _plan(self, offer: Offer, target: Subject) -> Planned | None:
        """What a drop would do, None where the motion has to be found first.

        Resampling long motions takes longer than a beat, so the last answer is kept.

        Raises:
            MotionStudioError: see ``plan``.
        """
        foreign, kept = self.foreign.get(offer.source, target.model), self._kept
        made_of = (target, self._session.find(offer.source), foreign)
        if kept is not None and kept[0] == offer and all(map(is_, kept[1], made_of)):
            return kept[2]
        found = self._arriving(offer, target)
        planned = None if found is None else plan(target, found, offer.mode, offer.strength)
        self._kept = (offer, made_of, planned)
        return planned

    def _request(self) -> None:
        """Ask for the ghost's next picture unless one is under way or nothing would change."""
        if self._asked is not None:
            return
        found = self._planned()
        if found is None:
            return
        target, planned = found
        card, facts = self._session.card(target), self._session.media.facts(target)
        frame = self._frame(target, len(planned.motion.mean))
        if card is None or facts is None or frame == self._shown:
            return
        area = target.clip.size[0] * target.clip.size[1]
        request = DecodeRequest(
            lane=Lane.PREVIEW,
            # Not the subject's own id: nobody may take the ghost for its picture.
            subject=f"ghost of {target.id}",
            revision=self._session.project.revision,
            model=target.model,
            motion=planned.motion,
            source=facts.reference,
            transform=transform_of(target, facts, card),
            frames=(frame,),
            scale=Scale.FULL if area <= _SHARP else Scale.AUTO,
        )
        self._asked = (request.id, frame)
        self._session.engine.post(request)

    def _frame(self, target: Subject, count: int) -> int:
        """The playhead's frame; where that shows rest, or nothing, the ghost runs by itself."""
        view = self._session.view.state
        here = self._session.playhead
        moves = view.playing or here != target.reference
        shown = target.id == view.active and len(target.clip) > 1
        return here if shown and moves and here < count else self._beat % count

    def _on_beat(self) -> None:
        self._beat += 1
        self._request()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if self._offer is not None and new.playhead != old.playhead:
            self._request()

    def _on_facts(self, _subject_id: str) -> None:
        if self._offer is not None:
            self._request()

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked[0]:
            return
        if isinstance(response, FrameReady):
            self._shown = self._asked[1]
            if self._ghost is not None:
                self._show(replace(self._ghost, picture=response.picture))
        else:
            self._asked = None

    def _on_found(self, source_id: str, model: str) -> None:
        if self._wanted is not None and self._session.project.in_transaction:
            self._session.after_gesture(partial(self._on_found, source_id, model))
            return
        offer = self._wanted
        target = None if offer is None else self._session.find(offer.target)
        if offer is not None and target is not None:
            arriving = self.foreign.get(source_id, model)
            if offer.source == source_id and target.model == model and arriving is not None:
                self._carry(offer, target, arriving)
        elif self._offer is not None and self._offer.source == source_id:
            self._request()

    def _on_failed(self, source_id: str, _model: str, why: str) -> None:
        if self._wanted is not None and self._wanted.source == source_id:
            self._wanted = None
            self._session.notices.post(Notice(why, "", Tone.WARN))

    def _show(self, ghost: Ghost) -> None:
        self._ghost = ghost
        self.ghostChanged.emit(ghost)
