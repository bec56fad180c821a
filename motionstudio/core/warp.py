"""Displacement fields: bend pictures and labels, resize, compose, and measure volume change.

Fields are (..., 2, H, W) float32, channels (dx, dy), pixels of their own grid, backward:
``out(p) = in(p + u(p))``. Outside the picture the nearest border pixel counts.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

# cv2.remap addresses pictures with 16-bit integers, so larger sides cannot be sampled.
_REMAP_LIMIT = 32766


def warp(image: NDArray[Any], u: Field) -> NDArray[Any]:
    """Bend a picture: bilinear samples at ``p + u(p)``, border pixels repeated outside.

    Args:
        image: (H, W, C) or (H, W) of any dtype; integers are rounded to the nearest.
        u: (2, H, W) float32 backward displacement, pixels of ``image``.

    Returns:
        The bent picture, same shape and dtype. A zero field gives ``image`` bit for bit, and a
        field of whole pixels moves them exactly.

    Raises:
        ValueError: the two shapes do not agree.
    """
    _check(image, u)
    if not u.any():
        return image.copy()
    working = _working_copy(image)
    x, y = _sampling_maps(u)
    bent = _remap(working, x, y)
    if bent.ndim < image.ndim:
        bent = bent[..., np.newaxis]
    return _restore(bent, image.dtype)


def warp_labels(labels: NDArray[np.integer[Any]], u: Field) -> NDArray[Any]:
    """Bend a label map: each label as a soft mask, then the strongest; no in-between values.

    Args:
        labels: (H, W) integer labels.
        u: (2, H, W) float32 backward displacement, pixels.

    Returns:
        (H, W) labels, same dtype; only values that occur in ``labels``. Ties go to the smaller.

    Raises:
        ValueError: the two shapes do not agree.
    """
    _check(labels, u)
    values = np.unique(labels)
    if len(values) == 1:
        return labels.copy()
    best = np.full(labels.shape, -1.0, np.float32)
    winner = np.full(labels.shape, values[0], labels.dtype)
    for value in values:
        soft = warp((labels == value).astype(np.float32), u)
        stronger = soft > best
        best[stronger] = soft[stronger]
        winner[stronger] = value
    return winner


def resize_field(u: Field, height: int, width: int) -> Field:
    """The same motion on another grid: resampled, values rescaled to the new pixels.

    Pixel centres sit at half-integers of the shared extent (align_corners False), so growing
    and shrinking keep the motion where it was.

    Args:
        u: (..., 2, H, W) float32, pixels of its own grid.
        height: rows of the new grid.
        width: columns of the new grid.

    Returns:
        (..., 2, height, width) float32, pixels of the new grid.

    Raises:
        ValueError: ``u`` is not a field or the new size is not positive.
    """
    _check_field(u)
    if height < 1 or width < 1:
        raise ValueError(f"resize_field: expected a positive size, got {(height, width)}")
    rows, columns = u.shape[-2:]
    if (rows, columns) == (height, width):
        return u.astype(np.float32, copy=True)
    shrinking = height < rows or width < columns
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    planes = u.reshape(-1, rows, columns).astype(np.float32, copy=False)
    out = np.empty((len(planes), height, width), np.float32)
    for source, target in zip(planes, out, strict=True):
        target[:] = cv2.resize(source, (width, height), interpolation=how)
    out = out.reshape(*u.shape[:-2], height, width)
    out[..., 0, :, :] *= width / columns
    out[..., 1, :, :] *= height / rows
    return out


def compose(a: Field, b: Field) -> Field:
    """The field of warping by ``a`` and then by ``b``: ``b + a∘(id + b)``.

    Args:
        a: (2, H, W) float32, the first warp.
        b: (2, H, W) float32, the second.

    Returns:
        (2, H, W) float32 with ``warp(image, compose(a, b)) ≈ warp(warp(image, a), b)``.

    Raises:
        ValueError: the shapes differ.
    """
    if a.shape != b.shape:
        raise ValueError(f"compose: expected two fields of one shape, got {a.shape}, {b.shape}")
    moved = warp(np.ascontiguousarray(np.moveaxis(a, 0, -1), dtype=np.float32), b)
    return np.asarray(b + np.moveaxis(moved, -1, 0), dtype=np.float32)


def jacobian_determinant(u: Field) -> NDArray[np.float32]:
    """Local change of area of ``id + u``: 1 keeps, > 1 expands, <= 0 folds.

    Central differences inside, one-sided at the borders.

    Args:
        u: (..., 2, H, W) float32 displacement, pixels; H and W at least 2.

    Returns:
        (..., H, W) float32.

    Raises:
        ValueError: ``u`` is not a field of at least 2 x 2 pixels.
    """
    _check_field(u)
    if u.shape[-2] < 2 or u.shape[-1] < 2:
        raise ValueError(f"jacobian_determinant: expected at least 2 x 2 pixels, got {u.shape}")
    u64 = u.astype(np.float64)
    dx, dy = u64[..., 0, :, :], u64[..., 1, :, :]
    dx_y, dx_x = np.gradient(dx, axis=(-2, -1))
    dy_y, dy_x = np.gradient(dy, axis=(-2, -1))
    return np.asarray((1 + dx_x) * (1 + dy_y) - dx_y * dy_x, dtype=np.float32)


def _check_field(u: Field) -> None:
    if u.ndim < 3 or u.shape[-3] != 2:
        raise ValueError(f"expected a field of shape (..., 2, H, W), got {u.shape}")


def _check(image: NDArray[Any], u: Field) -> None:
    if image.ndim not in (2, 3) or u.shape != (2, *image.shape[:2]):
        raise ValueError(f"expected (H, W[, C]) and (2, H, W), got {image.shape} and {u.shape}")
    if max(image.shape[:2]) > _REMAP_LIMIT:
        raise ValueError(f"expected sides up to {_REMAP_LIMIT} pixels, got {image.shape}")


def _working_copy(image: NDArray[Any]) -> NDArray[np.floating[Any]]:
    """``image`` in a float type that holds its values and that cv2 can sample."""
    wide = image.dtype.kind in "iu" and image.dtype.itemsize > 2
    return image.astype(np.float64 if wide or image.dtype == np.float64 else np.float32)


def _restore(bent: NDArray[np.floating[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """``bent`` back in the dtype of the picture, rounded to the nearest."""
    if dtype.kind == "b":
        return np.asarray(bent >= 0.5)
    if dtype.kind in "iu":
        bounds = np.iinfo(dtype)
        return np.asarray(np.rint(bent).clip(bounds.min, bounds.max).astype(dtype))
    return np.asarray(bent.astype(dtype, copy=False))


def _sampling_maps(u: Field) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    height, width = u.shape[1:]
    x = u[0] + np.arange(width, dtype=np.float32)
    y = u[1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return (
        np.clip(x, 0, width - 1, out=x),
        np.clip(y, 0, height - 1, out=y),
    )


def _remap(image: NDArray[Any], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[Any]:
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
