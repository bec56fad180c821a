"""A textured disk over a textured background, each with its own constant velocity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.gratings import draw_gratings
from motionstudio.datasets.layers import Layer, compose, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]

VERSION = 1
LABELS = ("background", "disk")
FACTORS = ("disk x", "disk y", "background x", "background y")
PARAMS = frozenset(("size", "frames", "velocities"))
SPEED = 3.0  # greatest component of a velocity, pixels per frame
_FPS = 15.0


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "two_motion".
        params: any of ``size`` (pixels, 64), ``frames`` (5) and ``velocities``
            (((dx, dy) of the background, (dx, dy) of the disk), pixels per frame).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Grey frames with exact flow everywhere, ``flow_next``, and occlusion in ``valid``.

    Raises:
        ValueError: for an unknown parameter.
    """
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(
            f"two_motion: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}"
        )
    known: Mapping[str, Any] = params
    size, count = int(known.get("size", 64)), int(known.get("frames", 5))
    rng = np.random.default_rng([seed, index])
    drawn = rng.uniform(-SPEED, SPEED, (2, 2))
    layers, factors = _layers(rng, np.asarray(known.get("velocities", drawn)), size, count)
    picture = compose(layers, size, 1)
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
        meta=SampleMeta(name, dict(params), seed, index, VERSION, {}),
        flow_next=picture.flow_next,
    )


def _layers(
    rng: np.random.Generator, velocities: Double, size: int, count: int
) -> tuple[list[Layer], Double]:
    radius = np.float32(size * rng.uniform(0.16, 0.26))
    middle = 0.5 * size + rng.uniform(-0.08, 0.08, 2) * size
    behind = draw_gratings(rng, 6, (0.1 * size, 0.35 * size), 0.5, 0.45)
    body = draw_gratings(rng, 6, (0.1 * size, 0.35 * size), 0.5, 0.45)
    step = np.arange(count)[:, None]
    linear, _ = still(count)

    def paint_all(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return np.full_like(x, -np.inf), [behind(x, y)]

    def paint_disk(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        return np.sqrt(x * x + y * y) - radius, [body(x, y)]

    back, front = step * velocities[0], middle + step * velocities[1]
    layers = [Layer(linear, back, paint_all, 0), Layer(linear, front, paint_disk, 1)]
    return layers, np.concatenate([front, back], axis=1)
