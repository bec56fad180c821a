"""A clip: an image sequence as read, lazily, in its own dtype."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]

FLOOR = "floor, nats"
"""Name of the factor that says what a frame costs at least, given those before it."""


@runtime_checkable
class FrameSource(Protocol):
    """Frames that may live in a file: indexed by time, each (H, W, C) in ``dtype``.

    A slice or an integer array gives (n, H, W, C). ``numpy.ndarray`` of shape (T, H, W, C)
    is a frame source.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W, C)."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The frames' own dtype."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Frame: ...


@dataclass(frozen=True, slots=True)
class Clip:
    """An image sequence with the true time of every frame.

    Attributes:
        frames: (T, H, W, C) in the source's own dtype, C = 1 (grey) or 3 (RGB); read lazily.
        times: (T,) float64, seconds, strictly increasing, starting at 0.
        name: a short name for people, usually the file's stem.
        path: where it was read from, or None.
        spacing: (row, column) distance of pixels in mm, or None when unknown.
        masks: (T, H, W) uint8 labels, or None.
        mask_valid: (T,) bool, False where the frame carries no labels, or None with ``masks``.
        cyclic: True when the sequence is one period that closes on itself (cine MRI), False
            when it is known not to, None when unknown.
        period: seconds after which a closed sequence starts again, where the times do not tell
            because frames were left out; None: one median frame distance after the last frame.
        factors: (T,) float64 each, by name: what is known to change over time, where a generator
            or the file says it.
        provenance: facts for people about where the clip came from (format, slice, licence).
        warnings: one plain sentence for each thing that was odd about the file.
    """

    frames: FrameSource
    times: NDArray[np.float64]
    name: str = "clip"
    path: Path | None = None
    spacing: tuple[float, float] | None = None
    masks: NDArray[np.uint8] | None = None
    mask_valid: NDArray[np.bool_] | None = None
    cyclic: bool | None = None
    period: float | None = None
    factors: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = tuple(self.frames.shape)
        if len(shape) != 4 or shape[3] not in (1, 3):
            raise ValueError(f"Clip: expected frames of shape (T, H, W, 1|3), got {shape}")
        if self.times.shape != (shape[0],):
            raise ValueError(f"Clip: expected times of shape ({shape[0]},), got {self.times.shape}")
        if shape[0] > 1 and not bool(np.all(np.diff(self.times) > 0)):
            raise ValueError("Clip: times must be strictly increasing")

    def __len__(self) -> int:
        return int(self.frames.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) in pixels."""
        return int(self.frames.shape[1]), int(self.frames.shape[2])

    @property
    def channels(self) -> int:
        """1 for grey, 3 for RGB."""
        return int(self.frames.shape[3])

    @property
    def fps(self) -> float:
        """Frames per second: the reciprocal of the median frame distance; 1.0 for a still."""
        if len(self) < 2:
            return 1.0
        return float(1.0 / np.median(np.diff(self.times)))

    def select(self, indices: NDArray[np.intp]) -> Clip:
        """The clip of the frames ``indices`` (n,), in increasing order, read eagerly.

        Times restart at 0; masks follow; ``period`` is as for all frames.
        """
        times = self.times[indices]
        return replace(
            self,
            frames=np.stack([self.frames[int(i)] for i in indices]),
            times=times - times[0],
            masks=None if self.masks is None else self.masks[indices],
            factors={name: values[indices] for name, values in self.factors.items()},
            mask_valid=None if self.mask_valid is None else self.mask_valid[indices],
        )


def uniform_times(count: int, fps: float) -> NDArray[np.float64]:
    """(count,) seconds of evenly spaced frames at ``fps`` frames per second, from 0."""
    return np.arange(count, dtype=np.float64) / fps
