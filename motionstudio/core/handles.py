"""Dragging the picture: points of the material, where they are to go, and how near they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float


@dataclass(frozen=True, slots=True, eq=False)
class HandleGoals:
    """Where points of the reference's material are wanted in one frame.

    Attributes:
        points: (n, 2) float32 (x, y), pixels of the reference as the model sees it, n >= 1.
        targets: (n, 2) float32 (x, y), where they are to be, same pixels.
        weights: (n,) float32 > 0, how much each counts.
    """

    points: Float
    targets: Float
    weights: Float

    def __post_init__(self) -> None:
        count = len(self.points)
        expected = ((count, 2), (count, 2), (count,))
        found = (self.points.shape, self.targets.shape, self.weights.shape)
        if not count or found != expected:
            raise ValueError(f"HandleGoals: expected shapes (n, 2), (n, 2), (n,), got {found}")
        if not all(np.isfinite(a).all() for a in (self.points, self.targets, self.weights)):
            raise ValueError("HandleGoals: expected finite points, targets and weights")
        if not (self.weights > 0).all():
            raise ValueError(f"HandleGoals: expected weights > 0, got {self.weights.tolist()}")


@dataclass(frozen=True, slots=True, eq=False)
class HandleSolution:
    """The row of a motion matrix that brings the points nearest to their targets.

    Attributes:
        row: (D,) float32.
        reached: (n, 2) float32 (x, y), where the points are now, pixels of the reference as the
            model sees it.
        folded: pixels at which the displacement or its inverse folds.
        steps: steps that were taken.
    """

    row: Float
    reached: Float
    folded: int
    steps: int


def remaining(reached: NDArray[np.floating], targets: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) distance of each reached point (n, 2) to its target (n, 2), same pixels."""
    away = np.asarray(reached, np.float64) - np.asarray(targets, np.float64)
    return np.asarray(np.hypot(away[:, 0], away[:, 1]), np.float64)
