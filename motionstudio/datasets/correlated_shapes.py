"""A circle, a square and a triangle: the first and the last move together, the square by itself.

After the synthetic data of Visual Dynamics (Xue et al. 2016). From one frame to the next two
numbers u and w are drawn, independent and uniform in [-m, m] with m = 10 % of the side. The circle
moves by (0, u), the square by (w, 0) and the triangle by (u, u).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.layers import Layer, Paint, compose, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Generator = np.random.Generator

VERSION = 1
SHAPES = ("circle", "square", "triangle")
LABELS = ("background", *SHAPES)
FACTORS = ("u", "w", *(f"{shape} {axis}" for shape in SHAPES for axis in "xy"))
PARAMS = frozenset(("size", "frames", "constant", "reach", "flow_next", "frames_only"))
REACH = 0.1  # m, as a share of the side
_FPS = 5.0
_CENTRE = (0.28, 0.72)
_RADIUS = (0.10, 0.16)
_BACKGROUND = (0.7, 1.0)
_COLOURS = ((0.85, 0.15, 0.15), (0.12, 0.62, 0.2), (0.15, 0.3, 0.85))
_JITTER = 0.1
# Furthest that a clip of many frames drifts from its beginning, in steps of m.
_DRIFT = 2.0


@dataclass(frozen=True, slots=True)
class _Shape:
    """One shape of a picture: kind, label, radius in pixels, colour, and where it begins."""

    kind: str
    label: int
    radius: float
    colour: Double
    centre: Double


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "correlated_shapes".
        params: any of ``size`` (pixels, 32), ``frames`` (2), ``constant`` (False; True draws u
            and w once for the whole clip), ``reach`` (m as a share of the side, 0.1),
            ``flow_next`` (False) and ``frames_only`` (False).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Frames (T, 3, size, size). Factors u and w of frame t are the step, in pixels, that led
        to it (0 at frame 0); the positions are in pixels. In clips of more than two frames the
        steps turn back before a shape leaves the picture.

    Raises:
        ValueError: for an unknown parameter or value.
    """
    known = _checked(params)
    size, count = int(known.get("size", 32)), int(known.get("frames", 2))
    look, chance = np.random.default_rng([seed, index]).spawn(2)
    shapes = _shapes(size, look)
    reach = float(known.get("reach", REACH)) * size
    steps = _steps(count, reach, bool(known.get("constant", False)), chance)
    paths = _paths(shapes, steps)
    layers = _layers(shapes, paths, look, size)
    fast = bool(known.get("frames_only", False))
    picture = compose(layers, size, 3, frames_only=fast)
    places = [paths[shape] for shape in SHAPES]
    return Sample(
        frames=picture.clean,
        clean=picture.clean,
        times=np.arange(count) / _FPS,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=None if fast else picture.labels,
        label_names=LABELS,
        factors=np.concatenate([steps, *places], 1).astype(np.float32),
        factor_names=FACTORS,
        cyclic=False,
        meta=SampleMeta(name, dict(params), seed, index, VERSION, _facts(shapes)),
        flow_next=picture.flow_next if known.get("flow_next", False) else None,
    )


def law(shape: str, u: Double, w: Double) -> Double:
    """(n, 2) the step (dx, dy) of a shape for the drawn numbers ``u`` and ``w`` (n,)."""
    still_axis = np.zeros_like(u)
    steps = {"circle": (still_axis, u), "square": (w, still_axis), "triangle": (u, u)}
    return np.stack(steps[shape], -1)


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(
            f"correlated_shapes: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}"
        )
    known: Mapping[str, Any] = params
    if int(known.get("frames", 2)) < 1:
        raise ValueError(f"correlated_shapes: expected frames >= 1, got {known['frames']!r}")
    return known


def _shapes(size: int, rng: Generator) -> list[_Shape]:
    """The three shapes from back to front."""
    colours = np.array(_COLOURS)[rng.permutation(3)] + rng.uniform(-_JITTER, _JITTER, (3, 3))
    radii = size * rng.uniform(*_RADIUS, 3)
    centres = size * rng.uniform(*_CENTRE, (3, 2)) - 0.5
    made = [
        _Shape(kind, place + 1, float(radii[place]), np.clip(colours[place], 0, 1), centres[place])
        for place, kind in enumerate(SHAPES)
    ]
    return [made[place] for place in rng.permutation(3)]


def _steps(count: int, reach: float, constant: bool, rng: Generator) -> Double:
    """(T, 2) u and w that led to each frame, zero for the first."""
    steps = rng.uniform(-reach, reach, (count, 2))
    if constant:
        steps[:] = steps[-1]
    steps[0] = 0
    if count > 2 and reach > 0:
        steps[1:] = np.diff(_reflected(np.cumsum(steps, 0), _DRIFT * reach), axis=0)
    return steps


def _reflected(way: Double, wall: float) -> Double:
    """A way folded back between -wall and wall."""
    return np.asarray(np.abs(np.mod(way - wall, 4 * wall) - 2 * wall) - wall)


def _paths(shapes: Sequence[_Shape], steps: Double) -> dict[str, Double]:
    """(T, 2) centres by shape."""
    return {
        shape.kind: shape.centre + np.cumsum(law(shape.kind, steps[:, 0], steps[:, 1]), 0)
        for shape in shapes
    }


def _layers(
    shapes: Sequence[_Shape], paths: Mapping[str, Double], rng: Generator, size: int
) -> list[Layer]:
    linear, origin = still(len(next(iter(paths.values()))))
    behind = Layer(linear, origin, _plain(rng.uniform(*_BACKGROUND, 3)), 0)
    front = (Layer(linear, paths[s.kind], _filled(s), s.label) for s in shapes)
    return [behind, *front]


def _plain(colour: Double) -> Paint:
    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        covered = np.full(np.broadcast_shapes(x.shape, y.shape), -np.inf, np.float32)
        return covered, _planes(colour)

    return paint


def _filled(shape: _Shape) -> Paint:
    radius = np.float32(shape.radius)

    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return _OUTLINES[shape.kind](x, y, radius), _planes(shape.colour)

    return paint


def _planes(colour: Double) -> list[Float]:
    return [np.full((1, 1, 1), value, np.float32) for value in colour]


def _circle(x: Float, y: Float, radius: np.float32) -> Float:
    distance: Float = np.sqrt(x * x + y * y) - radius
    return distance


def _square(x: Float, y: Float, radius: np.float32) -> Float:
    distance: Float = np.maximum(np.abs(x), np.abs(y)) - np.float32(0.9) * radius
    return distance


def _triangle(x: Float, y: Float, radius: np.float32) -> Float:
    """Equilateral, pointing up, its centroid at the origin."""
    half, root = np.float32(0.62) * radius, np.float32(np.sqrt(3) / 2)
    sides = np.maximum(root * np.abs(x) - np.float32(0.5) * y, y)
    distance: Float = sides - half
    return distance


def _facts(shapes: Sequence[_Shape]) -> dict[str, object]:
    return {
        shape.kind: {"radius": shape.radius, "colour": tuple(float(c) for c in shape.colour)}
        for shape in shapes
    }


_OUTLINES = {"circle": _circle, "square": _square, "triangle": _triangle}
