"""Carrying motion onto a subject: a ghost while hovering, one undo step on release."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from operator import is_
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import is_rest_only
from motionstudio.core.motion import MEMORY
from motionstudio.core.transfer import TransferMode
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import is_still
from motionstudio.document.transfer_plan import SAMPLE, TEMPLATE, Arriving, Offer, Planned, caption
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.carry_defaults import CarryDefaults
from motionstudio.gui.presenters.carrying import Carrier
from motionstudio.gui.presenters.coming_to_life import ComingToLife
from motionstudio.gui.presenters.foreign_motions import ForeignMotions
from motionstudio.gui.presenters.ghost_pictures import Ghost, GhostPictures
from motionstudio.gui.presenters.resting import RestingPoints
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit
from motionstudio.models.base import Capability

__all__ = ["Ghost", "TransferPresenter"]


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
        self.defaults = CarryDefaults(session.settings, self)
        self.resting = RestingPoints(session, self)
        self._coming_to_life = ComingToLife(session, self.resting, self)
        self._carrier = Carrier(self.defaults, self.resting)
        self._offer: Offer | None = None
        self._ghost: Ghost | None = None
        self._wanted: Offer | None = None
        self._at_rest: Offer | None = None
        self._open: tuple[Offer, Arriving, Subject] | None = None
        self._settled, self._quiet = False, False
        self._kept: tuple[Offer, tuple[object, ...], Planned | None] | None = None
        self._pictures = GhostPictures(session, self._planned, self)
        self._pictures.made.connect(self._show_picture)
        self.resting.ready.connect(self._on_rest)
        self.resting.failed.connect(self._on_no_rest)
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
        elsewhere = offer.source.startswith((SAMPLE, TEMPLATE))
        if not elsewhere and self._session.find(offer.source) is None:
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
            self._offer = offer
            self._pictures.reset()
            target, why = self._session.find(offer.target), self.why_not(offer)
            words = (
                why if target is None or why else caption(target, self.name_of(offer), offer.mode)
            )
            self._show(Ghost(offer.target, words, None, not why or self._can_be_found(offer)))
            if target is not None and not why:
                self._pictures.start()
        assert self._ghost is not None
        return self._ghost

    def leave(self) -> None:
        """Take the ghost away; everything is as it was."""
        self._pictures.stop()
        self._offer, self._kept = None, None
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
                f"Finding the motion of {self.name_of(offer)} with {target.model} …"
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
            offer = replace(offer, strength=strength)
            planned = self._carrier.plan(before, arriving, offer)
            self._open = (offer, arriving, before)
            if planned is not None:
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
        self._wanted = self._at_rest = None

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
            if not offer.source.startswith(TEMPLATE):
                self._session.notices.say(f"Finding the motion of {self.name_of(offer)} …")
            return True
        return self._carry(offer, target, arriving)

    def _carry(self, offer: Offer, target: Subject, arriving: Arriving) -> bool:
        project = self._session.project
        blended = offer.mode is TransferMode.BLEND and not self._settled
        try:
            planned = self._carrier.plan(target, arriving, offer)
        except MotionStudioError as error:
            self._refuse(offer, error)
            return False
        self._wanted, self._at_rest = None, offer if planned is None else None
        if planned is None:
            return True  # Its keypoints are being found.
        if blended and not planned.own:
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
            self._coming_to_life.begin(target)
            self.moved.emit(offer)
        return True

    def _look_at(self, target: str) -> None:
        if self._session.view.state.active != target:
            self._session.show(target)

    def _tell_state(self, arriving: Arriving, target: Subject) -> None:
        motion, say = arriving.motion, self._session.notices.say
        if is_rest_only(motion):
            return
        card = self._session.catalogue.card(motion.model)
        if card is not None and Capability.REFINE in card.capabilities:
            say(
                f"The refined motion of {arriving.name} moves {target.name} now.",
                "Its fine correction belongs to its own picture and stayed there.",
            )
        elif MEMORY in motion.state:
            say(
                f"The rows of {arriving.name} move {target.name} now.",
                "What the model remembers of its own frames stayed there: the flow is coarser.",
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
        if why_no_edit(self._session.card(target)):
            return False
        enough = len(source.clip) > 1 and not source.held
        return enough and source.model != target.model

    def name_of(self, offer: Offer) -> str:
        """Whose motion it is, for people."""
        source = self._session.find(offer.source) or self.foreign.sample(offer.source)
        if source is not None:
            return source.name
        named = self.foreign.template(offer.source)
        plain = offer.source.removeprefix(SAMPLE).removeprefix(TEMPLATE)
        return Path(plain).stem.replace("_", " ") if named is None else named.name

    def _arriving(self, offer: Offer, target: Subject) -> Arriving | None:
        """The motion that is carried, None where it has to be found first.

        Raises:
            MotionStudioError: it is not known, or was found by another model.
        """
        if reason := why_no_edit(self._session.card(target)):
            raise MotionStudioError(
                f"{target.name} cannot be moved: {reason[0].lower()}{reason[1:]}",
                "Choose a model that draws pictures for it.",
            )
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
            if self._session.find(offer.source) is None or self._is_foreign(offer, target):
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
        made_of = (target, self._session.find(offer.source), foreign, self.defaults.value)
        if kept is not None and kept[0] == offer and all(map(is_, kept[1], made_of)):
            return kept[2]
        found = self._arriving(offer, target)
        planned = None if found is None else self._carrier.plan(target, found, offer)
        self._kept = None if planned is None else (offer, made_of, planned)
        return planned

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
            self._pictures.request()

    def _on_rest(self, subject_id: str) -> None:
        """Go on with what waited for where keypoints are at rest."""
        offer = self._at_rest
        if offer is not None and offer.target == subject_id and self._session.find(subject_id):
            self._session.after_gesture(partial(self._begin_again, offer))
        elif self._offer is not None and self._offer.target == subject_id:
            self._pictures.request()

    def _begin_again(self, offer: Offer) -> None:
        if self._at_rest == offer:
            self._begin(offer, settled=self._settled, quiet=self._quiet)

    def _on_no_rest(self, subject_id: str, why: str) -> None:
        if self._at_rest is not None and self._at_rest.target == subject_id:
            self._at_rest = None
            self._session.notices.post(Notice(why, "", Tone.WARN))

    def _on_failed(self, source_id: str, _model: str, why: str) -> None:
        if self._wanted is not None and self._wanted.source == source_id:
            self._wanted = None
            self._session.notices.post(Notice(why, "", Tone.WARN))

    def _show_picture(self, picture: NDArray[np.uint8]) -> None:
        if self._ghost is not None:
            self._show(replace(self._ghost, picture=picture))

    def _show(self, ghost: Ghost) -> None:
        self._ghost = ghost
        self.ghostChanged.emit(ghost)
