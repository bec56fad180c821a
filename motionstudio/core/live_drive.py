"""From where a live driver is to a row of motion: reference, matching, smoothing, recording.

Everything here is numpy of a few keypoints: well under a millisecond for each picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core import keypoint_rows as ops
from motionstudio.core.keypoints import KeypointTrack, pose_distances, to_rows
from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.core.one_euro import OneEuro, OneEuroStream

LONGEST = 300.0
"""Seconds that one recording may take."""
_SOONEST = 1e-4


@dataclass(frozen=True, slots=True)
class DriveSettings:
    """How a live picture drives the source.

    Attributes:
        relative: move as the driver did since its reference; else go where it is.
        adapt_scale: multiply movement by how much larger the source is.
        remove_mean: ignore where the driver as a whole goes.
        strength: 1 as it is, 0 none.
        smoothing: of jitter, or None.
        best: take a driver's picture as the reference as soon as its pose is nearer to the
            source's own than the reference's is.
    """

    relative: bool = True
    adapt_scale: bool = True
    remove_mean: bool = False
    strength: float = 1.0
    smoothing: OneEuro | None = None
    best: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LivePose:
    """What a model says of one picture of the driver.

    Attributes:
        track: its keypoints (T = 1), of models that have any.
        row: (D,) motion since the picture of the reference, of models that have none.
    """

    track: KeypointTrack | None
    row: Float | None = None

    def __post_init__(self) -> None:
        if (self.track is None) == (self.row is None):
            raise ValueError("LivePose: expected either a track or a row")


@dataclass(frozen=True, slots=True)
class Match:
    """How far poses are from the source's own, sizes and places aside; 0: the same pose.

    The root of the mean squared distance of a keypoint, as in ``core.carrying.match_scores``.

    Attributes:
        now: of the driver's newest picture.
        reference: of its reference.
    """

    now: float
    reference: float


class LiveDrive:
    """Turns poses of a driver into rows for a source, in the order in which they come.

    Args:
        settings: to begin with.
    """

    def __init__(self, settings: DriveSettings | None = None) -> None:
        self._settings = settings or DriveSettings()
        self._rest: KeypointTrack | None = None
        self._reference: KeypointTrack | None = None
        self._filter = self._fresh_filter()
        self._last = -np.inf
        self._take: list[tuple[float, Float]] | None = None
        self.match: Match | None = None

    @property
    def settings(self) -> DriveSettings:
        """In use."""
        return self._settings

    @property
    def calibrated(self) -> bool:
        """Whether a pose of the driver counts as the source's own."""
        return self._reference is not None

    def set(self, settings: DriveSettings) -> None:
        """Go on with other settings."""
        changed = settings.smoothing != self._settings.smoothing
        self._settings = settings
        if changed:
            self._filter = self._fresh_filter()

    def set_source(self, rest: KeypointTrack | None) -> None:
        """Drive another source; ``rest`` are its own keypoints (T = 1), where there are any."""
        known, self._rest = self._reference, rest
        if known is not None and (rest is None or rest.value.shape != known.value.shape):
            self._reference = None
        self.match, self._filter = None, self._fresh_filter()

    def calibrate(self) -> None:
        """The next pose is the reference: it leaves the source as it is."""
        self._reference, self.match = None, None
        self._filter = self._fresh_filter()

    def drive(self, pose: LivePose, moment: float) -> Float:
        """(D,) float32: the source's row for a pose seen at ``moment`` seconds.

        Moments that do not rise count as a tenth of a millisecond later than the one before.
        """
        moment = max(moment, self._last + _SOONEST)
        self._last = moment
        row = self._of_row(pose) if pose.track is None else self._of_track(pose.track)
        row = (row * np.float32(self._settings.strength)).astype(np.float32)
        if self._filter is not None:
            row = self._filter(row, moment)
        if self._take is not None and moment - self._take_start(moment) <= LONGEST:
            self._take.append((moment, row))
        return row

    def record(self) -> None:
        """Remember rows from now on."""
        self._take = []

    @property
    def recording(self) -> bool:
        """Whether rows are remembered."""
        return self._take is not None

    @property
    def recorded_seconds(self) -> float:
        """How much is remembered."""
        return 0.0 if not self._take else self._take[-1][0] - self._take[0][0]

    def recorded(self) -> Recording | None:
        """What was remembered, which ends the recording; None for fewer than two rows."""
        taken, self._take = self._take, None
        if taken is None or len(taken) < 2:
            return None
        moments = np.array([moment for moment, _ in taken])
        return Recording(moments - moments[0], np.stack([row for _, row in taken]))

    def _take_start(self, moment: float) -> float:
        return self._take[0][0] if self._take else moment

    def _of_row(self, pose: LivePose) -> Float:
        assert pose.row is not None
        return pose.row

    def _of_track(self, track: KeypointTrack) -> Float:
        reference = self._chosen_reference(track)
        settings, rest = self._settings, self._rest
        rows, count = to_rows(track, reference), track.value.shape[1]
        if not settings.relative and rest is not None:
            rows = ops.absolute(rows, reference, rest, positions=True, matrices=True)
        else:
            if settings.remove_mean:
                rows = ops.without_mean(rows, count)
            if settings.adapt_scale and rest is not None:
                rows = ops.adapted(rows, reference, rest)
        row: Float = rows[0]
        return row

    def _chosen_reference(self, track: KeypointTrack) -> KeypointTrack:
        """The reference in use after this pose was seen."""
        if self._reference is None:
            self._reference = track
        if self._rest is None:
            return self._reference
        both = np.concatenate([track.value, self._reference.value])
        squares = pose_distances(self._rest.value[0], both) / both.shape[1]
        now, before = (float(d) for d in np.sqrt(squares))  # As the strip Pose has them.
        if self._settings.best and now < before:
            self._reference, before = track, now
        self.match = Match(now, before)
        return self._reference

    def _fresh_filter(self) -> OneEuroStream | None:
        smoothing = self._settings.smoothing
        return None if smoothing is None else OneEuroStream(smoothing)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Rows as they came.

    Attributes:
        times: (n,) seconds, strictly increasing from 0.
        rows: (n, D) float32.
    """

    times: NDArray[np.float64]
    rows: Float

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.times.shape != (len(self.rows),) or len(self.rows) < 2:
            raise ValueError(
                "Recording: expected times (n,) and rows (n, D), n >= 2, "
                f"got {self.times.shape} and {self.rows.shape}"
            )

    @property
    def seconds(self) -> float:
        """From the first row to the last."""
        return float(self.times[-1])

    def at(self, times: NDArray[np.float64]) -> Float:
        """(T, D): linear between rows; before the first and after the last these are held."""
        columns = [np.interp(times, self.times, column) for column in self.rows.T]
        return np.stack(columns, 1).astype(np.float32)

    def motion(self, fps: float, model: str, model_hash: str) -> Motion:
        """A motion at an even rate: frame 0 the source at rest, then what was recorded.

        Args:
            fps: frames per second, > 0.
            model: name of the checkpoint.
            model_hash: identifies its weights.
        """
        if not fps > 0:
            raise ValueError(f"Recording.motion: expected fps > 0, got {fps}")
        count = int(np.floor(self.seconds * fps + 1e-6)) + 1
        moved = self.at(np.arange(count) / fps)
        rows = np.concatenate([np.zeros_like(moved[:1]), moved])
        times, known = np.arange(count + 1) / fps, np.ones(count + 1, np.bool_)
        return Motion(
            rows, None, known, times, RowKind.FRAME, np.stack([times, times], 1), ~known,
            model=model, model_hash=model_hash,
        )  # fmt: skip
