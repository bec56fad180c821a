"""Digits and coloured shapes that step over whole pixels and turn by chance at the walls.

Everything before a frame is seen except what chance decides in it, so that the entropy of each
frame, given those before it, is known exactly: the least that any model can pay, in nats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import FLOOR
from motionstudio.datasets.digits import written
from motionstudio.datasets.layers import Composition, Layer, Paint, black, compose, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]

VERSION = 1
PARAMS = frozenset(("size", "frames", "subject", "height", "levels", "foreign", "flow_next",
                    "frames_only"))  # fmt: skip
SUBJECTS = ("digit", "shape")
_FPS = 15.0
_STEPS = np.array([(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y])


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A way over whole pixels.

    Attributes:
        places: (T, 2) int, column and row of the corner.
        nats: (T,) float64, entropy of each place given those before it; 0 for the first.
    """

    places: NDArray[np.int64]
    nats: Double


def walk(room: tuple[int, int], count: int, rng: np.random.Generator) -> Walk:
    """Steps to one of the eight neighbours, the same again and again while there is room.

    Where the next step would leave the room, another is drawn among those that do not, all
    equally likely, as is the first one.

    Args:
        room: largest column and row, at least 1.
        count: T.
        rng: what decides.
    """
    limit = np.array(room)
    places, nats = np.zeros((count, 2), np.int64), np.zeros(count)
    places[0] = rng.integers(0, limit + 1)
    step: NDArray[np.int64] | None = None
    for t in range(1, count):
        here = places[t - 1]
        if step is None or not _inside(here + step, limit):
            open_to = _STEPS[_inside(here + _STEPS, limit)]
            step = open_to[rng.integers(len(open_to))]
            nats[t] = np.log(len(open_to))
        places[t] = here + step
    return Walk(places, nats)


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "stepping".
        params: any of ``size`` (pixels, 16), ``frames`` (8), ``subject`` ("digit", or "shape" in
            colours), ``height`` (of a digit or shape in pixels, 8), ``levels`` (grey levels of
            each channel, 4), ``foreign`` (a frame in which another subject stands elsewhere;
            -1: none), ``flow_next`` (False) and ``frames_only`` (False).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Frames (T, 1 or 3, size, size) of whole levels on black. The factor ``FLOOR`` is the
        entropy of each frame given those before it, in nats; 0 in frame 0, and not that of a
        foreign frame, which the law does not make.

    Raises:
        ValueError: for an unknown parameter or value, or a subject too large for the picture.
    """
    known = _checked(params)
    size, count = int(known.get("size", 16)), int(known.get("frames", 8))
    rng = np.random.default_rng([seed, index])
    glyph, what = _glyph(known, rng)
    way = walk(_room(size, glyph), count, rng)
    foreign = int(known.get("foreign", -1))
    places = way.places.astype(np.float64)
    layers = [Layer(*still(count), black(len(glyph)), 0), _stamped(glyph, places, 1)]
    if 0 <= foreign < count:
        layers = _with_foreign(layers, known, foreign, size, rng)
    picture = compose(layers, size, len(glyph), frames_only=bool(known.get("frames_only", False)))
    return _sample(picture, way, name, params, (seed, index), what)


def _sample(
    picture: Composition,
    way: Walk,
    name: str,
    params: Mapping[str, object],
    place: tuple[int, int],
    what: str,
) -> Sample:
    fast = bool(params.get("frames_only", False))
    labels = ("background", "subject", *(("foreign",) if picture.labels.max() > 1 else ()))
    return Sample(
        frames=picture.clean,
        clean=picture.clean,
        times=np.arange(len(way.nats)) / _FPS,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=None if fast else picture.labels,
        label_names=labels,
        factors=np.column_stack([way.places, way.nats]).astype(np.float32),
        factor_names=("x", "y", FLOOR),
        cyclic=False,
        meta=SampleMeta(name, dict(params), *place, VERSION, {"subject": what}),
        flow_next=picture.flow_next if params.get("flow_next", False) else None,
    )


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(f"stepping: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
    known: Mapping[str, Any] = params
    if known.get("subject", SUBJECTS[0]) not in SUBJECTS:
        raise ValueError(f"stepping: expected subject of {SUBJECTS}, got {known['subject']!r}")
    return known


def _room(size: int, glyph: Float) -> tuple[int, int]:
    height, width = glyph.shape[1:]
    if max(height, width) >= size:
        raise ValueError(f"stepping: a subject of {width} x {height} pixels needs a larger picture")
    return size - width, size - height


def _inside(places: NDArray[np.int64], limit: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(((places >= 0) & (places <= limit)).all(-1))


def _glyph(known: Mapping[str, Any], rng: np.random.Generator) -> tuple[Float, str]:
    """(C, h, w) in whole levels, cropped to its ink, and what it is."""
    steps, height = int(known.get("levels", 4)) - 1, float(known.get("height", 8))
    if known.get("subject", "digit") == "shape":
        return _shape(steps, height, rng)
    picture = np.rint(written(height, rng) * steps) / steps
    rows, columns = (np.flatnonzero(picture.any(axis)) for axis in (1, 0))
    ink = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return ink[np.newaxis].astype(np.float32), "digit"


def _shape(steps: int, height: float, rng: np.random.Generator) -> tuple[Float, str]:
    """A square, disk, cross or triangle of one colour that is not dark."""
    side = max(3, round(height * rng.uniform(0.7, 1.0)))
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    which = int(rng.integers(4))
    mask = (
        np.ones((side, side), np.bool_),
        np.hypot(x, y) <= side / 2,
        (np.abs(x) <= side / 5) | (np.abs(y) <= side / 5),
        np.abs(x) <= (y + side / 2) / 2 + 0.25,
    )[which]
    colour = rng.integers(0, steps + 1, 3)
    colour[rng.integers(3)] = steps
    ink = mask[np.newaxis] * (colour[:, np.newaxis, np.newaxis] / steps)
    return ink.astype(np.float32), ("square", "disk", "cross", "triangle")[which]


def _with_foreign(
    layers: Sequence[Layer],
    known: Mapping[str, Any],
    frame: int,
    size: int,
    rng: np.random.Generator,
) -> list[Layer]:
    """The layers with another subject at ``frame`` in place of the first."""
    other, _ = _glyph(known, rng)
    background, own = layers
    away, here = own.origin.copy(), np.full_like(own.origin, -4.0 * size)
    away[frame] = -4.0 * size
    here[frame] = rng.integers(0, np.array(_room(size, other)) + 1)
    moved = Layer(own.linear, away, own.paint, own.label)
    return [background, moved, _stamped(other, here, 2)]


def _stamped(glyph: Float, places: Double, label: int) -> Layer:
    return Layer(still(len(places))[0], places, _stamp(glyph), label)


def _stamp(glyph: Float) -> Paint:
    """Exactly the pixels of ``glyph``, its corner at the origin."""
    height, width = glyph.shape[1:]
    inked = np.asarray(glyph.any(0))

    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        column, row = np.broadcast_arrays(np.rint(x).astype(int), np.rint(y).astype(int))
        within = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)
        away = np.where(within & inked[row, column], -1, 1).astype(np.float32)
        return away, [plane[row, column] for plane in glyph]

    return paint
