"""Calls of the protocol that a system cannot answer, for its model to inherit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Decoded, Float, Motion
from motionstudio.models.base import (
    Capability,
    ModelCard,
    Tick,
    Unsupported,
    Watch,
    always,
    unwatched,
)


class WithoutPictures:
    """Rows do not make pictures."""

    _card: ModelCard

    def decode(
        self,
        motion: Motion,
        source: Float,
        rows: Sequence[int],
        *,
        inverse: bool = False,
        fast: bool = False,
        tick: Tick = always,
    ) -> Decoded:
        """Nothing is drawn from rows."""
        raise Unsupported(Capability.DECODE, self._card.name)


class WithoutSamples:
    """There is no distribution of rows to draw from."""

    _card: ModelCard

    def sample(
        self,
        source: Float,
        times: NDArray[np.float64],
        *,
        seed: int,
        temperature: float = 1.0,
        mode: str = "learned",
        cyclic: bool = False,
        period: float | None = None,
    ) -> Motion:
        """No rows are drawn."""
        raise Unsupported(Capability.SAMPLE, self._card.name)


class WithoutRefining:
    """Rows are found in one pass."""

    _card: ModelCard

    def refine(
        self,
        motion: Motion,
        frames: Float,
        *,
        steps: int = 60,
        rows: Sequence[int] | None = None,
        watch: Watch = unwatched,
        tick: Tick = always,
    ) -> Motion:
        """Rows are not refined."""
        raise Unsupported(Capability.REFINE, self._card.name)
