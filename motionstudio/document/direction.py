"""A direction in a model's latent space that somebody gave a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from motionstudio.core.motion import Float


@dataclass(frozen=True, slots=True)
class Direction:
    """A named way to go from any latent row.

    Attributes:
        name: for people; unique among the directions of a project for one model.
        model: name of the checkpoint whose space it lies in.
        model_hash: of its weights; other weights make another space.
        vector: (D,) latent units for an amount of 1, finite, float32 values.
        origin: how it was found, for people: ``PC 1 of 3 subjects``.
    """

    name: str
    model: str
    model_hash: str
    vector: tuple[float, ...]
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("Direction: expected a name, got an empty one")
        if not self.vector or not np.isfinite(self.vector).all():
            raise ValueError("Direction: expected finite values of at least one dimension")

    @property
    def values(self) -> Float:
        """(D,) float32."""
        return np.asarray(self.vector, np.float32)

    def fits(self, model: str, model_hash: str, dims: int) -> bool:
        """Whether it lies in the latent space of these weights."""
        same = not (self.model_hash and model_hash) or self.model_hash == model_hash
        return self.model == model and same and len(self.vector) == dims
