"""Principal components of the pooled memory: the few numbers that people see and edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import Float

_KEYS = ("mean", "basis", "scale")


@dataclass(frozen=True, slots=True)
class MemorySpace:
    """Coordinates whose spread over the training clips is 1 each.

    Attributes:
        mean: (K,) of pooled memories.
        basis: (D, K) orthonormal rows, the direction of largest variance first.
        scale: (D,) standard deviations along them, positive.
    """

    mean: Tensor
    basis: Tensor
    scale: Tensor

    @classmethod
    def fit(cls, pooled: Float, dims: int) -> MemorySpace:
        """Principal components of (N, K) pooled memories; N and K at least ``dims``."""
        mean = pooled.mean(0)
        _, values, basis = np.linalg.svd((pooled - mean).astype(np.float64), full_matrices=False)
        scale = np.maximum(values[:dims] / np.sqrt(max(1, len(pooled) - 1)), 1e-6)
        # The sign is free: the largest entry is positive, so that fits of equal data agree.
        rows = basis[:dims]
        rows *= np.sign(rows[np.arange(dims), np.abs(rows).argmax(1)])[:, None]
        parts = (np.asarray(part, np.float32) for part in (mean, rows, scale))
        return cls(*(torch.from_numpy(part) for part in parts))

    @classmethod
    def from_arrays(cls, weights: Mapping[str, NDArray[Any]]) -> MemorySpace:
        """As ``arrays`` wrote it."""
        return cls(
            *(torch.from_numpy(np.array(weights[f"space.{key}"], np.float32)) for key in _KEYS)
        )

    def arrays(self) -> dict[str, Float]:
        """For a file of weights."""
        return {f"space.{key}": getattr(self, key).cpu().numpy() for key in _KEYS}

    def to(self, device: torch.device) -> MemorySpace:
        """The same on another device."""
        return MemorySpace(*(getattr(self, key).to(device) for key in _KEYS))

    def rows(self, pooled: Tensor) -> Tensor:
        """(N, D) coordinates of (N, K) pooled memories."""
        return (pooled - self.mean) @ self.basis.T / self.scale

    def pooled(self, rows: Tensor) -> Tensor:
        """(N, K) pooled memories of coordinates (N, D)."""
        return self.mean + self.change(rows)

    def change(self, rows: Tensor) -> Tensor:
        """(N, K) by how much pooled memories change with coordinates that change by (N, D)."""
        return (rows * self.scale) @ self.basis
