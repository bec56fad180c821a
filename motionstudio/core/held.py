"""One picture held for several frames: a still that a motion animates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, Frame, FrameSource


@dataclass(frozen=True, slots=True, eq=False)
class HeldFrames:
    """The first frame of ``source``, ``count`` times; read only when asked for.

    Attributes:
        source: (T, H, W, C) frames that may live in a file.
        count: how long the picture is held, at least 1.
        labels: (H, W) uint8 of the picture, or None.
    """

    source: FrameSource
    count: int
    labels: NDArray[np.uint8] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """(count, H, W, C)."""
        return (self.count, *self.source.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The source's own dtype."""
        return self.source.dtype

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Any, /) -> Frame:
        chosen = np.arange(self.count)[index]  # raises IndexError as an array does
        picture = self.source[0]
        if np.ndim(chosen) == 0:
            return picture
        return np.broadcast_to(picture, (len(chosen), *picture.shape)).copy()


def hold(
    clip: Clip, times: NDArray[np.float64], *, cyclic: bool = False, period: float | None = None
) -> Clip:
    """The first picture of ``clip`` at all of ``times`` (T,) seconds, strictly increasing.

    A clip that is held already is held anew; labels and factors belong to no frame of it any more,
    but the labels of the picture stay with it.
    """
    return replace(
        clip,
        frames=HeldFrames(unheld(clip.frames), len(times), _labels(clip)),
        times=np.asarray(times, np.float64) - times[0],
        cyclic=cyclic,
        period=period,
        masks=None,
        mask_valid=None,
        factors={},
    )


def unheld(frames: FrameSource) -> FrameSource:
    """What is held, or ``frames`` themselves."""
    return frames.source if isinstance(frames, HeldFrames) else frames


def _labels(clip: Clip) -> NDArray[np.uint8] | None:
    if isinstance(clip.frames, HeldFrames):
        return clip.frames.labels
    if clip.masks is None or (clip.mask_valid is not None and not clip.mask_valid[0]):
        return None
    return np.asarray(clip.masks[0], np.uint8)
