"""Triangles to pixels, in numpy: which triangle is seen where, and at which of its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """What is nearest at each of N = side * side places.

    Attributes:
        triangle: (side, side) index, -1 where there is none.
        weights: (side, side, 3) barycentric coordinates in that triangle, zero where none is.
        depth: (side, side) of the place, infinite where there is none; smaller is nearer.
    """

    triangle: NDArray[np.intp]
    weights: Double
    depth: Double


def rasterise(points: Double, triangles: NDArray[np.intp], side: int) -> Raster:
    """The nearest triangle at the centre of each pixel.

    Args:
        points: (V, 3) columns, rows (pixel centres at integers) and depths.
        triangles: (F, 3) indices.
        side: of the square picture in pixels.
    """
    corners = points[triangles]
    low = np.maximum(np.ceil(corners[:, :, :2].min(1)), 0).astype(np.intp)
    high = np.minimum(np.floor(corners[:, :, :2].max(1)), side - 1).astype(np.intp)
    extent = np.maximum(high - low + 1, 0)
    which = np.flatnonzero((extent > 0).all(1))
    owner, x, y = _places(which, low, extent)
    weights = _barycentric(corners[owner], x, y)
    inside = (weights >= -1e-9).all(1)
    owner, x, y, weights = owner[inside], x[inside], y[inside], weights[inside]
    depth = (weights * corners[owner, :, 2]).sum(1)
    return _nearest(owner, y * side + x, weights, depth, side)


def _places(
    which: NDArray[np.intp], low: NDArray[np.intp], extent: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """All pixels of the boxes of the triangles ``which``: their owner, column and row."""
    areas = extent[which].prod(1)
    owner = np.repeat(which, areas)
    first = np.repeat(np.cumsum(areas) - areas, areas)
    inside = np.arange(len(owner)) - first
    width = extent[owner, 0]
    return owner, low[owner, 0] + inside % width, low[owner, 1] + inside // width


def _barycentric(corners: Double, x: NDArray[np.intp], y: NDArray[np.intp]) -> Double:
    """(n, 3) weights of the corners (n, 3, 3) at ``x``, ``y``; -1 where a triangle is a line."""
    ax, ay = corners[:, 0, 0], corners[:, 0, 1]
    bx, by = corners[:, 1, 0] - ax, corners[:, 1, 1] - ay
    cx, cy = corners[:, 2, 0] - ax, corners[:, 2, 1] - ay
    area = bx * cy - by * cx
    flat = np.abs(area) < 1e-12
    area = np.where(flat, 1.0, area)
    px, py = x - ax, y - ay
    second, third = (px * cy - py * cx) / area, (bx * py - by * px) / area
    weights = np.stack([1 - second - third, second, third], 1)
    weights[flat] = -1
    return weights


def _nearest(
    owner: NDArray[np.intp], place: NDArray[np.intp], weights: Double, depth: Double, side: int
) -> Raster:
    # Of equal indices the last assignment wins: far ones first.
    order = np.argsort(-depth, kind="stable")
    place = place[order]
    triangle = np.full(side * side, -1, np.intp)
    inside, away = np.zeros((side * side, 3)), np.full(side * side, np.inf)
    triangle[place], inside[place], away[place] = owner[order], weights[order], depth[order]
    return Raster(
        triangle.reshape(side, side), inside.reshape(side, side, 3), away.reshape(side, side)
    )
