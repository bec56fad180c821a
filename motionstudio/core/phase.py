"""Position of frames in a clip or cycle, from their true times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float


def phases(times: NDArray[np.float64], cyclic: bool, period: float | None = None) -> Float:
    """(T,) float32 position of each frame, 0 at frame 0.

    Args:
        times: (T,) seconds, increasing.
        cyclic: positions are taken modulo 1, so that a reference in mid-cycle works.
        period: seconds of the whole clip or cycle. By default the time from the first frame to
            the last and one median frame distance more, so that the next frame would be 1: an
            ED/ES pair, whose two frames do not tell it, needs it given.
    """
    elapsed = times - times[0]
    if period is None:
        step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
        period = float(elapsed[-1]) + step
    position: NDArray[np.float64] = elapsed / period
    if cyclic:
        position = position % 1.0
    return position.astype(np.float32)
