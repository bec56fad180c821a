"""How far a driver's poses are from the picture's, frame by frame, and the best one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.core.carrying import match_scores
from motionstudio.core.keypoints import KeypointTrack, rest_of
from motionstudio.core.transfer import nearest_rows
from motionstudio.document.carried import Carried
from motionstudio.document.carry_commands import CarryMotion, carried_now, timing_of, with_points
from motionstudio.document.change import Change
from motionstudio.document.commands import SetReference
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Offer
from motionstudio.document.view import ViewState
from motionstudio.gui.items.match_strip import MatchStrip
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.panes.transfer_options import TransferOptions
from motionstudio.gui.presenters.resting import RestingPoints
from motionstudio.gui.presenters.session import Session

_KINDS = {"subjects", "carried", "latent", "encoding", "model", "name", "framing", "reference"}
_FAR, _BETTER = 0.2, 0.7
"""A pose is far from this distance on; another fits better below this share of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Distances of poses for one subject.

    Attributes:
        subject: id; the timeline is its own.
        values: (T,) distances, one for each of its frames.
        reference: frame of the timeline whose pose counts as the picture's.
        best: the frame with the smallest distance.
        row: the driver's row that is best.
    """

    subject: str
    values: NDArray[np.float64]
    reference: int
    best: int
    row: int


class MatchPresenter(QObject):
    """Scores -> strip and pane; *best frame* -> commands; a hint where poses differ.

    Args:
        session: shared parts.
        strip: shows scores along the time axis. ``errors``: gives way to it where it is empty.
        pane: shows them in words.
        resting: where keypoints are at rest.
        parent: Qt parent.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        strip: MatchStrip,
        errors: QWidget,
        pane: TransferOptions,
        resting: RestingPoints,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._strip, self._pane = session, strip, pane
        self._errors = errors
        self._resting = resting
        self._against = ""
        self._hint: Offer | None = None
        self._scores: Scores | None = None
        pane.againstChosen.connect(self._choose)
        pane.appeared.connect(self.refresh)
        resting.ready.connect(self._on_rest)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    @property
    def scores(self) -> Scores | None:
        """What is shown, or None where poses cannot be compared."""
        return self._scores

    def refresh(self) -> None:
        """Find the scores anew and show them."""
        subject = self._session.active
        self._scores = None if subject is None else self._found(subject)
        scores = self._scores
        held = subject is not None and subject.held
        # Beside a clip's own errors there is little room: only while the pane is looked at.
        looked_at = held or self._pane.isVisible()
        shown = scores is not None and len(scores.values) > 1 and looked_at
        self._strip.setVisible(shown)
        # A still has no truth to compare with: the error strip would only say so.
        self._errors.setVisible(not (shown and held))
        if scores is not None and shown:
            self._strip.set_scores(scores.values, scores.reference, scores.best)
            self._strip.set_current(self._session.playhead)
        self._tell()
        self.changed.emit()

    def why_not(self) -> str:
        """Why there is no best frame to use, one sentence; empty where there is."""
        subject, scores = self._session.active, self._scores
        if subject is None:
            return "Open a clip first."
        if not self._resting.count(subject):
            return "Poses are told by keypoints, which this model has none of."
        if scores is None:
            return "Carry a motion onto this picture first, or open a picture to compare it with."
        if scores.best == scores.reference:
            return f"Frame {scores.best} is the best already."
        return ""

    def use_best(self) -> None:
        """Let the frame whose pose is nearest to the picture's count as its pose."""
        subject, scores = self._session.active, self._scores
        if subject is None or scores is None:
            return
        carried = carried_now(subject)
        if carried is None:
            self._session.push(SetReference(subject.id, scores.best))
            return
        anew = self._with(subject, replace(carried, reference=scores.row))
        what = f"Start from the best frame {scores.row}"
        self._session.push(CarryMotion(subject.id, anew, what=what))

    def consider(self, offer: Offer) -> None:
        """Say when the pose that a motion starts from is far from the picture's."""
        self._hint = offer
        self._give_hint()

    def _found(self, subject: Subject) -> Scores | None:
        carried = carried_now(subject)
        if carried is not None:
            return self._of_carried(subject, carried)
        other = self._session.find(self._against_of(subject))
        track = subject.track
        if other is None or track is None or not subject.has_motion or len(subject.clip) < 2:
            return None
        driving, source = rest_of(track.base), self._points(other)
        if driving is None or source is None:
            return None
        values = match_scores(track.values, driving, source)
        best = int(values.argmin())
        return Scores(subject.id, values, subject.reference, best, best)

    def _of_carried(self, subject: Subject, carried: Carried) -> Scores | None:
        source = self._points(subject)
        if carried.driving is None or source is None or subject.track is None:
            return None
        values = match_scores(carried.rows, carried.driving, source)
        shown = nearest_rows(carried.timing, timing_of(subject, subject.track))
        best = int(values.argmin())
        at = [int(np.abs(shown - row).argmin()) for row in (carried.reference, best)]
        return Scores(subject.id, values[shown], at[0], at[1], best)

    def _points(self, subject: Subject) -> KeypointTrack | None:
        found = self._resting.get(subject)
        if found is None:
            self._resting.find(subject)
        return found

    def _with(self, subject: Subject, carried: Carried) -> Carried:
        points = self._resting.get(subject)
        anew = carried if points is None else replace(carried, resting=points)
        return with_points(anew, subject)

    def _choices(self, subject: Subject) -> tuple[tuple[str, str], ...]:
        """What a driver can be compared with: other subjects of its model."""
        alone = len(subject.clip) < 2 or carried_now(subject) is not None
        if alone or not self._resting.count(subject):
            return ()
        others = self._session.project.subjects
        alike = (one for one in others if one.id != subject.id and one.model == subject.model)
        return tuple((one.id, one.name) for one in alike)

    def _against_of(self, subject: Subject) -> str:
        choices = [identity for identity, _ in self._choices(subject)]
        if self._against in choices:
            return self._against
        return choices[0] if choices else ""

    def _choose(self, subject_id: str) -> None:
        self._against = subject_id
        self.refresh()

    def _tell(self) -> None:
        subject, scores = self._session.active, self._scores
        choices = () if subject is None else self._choices(subject)
        chosen = "" if subject is None else self._against_of(subject)
        self._pane.set_match(_words(scores, self._session.playhead), choices, chosen)

    def _give_hint(self) -> None:
        offer, scores = self._hint, self._scores
        if offer is None or scores is None or scores.subject != offer.target:
            return
        self._hint = None
        target = self._session.find(offer.target)
        carried = None if target is None else carried_now(target)
        here, best = scores.values[scores.reference], scores.values[scores.best]
        if target is None or carried is None or here < _FAR or best > _BETTER * here:
            return
        words = (
            f"The pose of {carried.name} in frame {carried.reference} is far from that of "
            f"{target.name}; frame {scores.row} fits better."
        )
        hint = "A relative motion starts from the picture's own pose."
        self._session.notices.post(Notice(words, hint, Tone.WARN, "", ("transfer.best",)))

    def _on_rest(self, _subject_id: str) -> None:
        self.refresh()
        self._give_hint()

    def _on_change(self, change: Change) -> None:
        if change.kinds & _KINDS:
            if self._session.project.in_transaction and "subjects" not in change.kinds:
                return
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            if old.active is not None and self._session.find(old.active) is not None:
                self._against = old.active
            self.refresh()
            self._give_hint()
        elif new.playhead != old.playhead and self._scores is not None:
            self._strip.set_current(self._session.playhead)
            self._tell()


def _words(scores: Scores | None, playhead: int) -> str:
    """``Pose distance now 0.31 : reference 0.52 (frame 0); best 0.08 (frame 17)``."""
    if scores is None:
        return ""
    now = scores.values[min(playhead, len(scores.values) - 1)]
    reference, best = scores.values[scores.reference], scores.values[scores.best]
    return (
        f"Pose distance now {now:.2f} : reference {reference:.2f} (frame {scores.reference}); "
        f"best {best:.2f} (frame {scores.best})"
    )
