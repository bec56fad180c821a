"""How good a picture, a label map or a displacement field is: every figure, defined once.

Pictures are in [0, 1]. Fields are (2, H, W) or (T, 2, H, W), pixels, channels (dx, dy). Image
metrics alone cannot show that motion is right: the do-nothing row often scores well, so always
print it beside (``docs/systems/genlmm.md``).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.warp import jacobian_determinant

Float = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]

_SSIM_WINDOW, _SSIM_SIGMA = 11, 1.5
_SSIM_C1, _SSIM_C2 = 0.01**2, 0.03**2
_OUTLINE_CHUNK = 1024
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def rmse(a: Float, b: Float, region: Mask | None = None) -> float:
    """Root mean square difference, ``sqrt(mean (a - b)^2)``.

    Args:
        a: (..., H, W).
        b: of the same shape.
        region: (H, W) pixels that count; None: all. Empty gives NaN.
    """
    _same("rmse", a, b)
    squared = (a.astype(np.float64) - b.astype(np.float64)) ** 2
    return float(np.sqrt(_mean(squared, region)))


def rmse_each(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float32]:
    """``rmse`` of each picture of two sequences.

    Args:
        a: (..., C, H, W), or with channels last.
        b: pictures of the same shape; the axes before may be broadcast.

    Returns:
        (...) float32, the last three axes taken together.
    """
    if a.shape[-3:] != b.shape[-3:]:
        raise ValueError(f"rmse_each: expected pictures of one shape, got {a.shape}, {b.shape}")
    difference = a.astype(np.float32) - b.astype(np.float32)
    return np.asarray(np.sqrt(np.mean(difference**2, axis=(-3, -2, -1))), np.float32)


def mean_difference(a: Float, b: Float, region: Mask | None = None) -> float:
    """Mean absolute difference (L1).

    Args:
        a: (..., H, W).
        b: of the same shape.
        region: (H, W) pixels that count; None: all. Empty gives NaN.
    """
    _same("mean_difference", a, b)
    return _mean(np.abs(a.astype(np.float64) - b.astype(np.float64)), region)


def psnr(a: Float, b: Float) -> float:
    """Peak signal-to-noise ratio in dB for a peak of 1, ``-20 log10 rmse``; equal gives inf."""
    error = rmse(a, b)
    return float("inf") if error == 0 else float(-20 * np.log10(error))


def ssim(a: Float, b: Float) -> float:
    """Structural similarity (Wang et al. 2004), 1 for equal pictures.

    ``(2 ma mb + C1)(2 cab + C2) / ((ma^2 + mb^2 + C1)(va + vb + C2))`` with local moments under a
    Gaussian window of 11 pixels and sigma 1.5, C1 = 0.01^2, C2 = 0.03^2, averaged over the pixels
    whose window lies inside and over channels.

    Args:
        a: (H, W) or (C, H, W) in [0, 1], sides of at least 11 pixels.
        b: of the same shape.
    """
    _same("ssim", a, b)
    if min(a.shape[-2:]) < _SSIM_WINDOW:
        raise ValueError(f"ssim: expected sides of at least {_SSIM_WINDOW} pixels, got {a.shape}")
    planes = zip(a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[-2:]), strict=True)
    return float(np.mean([_ssim_plane(x, y) for x, y in planes]))


def _ssim_plane(a: Float, b: Float) -> float:
    x, y = a.astype(np.float64), b.astype(np.float64)
    mean_x, mean_y = _local_mean(x), _local_mean(y)
    var_x = _local_mean(x * x) - mean_x**2
    var_y = _local_mean(y * y) - mean_y**2
    covariance = _local_mean(x * y) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _SSIM_C1) * (2 * covariance + _SSIM_C2)
    below = (mean_x**2 + mean_y**2 + _SSIM_C1) * (var_x + var_y + _SSIM_C2)
    reach = _SSIM_WINDOW // 2
    return float((above / below)[reach:-reach, reach:-reach].mean())


def _local_mean(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    size = (_SSIM_WINDOW, _SSIM_WINDOW)
    return np.asarray(cv2.GaussianBlur(plane, size, _SSIM_SIGMA), np.float64)


def dice(a: Labels | Mask, b: Labels | Mask, labels: int | tuple[int, ...] = 1) -> float:
    """Overlap ``2 |A n B| / (|A| + |B|)`` of a label, or of several taken together.

    Args:
        a: (H, W) label map.
        b: of the same shape.
        labels: what belongs to A and B. Absent from both gives 1.
    """
    _same("dice", a, b)
    inside_a, inside_b = np.isin(a, labels), np.isin(b, labels)
    total = int(inside_a.sum()) + int(inside_b.sum())
    return 2.0 * int((inside_a & inside_b).sum()) / total if total else 1.0


def hausdorff(
    a: Mask,
    b: Mask,
    *,
    percentile: float = 95.0,
    spacing: tuple[float, float] = (1.0, 1.0),
) -> float:
    """Hausdorff distance between the outlines of two regions.

    The larger of the two directed distances, each the ``percentile`` (95: HD95, 100: HD) of the
    distances from the outline pixels of one to the nearest outline pixel of the other. An outline
    pixel belongs to the region and has a 4-neighbour outside it or outside the picture.

    Args:
        a: (H, W) bool.
        b: of the same shape.
        percentile: in [0, 100].
        spacing: (row, column) distance of pixels, for a result in mm; 1: in pixels.

    Returns:
        The distance; NaN when one region is empty and the other not, 0 when both are.
    """
    _same("hausdorff", a, b)
    outline_a, outline_b = outline_points(a) * spacing, outline_points(b) * spacing
    if not len(outline_a) or not len(outline_b):
        return 0.0 if len(outline_a) == len(outline_b) else float("nan")
    there = np.percentile(_nearest(outline_a, outline_b), percentile)
    back = np.percentile(_nearest(outline_b, outline_a), percentile)
    return float(max(there, back))


def outline_points(region: Mask) -> NDArray[np.float64]:
    """(n, 2) row and column of the outline pixels of a region (H, W)."""
    solid = np.ascontiguousarray(region).astype(np.uint8)
    inner = cv2.erode(solid, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.argwhere((solid > 0) & (inner == 0)).astype(np.float64)


def _nearest(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) distance from each point to the nearest of the others."""
    found = [
        np.min(((points[i : i + _OUTLINE_CHUNK, None] - others) ** 2).sum(-1), 1)
        for i in range(0, len(points), _OUTLINE_CHUNK)
    ]
    return np.asarray(np.sqrt(np.concatenate(found)))


