"""The part of the picture that moves: what a model should look at in a wide field of view."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.picture import Box

_SAMPLES = 16
_SIDE = 96
# The middle share of the change, along each axis, counts as the moving part.
_SHARE = 0.8
# Room around it, as a share of its size: motion is understood from what surrounds it.
_MARGIN = 1.6
# A crop that would keep more than this of the shorter side is not worth the loss of context.
_LARGEST = 0.75


def moving_part(clip: Clip) -> Box | None:
    """A square (y, x, height, width) around what changes over time, or None.

    Looks at no more than 16 frames, at reduced size. None where the change is spread over most
    of the picture, so that nothing would be gained by cropping, or where nothing changes.
    """
    change = _change(clip)
    total = float(change.sum())
    if total <= 0:
        return None
    height, width = clip.size
    rows = _middle(change.sum(1) / total) * (height / change.shape[0])
    columns = _middle(change.sum(0) / total) * (width / change.shape[1])
    extent = max(rows[1] - rows[0], columns[1] - columns[0])
    side = round(extent * (1 + _MARGIN))
    if side > _LARGEST * min(height, width):
        return None
    top = int(np.clip(round(rows.mean() - side / 2), 0, height - side))
    left = int(np.clip(round(columns.mean() - side / 2), 0, width - side))
    return top, left, side, side


def _change(clip: Clip) -> NDArray[np.float64]:
    """(h, w) variance over time at reduced size, freed of its floor of noise."""
    count = min(_SAMPLES, len(clip))
    picks = np.linspace(0, len(clip) - 1, count).astype(np.intp)
    scale = min(1.0, _SIDE / max(clip.size))
    size = (max(1, round(clip.size[1] * scale)), max(1, round(clip.size[0] * scale)))
    small = [
        cv2.resize(
            np.asarray(clip.frames[int(t)], np.float32).mean(-1), size, interpolation=cv2.INTER_AREA
        )
        for t in picks
    ]
    variance = np.var(np.stack(small).astype(np.float64), axis=0)
    variance = cv2.GaussianBlur(variance, (0, 0), 1.5)
    change: NDArray[np.float64] = np.maximum(variance - 2 * np.median(variance), 0)
    return change


def _middle(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2,) positions between which the middle ``_SHARE`` of the change lies."""
    cumulated = np.concatenate([[0.0], np.cumsum(share)])
    tail = (1 - _SHARE) / 2
    ends = [tail, 1 - tail]
    middle: NDArray[np.float64] = np.interp(ends, cumulated, np.arange(len(cumulated)))
    return middle
