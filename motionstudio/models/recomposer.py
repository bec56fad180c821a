"""The protocol of models that compose what they see between frames (``COMPOSE``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from motionstudio.core.motion import Float
from motionstudio.models.base import Tick, always

Links = Sequence[tuple[int, int]]
"""Pairs of frames, from and to, in the order in which they are composed."""


@runtime_checkable
class Recomposer(Protocol):
    """A model that composes what it sees between frames into one vector (``COMPOSE``)."""

    @property
    def identity(self) -> Float:
        """(E,) unit vector of sequences that come back to where they began."""
        ...

    def recompose(self, frames: Float, chains: Sequence[Links], *, tick: Tick = always) -> Float:
        """(n, E) unit vectors of ``chains`` of links between ``frames`` (T, C, S, S).

        A chain need not hang together: links of two clips in a row are their motions composed.
        """
        ...
