"""The space of learned motions: a Gaussian over whole motion matrices, by PCA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

PHASES = 16
"""Motions are compared at this many even positions of the clip or cycle."""


@dataclass(frozen=True, slots=True)
class MotionSpace:
    """Mean and principal components of training motions at even phases.

    Krebs et al. draw new motions from the prior; the trained dimensions are correlated, so
    independent draws mostly cancel, and the PCA of encoded motions moves like the data.

    Attributes:
        mean: (P, D) float32, P = ``PHASES``.
        components: (K, P, D) float32, unit length each.
        scales: (K,) float32, standard deviation along each.
    """

    mean: Float
    components: Float
    scales: Float

    @classmethod
    def fit(cls, motions: Float, components: int = 12) -> MotionSpace:
        """From (N, P, D) encoded motions at even phases."""
        flat = motions.reshape(len(motions), -1).astype(np.float64)
        mean = flat.mean(0)
        _, singular, basis = np.linalg.svd(flat - mean, full_matrices=False)
        kept = min(components, len(basis))
        shape = motions.shape[1:]
        return cls(
            mean.reshape(shape).astype(np.float32),
            basis[:kept].reshape(kept, *shape).astype(np.float32),
            (singular[:kept] / np.sqrt(max(1, len(motions) - 1))).astype(np.float32),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> MotionSpace:
        """From the arrays ``space.mean``, ``space.components`` and ``space.scales``."""
        return cls(arrays["space.mean"], arrays["space.components"], arrays["space.scales"])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``from_arrays`` reads."""
        return {
            "space.mean": self.mean,
            "space.components": self.components,
            "space.scales": self.scales,
        }

    def sample(
        self, rng: np.random.Generator, position: Float, temperature: float, cyclic: bool
    ) -> Float:
        """A motion (T, D) at ``position`` (T,) in [0, 1); temperature 0 gives the mean motion."""
        weights = temperature * rng.standard_normal(len(self.scales)) * self.scales
        motion = self.mean + np.tensordot(weights, self.components, 1)
        return at_phases(motion.astype(np.float32), position, cyclic)


def at_phases(motion: Float, position: Float, cyclic: bool) -> Float:
    """``motion`` (P, D) at even phases 0, 1/P, ... interpolated linearly at ``position`` (T,)."""
    count = len(motion)
    place = np.asarray(position, np.float64) * count
    first = np.floor(place).astype(np.intp)
    share = (place - first)[:, None].astype(np.float32)
    if cyclic:
        return (1 - share) * motion[first % count] + share * motion[(first + 1) % count]
    first = np.minimum(first, count - 1)
    return (1 - share) * motion[first] + share * motion[np.minimum(first + 1, count - 1)]
