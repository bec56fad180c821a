"""How far each labelled shape of one picture went in others, told by its colour.

A pixel is a mixture of the labelled colours; where the share of a shape has its centre, near where
the label says, the shape is. Nothing is drawn from one picture to the next by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Labels = NDArray[np.uint8]

_FAINT = 0.15
_DEPENDENT = 0.05
_LEAST = 4
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ShapeMotions:
    """Where labelled shapes went.

    Attributes:
        labels: K labels, as in the label picture.
        steps: (N, K, 2) float64 (dx, dy) in pixels of the pictures; NaN where a shape is gone.
    """

    labels: tuple[int, ...]
    steps: Double


def shape_motions(
    picture: Float, labels: Labels, others: Float, *, reach: float = 0.14
) -> ShapeMotions:
    """How far each labelled shape of ``picture`` went in ``others``.

    Args:
        picture: (C, H, W) in [0, 1].
        labels: (H, W), 0 is the background; labels with fewer than 4 pixels are left out.
        others: (N, C, H, W) pictures of the same place.
        reach: how far shapes are looked for around their labels, as a share of the side.

    Raises:
        ValueError: pictures and labels are of different sizes.
    """
    if labels.shape != picture.shape[1:] or others.shape[1:] != picture.shape:
        raise ValueError(
            f"shape_motions: expected one size, got {picture.shape}, {labels.shape} and "
            f"{others.shape}"
        )
    known = [int(n) for n in np.unique(labels) if n and (labels == n).sum() >= _LEAST]
    colours = np.stack([_colour(picture, labels == number) for number in (0, *known)])
    near = [_dilated(labels == number, reach * max(labels.shape)) for number in known]
    before = _centres(picture[None], colours, near)
    after = _centres(others, colours, near)
    return ShapeMotions(tuple(known), after - before)


def correlation(first: Sequence[float] | Double, second: Sequence[float] | Double) -> float:
    """Pearson's, of what is known in both; NaN where there is too little or nothing varies."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known], b[known]
    if len(a) < 3 or a.std() < _TINY or b.std() < _TINY:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def main_direction(steps: Double) -> Double:
    """(2,) unit vector along which steps (N, 2) vary most, to the right or down."""
    known = steps[np.isfinite(steps).all(1)]
    if len(known) < 2:
        return np.array([1.0, 0.0])
    _, vectors = np.linalg.eigh(np.cov(known.T))
    direction: Double = vectors[:, -1]
    return direction if direction.sum() >= 0 else -direction


def _colour(picture: Float, mask: NDArray[np.bool_]) -> Float:
    """(C,) of a region, of its inside where it has one."""
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
    return np.asarray(np.median(picture[:, inside if inside.any() else mask], 1), np.float32)


def _dilated(mask: NDArray[np.bool_], pixels: float) -> NDArray[np.bool_]:
    side = 2 * round(pixels) + 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disk), np.bool_)


def _centres(pictures: Float, colours: Float, near: Sequence[NDArray[np.bool_]]) -> Double:
    """(N, K, 2) centres of the colours 1 to K, each inside its region."""
    # Every pixel is the background plus shares of what the shapes differ from it by.
    unmix = np.linalg.pinv((colours[1:] - colours[:1]).astype(np.float64).T, rcond=_DEPENDENT)
    shares = np.einsum("kc,nchw->nkhw", unmix, pictures - colours[0][:, None, None]).clip(0, 1)
    rows, columns = np.indices(pictures.shape[2:])
    found = np.full((len(pictures), len(near), 2), np.nan)
    for number, region in enumerate(near):
        weight = np.where(shares[:, number] > _FAINT, shares[:, number], 0) * region
        total = weight.sum((1, 2))
        seen = total > 1
        for axis, place in enumerate((columns, rows)):
            centre = (weight * place).sum((1, 2)) / np.maximum(total, _TINY)
            found[seen, number, axis] = centre[seen]
    return found
