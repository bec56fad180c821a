"""Digits written with a pen: white on black, each drawn a little differently, that move.

With one digit these are pictures to learn from; with two that bounce they are moving digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.digit_strokes import distance
from motionstudio.datasets.layers import Layer, Paint, black, compose, rigid, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]

VERSION = 1
FACTORS = ("x", "y", "angle")
PARAMS = frozenset(
    ("size", "frames", "digits", "digit", "motion", "height", "speeds", "flow_next", "frames_only")
)
_FPS = 15.0
_TURN, _ZOOM, _SHEAR = np.deg2rad(12), 0.15, 0.2
_STEP = 0.1  # of the way between the walls, in each frame of a bouncing motion


@dataclass(frozen=True, slots=True)
class _Hand:
    """How one digit is written."""

    digit: int
    half: float
    pen: float
    turn: float
    stretch: Double


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "digits".
        params: any of ``size`` (pixels, 64), ``frames`` (16), ``digits`` (1 or 2), ``digit`` (0
            to 9 for the first, else drawn), ``motion`` ("smooth": to and fro with a turn, the
            default; "bounce": constant velocity between the walls), ``height`` (of a digit, as
            a share of the side: 0.62), ``speeds`` (least and largest pixels a frame of a
            bouncing digit; else a tenth of the way between the walls), ``flow_next`` (False) and
            ``frames_only`` (False).
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Returns:
        Grey frames (T, 1, size, size); label k + 1 is the digit k + 1, and ``meta.subject``
        says which they are and how each is written.

    Raises:
        ValueError: for an unknown parameter or value.
    """
    known = _checked(params)
    size, count = int(known.get("size", 64)), int(known.get("frames", 16))
    many, fast = int(known.get("digits", 1)), bool(known.get("frames_only", False))
    streams = np.random.default_rng([seed, index]).spawn(many)
    hands, paths = [], []
    for place, rng in enumerate(streams):
        hand = _hand(known, size, rng, int(known.get("digit", -1)) if place == 0 else -1)
        hands.append(hand)
        paths.append(_path(known, size, count, hand.half, rng))
    picture = compose(_layers(hands, paths, size), size, 1, frames_only=fast)
    return Sample(
        frames=picture.clean,
        clean=picture.clean,
        times=np.arange(count) / _FPS,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=None if fast else picture.labels,
        label_names=("background", *(f"digit {place + 1}" for place in range(many))),
        factors=np.concatenate(paths, 1).astype(np.float32),
        factor_names=FACTORS if many == 1 else _numbered(many),
        cyclic=False,
        meta=SampleMeta(name, dict(params), seed, index, VERSION, _facts(hands, size)),
        flow_next=picture.flow_next if known.get("flow_next", False) else None,
    )


def written(height: float, rng: np.random.Generator) -> Float:
    """(S, S) grey picture of one digit about ``height`` pixels tall, with room around it."""
    size = int(np.ceil(height * (1 + _ZOOM) * 1.6))
    hand = _hand({"height": height / size}, size, rng, -1)
    linear, origin = rigid(np.array([hand.turn])) @ hand.stretch * hand.half, np.zeros((1, 2))
    layers = [
        Layer(*still(1), black(), 0),
        Layer(linear, origin + 0.5 * (size - 1), _written(hand), 1),
    ]
    picture: Float = compose(layers, size, 1, frames_only=True).clean[0, 0]
    return picture


def _checked(params: Mapping[str, object]) -> Mapping[str, Any]:
    unknown = set(params) - PARAMS
    if unknown:
        raise ValueError(f"digits: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
    known: Mapping[str, Any] = params
    for key, allowed in (
        ("digits", (1, 2)), ("digit", tuple(range(10))), ("motion", ("smooth", "bounce")),
    ):  # fmt: skip
        if known.get(key, allowed[0]) not in allowed:
            raise ValueError(f"digits: expected {key} of {allowed}, got {known[key]!r}")
    return known


def _numbered(many: int) -> tuple[str, ...]:
    return tuple(f"{factor} {place + 1}" for place in range(many) for factor in FACTORS)


def _hand(known: Mapping[str, Any], size: int, rng: np.random.Generator, digit: int) -> _Hand:
    drawn = int(rng.integers(10))
    half = 0.5 * float(known.get("height", 0.62)) * size * rng.uniform(1 - _ZOOM, 1 + _ZOOM)
    stretch = np.eye(2)
    stretch[0] = rng.uniform(0.85, 1.15), rng.uniform(-_SHEAR, _SHEAR)
    return _Hand(
        digit if digit >= 0 else drawn,
        float(half),
        float(rng.uniform(0.11, 0.2)),
        float(rng.uniform(-_TURN, _TURN)),
        stretch,
    )


def _path(
    known: Mapping[str, Any], size: int, count: int, half: float, rng: np.random.Generator
) -> Double:
    """(T, 3): pixels from the middle, and radians."""
    path = np.zeros((count, 3))
    wall = max(0.5 * size - half, 1.0)
    start, direction = rng.uniform(-wall, wall, 2), rng.uniform(-np.pi, np.pi)
    cycles, phase = rng.uniform(0.5, 1.5, 3), rng.uniform(-np.pi, np.pi, 3)
    if known.get("motion", "smooth") == "bounce":
        length = rng.uniform(*known["speeds"]) if "speeds" in known else 2 * wall * _STEP
        step = length * np.array([np.cos(direction), np.sin(direction)])
        path[:, :2] = _reflected(start + step * np.arange(count)[:, None], wall)
        return path
    moment = np.arange(count)[:, None] / count
    reach = np.array([0.5 * wall, 0.5 * wall, 0.35])
    return np.asarray(reach * np.sin(2 * np.pi * cycles * moment + phase))


def _reflected(way: Double, wall: float) -> Double:
    """A straight way folded back between -wall and wall; the step length is kept."""
    return np.asarray(np.abs(np.mod(way + wall, 4 * wall) - 2 * wall) - wall)


def _facts(hands: Sequence[_Hand], size: int) -> dict[str, object]:
    """Which digits, and for each how it is written: shares of the side or height, and radians."""
    known = ({"height": 2 * hand.half / size, "pen": hand.pen, "turn": hand.turn,
              "width": float(hand.stretch[0, 0]), "slant": float(hand.stretch[0, 1])}
             for hand in hands)  # fmt: skip
    return {"digits": tuple(hand.digit for hand in hands), "hands": tuple(known)}


def _layers(hands: Sequence[_Hand], paths: Sequence[Double], size: int) -> list[Layer]:
    linear, origin = still(len(paths[0]))
    layers = [Layer(linear, origin, black(), 0)]
    for place, (hand, path) in enumerate(zip(hands, paths, strict=True)):
        turned = rigid(path[:, 2] + hand.turn) @ hand.stretch * hand.half
        middle = 0.5 * (size - 1) + path[:, :2]
        layers.append(Layer(turned, middle, _written(hand), place + 1))
    return layers


def _written(hand: _Hand) -> Paint:
    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        away = (distance(hand.digit, x, y) - np.float32(hand.pen)) * np.float32(hand.half)
        return away, [np.ones_like(x)]

    return paint
