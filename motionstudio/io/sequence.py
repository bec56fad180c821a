"""What a writer gets: uint8 pictures one after another, from a clip or a rendering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Rendered
from motionstudio.core.picture import intensity_range, to_uint8
from motionstudio.io.atomic import Tick, advance


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pictures to be written, read one at a time.

    Attributes:
        pictures: the clip or rendering.
        range: intensities of a clip that become black and white.
        times: (T,) seconds.
    """

    pictures: Clip | Rendered
    range: tuple[float, float]
    times: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of every picture."""
        _, height, width, channels = self.pictures.frames.shape
        return height, width, channels

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Picture ``index`` as (H, W, C) uint8."""
        return to_uint8(self.pictures.frames[index], self.range)

    def ticking(self, tick: Tick) -> Iterator[NDArray[np.uint8]]:
        """All pictures in order, progress reported after each.

        Raises:
            Cancelled: the tick answered False.
        """
        for index in range(len(self)):
            yield self[index]
            advance(tick, (index + 1) / len(self))

    def durations(self) -> NDArray[np.float64]:
        """(T,) seconds that each picture stays; the last as long as the median one."""
        steps = np.diff(self.times)
        last = float(np.median(steps)) if len(steps) else 0.1
        return np.append(steps, last)


def sequence_of(pictures: Clip | Rendered, fps: float | None) -> Sequence:
    """Pictures with their own times, or evenly spread at ``fps``.

    A clip that is not uint8 is scaled by one percentile range for the whole of it.

    Raises:
        MotionStudioError: there are no pictures, or ``fps`` is not a positive number.
    """
    count = len(pictures.times)
    if count == 0:
        raise MotionStudioError("There are no frames to write.", "Choose a longer range.")
    if fps is not None and not (np.isfinite(fps) and 0 < fps <= 1000):
        raise MotionStudioError(f"{fps} is no frame rate.", "Give a number above 0, up to 1000.")
    deep = isinstance(pictures, Clip) and pictures.frames.dtype != np.uint8
    scale = intensity_range(pictures) if deep and isinstance(pictures, Clip) else (0.0, 255.0)
    return Sequence(pictures, scale, pictures.times if fps is None else uniform_times(count, fps))
