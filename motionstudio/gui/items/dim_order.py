"""In which order dimensions are listed, and which of them a filter leaves."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from motionstudio.gui.items.motion_data import MotionData


class DimOrder(Enum):
    """What comes first; the value is for people."""

    MODEL = "Model's own order"
    MOTION = "Moves most first"
    ACTIVITY = "Most active first (KL)"
    EDITED = "Edited first"
    NAME = "By name"


def order_dims(data: MotionData, how: DimOrder, words: str = "") -> tuple[int, ...]:
    """Dimensions from top to bottom.

    Args:
        data: the matrix.
        how: what comes first; equal ones keep the model's order.
        words: only dimensions whose name contains one of these words, whatever the case; empty,
            or where nothing fits: all of them.
    """
    if how is DimOrder.NAME:
        order = sorted(range(data.dims), key=lambda dim: _natural(data.names[dim]))
    elif how is DimOrder.MODEL:
        order = list(range(data.dims))
    else:
        order = [int(d) for d in np.argsort(-_rank(data, how), kind="stable")]
    wanted = words.lower().split()
    found = [d for d in order if any(word in data.names[d].lower() for word in wanted)]
    return tuple(found or order)


def _rank(data: MotionData, how: DimOrder) -> NDArray[np.float64]:
    if how is DimOrder.ACTIVITY:
        return data.activity
    if how is DimOrder.EDITED:
        touched = data.edited.any(0)
        keyed = np.isin(np.arange(data.dims), data.keys.dims)
        return np.asarray(touched | keyed, np.float64)
    return np.asarray(data.spread, np.float64)


def _natural(name: str) -> tuple[object, ...]:
    """``z2`` before ``z10``."""
    parts: list[object] = []
    digits = ""
    for letter in name.lower() + "\0":
        if letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, letter))
    return tuple(parts)
