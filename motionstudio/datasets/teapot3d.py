"""The Utah teapot, rendered: orthographic, shaded, with the motion of its visible surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.fields import pixel_grid
from motionstudio.datasets.rasteriser import Raster, rasterise
from motionstudio.datasets.sample import Sample, SampleMeta
from motionstudio.datasets.teapot_mesh import Mesh, teapot_mesh
from motionstudio.datasets.teapot_motion import FACTORS, poses_of, rotations

Float = NDArray[np.float32]
Double = NDArray[np.float64]

VERSION = 1
PARAMS = frozenset(
    ("size", "frames", "freedom", "motion", "gap", "segments", "flow_next", "frames_only")
)
FREE: Mapping[int, tuple[int, ...]] = {1: (3,), 2: (3, 4), 6: (0, 1, 2, 3, 4, 5)}
"""Indices of the free factors by ``freedom``: yaw; yaw and pitch; the whole rigid pose."""

_FPS = 15.0
_FINE = 3  # lines and columns of rays in each pixel; the middle one is the pixel's centre
_SCALE = 3.0  # pixels for each unit of the mesh, at side 32
_LIGHT = np.array([-0.4, -0.6, -0.7]) / np.linalg.norm([-0.4, -0.6, -0.7])
_AMBIENT = 0.2
_NEAR = 0.15  # of the mesh's units: what lies no deeper than this behind the nearest is seen
_LEAN = np.array([[0.0, 0.0, 0.0, 0.45, -0.35, 0.0]])  # a view a little from above and aside


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The mesh in one pose: points in pixels, unit normals, and what is seen."""

    points: Double
    normals: Double
    fine: Raster
    centre: Raster


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "teapot3d".
        params: any of ``size`` (pixels, 32), ``frames`` (16), ``freedom`` (1: yaw; 2: yaw and
            pitch, the default; 6: the whole rigid pose), ``motion`` ("smooth" or "straight"),
            ``gap`` (1.0: step of a straight motion, in pixels at side 32 or 5 degrees),
            ``segments`` (4: along each side of a Bezier patch), ``flow_next`` (False) and
            ``frames_only`` (False; True leaves all fields, which are then zero, and labels out).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Grey frames (T, 1, size, size). ``clean`` carries a pattern that is fixed to the surface
        instead of the shading, which changes as the teapot turns.

    Raises:
        ValueError: for an unknown parameter or value, or a way that is too long.
    """
    known = _checked(params)
    size, count = int(known.get("size", 32)), int(known.get("frames", 16))
    fast = bool(known.get("frames_only", False))
    mesh = teapot_mesh(int(known.get("segments", 4)))
    free = FREE[int(known.get("freedom", 2))]
    poses = poses_of(known, free, size, count, np.random.default_rng([seed, index]))
    views = [_look(mesh, pose, size) for pose in poses]
    flows = _Flows(mesh, views, size)
    frames = np.stack([_shaded(mesh, view) for view in views])[:, None]
    displacement, valid = flows.still() if fast else flows.to_first()
    clean = frames if fast else np.stack([_painted(mesh, view) for view in views])[:, None]
    labels = np.stack([view.centre.triangle >= 0 for view in views]).astype(np.uint8)
    return Sample(
        frames=frames,
        clean=clean,
        times=np.arange(count) / _FPS,
        displacement=displacement,
        inverse=None if fast else flows.from_first(),
        valid=valid,
        labels=None if fast else labels,
        label_names=("background", "teapot"),
        factors=poses.astype(np.float32),
        factor_names=FACTORS,
        cyclic=False,
        meta=SampleMeta(name, dict(params), seed, index, VERSION, {}),
        flow_next=flows.to_next() if known.get("flow_next", False) else None,
    )


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(f"teapot3d: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
    known: Mapping[str, Any] = params
    for key, allowed in (("freedom", tuple(FREE)), ("motion", ("smooth", "straight"))):
        if known.get(key, allowed[0]) not in allowed:
            raise ValueError(f"teapot3d: expected {key} of {allowed}, got {known[key]!r}")
    return known


def _look(mesh: Mesh, pose: Double, size: int) -> _View:
    # Of the mesh: x to the right, z up, y away from the viewer.
    upright = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    turned = rotations(pose[None])[0] @ rotations(_LEAN)[0] @ upright
    scale = _SCALE * np.exp(pose[2]) * size / 32
    points = scale * mesh.points @ turned.T
    points[:, :2] += 0.5 * (size - 1) + pose[:2]
    # Sample k of a pixel lies at (k - 1) / 3 from its centre.
    fine = points * np.array([_FINE, _FINE, 1.0]) + np.array([1.0, 1.0, 0.0]) * (_FINE // 2)
    found = rasterise(fine, mesh.triangles, size * _FINE)
    middle = slice(_FINE // 2, None, _FINE)
    at_centre = Raster(
        found.triangle[middle, middle], found.weights[middle, middle], found.depth[middle, middle]
    )
    return _View(points, mesh.normals @ turned.T, found, at_centre)


def _shaded(mesh: Mesh, view: _View) -> Float:
    """(S, S): Lambert's law for one light over a dark ground, rays averaged."""
    normals = _interpolated(mesh, view.fine, view.normals)
    # Patches are one-sided: a normal that points away from the viewer is turned round.
    normals = np.where(normals[..., 2:] > 0, -normals, normals)
    size = np.maximum(np.linalg.norm(normals, axis=-1), 1e-9)
    bright = np.maximum(normals @ _LIGHT, 0) / size
    return _averaged((_AMBIENT + (1 - _AMBIENT) * bright) * (view.fine.triangle >= 0))


