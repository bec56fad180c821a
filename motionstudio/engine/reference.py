"""Models start from the first frame; people may choose another. This is the way between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind

Mask = NDArray[np.bool_]
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceOrder:
    """Puts the reference first for the model, and the model's rows back under their frames.

    A closed cycle is turned until it starts at the reference. Any other sequence keeps its
    order and gets the reference once more in front, one frame distance earlier.

    Attributes:
        count: T.
        reference: index of the frame that the motion starts from.
        cyclic: whether the sequence is one closed period.
    """

    count: int
    reference: int
    cyclic: bool

    def __post_init__(self) -> None:
        if not 0 <= self.reference < self.count:
            raise ValueError(
                f"ReferenceOrder: expected a reference in [0, {self.count}), got {self.reference}"
            )

    @property
    def indices(self) -> NDArray[np.intp]:
        """The frames in the order in which the model sees them; (T,) or (T + 1,)."""
        own = np.arange(self.count)
        if self.reference == 0:
            return own
        if self.cyclic:
            return np.roll(own, -self.reference)
        return np.concatenate([[self.reference], own])

    def rows_of(self, frames: Sequence[int]) -> tuple[int, ...]:
        """The model's row of each of ``frames``; of the reference seen twice, the second."""
        order = self.indices
        return tuple(int(np.flatnonzero(order == frame)[-1]) for frame in frames)

    def times(self, times: Seconds, period: float | None = None) -> Seconds:
        """Seconds of those frames, from 0, strictly increasing.

        Args:
            times: (T,) of the frames in their own order.
            period: of the closed cycle, where the times do not tell; longer than they last.
        """
        if self.reference == 0:
            return times
        distance = float(np.median(np.diff(times)))
        if self.cyclic:
            period = period or float(times[-1] - times[0]) + distance
            turned = times[self.indices] - times[self.reference]
            wrapped: Seconds = np.where(turned < 0, turned + period, turned)
            return wrapped
        return np.concatenate([[0.0], times - times[0] + distance])

    def period(self, times: Seconds, period: float | None) -> float | None:
        """``period`` seconds of those frames: longer by what was put in front."""
        if period is None or self.reference == 0 or self.cyclic:
            return period
        return period + float(np.median(np.diff(times)))

    def back(self, motion: Motion, times: Seconds, kept: Mask) -> Motion:
        """The model's ``motion`` with its rows under their frames; the reference's is zero.

        Raises:
            MotionStudioError: the model's rows are not frames, so that only the first frame
                can be the reference.
        """
        if self.reference == 0:
            return motion
        if motion.rows is not RowKind.FRAME:
            raise MotionStudioError(
                f"The model {motion.model} starts from the first frame, not from frame "
                f"{self.reference}.",
                "Make frame 0 the reference.",
            )
        rows = self._rows_back()
        mean, filled = motion.mean[rows].copy(), motion.filled[rows].copy()
        mean[self.reference] = 0
        filled[self.reference] = False
        std = None if motion.std is None else motion.std[rows].copy()
        if std is not None and motion.std is not None:
            std[self.reference] = motion.std[0]
        spans = motion.row_times[rows] - motion.row_times[rows, :1] + times[:, np.newaxis]
        return replace(
            motion, mean=mean, std=std, filled=filled, kept=kept, times=times, row_times=spans
        )

    def forth(self, motion: Motion) -> Motion:
        """``motion`` with its rows as the model wants them: the way back of ``back``.

        Where the reference is seen twice, its second row counts as not kept: it is the same
        picture, so there is nothing to fit it to.
        """
        if self.reference == 0:
            return motion
        order = self.indices
        mean, kept = motion.mean[order].copy(), motion.kept[order].copy()
        mean[0] = 0
        if not self.cyclic:
            kept[1 + self.reference] = False
        times = self.times(motion.times)
        spans = motion.row_times[order] - motion.row_times[order, :1] + times[:, np.newaxis]
        return replace(
            motion,
            mean=mean,
            std=None if motion.std is None else motion.std[order],
            filled=motion.filled[order],
            kept=kept,
            times=times,
            row_times=spans,
        )

    def _rows_back(self) -> NDArray[np.intp]:
        if self.cyclic:
            return np.roll(np.arange(self.count), self.reference)
        return np.arange(1, self.count + 1)
