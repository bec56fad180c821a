"""Strain of the material: Green-Lagrange from the gradient of where the reference goes.

``E = (F^T F - I) / 2`` with ``F = I + grad v`` and ``v`` the inverse field (where material of the
reference goes), on the reference's own grid. A rigid motion has E = 0; growth by a factor s has
``(s^2 - 1) / 2`` in every direction. Lengths are compared in mm where the pixels' spacing is
known, so that oblong pixels do no harm.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Tensor = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SMALLEST_HOLE = 0.02


def green_lagrange(inverse: Float, spacing: tuple[float, float] = (1.0, 1.0)) -> Tensor:
    """The strain tensor of every pixel of the reference.

    Args:
        inverse: (2, H, W) float32, pixels, channels (dx, dy); H and W at least 2.
        spacing: (row, column) distance of pixels; only their ratio matters.

    Returns:
        (3, H, W) float64: E_xx, E_yy, E_xy, no unit.

    Raises:
        ValueError: no field of at least 2 x 2 pixels.
    """
    if inverse.ndim != 3 or inverse.shape[0] != 2 or min(inverse.shape[1:]) < 2:
        raise ValueError(f"green_lagrange: expected (2, H >= 2, W >= 2), got {inverse.shape}")
    rows, columns = spacing
    x_y, x_x = np.gradient(inverse[0].astype(np.float64))
    y_y, y_x = np.gradient(inverse[1].astype(np.float64))
    f_xx, f_yy = 1 + x_x, 1 + y_y
    f_xy, f_yx = x_y * columns / rows, y_x * rows / columns
    return np.stack(
        [
            (f_xx * f_xx + f_yx * f_yx - 1) / 2,
            (f_xy * f_xy + f_yy * f_yy - 1) / 2,
            (f_xx * f_xy + f_yx * f_yy) / 2,
        ]
    )


def principal(strain: Tensor) -> Tensor:
    """The two principal strains, the larger first: (3, ...) to (2, ...)."""
    xx, yy, xy = strain
    middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return np.stack([middle + radius, middle - radius])


def polar(
    strain: Tensor, centre: tuple[float, float], spacing: tuple[float, float] = (1.0, 1.0)
) -> Tensor:
    """Strain along and around the rays from a centre.

    Args:
        strain: (3, H, W) as ``green_lagrange`` gives it.
        centre: (x, y) in pixels.
        spacing: (row, column) distance of pixels.

    Returns:
        (2, H, W): radial and circumferential strain.
    """
    height, width = strain.shape[1:]
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    across, down = (x - centre[0]) * spacing[1], (y - centre[1]) * spacing[0]
    length = np.hypot(across, down)
    apart = np.maximum(length, 1e-12)
    # At the centre itself no ray is preferred.
    c, s = np.where(length > 0, across / apart, 1.0), down / apart
    xx, yy, xy = strain
    radial = xx * c * c + yy * s * s + 2 * xy * c * s
    around = xx * s * s + yy * c * c - 2 * xy * c * s
    return np.stack([radial, around])


def centroid(mask: Mask) -> tuple[float, float]:
    """(x, y) of the middle of a region.

    Raises:
        ValueError: the region is empty.
    """
    y, x = np.nonzero(mask)
    if not len(x):
        raise ValueError("centroid: expected a region with at least one pixel")
    return float(x.mean()), float(y.mean())


def is_ring(mask: Mask) -> bool:
    """Whether a region goes around a hole of a fiftieth of its own size or more."""
    grown = np.pad(mask, 1).astype(np.uint8)
    count, _, facts, _ = cv2.connectedComponentsWithStats(1 - grown, connectivity=4)
    holes = facts[2:count, cv2.CC_STAT_AREA] if count > 2 else np.zeros(0)
    return bool(holes.sum() >= max(1.0, _SMALLEST_HOLE * float(mask.sum())))


def region_strain(
    inverse: Float, mask: Mask, spacing: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float]:
    """Mean strain of a region of the reference.

    Args:
        inverse: (2, H, W) float32, pixels.
        mask: (H, W) bool, the region in the reference.
        spacing: (row, column) distance of pixels.

    Returns:
        (radial, circumferential) about its middle where the region is a ring, else the larger
        and the smaller principal strain of the mean tensor; NaN for an empty region.

    Raises:
        ValueError: the shapes differ.
    """
    if mask.shape != inverse.shape[1:]:
        raise ValueError(f"region_strain: expected a mask of {inverse.shape[1:]}, got {mask.shape}")
    if not mask.any():
        return float("nan"), float("nan")
    strain = green_lagrange(inverse, spacing)
    if is_ring(mask):
        radial, around = polar(strain, centroid(mask), spacing)[:, mask].mean(axis=1)
        return float(radial), float(around)
    larger, smaller = principal(strain[:, mask].mean(axis=1))
    return float(larger), float(smaller)
