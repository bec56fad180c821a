"""Continuing a clip: which frames lead up to a place, and a clip made of them and what follows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.picture import Transform, convert_channels


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


def pasted(
    picture: NDArray[np.uint8], base: NDArray[np.uint8], transform: Transform
) -> NDArray[np.uint8]:
    """A picture (h, w, C) at the model's size where the model saw it, in ``base`` (H, W, C')."""
    height, width = transform.crop[2:]
    shown = convert_channels(picture, base.shape[2])
    shrinking = height < shown.shape[0] or width < shown.shape[1]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    large = cv2.resize(shown, (width, height), interpolation=how)
    upright = np.asarray(large, np.uint8).reshape(height, width, base.shape[2])
    return np.asarray(transform.paste(base, upright), np.uint8)