def _painted(mesh: Mesh, view: _View) -> Float:
    """(S, S): a smooth pattern of the surface's own coordinates."""
    x, y, z = np.moveaxis(_interpolated(mesh, view.fine, mesh.points), -1, 0)
    pattern = 0.6 + 0.16 * np.sin(2.2 * x + 1.1 * y) + 0.16 * np.cos(2.5 * z + 0.8 * y)
    return _averaged(pattern * (view.fine.triangle >= 0))


def _interpolated(mesh: Mesh, raster: Raster, values: Double) -> Double:
    """(side, side, 3) of what the corners have; zero where there is nothing."""
    corners = values[mesh.triangles[np.maximum(raster.triangle, 0)]]
    return np.asarray((raster.weights[..., None] * corners).sum(-2))


def _averaged(fine: Double) -> Float:
    side = len(fine) // _FINE
    blocks = fine.reshape(side, _FINE, side, _FINE).mean((1, 3))
    return np.asarray(np.clip(blocks, 0.0, 1.0), np.float32)


class _Flows:
    """Where the surface seen in one view lies in another."""

    def __init__(self, mesh: Mesh, views: list[_View], size: int) -> None:
        self._mesh, self._views, self._size = mesh, views, size

    def still(self) -> tuple[Float, NDArray[np.bool_]]:
        """No displacement, valid only where nothing is known to be wrong: frame 0."""
        shape = (len(self._views), self._size, self._size)
        valid = np.zeros(shape, np.bool_)
        valid[0] = True
        return np.zeros((shape[0], 2, *shape[1:]), np.float32), valid

    def to_first(self) -> tuple[Float, NDArray[np.bool_]]:
        """Backward displacement (T, 2, S, S) and where frame 0 shows the same: (T, S, S)."""
        found = [self._between(view, self._views[0]) for view in self._views]
        valid = np.stack([seen for _, seen in found])
        valid[0] = True
        return np.stack([flow for flow, _ in found]), valid

    def from_first(self) -> Float:
        """(T, 2, S, S): where what frame 0 shows goes."""
        return np.stack([self._between(self._views[0], view)[0] for view in self._views])

    def to_next(self) -> Float:
        """(T - 1, 2, S, S): backward from each frame to the one before."""
        pairs = zip(self._views[1:], self._views[:-1], strict=True)
        return np.stack([self._between(later, earlier)[0] for later, earlier in pairs])

    def _between(self, here: _View, there: _View) -> tuple[Float, NDArray[np.bool_]]:
        """Displacement of each pixel of ``here``, and whether ``there`` shows the same."""
        x, y = pixel_grid(self._size, self._size)
        goal = _interpolated(self._mesh, here.centre, there.points)
        on = here.centre.triangle >= 0
        flow = np.where(on, np.stack([goal[..., 0] - x, goal[..., 1] - y]), 0.0)
        column = np.rint(x + flow[0]).astype(np.intp)
        row = np.rint(y + flow[1]).astype(np.intp)
        inside = (column >= 0) & (column < self._size) & (row >= 0) & (row < self._size)
        column, row = np.clip(column, 0, self._size - 1), np.clip(row, 0, self._size - 1)
        shown = there.centre.triangle[row, column] >= 0
        near = goal[..., 2] <= there.centre.depth[row, column] + _NEAR * _SCALE * self._size / 32
        return flow.astype(np.float32), inside & (shown == on) & (~on | near)
