"""Drags of keys and of the middles of their segments."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF

from motionstudio.core.keys import MOST_TENSION, Easing, Key, shape, tension_through
from motionstudio.gui.items.value_drag import ValueDrag

_DECIDED_AFTER = 4.0
_STEPS = 24


class KeyDrag:
    """Moves keys in time or in value, whichever way the hand goes first; never both at once.

    Args:
        place: pointer at the press.
        per_frame: pixels of one frame.
        per_pixel: change of value for one pixel.
        value: of the key under the pointer.
        sigma: to which Ctrl snaps.

    Attributes:
        by: frames moved so far. ``up``: change of value so far.
        axis: the way that was decided on, or empty.
        picked: the keys that move, as (dim, frame) at the press; for whoever drags.
    """

    def __init__(
        self, place: QPointF, per_frame: float, per_pixel: float, value: float, sigma: float
    ) -> None:
        self._press = place
        self._per_frame = per_frame
        self._value = ValueDrag(place.y(), per_pixel, value, sigma)
        self.axis: Literal["", "time", "value"] = ""
        self.by = 0
        self.up = 0.0
        self.picked: frozenset[tuple[int, int]] | None = None

    def move(self, place: QPointF, *, fine: bool, snap: bool) -> bool:
        """Go on to a place; tells whether the keys move otherwise than before."""
        away = place - self._press
        if not self.axis:
            if math.hypot(away.x(), away.y()) < _DECIDED_AFTER:
                return False
            self.axis = "time" if abs(away.x()) > abs(away.y()) else "value"
        before = (self.by, self.up)
        if self.axis == "time":
            self.by = round(away.x() / max(1e-6, self._per_frame))
        else:
            self.up = self._value.move(place.y(), fine=fine, snap=snap)
        return (self.by, self.up) != before


class BendDrag:
    """Bends a segment so that its middle lies where the pointer is.

    Args:
        dim: dimension.
        one: key at which the segment begins.
        two: key at which it ends.
    """

    def __init__(self, dim: int, one: Key, two: Key) -> None:
        self.dim, self.frame = dim, one.frame
        self._one, self._two = one, two

    def to(self, value: float) -> float:
        """The tension with which the middle of the segment has ``value``, as near as it can."""
        rise = self._two.value - self._one.value
        share = min(max((value - self._one.value) / rise, 0.0), 1.0) if rise else 0.5
        return tension_through(_time_of(self._one.easing, share))


def _time_of(easing: Easing, share: float) -> float:
    """The progress in time at which an easing has come ``share`` of the way."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        early = shape(easing, np.array([middle]))[0] < share
        low, high = (middle, high) if early else (low, middle)
    least = (1 - MOST_TENSION) / 2
    return min(max((low + high) / 2, least), 1 - least)
