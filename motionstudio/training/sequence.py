"""One training sequence, small and ready."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sequence:
    """A training sequence at the model's size.

    Attributes:
        frames: (T, S, S, C) uint8, frame 0 is the reference.
        target: the same without noise where that is known, else the same array.
        field: (T, 2, h, h) float16, true displacement to frame 0 in pixels of the picture,
            NaN where unknown; None where there is none or the recipe does not use it.
        phase: (T,) float32, position in the clip or cycle, 0 at frame 0.
        cyclic: whether it is one closed period.
        source: index of its data source in the recipe.
        motion: sequences with equal numbers show the same motion on different subjects.
        parts: (T, n, 2, 3) poses of the subject's parts, see ``Sample.parts``, and ``labels``:
            (T, S, S) uint8, which part each pixel shows; None where unknown or not asked for.
    """

    frames: NDArray[np.uint8]
    target: NDArray[np.uint8]
    phase: NDArray[np.float32]
    cyclic: bool
    source: int
    motion: int
    field: NDArray[np.float16] | None = None
    parts: NDArray[np.float32] | None = None
    labels: NDArray[np.uint8] | None = None
