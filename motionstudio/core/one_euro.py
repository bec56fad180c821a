"""The one-euro filter: smooth what rests, follow what moves.

Casiez, Roussel, Vogel: 1 Euro Filter, CHI 2012.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float


@dataclass(frozen=True, slots=True)
class OneEuro:
    """Settings of the filter.

    Attributes:
        cutoff: Hz at rest: smaller removes more jitter.
        speed: Hz of cutoff for each unit of speed: larger lags less behind fast motion.
        derivative: Hz, cutoff of the speed's own smoothing.
    """

    cutoff: float = 1.0
    speed: float = 5.0
    derivative: float = 1.0

    def __post_init__(self) -> None:
        if self.cutoff <= 0 or self.derivative <= 0 or self.speed < 0:
            raise ValueError(
                "OneEuro: expected cutoff > 0, derivative > 0 and speed >= 0, got "
                f"{self.cutoff}, {self.derivative} and {self.speed}"
            )


class OneEuroStream:
    """Filters values as they come, as a live driver needs it.

    Args:
        settings: of the filter.
    """

    def __init__(self, settings: OneEuro) -> None:
        self._settings = settings
        self._value: NDArray[np.float64] | None = None
        self._slope = np.zeros(0)
        self._time = 0.0

    def __call__(self, value: NDArray[np.floating], time: float) -> Float:
        """The filtered value at ``time`` seconds, later than the one before; shapes stay."""
        new = np.asarray(value, np.float64)
        if self._value is None:
            self._slope = np.zeros_like(new)
        else:
            step = time - self._time
            if step <= 0:
                raise ValueError(f"OneEuroStream: expected a time after {self._time}, got {time}")
            new = self._filtered(self._value, new, step)
        self._value, self._time = new, time
        return new.astype(np.float32)

    def _filtered(
        self, last: NDArray[np.float64], new: NDArray[np.float64], step: float
    ) -> NDArray[np.float64]:
        settings = self._settings
        slope = (new - last) / step
        share = _share(step, np.asarray(settings.derivative))
        self._slope = self._slope + share * (slope - self._slope)
        cutoff = settings.cutoff + settings.speed * np.abs(self._slope)
        return last + _share(step, cutoff) * (new - last)


def one_euro(rows: Float, times: NDArray[np.float64], settings: OneEuro) -> Float:
    """(T, D) rows at ``times`` (T,) filtered forwards; the first row stays as it is."""
    if rows.ndim != 2 or times.shape != (len(rows),):
        raise ValueError(
            f"one_euro: expected rows (T, D) and times (T,), got {rows.shape} and {times.shape}"
        )
    stream = OneEuroStream(settings)
    found = [stream(row, float(time)) for row, time in zip(rows, times, strict=True)]
    return np.stack(found) if found else rows.copy()


def _share(step: float, cutoff: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of the new value in exponential smoothing at this cutoff."""
    r = 2 * math.pi * cutoff * step
    return r / (r + 1)
