"""Commands about a motion as a whole: how strong it is, and which draw it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.draws import Draws, draws_text
from motionstudio.core.keys import KeySet
from motionstudio.core.latent_track import LatentTrack
from motionstudio.document.change import MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand, put_fields
from motionstudio.document.layers import encoded, put_track


@dataclass(frozen=True, slots=True, eq=False)
class ScaleMotion(SmallCommand):
    """Make a motion stronger or weaker, as an edit on top of what was encoded.

    Attributes:
        subject_id: whose.
        before: the track that counts as the whole motion.
        factor: 0 gives exactly no motion, 1 gives ``before`` bit for bit, >= 0.
    """

    subject_id: str
    before: LatentTrack
    factor: float

    @property
    def label(self) -> str:
        """``Amplitude 80 %``."""
        return f"Amplitude {100 * self.factor:.0f} %"

    @property
    def merge_key(self) -> MergeKey | None:
        """Key repeats are one step."""
        return ("amplitude", self.subject_id)

    def apply(self, state: ProjectState) -> Outcome:
        """Scale; raises ValueError where ``before`` is of another encoding."""
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        if self.before.base is not track.base:
            raise ValueError("ScaleMotion: expected a track of the present encoding")
        after = scaled(self.before, self.factor)
        return put_track(state, subject, tuple(range(track.base.dims)), after, self.label)


def scaled(track: LatentTrack, factor: float) -> LatentTrack:
    """``track`` with all its values, those of keys included, ``factor`` times as large.

    Raises:
        ValueError: a factor below 0.
    """
    if not factor >= 0:
        raise ValueError(f"scaled: expected a factor >= 0, got {factor}")
    if factor == 1:
        return track
    values = (track.values * np.float32(factor)).astype(np.float32)
    keys = KeySet(
        tuple(
            (dim, tuple(replace(key, value=key.value * factor) for key in curve))
            for dim, curve in track.keys.curves
        )
    )
    return replace(track, offset=values - track.base.mean, keys=keys)


@dataclass(frozen=True, slots=True, eq=False)
class RecordDraw(SmallCommand):
    """Remember which draw a subject's motion came from, so that it can be drawn again.

    Attributes:
        subject_id: whose.
        draws: how it came about; empty for a motion that was not drawn.
    """

    subject_id: str
    draws: Draws

    @property
    def label(self) -> str:
        """``Remember seed 7``."""
        return f"Remember {draws_text(self.draws)}" if self.draws else "Forget the seed"

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError where there is no such subject."""
        return put_fields(state, self.subject_id, {"draws": self.draws}, "name", self.label)
