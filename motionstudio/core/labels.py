"""Label maps: their outlines, their areas over time, and how motion carries them along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.warp import warp_labels

Labels = NDArray[np.integer[Any]]
Float = NDArray[np.float32]

_STRAIGHT = 0.12


def present(labels: Labels) -> tuple[int, ...]:
    """The labels that occur, increasing, without 0 (the background)."""
    return tuple(int(v) for v in np.unique(labels) if v != 0)


def outlines(labels: Labels, label: int) -> Float:
    """The outline of a label along the edges between pixels, holes included.

    Args:
        labels: (H, W) integer labels.
        label: which one.

    Returns:
        (n, 2) float32 closed polylines (x, y) in pixels, separated by rows of NaN; empty where
        the label does not occur.

    Raises:
        ValueError: ``labels`` is not (H, W).
    """
    if labels.ndim != 2:
        raise ValueError(f"outlines: expected (H, W), got {labels.shape}")
    # Every pixel becomes 2 x 2 with a gap between, so that contours run along pixel edges.
    fine = np.repeat(np.repeat((labels == label).astype(np.uint8), 2, axis=0), 2, axis=1)
    found, _ = cv2.findContours(fine, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    parts: list[NDArray[np.floating]] = []
    for contour in found:
        line = contour[:, 0].astype(np.float32) / 2 - 0.25
        parts += [line, line[:1], np.full((1, 2), np.nan, np.float32)]
    if not parts:
        return np.zeros((0, 2), np.float32)
    return np.concatenate(parts).astype(np.float32)


def rounded(line: Float, points: int = 5) -> Float:
    """Closed polylines without the stairs of pixels, for people to look at.

    Args:
        line: (n, 2) closed polylines separated by NaN, as ``outlines`` gives them.
        points: how many neighbouring points, half a pixel apart, are averaged; odd.

    Returns:
        (m, 2) float32 closed polylines with no more points than they need; empty like ``line``.
    """
    parts: list[NDArray[np.floating]] = []
    kernel = np.ones(points) / points
    breaks = np.flatnonzero(np.isnan(line[:, 0]))
    if not len(breaks):
        return np.zeros((0, 2), np.float32)
    for start, end in zip([0, *(breaks[:-1] + 1)], breaks, strict=True):
        loop = _dense(line[start:end].astype(np.float64))
        reach = points // 2
        around = np.concatenate([loop[-reach:], loop, loop[:reach]])
        even = np.stack([np.convolve(around[:, i], kernel, "valid") for i in (0, 1)], axis=1)
        kept = cv2.approxPolyDP(even.astype(np.float32)[:, np.newaxis], _STRAIGHT, True)
        few = np.asarray(kept[:, 0], np.float32)
        parts += [few, few[:1], np.full((1, 2), np.nan)]
    return np.concatenate(parts).astype(np.float32)


def _dense(loop: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of a closed polyline about half a pixel apart, the last one left out."""
    steps = np.hypot(*np.diff(loop, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(4, round(along[-1] * 2))
    places = np.arange(count) * along[-1] / count
    return np.stack([np.interp(places, along, loop[:, i]) for i in (0, 1)], axis=1)


def area(labels: Labels, label: int, spacing: tuple[float, float] | None = None) -> float:
    """Area of a label in mm² with ``spacing`` (row, column) in mm, else in pixels."""
    pixel = 1.0 if spacing is None else spacing[0] * spacing[1]
    return float(np.count_nonzero(labels == label)) * pixel


def carried(reference: Labels, displacement: Float) -> NDArray[Any]:
    """Labels of the reference as they lie in a frame: (H, W), only labels that occur there.

    Args:
        reference: (H, W) integer labels of the reference frame.
        displacement: (2, H, W) float32 backward field of the frame, pixels.
    """
    return warp_labels(reference, displacement)


def brought_back(labels: Labels, inverse: Float) -> NDArray[Any]:
    """Labels of a frame as they lie in the reference: (H, W).

    Args:
        labels: (H, W) integer labels of the frame.
        inverse: (2, H, W) float32, where the material of the reference goes, pixels.
    """
    return warp_labels(labels, inverse)


def change_fraction(areas: Sequence[float] | NDArray[np.floating]) -> float:
    """Largest change of area as a share of the largest area, 0 to 1; NaN values do not count.

    Of a left ventricle in one slice this is like an ejection fraction, but of areas.
    """
    known = np.asarray(areas, np.float64)
    known = known[np.isfinite(known)]
    most = float(known.max()) if known.size else 0.0
    return (most - float(known.min())) / most if most > 0 else float("nan")


def filled(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels whose centres lie in a polygon.

    Args:
        corners: (x, y) in pixels, at least three.
        size: (H, W) of the result.

    Raises:
        ValueError: fewer than three corners.
    """
    if len(corners) < 3:
        raise ValueError(f"filled: expected at least 3 corners, got {len(corners)}")
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float64)
    inside = np.zeros(size, np.bool_)
    ends = (*corners[1:], corners[0])
    for (x0, y0), (x1, y1) in zip(corners, ends, strict=True):
        if y0 == y1:
            continue
        crossed = (y0 > y) != (y1 > y)
        inside ^= crossed & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def reduced(labels: Labels, step: int) -> NDArray[Any]:
    """Every ``step``-th pixel of a label map, from the middle of each block."""
    return np.ascontiguousarray(labels[step // 2 :: step, step // 2 :: step])


def resized(labels: Labels, rows: int, columns: int) -> NDArray[Any]:
    """(rows, columns) of a label map: each pixel gets the label that covers most of it."""
    if labels.shape == (rows, columns):
        return labels
    shrinking = rows < labels.shape[0] or columns < labels.shape[1]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    values = np.unique(labels)
    best = np.full((rows, columns), -1.0, np.float32)
    winner = np.full((rows, columns), values[0], labels.dtype)
    for value in values:
        cover = cv2.resize((labels == value).astype(np.float32), (columns, rows), interpolation=how)
        stronger = cover > best
        best[stronger] = cover[stronger]
        winner[stronger] = value
    return winner
