"""A vertical drag that changes numbers: fine with Shift, snapping with Ctrl, soft with Alt."""

from __future__ import annotations

import numpy as np

from motionstudio.core.editing import snap

FINE = 0.1
"""How much slower a drag is while Shift is held."""


class ValueDrag:
    """Turns pointer movement into a change of value, without jumps when Shift comes or goes.

    Args:
        y: pointer position at the press, pixels downwards.
        per_pixel: change of value for one pixel.
        start: value of the cell under the pointer at the press.
        sigma: the standard deviation to which Ctrl snaps.
    """

    def __init__(self, y: float, per_pixel: float, start: float, sigma: float) -> None:
        self._y = y
        self._per_pixel = per_pixel
        self._start = start
        self._sigma = sigma
        self._raw = 0.0

    def move(self, y: float, *, fine: bool, snap: bool) -> float:
        """The total change of value since the press.

        Args:
            y: pointer position now; up is more.
            fine: Shift is held: a tenth of the speed from here on.
            snap: Ctrl is held: the pressed cell goes to 0 or one standard deviation.
        """
        self._raw += (self._y - y) * self._per_pixel * (FINE if fine else 1.0)
        self._y = y
        return self.snapped() if snap else self._raw

    def snapped(self) -> float:
        """The change that takes the pressed cell to the nearest of -1 sigma, 0, +1 sigma."""
        wanted = self._start + self._raw
        return float(snap(np.array(wanted), self._sigma)) - self._start
