"""Frame times: as the file states them, mended where they cannot be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import uniform_times
from motionstudio.core.errors import MotionStudioError

NOMINAL_FPS = 25.0
"""Frames per second where neither file nor person says."""

Times = NDArray[np.float64]


def nominal_times(count: int, fps: float | None, what: str) -> tuple[Times, tuple[str, ...]]:
    """Even times for a file that states none.

    Args:
        count: number of frames.
        fps: what the person said, or None.
        what: name of the file, for the warning.

    Returns:
        (count,) seconds and the warnings: none for a still or where the person chose.

    Raises:
        MotionStudioError: ``fps`` is not a positive number.
    """
    if fps is not None and not (np.isfinite(fps) and fps > 0):
        raise MotionStudioError(f"{fps} is no frame rate.", "Give frames per second above 0.")
    if fps is not None or count < 2:
        return uniform_times(count, fps or NOMINAL_FPS), ()
    return uniform_times(count, NOMINAL_FPS), (
        f"{what} states no frame times; {NOMINAL_FPS:g} frames per second are assumed.",
    )


def stated_times(seconds: Sequence[float] | Times, what: str) -> tuple[Times, tuple[str, ...]]:
    """Times as the file states them, from 0; evenly spread where they do not increase.

    Args:
        seconds: (T,) as stated.
        what: name of the file, for the warning.

    Returns:
        (T,) seconds, strictly increasing from 0, and the warnings.
    """
    times = np.asarray(seconds, dtype=np.float64)
    steps = np.diff(times)
    if np.isfinite(times).all() and bool((steps > 0).all()):
        shifted = times - times[0] if len(times) else times
        if bool((np.diff(shifted) > 0).all()):
            return shifted, ()
    usable = steps[np.isfinite(steps) & (steps > 0)]
    step = float(np.median(usable)) if usable.size else 1 / NOMINAL_FPS
    if not np.isfinite(step * len(times)) or step < 1e-9:
        step = 1 / NOMINAL_FPS
    return uniform_times(len(times), 1 / step), (
        f"The frame times in {what} do not increase; "
        f"frames every {step * 1000:.4g} ms are assumed.",
    )
