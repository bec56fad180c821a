"""A flat teapot, white on black: a cut-out that shifts, nears and turns in space; or two of them.

The moving silhouettes on which in-betweening in latent space is tried (Cristovao et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.layers import Layer, Paint, black, compose, still
from motionstudio.datasets.sample import Sample, SampleMeta
from motionstudio.datasets.teapot_motion import FACTORS, poses_of, rotations

Float = NDArray[np.float32]
Double = NDArray[np.float64]

VERSION = 1
PARAMS = frozenset(
    ("size", "frames", "freedom", "teapots", "motion", "gap", "flow_next", "frames_only")
)
FREE: Mapping[int, tuple[int, ...]] = {1: (0,), 2: (0, 1), 6: (0, 1, 2, 3, 4, 5)}
"""Indices of the free factors by ``freedom``: x; x and y; the whole rigid pose."""

_FPS = 15.0


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "teapot".
        params: any of ``size`` (pixels, 32), ``frames`` (16), ``freedom`` (1, 2 or 6; 2 is the
            default), ``teapots`` (1 or 2, which move independently), ``motion`` ("smooth", or
            "straight": constant velocity), ``gap`` (1.0: step of a straight motion, in pixels at
            side 32 and what else moves a teapot about as far), ``flow_next`` (False) and
            ``frames_only`` (False; True leaves ``inverse`` and ``labels`` out).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Grey frames (T, 1, size, size); the factors are those of each teapot in turn.

    Raises:
        ValueError: for an unknown parameter or value, or a way that leaves the picture.
    """
    known = _checked(params)
    size, count = int(known.get("size", 32)), int(known.get("frames", 16))
    many, fast = int(known.get("teapots", 1)), bool(known.get("frames_only", False))
    streams = np.random.default_rng([seed, index]).spawn(many)
    free = FREE[int(known.get("freedom", 2))]
    poses = [poses_of(known, free, size, count, stream) for stream in streams]
    picture = compose(_layers(poses, size), size, 1, frames_only=fast)
    following = picture.flow_next if known.get("flow_next", False) else None
    return Sample(
        frames=picture.clean,
        clean=picture.clean,
        times=np.arange(count) / _FPS,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=None if fast else picture.labels,
        label_names=("background", *_named("teapot", many)),
        factors=np.concatenate(poses, 1).astype(np.float32),
        factor_names=factor_names(many),
        cyclic=False,
        meta=SampleMeta(name, dict(params), seed, index, VERSION, {}),
        flow_next=following,
    )


def factor_names(many: int) -> tuple[str, ...]:
    """Names of the factors of one or two teapots."""
    if many == 1:
        return FACTORS
    return tuple(f"{factor} {place + 1}" for place in range(many) for factor in FACTORS)


def outline(x: Float, y: Float) -> Float:
    """Signed distance from the silhouette at ``x``, ``y``, all in pixels of a picture of side 32.

    Body, lid with its knob, spout to the right, handle to the left; the origin is the middle.
    """
    parts = (
        _ellipse(x, y - 0.6, 5.0, 3.6),
        _ellipse(x, y + 2.4, 2.9, 1.1),
        _ellipse(x, y + 3.9, 0.9, 0.9),
        _bar(x, y, (3.4, 1.3), (7.4, -2.4), 0.85),
        np.maximum(np.abs(_ellipse(x + 5.2, y - 0.2, 2.6, 2.2)) - np.float32(0.55), x + 3.9),
    )
    distance: Float = np.minimum.reduce([np.asarray(part, np.float32) for part in parts])
    return distance


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(f"teapot: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
    known: Mapping[str, Any] = params
    for key, allowed in (
        ("freedom", tuple(FREE)), ("teapots", (1, 2)), ("motion", ("smooth", "straight")),
    ):  # fmt: skip
        if known.get(key, allowed[0]) not in allowed:
            raise ValueError(f"teapot: expected {key} of {allowed}, got {known[key]!r}")
    return known


def _layers(poses: Sequence[Double], size: int) -> list[Layer]:
    linear, origin = still(len(poses[0]))
    layers = [Layer(linear, origin, black(), 0)]
    for place, pose in enumerate(poses):
        # A flat thing turned in space and seen from far away is sheared and foreshortened.
        bent = rotations(pose)[:, :2, :2] * (np.exp(pose[:, 2]) * size / 32)[:, None, None]
        middle = 0.5 * (size - 1) + pose[:, :2]
        layers.append(Layer(bent, middle, _white(bent), place + 1))
    return layers


def _white(linear: Double) -> Paint:
    scale = np.sqrt(np.abs(np.linalg.det(linear))).astype(np.float32)[:, None, None]

    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return outline(x, y) * scale, [np.ones_like(x)]

    return paint


def _ellipse(x: Float, y: Float, width: float, height: float) -> Float:
    """Distance from an ellipse with these radii, to first order."""
    near = np.sqrt((x / width) ** 2 + (y / height) ** 2)
    slope = np.sqrt((x / width**2) ** 2 + (y / height**2) ** 2)
    return np.asarray(near * (near - 1) / np.maximum(slope, 1e-6), np.float32)


def _bar(
    x: Float, y: Float, start: tuple[float, float], end: tuple[float, float], radius: float
) -> Float:
    """Distance from a line with round ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
    along = np.clip(along, 0.0, 1.0)
    away = np.hypot(x - start[0] - along * dx, y - start[1] - along * dy) - radius
    return np.asarray(away, np.float32)


def _named(name: str, many: int) -> tuple[str, ...]:
    return (name,) if many == 1 else tuple(f"{name} {place + 1}" for place in range(many))
