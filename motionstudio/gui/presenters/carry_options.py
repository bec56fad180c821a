"""Pane Transfer: the options of the motion that was carried over, or those for the next one."""

from __future__ import annotations

from dataclasses import replace
from itertools import count as counting

from PySide6.QtCore import QObject, Signal

from motionstudio.core.carrying import AS_IT_IS, Transfer, scale_of
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.transfer import TransferMode
from motionstudio.document.carried import Carried
from motionstudio.document.carry_commands import CarryMotion, carried_now, with_points
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.transfer_options import OptionsView, TransferOptions
from motionstudio.gui.presenters.carry_defaults import CarryDefaults
from motionstudio.gui.presenters.resting import RestingPoints
from motionstudio.gui.presenters.session import Session

_KINDS = {"subjects", "carried", "latent", "encoding", "model", "name", "framing", "reference"}
_HOW = {
    TransferMode.REPLACE: "replaces its own",
    TransferMode.ADD: "is added to its own",
    TransferMode.BLEND: "is blended with its own",
}
_gestures = counting(1)


class CarryOptionsPresenter(QObject):
    """Controls -> ``CarryMotion`` of the same motion with other options, one step a gesture.

    Args:
        session: shared parts.
        pane: shows and changes options.
        defaults: for the next motion.
        resting: where keypoints are at rest.
        parent: Qt parent.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        pane: TransferOptions,
        defaults: CarryDefaults,
        resting: RestingPoints,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane = session, pane
        self._defaults, self._resting = defaults, resting
        self._gesture = 0
        self._what = ""
        self._wanted: tuple[str, Transfer, str] | None = None
        pane.switched.connect(self.switch)
        pane.started.connect(self._begin)
        pane.moved.connect(self._move)
        pane.shared.connect(self._share)
        pane.finished.connect(self._finish)
        pane.bestToggled.connect(defaults.set_best)
        pane.keepRequested.connect(self.keep)
        pane.resetRequested.connect(self.reset)
        defaults.changed.connect(self.refresh)
        resting.ready.connect(self._on_rest)
        resting.failed.connect(self._on_no_rest)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    @property
    def carried(self) -> Carried | None:
        """The motion that was carried onto the active subject, or None."""
        subject = self._session.active
        return None if subject is None else carried_now(subject)

    def refresh(self) -> None:
        """Show the options that act now."""
        self._pane.set_view(self._view())
        self.changed.emit()

    def switch(self, how: Transfer, what: str) -> None:
        """Other options, as one step; of the next motion where none was carried over."""
        subject, carried = self._session.active, self.carried
        if subject is None or carried is None:
            self._defaults.set_how(how)
            return
        anew = self._with(subject, carried.with_how(how))
        if how.needs_points and anew.resting is None and carried.driving is not None:
            self._wanted = (subject.id, how, what)
            self._resting.find(subject)
            return
        self._session.push(CarryMotion(subject.id, anew, what=what))
        self.refresh()

    def keep(self) -> None:
        """Use these options for the next motion as well."""
        carried = self.carried
        if carried is not None:
            self._defaults.set_how(carried.how)
            self._session.notices.say("The next motion goes over with these options.")

    def reset(self) -> None:
        """Carry over as it is."""
        self.switch(AS_IT_IS, "Carry over as it is")

    def cancel(self) -> bool:
        """Take the gesture under way back; tells whether there was one."""
        if not self._gesture:
            return False
        self._gesture = 0
        if self._session.project.in_transaction:
            self._session.project.rollback()
        self.refresh()
        return True

    def _view(self) -> OptionsView:
        subject, carried = self._session.active, self.carried
        if carried is None or subject is None:
            return self._next_view(subject)
        points = self._with(subject, carried).resting
        if carried.count and points is None:
            self._resting.find(subject)
        matrices = carried.rows.shape[1] == 6 * carried.count
        blend = carried.mode is TransferMode.BLEND
        return OptionsView(
            f"The motion of {carried.name} {_HOW[carried.mode]}.",
            carried.how,
            carried.count,
            matrices,
            carried.share if blend else None,
            scale_of(carried.pose, points),
        )

    def _next_view(self, subject: Subject | None) -> OptionsView:
        card = self._session.card(subject)
        words = "No motion was carried onto this clip. These options are for the next one."
        if subject is None:
            words = "These options are for the next motion that you drag onto a clip or picture."
        count = self._resting.count(subject)
        matrices = card is not None and count > 0 and card.dims == 6 * count
        how = self._defaults.value.how
        if how.weights and len(how.weights) != count:
            how = replace(how, weights=())
        off = tuple(k for k in how.off if k < count)
        still = how.still if how.still is not None and how.still < count else None
        how = replace(how, off=off, still=still)
        best = self._defaults.value.best if count else None
        return OptionsView(words, how, count, matrices, best=best, lasting=True)

    def _with(self, subject: Subject, carried: Carried) -> Carried:
        """``carried`` with what is known of the subject's keypoints by now."""
        points = self._resting.get(subject)
        anew = carried if points is None else replace(carried, resting=points)
        return with_points(anew, subject)

    def _begin(self, what: str) -> None:
        subject = self._session.active
        if self.carried is None or subject is None or self._session.project.in_transaction:
            return
        self._gesture, self._what = next(_gestures), what
        self._session.project.begin(f"{what} of {subject.name}")

    def _move(self, how: Transfer) -> None:
        if self._gesture:
            self._put(how=how)
        elif self.carried is None:
            self._defaults.set_how(how)

    def _share(self, share: float) -> None:
        if self._gesture:
            self._put(share=share)

    def _put(self, **fields: object) -> None:
        subject, carried = self._session.active, self.carried
        if subject is None or carried is None:
            return
        anew = self._with(subject, replace(carried, **fields))  # type: ignore[arg-type]
        try:
            command = CarryMotion(subject.id, anew, self._gesture, self._what)
            self._session.project.push(command)
        except MotionStudioError as error:
            self._session.notices.report(error)

    def _finish(self) -> None:
        if self._gesture and self._session.project.in_transaction:
            self._session.project.commit()
        self._gesture = 0
        self.refresh()

    def _on_rest(self, subject_id: str) -> None:
        wanted, self._wanted = self._wanted, None
        active = self._session.active
        if wanted is not None and active is not None and active.id == wanted[0] == subject_id:
            self.switch(wanted[1], wanted[2])
        elif active is not None and active.id == subject_id:
            self.refresh()

    def _on_no_rest(self, subject_id: str, why: str) -> None:
        if self._wanted is not None and self._wanted[0] == subject_id:
            self._wanted = None
            self._session.notices.say(why)
            self.refresh()

    def _on_change(self, change: Change) -> None:
        if not change.kinds & _KINDS:
            return
        active = self._session.view.state.active
        if not self._gesture and change.subject_id in (None, active):
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
