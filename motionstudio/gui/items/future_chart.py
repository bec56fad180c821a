"""Errors of futures against what really follows, over the frames after the last known one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.items.region_chart import RegionChart, Series
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.scale import scaled

COPIED = "last frame copied"
_GUTTER = 58


class FutureChart(RegionChart):
    """A curve for each future, and a muted one for copying the last frame that was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(TimeAxis(), parent, named=False)
        self.axis.setParent(self)
        self.axis.set_gutter(scaled(_GUTTER))
        self.setAccessibleName("Errors of the futures")
        self.set_message("The clip ends here: no truth to measure against.")

    def set_errors(
        self, errors: NDArray[np.floating], copied: NDArray[np.floating], colours: tuple[str, ...]
    ) -> None:
        """Show (N, M) errors, NaN while not made, and (M,) of copying; M = 0: no truth."""
        count = errors.shape[1]
        self.axis.set_count(count)
        none = np.full(count, np.nan)
        curves = [Series(COPIED, copied.astype(np.float64), none, self.tokens.muted)]
        for number, values in enumerate(errors):
            colour = colours[number % len(colours)]
            name = f"future {number + 1}"
            curves.append(Series(name, values.astype(np.float64), none, colour))
        self.set_series(tuple(curves) if count else (), "RMSE", from_zero=True)

    @override
    def describe(self, frame: int) -> str:
        """Read-out: how far the copy and each future are off, so many frames on."""
        known = [
            f"{one.name} {one.values[frame]:.4f}"
            for one in self.series
            if frame < len(one.values) and np.isfinite(one.values[frame])
        ]
        return " · ".join([f"+{frame + 1} frames", *known])
