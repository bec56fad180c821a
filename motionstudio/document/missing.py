"""Clips whose file is not there: everything is known about them but their pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, Frame
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.held import unheld


@dataclass(frozen=True, slots=True, eq=False)
class MissingFrames:
    """Frames (T, H, W, C) that cannot be read.

    Attributes:
        shape, dtype: as they were when the project was saved.
        problem: why they cannot be read, one plain sentence.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    problem: str

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any, /) -> Frame:
        raise MotionStudioError(self.problem, "Choose the file with File › Find missing media.")


@dataclass(frozen=True, slots=True, eq=False)
class ClipFacts:
    """What a project keeps of a clip besides where it is.

    Attributes:
        times: (T,) seconds of the frames in use.
        size: (H, W) in pixels.
        channels: 1 or 3.
        dtype: numpy name of the frames' type.
        name, spacing, cyclic, period, provenance: as in ``Clip``.
    """

    times: NDArray[np.float64]
    size: tuple[int, int]
    channels: int
    dtype: str
    name: str = "clip"
    spacing: tuple[float, float] | None = None
    cyclic: bool | None = None
    period: float | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, clip: Clip) -> ClipFacts:
        """The facts of a clip; no frame is read."""
        return cls(
            times=clip.times,
            size=clip.size,
            channels=clip.channels,
            dtype=np.dtype(clip.frames.dtype).name,
            name=clip.name,
            spacing=clip.spacing,
            cyclic=clip.cyclic,
            period=clip.period,
            provenance=clip.provenance,
        )

    def on(self, clip: Clip) -> Clip:
        """The frames of ``clip``, which has as many, with what was known about them."""
        return replace(
            clip,
            times=self.times,
            name=self.name,
            spacing=self.spacing,
            cyclic=self.cyclic,
            period=self.period,
            provenance=self.provenance,
        )

    def without_frames(self, problem: str) -> Clip:
        """A clip that has everything but pixels, because of ``problem``.

        Raises:
            ValueError, TypeError: the facts are those of no clip.
        """
        shape = (len(self.times), *self.size, self.channels)
        return Clip(
            frames=MissingFrames(shape, np.dtype(self.dtype), problem),
            times=self.times,
            name=self.name,
            spacing=self.spacing,
            cyclic=self.cyclic,
            period=self.period,
            provenance=self.provenance,
        )


def problem_of(clip: Clip) -> str:
    """Why the frames of a clip cannot be read, or empty when they can."""
    frames = unheld(clip.frames)
    return frames.problem if isinstance(frames, MissingFrames) else ""
