"""What was found in training sequences: from here Visual Dynamics draws its futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Posteriors of training sequences: the empirical distribution of z.

    The source draws z from it instead of from the prior: training uses a part of N(0, I) only.

    Attributes:
        mean, std: (N, L, D) float32, N runs of L steps that follow each other; std is 0 where
            there is no posterior.
    """

    mean: Float
    std: Float

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Bank:
        """From ``bank.mean`` and ``bank.std``, of any floating type.

        Raises:
            ValueError: one is missing, or they are of other shapes.
        """
        if "bank.mean" not in arrays or "bank.std" not in arrays:
            raise ValueError("Bank: expected bank.mean and bank.std")
        mean, std = (np.asarray(arrays[name], np.float32) for name in ("bank.mean", "bank.std"))
        if mean.ndim != 3 or mean.shape != std.shape:
            raise ValueError(f"Bank: expected two of (N, L, D), got {mean.shape} and {std.shape}")
        return cls(mean, std)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``from_arrays`` reads, in half precision."""
        return {"bank.mean": self.mean.astype(np.float16), "bank.std": self.std.astype(np.float16)}

    def draw(self, rng: np.random.Generator, count: int, temperature: float = 1.0) -> Float:
        """``count`` rows (n, D): a run of some training sequence, then one of another.

        Args:
            rng: where chance comes from.
            count: of rows.
            temperature: factor of the distance from the mean of all rows: 0 gives that mean, 1
                the distribution of training.
        """
        runs, length, dims = self.mean.shape
        rows = np.empty((count, dims), np.float32)
        done = 0
        while done < count:
            run = int(rng.integers(runs))
            start = int(rng.integers(length)) if done == 0 else 0
            taken = min(length - start, count - done)
            noise = rng.standard_normal((taken, dims), np.float32)
            part = slice(start, start + taken)
            rows[done : done + taken] = self.mean[run, part] + self.std[run, part] * noise
            done += taken
        middle = self.mean.mean((0, 1))
        return np.asarray(middle + np.float32(temperature) * (rows - middle), np.float32)
