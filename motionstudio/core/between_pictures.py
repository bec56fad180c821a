"""Pictures between two pictures without any model: cross-fading, and optical flow both ways.

The rivals that in-betweening in latent space is held against.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

_LUMA = (0.299, 0.587, 0.114)
# Dense inverse search wants at least so many pixels: smaller pictures are enlarged for it.
_LEAST_SIDE = 96


def blend(first: Float, last: Float, share: float) -> Float:
    """Cross-fade of two pictures (C, H, W) float32 in [0, 1]; ``share`` 0 is the first."""
    return np.asarray((1 - share) * first + share * last, np.float32)


def flow_between(first: Float, last: Float, share: float) -> Float:
    """The picture at ``share`` of the way, both pictures bent towards it by optical flow.

    Dense inverse search (Kroeger et al. 2016) in both directions. The flows are carried along to
    the moment in between, where the faster of two wins; there each pixel looks back into the
    first picture and ahead into the last, and the two are cross-faded (Baker et al. 2011).

    Args:
        first: (C, H, W) float32 in [0, 1], C = 1 or 3.
        last: what comes after it, of the same shape.
        share: in [0, 1].

    Raises:
        ValueError: shapes that differ.
    """
    if first.shape != last.shape or first.ndim != 3:
        raise ValueError(
            f"flow_between: expected two pictures (C, H, W), got {first.shape} and {last.shape}"
        )
    height, width = first.shape[1:]
    factor = max(1, -(-_LEAST_SIDE // min(height, width)))
    pair = [_enlarged(one, factor) for one in (first, last)]
    ahead, back = _flow(pair[0], pair[1]), _flow(pair[1], pair[0])
    carried = _carried([(ahead, share * ahead), (-back, (1 - share) * back)])
    way = cv2.resize(carried, (width, height), interpolation=cv2.INTER_AREA) / factor
    return blend(_bent(first, -share * way), _bent(last, (1 - share) * way), share)


def _enlarged(picture: Float, factor: int) -> NDArray[np.uint8]:
    grey = _grey(picture)
    size = (grey.shape[1] * factor, grey.shape[0] * factor)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _flow(first: NDArray[np.uint8], last: NDArray[np.uint8]) -> Float:
    """(H, W, 2) pixels: what of ``first`` lies at p lies at p + flow(p) in ``last``."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(first, last, np.zeros((*first.shape, 2), np.float32)))


def _carried(moved: Sequence[tuple[Float, Float]]) -> Float:
    """(H, W, 2) flows brought where they lead; what nothing reaches stands still.

    Args:
        moved: flows, each with how far its pixels are carried, (H, W, 2) both.
    """
    height, width = moved[0][0].shape[:2]
    rows, columns = np.mgrid[:height, :width]
    flow = np.concatenate([one.reshape(-1, 2) for one, _ in moved])
    x = np.concatenate([(columns + by[..., 0]).ravel() for _, by in moved])
    y = np.concatenate([(rows + by[..., 1]).ravel() for _, by in moved])
    column, row = np.rint(x).astype(np.intp), np.rint(y).astype(np.intp)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    # The last assignment wins: the slow before the fast.
    order = np.argsort((flow**2).sum(1), kind="stable")
    order = order[inside[order]]
    carried = np.zeros((height, width, 2), np.float32)
    carried[row[order], column[order]] = flow[order]
    return carried


def _grey(picture: Float) -> NDArray[np.uint8]:
    luma = picture[0] if len(picture) == 1 else np.tensordot(np.array(_LUMA), picture, 1)
    levels: NDArray[np.uint8] = np.rint(np.clip(luma, 0, 1) * 255).astype(np.uint8)
    return levels


def _bent(picture: Float, away: Float) -> Float:
    """``picture`` sampled at p + ``away`` (H, W, 2)."""
    height, width = picture.shape[1:]
    x = away[..., 0] + np.arange(width, dtype=np.float32)
    y = away[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    planes = [
        cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in picture
    ]
    return np.asarray(np.stack(planes), np.float32)
