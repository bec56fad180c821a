"""A motion as a whole: its amplitude, and the way from one motion to another."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import RowKind
from motionstudio.core.transfer import CARRIED_ROWS, Timing, TransferMode, combined, resampled
from motionstudio.document.change import Change, Command
from motionstudio.document.motion_commands import ScaleMotion
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import TransferMotion
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.motion_tools import MotionTools
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit

_WHOLE = 100.0
_NOTHING = "Open a clip first."
_UNKNOWN = "The motion of this clip is not known yet."
_ALONE = "Open a second clip with the same model to blend its motion with this one."


@dataclass(slots=True)
class _Basis:
    """The track that 100 % stands for, and the last one that was made of it."""

    subject_id: str
    track: LatentTrack
    made: LatentTrack


class WholeMotionPresenter(QObject):
    """Sliders of the pane Motion -> ``ScaleMotion`` and ``TransferMotion``, one step a gesture.

    The amplitude counts from the motion as it was when something else last changed it, so that
    the slider can go to 0 % and come back without a loss.
    """

    def __init__(
        self, session: Session, tools: MotionTools, gate: EditGate, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._tools, self._gate = session, tools, gate
        self._basis: _Basis | None = None
        self._blended: LatentTrack | None = None
        self._own: LatentTrack | None = None
        self._ends = ("", "")
        self._open = False
        tools.amplitude.started.connect(self._begin_amplitude)
        tools.amplitude.moved.connect(self._scale)
        tools.amplitude.finished.connect(self._finish)
        tools.blend.started.connect(self._begin_blend)
        tools.blend.moved.connect(self._blend)
        tools.blend.finished.connect(self._finish)
        tools.endsChanged.connect(self._choose_ends)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done with the active subject."""
        subject, track = self._session.active, self._track()
        reason = "" if track is not None else self._why_not(subject)
        self._tools.amplitude.set_reason(reason)
        basis = self._basis
        if basis is None or track is None or track is not basis.made:
            self._tools.amplitude.set_value(_WHOLE)
        self._show_ends(subject, track)

    def cancel(self) -> bool:
        """Take the gesture under way back; tells whether there was one."""
        if not self._open:
            return False
        self._gate.discard()
        self._open = False
        self._session.project.rollback()
        return True

    def _show_ends(self, subject: Subject | None, track: LatentTrack | None) -> None:
        others = () if subject is None or track is None else self._matching(subject, track)
        if subject is None or track is None:
            self._tools.set_ends((), "", "", self._why_not(subject))
            return
        choices = tuple((one.id, one.name) for one in (subject, *others))
        known = {one_id for one_id, _ in choices}
        first, second = self._ends
        if first not in known or second not in known or first == second:
            first, second = subject.id, choices[-1][0]
        self._ends = (first, second)
        self._tools.set_ends(choices, first, second, "" if others else _ALONE)
        if self._blended is not track:
            self._tools.blend.set_value(0.0)

    def _matching(self, subject: Subject, track: LatentTrack) -> tuple[Subject, ...]:
        """The other subjects whose rows mean the same."""
        base = track.base
        return tuple(
            other
            for other in self._session.project.subjects
            if other.id != subject.id
            and other.track is not None
            and other.track.base.rows is base.rows
            and base.rows in CARRIED_ROWS
            and other.model == subject.model
            and other.track.base.dims == base.dims
        )

    def _track(self) -> LatentTrack | None:
        subject = self._session.active
        if subject is None or not subject.has_motion or why_no_edit(self._session.card(subject)):
            return None
        return subject.track

    def _why_not(self, subject: Subject | None) -> str:
        if subject is None:
            return _NOTHING
        return why_no_edit(self._session.card(subject)) or _UNKNOWN

    def _begin(self, label: str) -> bool:
        if self._track() is None or self._session.project.in_transaction:
            return False
        self._session.project.begin(label)
        self._open = True
        return True

    def _begin_amplitude(self) -> None:
        subject, track = self._session.active, self._track()
        if subject is None or track is None or not self._begin("Amplitude"):
            return
        basis = self._basis
        if basis is None or basis.subject_id != subject.id or basis.made is not track:
            self._basis = _Basis(subject.id, track, track)

    def _scale(self, percent: float) -> None:
        basis = self._basis
        if self._open and basis is not None:
            command = ScaleMotion(basis.subject_id, basis.track, percent / _WHOLE)
            self._gate.submit(lambda: self._push_scaled(basis, command))

    def _push_scaled(self, basis: _Basis, command: ScaleMotion) -> None:
        self._session.push(command)
        made = self._track()
        if made is not None:
            basis.made = made

    def _begin_blend(self) -> None:
        track = self._track()
        if track is None or not self._begin("Blend two motions"):
            return
        if self._blended is not track:
            # What counts as this subject's own motion until something else changes it.
            self._own = track

    def _blend(self, percent: float) -> None:
        subject = self._session.active
        if not self._open or subject is None:
            return
        command = self._blend_command(subject, percent / 100.0)
        if command is not None:
            self._gate.submit(lambda: self._push_blended(command))

    def _push_blended(self, command: Command) -> None:
        self._session.push(command)
        self._blended = self._track()

    def _blend_command(self, subject: Subject, share: float) -> TransferMotion | None:
        first, second = (self._session.find(one) for one in self._ends)
        track = subject.track
        if first is None or second is None or track is None:
            return None
        target = Timing.of(track.base, subject.reference, subject.clip.period)
        values = []
        for one in (first, second):
            chosen = self._own if one.id == subject.id else one.track
            if chosen is None:
                return None
            timing = Timing.of(chosen.base, one.reference, one.clip.period)
            rest = track.base.rows is RowKind.FRAME
            values.append(resampled(chosen.motion().mean, timing, target, rest=rest))
        mixed = combined(values[0], values[1], TransferMode.BLEND, share)
        return TransferMotion(subject.id, mixed, f"{first.name} to {second.name}")

    def _finish(self) -> None:
        if not self._open:
            return
        self._gate.flush()
        self._open = False
        basis, track = self._basis, self._track()
        label = "Blend two motions"
        if basis is not None and track is not None and track is basis.made:
            label = f"Amplitude {self._tools.amplitude.value:.0f} %"
        self._session.project.commit(label)
        self.refresh()

    def _choose_ends(self, first: str, second: str) -> None:
        self._ends = (first, second)
        self._blended = None
        self.refresh()

    def _on_change(self, change: Change) -> None:
        if not self._open and change.kinds & {
            "subjects", "latent", "encoding", "model", "framing", "reference", "name",
        }:  # fmt: skip
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.cancel()
            self.refresh()
