"""Warns where motion was carried between poses that differ, and aligns with one click."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.alignment import Look, Pose, aligned_box, compare
from motionstudio.core.picture import Transform
from motionstudio.document.change import Change
from motionstudio.document.commands import SetFraming
from motionstudio.document.subject import Framing, Subject
from motionstudio.document.transfer_commands import is_still
from motionstudio.document.transfer_plan import Offer
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.transfer import TransferPresenter

_FRAMES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A pose that differs: the transfer it was found for, and the framing that would mend it."""

    offer: Offer
    pose: Pose
    framing: Framing


class AligningPresenter(QObject):
    """Finished transfers -> a warning -> ``SetFraming`` and the transfer once more.

    Signals:
        changed: whether something can be aligned now.
    """

    changed = Signal()

    def __init__(
        self, session: Session, transfer: TransferPresenter, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._transfer = session, transfer
        self._found: Found | None = None
        self._again: Found | None = None
        transfer.moved.connect(self.check)
        session.project.changed.connect(self._on_change)

    @property
    def found(self) -> Found | None:
        """What can be aligned, or None."""
        return self._found

    def why_not(self) -> str:
        """Why nothing can be aligned now, one sentence; empty when it can."""
        found = self._found
        if found is None or self._session.find(found.offer.target) is None:
            return "Carry a motion between two clips that lie differently first."
        return ""

    def check(self, offer: Offer) -> None:
        """Compare the poses of both sides of a transfer in the background."""
        self._found = None
        self.changed.emit()
        target = self._session.find(offer.target)
        source = self._session.find(offer.source) or self._transfer.foreign.sample(offer.source)
        if source is None or target is None:
            return
        theirs, own = self._side(source, target.model), self._side(target, target.model)
        if theirs is not None and own is not None:
            self._session.media.submit(
                partial(_pose, theirs, own), partial(self._on_pose, offer, target.framing)
            )

    def align(self) -> None:
        """Let the target lie like the source; the motion is carried over once more."""
        found = self._found
        target = None if found is None else self._session.find(found.offer.target)
        if found is None or target is None:
            return
        self._found = None
        history = self._session.project.history
        moved = history.undo_label.startswith("Move ")
        if moved and history.undo_label.endswith(f" onto {target.name}"):
            # The motion in the old pose is not worth a step of its own.
            history.undo()
        self._again = found
        self._session.push(SetFraming(target.id, found.framing), f"Align {target.name}")
        self._go_on()
        self.changed.emit()

    def _side(self, subject: Subject, model: str) -> tuple[Subject, Transform, int] | None:
        card, facts = self._session.catalogue.card(model), self._session.media.facts(subject)
        if card is None or facts is None:
            return None
        return subject, transform_of(subject, facts, card), card.channels

    def _on_pose(self, offer: Offer, framing: Framing, result: Any) -> None:
        target = self._session.find(offer.target)
        if not isinstance(result, tuple) or target is None or target.framing != framing:
            return
        pose, transform = result
        if not pose.differs:
            return
        box, angle = aligned_box(transform, pose)
        self._found = Found(offer, pose, Framing("crop", box, angle))
        self.changed.emit()
        words = f"{target.name} lies differently from the clip whose motion it has: {pose.words}."
        hint = "A motion only fits in the pose that it was found in; aligning frames both alike."
        self._session.notices.post(Notice(words, hint, Tone.WARN, "", ("transfer.align",)))

    def _on_change(self, change: Change) -> None:
        if self._again is not None and change.kinds & {"encoding", "framing"}:
            self._go_on()

    def _go_on(self) -> None:
        """Carry the motion over again as soon as the target's own is known in the new pose."""
        found = self._again
        target = None if found is None else self._session.find(found.offer.target)
        if found is None or target is None or target.framing != found.framing:
            # Its framing was taken back, or is another by now.
            self._again = None
        elif not target.needs_encoding or is_still(target):
            self._again = None
            self._transfer.carry_again(found.offer)


def _pose(
    source: tuple[Subject, Transform, int], target: tuple[Subject, Transform, int]
) -> tuple[Pose, Transform]:
    """Called in the background thread."""
    return compare(_look(*source), _look(*target)), target[1]


def _look(subject: Subject, transform: Transform, channels: int) -> Look:
    count = 1 if subject.held else len(subject.clip)
    chosen = np.linspace(0, count - 1, min(count, _FRAMES)).round().astype(int)
    reference = 0 if subject.held else subject.reference
    frames = {*(int(t) for t in chosen), reference}
    order = sorted(frames)
    pictures = [
        transform.apply(np.asarray(subject.clip.frames[t])[np.newaxis], channels)[0] for t in order
    ]
    return Look.of(np.stack(pictures), order.index(reference))
