"""Commands that carry motion from one subject to another, and that bring stills to life."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.held import hold
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float, Motion
from motionstudio.core.transfer import CARRIED_ROWS
from motionstudio.document.carry_commands import put_carried
from motionstudio.document.change import Kind, MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.layers import encoded, put_track
from motionstudio.document.restore import PutFields
from motionstudio.document.subject import Subject


@dataclass(frozen=True, slots=True, eq=False)
class TransferMotion(SmallCommand):
    """Let a subject do something else, as an edit on top of what was encoded.

    A reset leads back to the subject's own motion. Keys and muted dimensions belonged to the
    motion before and go with it.

    Attributes:
        subject_id: whose motion changes.
        values: (R, D) float32, what it does from now on; the row of the reference is ignored.
        source: name of the subject whose motion it is, for people.
        gesture: names one gesture: the moves of a slider afterwards belong to the same step.
    """

    subject_id: str
    values: Float
    source: str
    gesture: int = 0

    @property
    def label(self) -> str:
        """The history shows the target's name as well."""
        return f"Move {self.source}"

    @property
    def merge_key(self) -> MergeKey | None:
        """Steps of one gesture merge."""
        return ("transfer", self.subject_id, self.gesture) if self.gesture else None

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError before the first encoding or for another shape."""
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        expected = track.base.mean.shape
        if self.values.shape != expected:
            raise ValueError(f"TransferMotion: expected values {expected}, got {self.values.shape}")
        offset = (self.values - track.base.mean).astype(np.float32)
        after = LatentTrack(track.base, offset, track.reference)
        dims = tuple(range(expected[1]))
        moved = put_track(state, subject, dims, after, label_of(self, subject))
        return put_carried(moved, subject, None)


@dataclass(frozen=True, slots=True, eq=False)
class AnimateStill(SmallCommand):
    """Let a motion animate a single picture: it is held for as many frames as the motion has.

    The motion becomes the subject's own, so that a reset of later edits leads back to it.

    Attributes:
        subject_id: a subject of one frame, or one that is held already.
        motion: rows are frames, that of the reference zero, or the steps between frames; made by
            the subject's model.
        reference: row of the motion that is at rest.
        period: seconds of the closed cycle, where the times do not tell, or None.
        source: name of the subject whose motion it is, for people.
    """

    subject_id: str
    motion: Motion
    reference: int
    source: str
    period: float | None = None

    @property
    def label(self) -> str:
        """The history shows the target's name as well."""
        return f"Move {self.source}"

    def apply(self, state: ProjectState) -> Outcome:
        """Animate; raises ValueError where frames were observed, or for rows of other kinds."""
        subject = state.subject(self.subject_id)
        if not is_still(subject):
            raise ValueError(f"AnimateStill: '{subject.id}' has {len(subject.clip)} true frames")
        if self.motion.rows not in CARRIED_ROWS:
            raise ValueError(f"AnimateStill: expected frames or pairs, got {self.motion.rows}")
        after = self._animated(subject)
        names = (
            "clip", "kept", "reference", "cyclic", "held", "track", "encoded_with", "carried"
        )  # fmt: skip
        values = {name: getattr(after, name) for name in names}
        # The number of frames changes: whoever lists subjects looks anew.
        kinds: frozenset[Kind] = frozenset({"subjects", "encoding", "latent"})
        return PutFields(subject.id, values, kinds, None, label_of(self, subject)).apply(state)

    def _animated(self, subject: Subject) -> Subject:
        motion, count = self.motion, len(self.motion.times)
        base = replace(
            motion,
            std=None,
            kept=np.ones(count, np.bool_),
            # The rows were found elsewhere, so none of them was filled in here.
            filled=np.zeros(len(motion.mean), np.bool_),
            model=subject.model,
            # What a model keeps beside its rows belongs to the picture that it was made for.
            state={},
        )
        held = replace(
            subject,
            clip=hold(subject.clip, motion.times, cyclic=motion.cyclic, period=self.period),
            kept=np.ones(count, np.bool_),
            reference=self.reference,
            cyclic=motion.cyclic,
            held=True,
            carried=None,
            track=LatentTrack.unedited(base, self.reference),
        )
        return replace(held, encoded_with=held.encoding_key)


def is_still(subject: Subject) -> bool:
    """Whether a subject is one picture, animated or not."""
    return subject.held or len(subject.clip) == 1


def label_of(command: TransferMotion | AnimateStill, subject: Subject) -> str:
    """``Move walk onto statue``."""
    return f"Move {command.source} onto {subject.name}"
