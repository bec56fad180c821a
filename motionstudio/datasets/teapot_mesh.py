"""The Utah teapot as triangles, built from its Bezier patches.

M. Newell's data of 1975, in the public domain, reduced by its symmetry: profiles swept by four
quarter patches, and two tubes that are mirrored in y. Z is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]

_ROUND = 0.56
_PROFILES = (
    ((1.4, 2.4), (1.3375, 2.53125), (1.4375, 2.53125), (1.5, 2.4)),
    ((1.5, 2.4), (1.75, 1.875), (2.0, 1.35), (2.0, 0.9)),
    ((2.0, 0.9), (2.0, 0.45), (1.5, 0.225), (1.5, 0.15)),
    ((0.0, 3.15), (0.8, 3.15), (0.0, 2.85), (0.2, 2.7)),
    ((0.2, 2.7), (0.4, 2.55), (1.3, 2.55), (1.3, 2.4)),
    ((0.0, 0.0), (1.425, 0.0), (1.5, 0.075), (1.5, 0.15)),
)
"""Control points (r, z) of the rim, the body's two parts, the knob, the lid and the bottom."""

_HANDLE = (
    (-1.6, 2.025, -1.5, 2.25, 0.3),
    (-2.3, 2.025, -2.5, 2.25, 0.3),
    (-2.7, 2.025, -3.0, 2.25, 0.3),
    (-2.7, 1.8, -3.0, 1.8, 0.3),
    (-2.7, 1.575, -3.0, 1.35, 0.3),
    (-2.5, 1.125, -2.65, 0.9375, 0.3),
    (-2.0, 0.9, -1.9, 0.6, 0.3),
)
_SPOUT = (
    (1.7, 1.425, 1.7, 0.6, 0.66),
    (2.6, 1.425, 3.1, 0.825, 0.66),
    (2.3, 2.1, 2.4, 2.025, 0.25),
    (2.7, 2.4, 3.3, 2.4, 0.25),
    (2.8, 2.475, 3.525, 2.49375, 0.25),
    (2.9, 2.475, 3.45, 2.5125, 0.15),
    (2.8, 2.4, 3.2, 2.4, 0.15),
)
"""Rows x and z of the inner side, x and z of the outer one, half the width."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles with smooth normals.

    Attributes:
        points: (V, 3).
        normals: (V, 3) unit length, of either sign.
        triangles: (F, 3) indices of points.
    """

    points: Double
    normals: Double
    triangles: NDArray[np.intp]


@cache
def teapot_mesh(segments: int = 4) -> Mesh:
    """The teapot with ``segments`` along each side of a patch, centred, z in -1.575 to 1.575.

    It has 64 n^2 - 8 n triangles: those without area are left out.
    """
    patches = np.concatenate([_revolved(), _tube(_HANDLE), _tube(_SPOUT)])
    place = np.linspace(0, 1, segments + 1)
    values, slopes = _bernstein(place), _bernstein_slope(place)
    points = np.einsum("ai,bj,pijk->pabk", values, values, patches)
    along = np.einsum("ai,bj,pijk->pabk", slopes, values, patches)
    across = np.einsum("ai,bj,pijk->pabk", values, slopes, patches)
    normals = _unit(np.cross(along, across), points)
    triangles = _triangles(len(patches), segments)
    flat = points.reshape(-1, 3)
    sides = flat[triangles[:, 1:]] - flat[triangles[:, :1]]
    area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    middle = np.array([0.0, 0.0, 1.575])
    return Mesh(flat - middle, normals.reshape(-1, 3), triangles[area > 1e-9])


def patches() -> Double:
    """(32, 4, 4, 3) control points."""
    return np.concatenate([_revolved(), _tube(_HANDLE), _tube(_SPOUT)])


def _revolved() -> Double:
    """(24, 4, 4, 3): each profile swept over four quarters."""
    found = []
    for profile in _PROFILES:
        radius, height = np.array(profile).T
        ring = np.array([(1.0, 0.0), (1.0, _ROUND), (_ROUND, 1.0), (0.0, 1.0)])
        for quarter in range(4):
            c, s = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
            turned = ring @ np.array([[c, s], [-s, c]])
            flat = radius[:, None, None] * turned[None]
            tall = np.broadcast_to(height[:, None, None], (4, 4, 1))
            found.append(np.concatenate([flat, tall], 2))
    return np.array(found)


def _tube(rows: tuple[tuple[float, ...], ...]) -> Double:
    """(4, 4, 4, 3): two patches along a tube, and their mirror images."""
    lines = np.array([[(a, 0.0, b), (a, -w, b), (c, -w, d), (c, 0.0, d)] for a, b, c, d, w in rows])
    half = np.stack([lines[:4], lines[3:]])
    return np.concatenate([half, half * np.array([1.0, -1.0, 1.0])])


def _bernstein(t: Double) -> Double:
    return np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], 1)


def _bernstein_slope(t: Double) -> Double:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return 3 * np.stack([-a, a - b, b - c, c], 1)


def _unit(normals: Double, points: Double) -> Double:
    """Unit normals; at the poles, where a patch has none, straight up or down."""
    size = np.linalg.norm(normals, axis=-1, keepdims=True)
    up = np.zeros_like(points)
    up[..., 2] = np.where(points[..., 2] > 1, 1.0, -1.0)
    return np.asarray(np.where(size > 1e-9, normals / np.maximum(size, 1e-12), up))


def _triangles(count: int, segments: int) -> NDArray[np.intp]:
    """(F, 3): two for each cell of each patch."""
    side = segments + 1
    cell = (np.arange(segments)[:, None] * side + np.arange(segments)).ravel()
    one = np.stack([cell, cell + 1, cell + side], 1)
    other = np.stack([cell + 1, cell + side + 1, cell + side], 1)
    patch = np.concatenate([one, other])
    whole = patch[None] + side * side * np.arange(count)[:, None, None]
    return whole.reshape(-1, 3).astype(np.intp)
