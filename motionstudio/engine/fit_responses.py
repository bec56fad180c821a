"""Answers about fitting and drawing motions, beside those of ``responses``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.draws import Draws
from motionstudio.core.motion import Float, Motion
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved(Response):
    """The row that brings points nearest to their targets.

    Attributes:
        row: index of the row that was solved for.
        values: (D,) float32.
        reached: (n, 2) where the points are now, pixels of the source.
        folded: pixels at which the displacement or its inverse folds.
        steps: steps that were taken; fewer than asked for means that it settled.
    """

    row: int
    values: Float
    reached: NDArray[np.float64]
    folded: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refining(Response):
    """Where a refinement is.

    Attributes:
        fraction: in [0, 1].
        motion: as it is now.
        frame: the frame that is being fitted.
        error: root mean square difference to the kept frames, intensities in [0, 1].
        error_before: the same before the first step.
    """

    fraction: float
    motion: Motion
    frame: int
    error: float
    error_before: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariationReady(Response):
    """One variation.

    Attributes:
        place: index into the request's draws.
        draws: how it came about.
        motion: of all frames.
        pictures: (n, h, w, C) uint8, small, evenly spread over time.
    """

    place: int
    draws: Draws
    motion: Motion
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UncertaintyReady(Response):
    """How far pictures of one frame differ over posterior samples.

    Attributes:
        frame: index.
        std: (H, W) float32, grey levels of the picture shown (0 to 255), channels pooled.
        count: number of samples.
    """

    frame: int
    std: Float
    count: int
