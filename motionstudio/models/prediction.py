"""How a sequence is continued: the part of the protocol behind ``PREDICT``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.models.base import Tick, always


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Several ways in which a sequence may go on.

    Attributes:
        frames: (N, K, C, S, S) float32 in [0, 1], K frames of N futures; on the way K may be less
            than what was asked for.
        rows: (N, K, D) float32, the rows that made them; None where rows do not make pictures.
        known: (N, K, S, S) bool, pixels that are made already; None: all.
    """

    frames: Float
    rows: Float | None = None
    known: NDArray[np.bool_] | None = None


Reveal = Callable[[Futures], None]
"""Shown what is made already, now and then."""


def unrevealed(_futures: Futures) -> None:
    """The reveal of a caller who only wants the result."""


@runtime_checkable
class Predictor(Protocol):
    """A model that continues a sequence (``PREDICT``)."""

    def predict(
        self,
        past: Float,
        count: int,
        *,
        futures: int = 1,
        seed: int = 0,
        temperature: float = 1.0,
        reveal: Reveal = unrevealed,
        tick: Tick = always,
    ) -> Futures:
        """The ``count`` frames after ``past``, ``futures`` times.

        Args:
            past: (T, C, S, S) float32 in [0, 1], at least ``card.context_needed`` frames.
            count: K, at least 1.
            futures: N, at least 1; futures of a model without chance are all equal.
            seed: equal seeds give equal futures.
            temperature: spread of what is drawn; 0 gives the most likely future.
            reveal: shown frames while they are made.
            tick: progress and cancellation.
        """
        ...
