"""Continuing a clip: which frames lead up to a place, and a clip made of them and what follows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip


def run_before(kept: NDArray[np.bool_], frame: int) -> tuple[int, ...]:
    """The kept frames without a gap that end with ``frame``; empty where that is dropped.

    Args:
        kept: (T,) bool.
        frame: index in [0, T).
    """
    gaps = np.flatnonzero(~kept[: frame + 1])
    first = int(gaps[-1]) + 1 if len(gaps) else 0
    return tuple(range(first, frame + 1))


def following(count: int, frame: int, wanted: int) -> tuple[int, ...]:
    """The frames of a clip of ``count`` frames after ``frame``, at most ``wanted``."""
    return tuple(range(frame + 1, min(frame + 1 + wanted, count)))


def continued(
    past: NDArray[np.uint8], future: NDArray[np.uint8], step: float, name: str, made: str
) -> Clip:
    """A clip of frames that were there and frames that a model made after them.

    Args:
        past: (P, h, w, C) uint8, P >= 0.
        future: (K, h, w, C) uint8.
        step: seconds from frame to frame, positive.
        name: of the clip, for people.
        made: how the future was made, for people.
    """
    frames = np.concatenate([past, future]) if len(past) else future
    words = f"Frames {len(past)} to {len(frames) - 1} were made: {made}."
    return Clip(
        frames=frames,
        times=np.arange(len(frames), dtype=np.float64) * step,
        name=name,
        provenance={"made": words},
    )
