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


def pca(
    points: Float | Double, count: int | None = None, *, centre: Float | Double | None = None
) -> PCA:
    """Principal components by singular value decomposition.

    Args:
        points: (n, D), n >= 1, finite.
        count: K; None, or more than there are: min(n, D).
        centre: (D,) what the points are taken relative to; None: their mean.

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    cloud = np.asarray(points, np.float64)
    if cloud.ndim != 2 or not cloud.size:
        raise ValueError(f"pca: expected points of shape (n >= 1, D >= 1), got {cloud.shape}")
    if not np.isfinite(cloud).all():
        raise ValueError("pca: expected finite points, got nan or inf")
    mean = cloud.mean(axis=0) if centre is None else np.asarray(centre, np.float64)
    _, sizes, axes = np.linalg.svd(cloud - mean, full_matrices=False)
    kept = len(sizes) if count is None else min(count, len(sizes))
    variance = sizes**2 / max(len(cloud) - 1, 1)
    return PCA(mean, _signed(axes[:kept]), variance[:kept], _share(variance)[:kept])


def pca_of_covariance(mean: Float | Double, covariance: Double) -> PCA:
    """Principal components of a distribution that is known by its mean and covariance.

    Args:
        mean: (D,).
        covariance: (D, D), symmetric, no negative eigenvalues but for rounding.

    Raises:
        ValueError: shapes that do not belong together.
    """
    dims = len(mean)
    if covariance.shape != (dims, dims):
        raise ValueError(
            f"pca_of_covariance: expected covariance of shape {(dims, dims)}, "
            f"got {covariance.shape}"
        )
    sizes, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    variance = np.clip(sizes[::-1], 0.0, None)
    ordered = np.ascontiguousarray(axes[:, ::-1].T)
    return PCA(np.asarray(mean, np.float64), _signed(ordered), variance, _share(variance))


def _share(variance: Double) -> Double:
    total = variance.sum()
    return np.asarray(variance / total if total > 0 else np.zeros_like(variance))


def _signed(axes: Double) -> Double:
    """Each row or its negative, so that its entry of largest size is positive.

    Entries that differ by rounding only count as equal, and the first of them decides.
    """
    sizes = np.abs(axes)
    largest = sizes >= sizes.max(axis=1, keepdims=True) * (1 - 1e-9)
    deciding = np.take_along_axis(axes, largest.argmax(axis=1)[:, None], axis=1)
    return np.asarray(np.where(deciding < 0, -axes, axes))
