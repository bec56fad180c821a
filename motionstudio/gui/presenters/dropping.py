"""Which frames the model may see: clicks, strokes and patterns become commands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from motionstudio.core.kept import (
    Mask,
    all_kept,
    drop_every,
    keep_every,
    keep_only_range,
    restore,
    with_frames,
)
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.picture_rows import seen_at
from motionstudio.document.carry_commands import started_from
from motionstudio.document.change import Change
from motionstudio.document.commands import SetKept, SetKeptMask, SetReference
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.timeline import DropChoice, Timeline
from motionstudio.gui.presenters.session import Session

_KEEP_EVERY = {
    DropChoice.EVERY_2ND: 2,
    DropChoice.EVERY_3RD: 3,
    DropChoice.EVERY_8TH: 8,
}
_ORDINAL = {2: "2nd", 3: "3rd"}


HELD = "This is one picture that a motion animates: it has no true frames to withhold or fit to."


class DropPresenter(QObject):
    """Timeline gestures -> ``SetKept`` -> timeline."""

    def __init__(self, session: Session, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._timeline = session, timeline
        timeline.keptPainted.connect(self.paint)
        timeline.dropMenuRequested.connect(self._on_choice)
        timeline.referenceRequested.connect(self.make_reference)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def paint(self, frames: tuple[int, ...], kept: bool) -> None:
        """Keep or drop these frames."""
        subject = self._observed()
        if subject is not None and frames:
            self._session.push(SetKept(subject.id, tuple(frames), kept))

    def toggle(self, frames: tuple[int, ...]) -> None:
        """Drop these frames, or restore them when the first is dropped already."""
        subject = self._observed()
        if subject is None or not frames:
            return
        if frames == (subject.reference,):
            self._session.notices.say(
                f"Frame {subject.reference} is the reference that all motion starts from, "
                "so it stays."
            )
            return
        first = next(f for f in frames if f != subject.reference)
        self.paint(frames, not subject.kept[first])

    def keep_every(self, n: int) -> None:
        """Keep every n-th frame and drop the rest."""
        name = f"Keep every {_ORDINAL.get(n, f'{n}th')} frame"
        self._set_mask(lambda s: keep_every(s.kept, n, reference=s.reference), name)

    def drop_every(self, n: int) -> None:
        """Drop every n-th frame and keep the rest."""
        name = f"Drop every {_ORDINAL.get(n, f'{n}th')} frame"
        self._set_mask(lambda s: drop_every(s.kept, n, reference=s.reference), name)

    def drop_outside_range(self) -> None:
        """Drop all frames outside the play range."""
        span = self._session.view.state.play_range
        if span is None:
            self._session.notices.say(
                "There is no play range yet: Shift-drag on the ruler, or use I and O to set one."
            )
            return
        name = "Drop frames outside the play range"
        self._set_mask(lambda s: keep_only_range(s.kept, *span, reference=s.reference), name)

    def keep_keyed(self) -> None:
        """Drop all frames but those where a curve has a key."""
        keyed = self._timeline.strip.states.keyed
        if keyed is None or not keyed.any():
            self._session.notices.say("No curve has keys yet: add some with Ctrl+K.")
            return
        frames = tuple(int(t) for t in np.flatnonzero(keyed))
        name = "Drop all frames but the keyed ones"
        self._set_mask(
            lambda s: with_frames(~all_kept(len(s.kept)), frames, True, reference=s.reference),
            name,
        )

    def restore_all(self) -> None:
        """Restore every dropped frame."""
        self._set_mask(lambda s: restore(s.kept), "Restore all frames")

    def make_reference(self, frame: int) -> None:
        """Let all motion start from this frame; of a still, the driver's frame that it shows."""
        subject = self._session.active
        anew = None if subject is None else started_from(subject, frame)
        if anew is not None:
            self._session.push(anew)
            return
        subject = self._observed()
        if subject is not None:
            self._session.push(SetReference(subject.id, frame))

    def _observed(self) -> Subject | None:
        """The active subject where its frames are true ones; else says why nothing happens."""
        subject = self._session.active
        if subject is not None and subject.held:
            self._session.notices.say(HELD)
            return None
        return subject

    def _on_choice(self, choice: str, _frame: int) -> None:
        chosen = DropChoice(choice)
        if chosen in _KEEP_EVERY:
            self.keep_every(_KEEP_EVERY[chosen])
        elif chosen is DropChoice.DROP_3RD:
            self.drop_every(3)
        elif chosen is DropChoice.NOT_KEYED:
            self.keep_keyed()
        elif chosen is DropChoice.OUTSIDE_RANGE:
            self.drop_outside_range()
        else:
            self.restore_all()

    def _set_mask(self, make: object, name: str) -> None:
        subject = self._observed()
        if subject is not None and callable(make):
            self._session.push(SetKeptMask(subject.id, make(subject), name))

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if active is not None and change.subject_id in (None, active.id):
            self.refresh()

    def refresh(self) -> None:
        """Show the states of the active subject's frames."""
        subject = self._session.active
        if subject is None:
            self._timeline.set_times(np.zeros(0))
            self._timeline.axis.set_count(0)
            self._timeline.setEnabled(False)
            return
        self._timeline.setEnabled(True)
        if not np.array_equal(self._timeline.strip.states.times, subject.clip.times):
            self._timeline.set_times(subject.clip.times)
            self._timeline.axis.set_count(len(subject.clip))
        self._timeline.set_no_dropping(HELD if subject.held else "")
        self._timeline.set_reference(subject.reference)
        self._timeline.set_kept(subject.kept)
        self._timeline.set_edited(edited_frames(subject))
        self._timeline.set_filled(filled_frames(subject))
        self._timeline.set_keyed(keyed_frames(subject))
        self._timeline.set_current(self._session.playhead)


def edited_frames(subject: Subject) -> Mask:
    """(T,) bool: frames whose latent motion was edited."""
    return _of_frames(subject, lambda track: np.asarray(track.edited.any(1)))


def filled_frames(subject: Subject) -> Mask:
    """(T,) bool: frames that the model filled in."""
    return _of_frames(subject, lambda track: track.base.filled)


def keyed_frames(subject: Subject) -> Mask:
    """(T,) bool: frames where a curve of any dimension has a key."""

    def keyed(track: LatentTrack) -> Mask:
        rows = np.zeros(len(track.offset), np.bool_)
        rows[list(track.keys.frames)] = True
        return rows

    return _of_frames(subject, keyed)


def _of_frames(subject: Subject, rows: Callable[[LatentTrack], Mask]) -> Mask:
    """(T,) frames that show one of these rows; none before the motion of this clip is known."""
    track, count = subject.track, len(subject.clip)
    if track is None or len(track.base.times) != count:
        return np.zeros(count, np.bool_)
    return seen_at(track.base, rows(track))
