"""Carrying a motion onto a subject so that its options can be changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.held import hold
from motionstudio.core.keypoints import rest_of, rest_state
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.core.transfer import Timing, TransferMode
from motionstudio.document.carried import Carried
from motionstudio.document.change import Change, Edit, Kind, MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.layers import PutLayers, encoded, put_track
from motionstudio.document.restore import PutFields
from motionstudio.document.subject import Subject

_HELD = ("clip", "kept", "reference", "cyclic", "held", "track", "encoded_with", "carried")
_OVERHEAD = 256


@dataclass(frozen=True, slots=True, eq=False)
class CarryMotion(SmallCommand):
    """Let a subject do what another one does, or do it with other options.

    On a clip it is an edit on top of what was encoded; a reset leads back to the clip's own
    motion. A single picture is held for as many frames as the motion has, which then is its own.
    Where the subject has this very motion already, edits made since stay on top.

    Attributes:
        subject_id: whose motion changes.
        carried: the motion, and how it goes over.
        gesture: names one gesture: its moves belong to the same step; 0: none.
        what: the step for people, where it is another option of the same motion.
    """

    subject_id: str
    carried: Carried
    gesture: int = 0
    what: str = ""

    @property
    def label(self) -> str:
        """The history shows the target's name as well."""
        return self.what or f"Move {self.carried.name}"

    @property
    def merge_key(self) -> MergeKey | None:
        """Steps of one gesture merge."""
        return ("carry", self.subject_id, self.gesture) if self.gesture else None

    def apply(self, state: ProjectState) -> Outcome:
        """Carry over; raises ValueError before the first encoding of a clip.

        Raises:
            MotionStudioError: the options need keypoints that are not known.
        """
        subject = state.subject(self.subject_id)
        label = f"{self.label}{' of' if self.what else ' onto'} {subject.name}"
        if becomes_own(subject, self.carried):
            return self._animate(state, subject, label)
        return self._edit(state, subject, label)

    def _edit(self, state: ProjectState, subject: Subject, label: str) -> Outcome:
        track = encoded(subject)
        values = self.carried.values(timing_of(subject, track))
        if values.shape != track.base.mean.shape:
            raise ValueError(
                f"CarryMotion: expected values {track.base.mean.shape}, got {values.shape}"
            )
        offset = values - track.base.mean
        before = subject.carried
        kept = LatentTrack(track.base, offset, track.reference)
        if before is not None and before.rows is self.carried.rows:
            was = before.values(timing_of(subject, track))
            offset = _edited_since(track, offset, was, values)
            kept = replace(track, offset=offset, keys=track.keys, locked=True)
        after = replace(kept, offset=offset, locked=_is_locked(values, track.reference))
        dims = tuple(range(track.base.dims))
        return put_carried(put_track(state, subject, dims, after, label), subject, self.carried)

    def _animate(self, state: ProjectState, subject: Subject, label: str) -> Outcome:
        carried, before = self.carried, subject.carried
        rows = carried.arriving()
        base = _own_motion(subject, carried, rows)
        same = before is not None and before.rows is carried.rows and subject.track is not None
        locked = _is_locked(rows, carried.reference)
        track = LatentTrack.unedited(base, carried.reference)
        if same and subject.track is not None:
            track = replace(subject.track, base=base, reference=carried.reference)
        after = replace(subject, track=replace(track, locked=locked), carried=carried)
        if not (same and subject.held and subject.reference == carried.reference):
            after = _held(after, carried)
            after = replace(after, encoded_with=after.encoding_key)
            kinds: frozenset[Kind] = frozenset({"subjects", "encoding", "latent", "carried"})
            values = {name: getattr(after, name) for name in _HELD}
            return PutFields(subject.id, values, kinds, None, label).apply(state)
        return PutOwn(subject.id, after.track, carried, label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class PutCarried:
    """What is on top of an encoding put back, together with where it was carried over from."""

    layers: Edit
    subject_id: str
    carried: Carried | None

    @property
    def nbytes(self) -> int:
        """Bytes of the layers; the carried rows are shared with other steps."""
        return self.layers.nbytes

    def apply(self, state: ProjectState) -> Outcome:
        """Put back; the inverse does the same the other way round."""
        done = self.layers.apply(state)
        return put_carried(done, state.subject(self.subject_id), self.carried)

    def covers(self, other: Edit) -> bool:
        """Whether ``other`` sets no more than this one does."""
        inner = other.layers if isinstance(other, PutCarried) else other
        return isinstance(inner, PutLayers) and self.layers.covers(inner)


@dataclass(frozen=True, slots=True, eq=False)
class PutOwn:
    """The motion of an animated still set to the same motion carried over in another way.

    Not an encoding: nothing but values changes, so only who looks at values looks anew.
    """

    subject_id: str
    track: LatentTrack | None
    carried: Carried | None
    label: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of the motion."""
        return _OVERHEAD + (0 if self.track is None else self.track.nbytes)

    def apply(self, state: ProjectState) -> Outcome:
        """Set; the inverse sets what was there."""
        subject = state.subject(self.subject_id)
        after = replace(subject, track=self.track, carried=self.carried)
        inverse = replace(self, track=subject.track, carried=subject.carried)
        kinds: frozenset[Kind] = frozenset({"latent", "carried"})
        change = Change(subject.id, kinds, None, self.label)
        return Outcome(state.with_subject(after), inverse, change)

    def covers(self, other: Edit) -> bool:
        """Whether ``other`` sets the motion of the same subject in this way."""
        return isinstance(other, PutOwn) and other.subject_id == self.subject_id


def put_carried(done: Outcome, before: Subject, carried: Carried | None) -> Outcome:
    """``done``, which edited a subject, with where its motion is carried over from now."""
    if before.carried is carried:
        return done
    after = replace(done.state.subject(before.id), carried=carried)
    kinds: frozenset[Kind] = done.change.kinds | {"carried"}
    return Outcome(
        done.state.with_subject(after),
        PutCarried(done.inverse, before.id, before.carried),
        replace(done.change, kinds=kinds),
    )


def becomes_own(subject: Subject, carried: Carried) -> bool:
    """Whether the motion becomes the subject's own: a picture has none that it could edit."""
    single = subject.held or len(subject.clip) == 1
    return single and (carried.mode is TransferMode.REPLACE or subject.track is None)


def timing_of(subject: Subject, track: LatentTrack) -> Timing:
    """When the rows of a subject's motion are."""
    moving = replace(track.base, cyclic=subject.cyclic)
    return Timing.of(moving, subject.reference, subject.clip.period)


def carried_now(subject: Subject) -> Carried | None:
    """The motion that was carried onto a subject, unless it was taken off again since."""
    carried, track = subject.carried, subject.track
    if carried is None or track is None or carried.rows.shape[1] != track.base.dims:
        return None
    if becomes_own(subject, carried):
        return carried if len(track.base.mean) == len(carried.rows) else None
    return carried if track.is_edited else None


def started_from(subject: Subject, frame: int) -> CarryMotion | None:
    """What lets a picture rest where the driver is in ``frame``; None where none drives it.

    Only keypoints can be taken relative to another frame than the one they came with.
    """
    carried = carried_now(subject)
    if carried is None or not carried.count or not becomes_own(subject, carried):
        return None
    anew = replace(carried, reference=frame)
    return CarryMotion(subject.id, anew, what=f"Make frame {frame} the reference")


def with_points(carried: Carried, subject: Subject) -> Carried:
    """``carried`` with what the subject's own encoding tells of its keypoints at rest."""
    track = subject.track
    own = None if track is None or subject.held else rest_of(track.base)
    return carried if own is None else replace(carried, resting=own)


def _edited_since(track: LatentTrack, offset: Float, was: Float, now: Float) -> Float:
    """Offsets of the motion carried anew, with what was edited since the last time on top."""
    untouched = track.offset == (was - track.base.mean).astype(np.float32)
    return np.where(untouched, offset, track.offset + (now - was)).astype(np.float32)


def _is_locked(values: Float, reference: int) -> bool:
    return reference < len(values) and not values[reference].any()


def _own_motion(subject: Subject, carried: Carried, rows: Float) -> Motion:
    times, steps = carried.moments, carried.frame_times is not None
    spans = np.stack([times[:-1], times[1:]] if steps else [times, times], 1)
    return Motion(
        mean=rows,
        std=None,
        kept=np.ones(len(times), np.bool_),
        times=times,
        rows=RowKind.PAIR if steps else RowKind.FRAME,
        row_times=spans,
        # The rows were found elsewhere, so none of them was filled in here.
        filled=np.zeros(len(rows), np.bool_),
        cyclic=carried.cyclic,
        model=subject.model,
        model_hash=carried.model_hash,
        # Rows are relative to this picture's rest now, not to the driver's.
        state={} if carried.resting is None else rest_state(carried.resting),
    )


def _held(subject: Subject, carried: Carried) -> Subject:
    times = carried.moments
    clip = hold(subject.clip, times, cyclic=carried.cyclic, period=carried.period)
    return replace(
        subject,
        clip=clip,
        kept=np.ones(len(times), np.bool_),
        reference=carried.reference,
        cyclic=carried.cyclic,
        held=True,
    )
