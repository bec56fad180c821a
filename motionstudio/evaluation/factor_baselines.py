"""What tells factors without any model: pixels, and the directions of optical flow."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.evaluation.known_factors import Paired
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.peers import dis_flow

Double = NDArray[np.float64]

_PIXELS = 32
_LEAST = 64
"""DIS wants pictures at least as large; smaller ones are enlarged first."""

_CELLS, _DIRECTIONS = 2, 8


def pixels(items: Sequence[Material], rows: Paired) -> Double:
    """(n, P) the frame that each row shows, less the one that its factors are counted from.

    Pictures of more than 32 pixels a side are made smaller first.
    """
    small = [_small(item.frames) for item in items]
    found = []
    for clip, (shown, since) in zip(rows.clips, rows.frames, strict=True):
        here = small[clip][shown]
        found.append(here if since < 0 else here - small[clip][since])
    return np.stack(found).reshape(len(found), -1).astype(np.float64)


def flow_directions(items: Sequence[Material], rows: Paired) -> Double | None:
    """(n, 40) histograms of optical flow (DIS) towards each frame, in 2 x 2 parts of the picture.

    Each part holds the mean shift in x and y and eight directions weighted by length (Dalal et
    al. 2006). Flow begins at the frame that factors are counted from, else at the first frame.
    None: sequences of a single picture have no flow.
    """
    if any(len(item.frames) < 2 for item in items):
        return None
    found = []
    for clip, (shown, since) in zip(rows.clips, rows.frames, strict=True):
        pair = (_large(items[clip].frames[t]) for t in (max(0, since), shown))
        found.append(histogram(dis_flow(*pair)))
    return np.stack(found)


def histogram(flow: Float) -> Double:
    """(40,) of a flow (2, H, W): in each quarter mean dx and dy, then eight directions."""
    length = np.hypot(flow[0], flow[1])
    angle = np.arctan2(flow[1], flow[0])
    place = np.floor((angle / (2 * np.pi) % 1) * _DIRECTIONS).astype(int) % _DIRECTIONS
    parts = []
    for rows in np.array_split(np.arange(flow.shape[1]), _CELLS):
        for columns in np.array_split(np.arange(flow.shape[2]), _CELLS):
            cell = np.ix_(rows, columns)
            counts = np.bincount(place[cell].ravel(), length[cell].ravel(), minlength=_DIRECTIONS)
            parts += [flow[0][cell].mean(), flow[1][cell].mean(), *(counts / length[cell].size)]
    return np.asarray(parts, np.float64)


def _small(frames: Float) -> Float:
    """(T, H, W, C) of at most ``_PIXELS`` pixels a side."""
    side = min(_PIXELS, frames.shape[-1])
    turned = (np.ascontiguousarray(np.moveaxis(frame, 0, -1)) for frame in frames)
    made = [cv2.resize(one, (side, side), interpolation=cv2.INTER_AREA) for one in turned]
    return np.asarray(np.stack(made), np.float32).reshape(len(made), side, side, -1)


def _large(picture: Float) -> Float:
    factor = -(-_LEAST // min(picture.shape[1:]))
    return picture.repeat(factor, 1).repeat(factor, 2) if factor > 1 else picture
