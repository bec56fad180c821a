"""Principal components of latent motion, with signs that do not depend on the machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Double = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PCA:
    """Axes of a cloud of latent points, strongest first.

    Attributes:
        mean: (D,) centre of the points.
        components: (K, D) orthonormal rows; the entry of largest size in each is positive.
        variance: (K,) variance of the points along each component, decreasing, >= 0.
        share: (K,) part of the whole variance, in [0, 1]; zeros where nothing varies.
    """

    mean: Double
    components: Double
    variance: Double
    share: Double

    def project(self, points: Float | Double) -> Double:
        """(n, D) points to (n, K) scores."""
        return np.asarray((points - self.mean) @ self.components.T)

    def reconstruct(self, scores: Double) -> Double:
        """(n, K) scores to the (n, D) points nearest to them in the span of the components."""
        return np.asarray(scores @ self.components + self.mean)


def pca(points: Float | Double, count: int | None = None) -> PCA:
    """Principal components by singular value decomposition.

    Args:
        points: (n, D), n >= 1, finite.
        count: K; None, or more than there are: min(n, D).

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    cloud = np.asarray(points, np.float64)
    if cloud.ndim != 2 or not cloud.size:
        raise ValueError(f"pca: expected points of shape (n >= 1, D >= 1), got {cloud.shape}")
    if not np.isfinite(cloud).all():
        raise ValueError("pca: expected finite points, got nan or inf")
    mean = cloud.mean(axis=0)
    _, sizes, axes = np.linalg.svd(cloud - mean, full_matrices=False)
    kept = len(sizes) if count is None else min(count, len(sizes))
    variance = sizes**2 / max(len(cloud) - 1, 1)
    total = variance.sum()
    share = variance / total if total > 0 else np.zeros_like(variance)
    return PCA(mean, _signed(axes[:kept]), variance[:kept], share[:kept])


def _signed(axes: Double) -> Double:
    """Each row or its negative, so that its entry of largest size is positive.

    Entries that differ by rounding only count as equal, and the first of them decides.
    """
    sizes = np.abs(axes)
    largest = sizes >= sizes.max(axis=1, keepdims=True) * (1 - 1e-9)
    deciding = np.take_along_axis(axes, largest.argmax(axis=1)[:, None], axis=1)
    return np.asarray(np.where(deciding < 0, -axes, axes))
