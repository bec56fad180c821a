"""Confidence intervals of means, for the small numbers of clips that people have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
_STEPS = 80


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its interval.

    Attributes:
        mean: of the values.
        low, high: the interval of ``CONFIDENCE`` after Student.
        count: how many values.
    """

    mean: float
    low: float
    high: float
    count: int

    @property
    def without_zero(self) -> bool:
        """Whether 0 lies outside: the mean differs from it by more than chance explains."""
        return self.low > 0 or self.high < 0


def interval_of(values: Sequence[float]) -> Interval | None:
    """Student's interval of the mean of independent values; None for fewer than two.

    Args:
        values: finite numbers.
    """
    known = np.asarray(values, np.float64)
    if len(known) < 2:
        return None
    mean, error = float(known.mean()), float(known.std(ddof=1)) / math.sqrt(len(known))
    reach = student_quantile(CONFIDENCE, len(known) - 1) * error
    return Interval(mean, mean - reach, mean + reach, len(known))


def student_quantile(share: float, freedom: int) -> float:
    """The ``t`` with ``P(|T| <= t) = share`` for ``freedom`` degrees of freedom.

    Raises:
        ValueError: the share is not inside (0, 1), or there is no degree of freedom.
    """
    if not 0 < share < 1 or freedom < 1:
        raise ValueError(
            f"student_quantile: expected a share in (0, 1) and at least 1 degree of freedom, "
            f"got {share} and {freedom}"
        )
    low, high = 0.0, math.pi / 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < share else (low, middle)
    return math.sqrt(freedom) * math.tan((low + high) / 2)


def _inside(angle: float, freedom: int) -> float:
    """``P(|T| <= t)`` for ``t = sqrt(freedom) tan(angle)``: Abramowitz and Stegun 26.7.3, .4."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = total = cosine if odd else 1.0
    for k in range(2 + odd, freedom, 2):
        term *= (k - 1) / k * cosine**2
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))