def endpoint_error(u: Float, true: Float, region: Mask | None = None) -> float:
    """Mean length of ``u - true`` in pixels (EPE).

    Args:
        u: (..., 2, H, W) displacement, pixels.
        true: of the same shape.
        region: (H, W) or (..., H, W) pixels that count; None: all. Empty gives NaN.
    """
    _same("endpoint_error", u, true)
    difference = u.astype(np.float64) - true.astype(np.float64)
    return _mean(np.sqrt((difference**2).sum(-3)), region)


def folded_share(u: Float) -> float:
    """Share of interior pixels with ``det D(id + u) <= 0``: 0 for a diffeomorphism.

    Args:
        u: (..., 2, H, W) displacement, pixels; what is not a number gives NaN.
    """
    determinant = _interior_determinant(u)
    return float("nan") if np.isnan(determinant).any() else float(np.mean(determinant <= 0))


def jacobian_gradient(u: Float) -> float:
    """Mean length of the gradient of ``det D(id + u)`` over interior pixels: roughness in space.

    Args:
        u: (..., 2, H, W) displacement, pixels.
    """
    determinant = _interior_determinant(u).astype(np.float64)
    down, across = np.gradient(determinant, axis=(-2, -1))
    return float(np.hypot(down, across).mean())


def temporal_jitter(u: Float, *, cyclic: bool = False) -> float:
    """Mean length of ``u[t + 1] - 2 u[t] + u[t - 1]`` in pixels: roughness in time.

    Args:
        u: (T, 2, H, W) displacement, T at least 3.
        cyclic: the frame after the last is the first.
    """
    if u.ndim != 4 or u.shape[1] != 2 or len(u) < 3:
        raise ValueError(f"temporal_jitter: expected (T >= 3, 2, H, W), got {u.shape}")
    series = u.astype(np.float64)
    if cyclic:
        series = np.concatenate([series[-1:], series, series[:1]])
    bend = series[2:] - 2 * series[1:-1] + series[:-2]
    return float(np.sqrt((bend**2).sum(1)).mean())


def keypoint_distance(found: Float, true: Float, lost: Mask | None = None) -> float:
    """Average keypoint distance (AKD) as the official scripts take it: per coordinate, L1.

    Args:
        found: (..., K, 2) pixels.
        true: of the same shape.
        lost: (..., K) True where a keypoint was not found and does not count.

    Returns:
        Pixels; NaN where every keypoint is lost.
    """
    _same("keypoint_distance", found, true)
    away = np.abs(found.astype(np.float64) - true.astype(np.float64)).mean(-1)
    here = away if lost is None else away[~lost]
    return float(here.mean()) if here.size else float("nan")


def missing_rate(lost: Mask) -> float:
    """Missing keypoint rate (MKR): the share of keypoints (..., K) that are lost."""
    return float(np.mean(lost))


def appearance_distance(found: Float, true: Float) -> float:
    """Average Euclidean distance (AED) as the official scripts take it: the sum of squares.

    Args:
        found: (..., F) features of identity; the mean over all but the last axis is taken.
        true: of the same shape.
    """
    _same("appearance_distance", found, true)
    squared = (found.astype(np.float64) - true.astype(np.float64)) ** 2
    return float(squared.sum(-1).mean())


def bits_per_value(nats: float, values: int) -> float:
    """Nats of a whole picture as bits for each of its ``values`` = C H W numbers.

    Raises:
        ValueError: there are no values.
    """
    if values < 1:
        raise ValueError(f"bits_per_value: expected at least one value, got {values}")
    return float(nats / np.log(2) / values)


def _interior_determinant(u: Float) -> NDArray[np.float32]:
    return jacobian_determinant(u.astype(np.float32))[..., 1:-1, 1:-1]


def _mean(values: NDArray[np.float64], region: Mask | None) -> float:
    if region is None:
        return float(values.mean())
    chosen = values[np.broadcast_to(region, values.shape)]
    return float(chosen.mean()) if chosen.size else float("nan")


def _same(name: str, a: NDArray[Any], b: NDArray[Any]) -> None:
    if a.shape != b.shape:
        raise ValueError(f"{name}: expected two arrays of one shape, got {a.shape}, {b.shape}")
