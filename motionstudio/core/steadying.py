"""The one-euro filter on a motion matrix: jitter goes, fast motion stays.

Casiez, Roussel, Vogel: 1 Euro Filter, CHI 2012, counted in frames instead of seconds, and with
speeds in units of how much each dimension moves, so that equal settings mean the same for places,
matrices and latent values of any model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.one_euro import OneEuro, one_euro

_SLOPE_FRAMES = 3.0


@dataclass(frozen=True, slots=True)
class Steadying:
    """Settings of the filter.

    Attributes:
        rest: frames over which what rests is averaged, > 0: the inverse of the paper's minimal
            cutoff, ``1 / (2 pi cutoff)``.
        follow: how much less is averaged while something moves, >= 0: the paper's beta. At 1 a
            dimension that moves by its own standard deviation within a frame is averaged over
            less than one frame.
        both_ways: filter forwards and backwards, so that nothing comes late; else forwards alone,
            as it must be live.
    """

    rest: float = 3.0
    follow: float = 1.0
    both_ways: bool = True

    def __post_init__(self) -> None:
        if not self.rest > 0 or self.follow < 0:
            raise ValueError(
                f"Steadying: expected rest > 0 and follow >= 0, got {self.rest} and {self.follow}"
            )


def steadied(
    values: Float,
    rows: Sequence[int],
    dims: Sequence[int],
    how: Steadying,
    *,
    cyclic: bool = False,
) -> Float:
    """Values (R, D) whose cells ``rows`` x ``dims`` are filtered over time.

    Args:
        values: (R, D).
        rows: rows that change, increasing; gaps between them count as time that went by.
        dims: dimensions that change.
        how: settings.
        cyclic: whether the last of ``rows`` is followed by the first.
    """
    made, chosen = values.copy(), list(dims)
    if len(rows) < 2 or not chosen:
        return made
    unit = values[:, chosen].std(0).astype(np.float64)
    unit[unit < 1e-9] = 1.0
    block = values[np.ix_(list(rows), chosen)] / unit
    times = np.asarray(rows, np.float64)
    found = _filtered(block, times, how, cyclic)
    if how.both_ways:
        # Backwards over what came out, half of the strength each, and twice no delay.
        back = _filtered(found[::-1], -times[::-1], how, cyclic)
        found = back[::-1]
    made[np.ix_(list(rows), chosen)] = (found * unit).astype(np.float32)
    return made


def _filtered(
    block: NDArray[np.float64], times: NDArray[np.float64], how: Steadying, cyclic: bool
) -> NDArray[np.float64]:
    """(n, d) filtered forwards; a cycle runs twice, so that its start has a past."""
    rest = how.rest / 2 if how.both_ways else how.rest
    settings = OneEuro(
        cutoff=1 / (2 * math.pi * rest),
        speed=how.follow / (2 * math.pi),
        derivative=1 / (2 * math.pi * _SLOPE_FRAMES),
    )
    rows = block.astype(np.float32)
    if not cyclic:
        return one_euro(rows, times, settings).astype(np.float64)
    period = times[-1] - times[0] + 1
    twice = one_euro(
        np.concatenate([rows, rows]), np.concatenate([times, times + period]), settings
    )
    return twice[len(rows) :].astype(np.float64)
