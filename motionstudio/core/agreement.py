"""How two ways to measure one quantity agree, after Bland and Altman 1986."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Differences ``found - true`` over subjects, in the units of the quantity.

    Attributes:
        bias: their mean.
        deviation: their standard deviation (n - 1).
        absolute: mean of their absolute values.
        correlation: Pearson's r; NaN where one of both does not vary.
        count: subjects.
    """

    bias: float
    deviation: float
    absolute: float
    correlation: float
    count: int

    @property
    def limits(self) -> tuple[float, float]:
        """Limits of agreement, bias -+ 1.96 standard deviations."""
        return self.bias - 1.96 * self.deviation, self.bias + 1.96 * self.deviation


def agreement(found: Double, true: Double) -> Agreement:
    """Compare (n,) measurements; at least two.

    Raises:
        ValueError: shapes that differ, or fewer than two.
    """
    if found.shape != true.shape or found.ndim != 1 or len(found) < 2:
        raise ValueError(f"agreement: expected two (n >= 2,), got {found.shape}, {true.shape}")
    away = found - true
    varies = found.std() > 0 and true.std() > 0
    return Agreement(
        bias=float(away.mean()),
        deviation=float(away.std(ddof=1)),
        absolute=float(np.abs(away).mean()),
        correlation=float(np.corrcoef(found, true)[0, 1]) if varies else float("nan"),
        count=len(away),
    )


def ejection_fraction(areas: Double) -> float:
    """Percent of the cavity that is ejected, from its areas (slices, 2) at ED and ES.

    Slices of equal distance: the sum of areas stands for the volume.

    Raises:
        ValueError: another shape, or no cavity at ED.
    """
    if areas.ndim != 2 or areas.shape[1] != 2 or areas[:, 0].sum() <= 0:
        raise ValueError(f"ejection_fraction: expected (slices, 2) with a cavity, got {areas}")
    rest, squeezed = areas.sum(0)
    return float(100 * (rest - squeezed) / rest)
