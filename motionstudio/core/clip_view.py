"""A range of a clip without reading it: every stride-th frame from start to stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip, Frame, FrameSource, uniform_times


@dataclass(frozen=True, slots=True, eq=False)
class StridedFrames:
    """The frames ``indices`` of ``source``, read only when asked for.

    Attributes:
        source: (T, H, W, C) frames that may live in a file.
        indices: increasing indices in [0, T), evenly spaced.
    """

    source: FrameSource
    indices: range

    @property
    def shape(self) -> tuple[int, ...]:
        """(len(indices), H, W, C)."""
        return (len(self.indices), *self.source.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The source's own dtype."""
        return self.source.dtype

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any, /) -> Frame:
        if isinstance(index, slice):
            return self._stack(np.asarray(self.indices[index], np.intp))
        if np.ndim(index) == 0:
            return self.source[self.indices[int(index)]]
        chosen = np.arange(len(self))[np.asarray(index)]
        return self._stack(self.indices.start + self.indices.step * chosen)

    def _stack(self, chosen: np.ndarray[Any, np.dtype[np.intp]]) -> Frame:
        if not len(chosen):
            return np.empty((0, *self.shape[1:]), self.dtype)
        return self.source[chosen]


def frame_range(clip: Clip, start: int, stop: int, stride: int = 1) -> Clip:
    """The clip of every ``stride``-th frame of ``clip`` from ``start`` up to before ``stop``.

    Frames stay where they are (nothing is read or copied); times restart at 0; labels follow. A
    part of a closed cycle is no cycle, so ``cyclic`` becomes False where frames were cut off;
    where some were only passed over, ``period`` says how long all of them take.

    Raises:
        ValueError: an empty or impossible range.
    """
    indices = range(start, stop, stride) if stride > 0 else range(0)
    if not (0 <= start < stop <= len(clip) and len(indices)):
        raise ValueError(
            f"frame_range: expected 0 <= start < stop <= {len(clip)} and stride > 0, "
            f"got {start}, {stop}, {stride}"
        )
    if indices == range(len(clip)):
        return clip
    chosen = slice(start, stop, stride)
    whole = start == 0 and stop == len(clip)
    array = isinstance(clip.frames, np.ndarray)
    return replace(
        clip,
        frames=clip.frames[chosen] if array else StridedFrames(clip.frames, indices),
        times=clip.times[chosen] - clip.times[start],
        masks=None if clip.masks is None else clip.masks[chosen],
        factors={name: values[chosen] for name, values in clip.factors.items()},
        mask_valid=None if clip.mask_valid is None else clip.mask_valid[chosen],
        cyclic=clip.cyclic if whole or clip.cyclic is None else False,
        period=_period(clip) if whole else None,
    )


def at_rate(clip: Clip, fps: float) -> Clip:
    """The clip with evenly spaced times at ``fps`` frames per second (> 0).

    Raises:
        ValueError: a rate that is not positive and finite.
    """
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"at_rate: expected a positive frame rate, got {fps}")
    return replace(clip, times=uniform_times(len(clip), fps), period=None)


def _period(clip: Clip) -> float | None:
    """Seconds from the first frame until it comes again; None for a still."""
    if clip.period is not None or len(clip) < 2:
        return clip.period
    return float(clip.times[-1] - clip.times[0] + np.median(np.diff(clip.times)))
