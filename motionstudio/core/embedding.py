"""A map of latent rows by UMAP, and what it was made with; the map itself has no inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_ROWS = 5
"""Fewer rows have no neighbourhoods worth a map."""
MOST_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class EmbeddingOptions:
    """Everything that decides where UMAP puts rows.

    Attributes:
        neighbours: rows that count as near each row (``n_neighbors``), 2 to 200; at most one
            fewer than there are rows.
        min_dist: how close points may lie in the map, 0 to 1.
        seed: of the random numbers (``random_state``), >= 0.
    """

    neighbours: int = 15
    min_dist: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.neighbours <= MOST_NEIGHBOURS:
            raise ValueError(f"expected 2 to {MOST_NEIGHBOURS} neighbours, got {self.neighbours}")
        if not (0 <= self.min_dist <= 1 and self.seed >= 0):
            raise ValueError(
                f"expected min_dist in [0, 1] and seed >= 0, got {self.min_dist}, {self.seed}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Where rows lie in a map.

    Attributes:
        points: (n, 2) of all rows, one motion after the other.
        options: what it was made with.
        method: name and version of what made it.
    """

    points: NDArray[np.float64]
    options: EmbeddingOptions
    method: str
