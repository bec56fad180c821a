"""What motions are compared by without learning: pixels, and histograms of optical flow."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

_ANGLES, _PARTS = 8, 2


def pixel_vector(frames: Float) -> Float:
    """(n,) unit vector of the frames (T, C, S, S) themselves, their mean taken off."""
    return _unit((frames - frames.mean()).reshape(-1))


def flow_histogram(frames: Float) -> Float:
    """(32,) unit vector: how much moves in which direction, early and late, left and right.

    DIS optical flow between neighbouring frames (T, C, S, S), 8 directions weighted by length.
    """
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    engine.setFinestScale(0)
    grey = np.rint(frames.mean(1) * 255).clip(0, 255).astype(np.uint8)
    found = np.zeros((_PARTS, 2, _ANGLES))
    for place, (one, other) in enumerate(itertools.pairwise(grey)):
        before, after = _room(one), _room(other)
        start = np.zeros((*before.shape, 2), np.float32)
        flow = np.asarray(engine.calc(before, after, start), np.float64)
        length = np.hypot(flow[..., 0], flow[..., 1])
        angle = np.arctan2(flow[..., 1], flow[..., 0]) % (2 * np.pi)
        which = (angle / (2 * np.pi) * _ANGLES).astype(int) % _ANGLES
        part = place * _PARTS // (len(grey) - 1)
        half = length.shape[1] // 2
        for side, columns in enumerate((slice(None, half), slice(half, None))):
            found[part, side] += np.bincount(
                which[:, columns].ravel(), length[:, columns].ravel(), _ANGLES
            )
    return _unit(found.reshape(-1))


def _room(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Small pictures are enlarged: the method looks at patches of 8 pixels."""
    side = max(64, *picture.shape)
    return np.asarray(cv2.resize(picture, (side, side)), np.uint8)


def _unit(vector: NDArray[np.floating]) -> Float:
    length = max(float(np.linalg.norm(vector)), 1e-12)
    return (vector / length).astype(np.float32)
