"""Where a subject's motion was carried over from, and how: enough to carry it over anew.

The driver's rows are kept as they came, so that every option can be changed afterwards without
the driver, and so that going back gives the very same values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.carrying import AS_IT_IS, Transfer, arriving, carried, pose_at
from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.motion import Float
from motionstudio.core.transfer import Timing, TransferMode, combined, resampled


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """A motion that was carried onto a subject.

    Attributes:
        name: whose it is, for people.
        rows: (R', D) float32 of the driver, relative to its own rest, read-only.
        times: (R',) float64 seconds of the driver's rows.
        count: K where dimensions are keypoints, else 0.
        reference: row of the driver that counts as the picture's own pose.
        cyclic: whether the driver is one closed period, of ``period`` seconds, where its times do
            not tell.
        mode: what happens to the subject's own motion, which is ``own`` (R, D), or None where it
            had none or it is replaced.
        share: of the arriving motion, of a blend.
        how: the options.
        driving: the driver's keypoints (T = 1) where rows are zero, where they are known.
        resting: the subject's own, likewise.
        model_hash: identifies the weights that found the rows.
        source: id of the subject whose motion it is, or empty where it is none of the project.
        frame_times: (R' + 1,) float64 seconds of the driver's frames where rows are the steps
            between them; None where rows are frames.
    """

    name: str
    rows: Float
    times: NDArray[np.float64]
    count: int = 0
    reference: int = 0
    cyclic: bool = False
    period: float | None = None
    mode: TransferMode = TransferMode.REPLACE
    share: float = 1.0
    how: Transfer = AS_IT_IS
    driving: KeypointTrack | None = None
    resting: KeypointTrack | None = None
    own: Float | None = None
    model_hash: str = ""
    source: str = ""
    frame_times: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.times.shape != (len(self.rows),):
            raise ValueError(
                "Carried: expected rows (R, D) and times (R,), "
                f"got {self.rows.shape} and {self.times.shape}"
            )
        if not 0 <= self.reference < len(self.rows):
            raise ValueError(
                f"Carried: expected reference in [0, {len(self.rows)}), got {self.reference}"
            )

    @property
    def moments(self) -> NDArray[np.float64]:
        """(T,) seconds of the driver's frames."""
        return self.times if self.frame_times is None else self.frame_times

    @property
    def timing(self) -> Timing:
        """When the driver's rows are."""
        return Timing(self.times, self.reference, self.cyclic, self.period)

    @property
    def pose(self) -> KeypointTrack | None:
        """The driver's keypoints at its reference, where they are known."""
        if self.driving is None:
            return None
        return pose_at(self.rows, self.driving, self.reference)

    def with_how(self, how: Transfer) -> Self:
        """The same motion with other options."""
        return replace(self, how=how)

    def arriving(self) -> Float:
        """(R', D) float32: what the driver does, with all options, at its own times.

        Raises:
            MotionStudioError: the options need keypoints that are not known.
        """
        if self.frame_times is not None:
            # Steps are relative to nothing: none of them is at rest.
            return carried(self.rows, self.how, self.count)
        return arriving(self.rows, self.how, self.count, self.reference, self.driving, self.resting)

    def values(self, here: Timing) -> Float:
        """(R, D) float32: what the subject does, at its own times.

        Args:
            here: when the rows of the subject are.

        Raises:
            MotionStudioError: the options need keypoints that are not known.
        """
        rest = not self.count and self.frame_times is None
        arrived = resampled(self.arriving(), self.timing, here, rest=rest)
        own = np.zeros_like(arrived) if self.own is None else self.own
        share = self.share if self.mode is TransferMode.BLEND else 1.0
        return combined(own, arrived, self.mode, share)
