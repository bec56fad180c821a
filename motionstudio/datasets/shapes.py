"""One textured shape that bounces or moves affinely with 1, 2 or 6 degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.gratings import Gratings, draw_gratings
from motionstudio.datasets.layers import Layer, Paint, compose, rigid, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Generator = np.random.Generator
Outline = Callable[[Float, Float, np.float32], Float]

VERSION = 1
LABELS = ("background", "shape")
FACTORS = ("x", "y", "rotation", "log scale x", "log scale y", "shear")
PARAMS = frozenset(("size", "frames", "freedom", "shape", "gravity", "flow_next"))
REACH = (0.25, 0.25, 0.8, 0.25, 0.25, 0.3)  # of the factors; x and y as fractions of the side
_FPS = 15.0
_STEPS = 32  # of the integration per frame, with gravity
_RESTITUTION = 0.9


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "shapes".
        params: any of ``size`` (pixels, 64), ``frames`` (16), ``freedom`` (1 moves along x
            between walls, 2 along x and y, 6 is affine: the default), ``shape`` ("disk",
            "box", "star", else drawn), ``gravity`` (False; with freedom 2) and ``flow_next``.
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Grey frames (T, 1, size, size); the factors' positions are in pixels from the middle.

    Raises:
        ValueError: for an unknown parameter or value.
    """
    known = _checked(params)
    size, count = int(known.get("size", 64)), int(known.get("frames", 16))
    look, path = np.random.default_rng([seed, index]).spawn(2)
    shape = str(known.get("shape", "")) or str(look.choice(sorted(_OUTLINES)))
    radius = float(np.float32(size * look.uniform(0.14, 0.22)))
    factors = _path(known, size, count, radius, path)
    picture = compose(_layers(shape, radius, factors, size, look), size, 1)
    facts = {"shape": shape, "radius": radius}
    return Sample(
        frames=picture.clean,
        clean=picture.clean,
        times=np.arange(count) / _FPS,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=picture.labels,
        label_names=LABELS,
        factors=factors.astype(np.float32),
        factor_names=FACTORS,
        cyclic=False,
        meta=SampleMeta(name, dict(params), seed, index, VERSION, facts),
        flow_next=picture.flow_next if known.get("flow_next", False) else None,
    )


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(f"shapes: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
    known: Mapping[str, Any] = params
    if known.get("freedom", 6) not in (1, 2, 6):
        raise ValueError(f"shapes: expected freedom of 1, 2 or 6, got {known['freedom']!r}")
    if known.get("shape", "disk") not in _OUTLINES:
        raise ValueError(f"shapes: expected shape of {sorted(_OUTLINES)}, got {known['shape']!r}")
    return known


def _layers(shape: str, radius: float, factors: Double, size: int, look: Generator) -> list[Layer]:
    body = draw_gratings(look, 3, (0.12 * size, 0.3 * size), 0.65, 0.3)
    behind = draw_gratings(look, 3, (0.4 * size, 1.0 * size), 0.2, 0.12)
    linear, origin = still(len(factors))
    middle = 0.5 * (size - 1) + factors[:, :2]
    return [
        Layer(linear, origin, _everywhere(behind), 0),
        Layer(_linear(factors), middle, _cut(shape, np.float32(radius), body), 1),
    ]


def _path(known: Mapping[str, Any], size: int, count: int, radius: float, rng: Generator) -> Double:
    """The six factors at each frame, (T, 6)."""
    freedom = int(known.get("freedom", 6))
    factors = np.zeros((count, 6))
    if freedom == 6:
        cycles, phase = rng.uniform(0.5, 2.0, 6), rng.uniform(-np.pi, np.pi, 6)
        moment = np.arange(count)[:, None] / count
        reach = np.array(REACH) * np.array([size, size, 1.0, 1.0, 1.0, 1.0])
        return np.asarray(reach * np.sin(2.0 * np.pi * cycles * moment + phase))
    wall = 0.5 * size - radius
    for axis in range(freedom):
        start, step = rng.uniform(-wall, wall), size * rng.uniform(0.03, 0.09)
        speed = float(step * rng.choice([-1.0, 1.0]))
        factors[:, axis] = _reflected(start + speed * np.arange(count, dtype=np.float64), wall)
    if freedom == 2 and known.get("gravity", False):
        factors[:, 1] = _fall(float(factors[0, 1]), wall, 0.006 * size, count)
    return factors


def _reflected(way: Double, wall: float) -> Double:
    """A straight way folded back between -wall and wall; the step length is kept."""
    return np.asarray(np.abs(np.mod(way + wall, 4.0 * wall) - 2.0 * wall) - wall)


def _fall(start: float, floor: float, acceleration: float, count: int) -> Double:
    """Heights (T,) of a ball that falls from ``start`` and bounces off ``floor``; y is down."""
    at, speed = start, 0.0
    path = [at]
    for _ in range((count - 1) * _STEPS):
        speed += acceleration / _STEPS
        at += speed / _STEPS
        if at > floor:
            at, speed = 2.0 * floor - at, -_RESTITUTION * speed
        path.append(at)
    return np.array(path[::_STEPS])


def _linear(factors: Double) -> Double:
    """(T, 2, 2): rotation after shear after scale."""
    stretch = np.zeros((len(factors), 2, 2))
    stretch[:, 0, 0], stretch[:, 1, 1] = np.exp(factors[:, 3]), np.exp(factors[:, 4])
    shear = np.broadcast_to(np.eye(2), stretch.shape).copy()
    shear[:, 0, 1] = factors[:, 5]
    return rigid(factors[:, 2]) @ shear @ stretch


def _everywhere(texture: Gratings) -> Paint:
    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return np.full_like(x, -np.inf), [texture(x, y)]

    return paint


def _cut(shape: str, radius: np.float32, texture: Gratings) -> Paint:
    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return _OUTLINES[shape](x, y, radius), [texture(x, y)]

    return paint


def _disk(x: Float, y: Float, radius: np.float32) -> Float:
    return np.sqrt(x * x + y * y) - radius


def _box(x: Float, y: Float, radius: np.float32) -> Float:
    return np.maximum(np.abs(x), np.abs(y)) - radius * np.float32(0.85)


def _star(x: Float, y: Float, radius: np.float32) -> Float:
    lobes = 1.0 + np.float32(0.22) * np.cos(5.0 * np.arctan2(y, x))
    distance: Float = np.sqrt(x * x + y * y) - np.float32(0.85) * radius * lobes
    return distance


_OUTLINES: Mapping[str, Outline] = {"disk": _disk, "box": _box, "star": _star}
