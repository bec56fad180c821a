"""Where pictures lie in time for one subject: its frames, or finer steps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.core.upsampling import (
    Positions,
    positions_of,
    upsample_motion,
    upsampled_times,
)
from motionstudio.document.subject import Subject

NO_ROWS = "In-between frames need a motion with one row for each frame."


def upsampling_of(subject: Subject | None, wanted: int) -> int:
    """``wanted`` pictures a frame where the subject's motion allows it, else 1."""
    return wanted if subject is not None and not why_no_upsampling(subject) else 1


def why_no_upsampling(subject: Subject) -> str:
    """Why there can be no frames in between; empty where there can."""
    track = subject.track
    if track is None or not subject.has_motion:
        return "The motion of this clip is not known yet."
    return "" if track.base.rows is RowKind.FRAME and len(subject.clip) > 1 else NO_ROWS


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The positions of a subject and when each is shown.

    Attributes:
        places: positions and frames.
        times: (P,) seconds.
    """

    places: Positions
    times: NDArray[np.float64]

    @classmethod
    def of(cls, subject: Subject, upsampling: int) -> Timing:
        """The timing of ``subject`` with ``upsampling`` pictures a frame where that works."""
        factor, track = upsampling_of(subject, upsampling), subject.track
        if factor == 1 or track is None:
            return cls(Positions(len(subject.clip)), subject.clip.times)
        places = positions_of(track.base, factor)
        times = upsampled_times(
            subject.clip.times, factor, closed=places.closed, period=subject.clip.period
        )
        return cls(places, times)


class Rows:
    """The motion to decode for a subject, and the row that shows each position.

    Made once for each track: ``PicturesPresenter`` asks with every move of the playhead.
    """

    def __init__(self) -> None:
        self._track: LatentTrack | None = None
        self._made: dict[int, tuple[Motion, NDArray[np.intp]]] = {}

    def of(self, subject: Subject, factor: int) -> tuple[Motion, NDArray[np.intp]] | None:
        """The motion with ``factor`` rows a frame, and (P,) rows; None without a motion."""
        track = subject.track
        if track is None or not subject.has_motion:
            return None
        if track is not self._track:
            self._track = track
            self._made = {1: (track.motion(), pictures_of_frames(track.base))}
        if factor not in self._made:
            motion = upsample_motion(self._made[1][0], factor, period=subject.clip.period)
            self._made[factor] = (motion, np.arange(len(motion.mean)))
        return self._made[factor]
