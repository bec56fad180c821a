"""Keys: values that people pin to frames, and the curve that runs through them.

Between the first and the last key of a dimension its values follow the curve; outside, what was
encoded shows through. A segment never leaves the span of its two keys: overshoot does not exist.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
MOST_TENSION = 0.95


class Easing(Enum):
    """How the segment after a key runs to the next key."""

    AUTO = "auto"
    LINEAR = "linear"
    HOLD = "hold"
    EASE_IN = "ease_in"
    EASE_OUT = "ease_out"
    EASE_IN_OUT = "ease_in_out"


@dataclass(frozen=True, slots=True)
class Key:
    """A value pinned to a frame.

    Attributes:
        frame: row of the motion matrix, from 0.
        value: finite.
        easing: shape of the segment to the next key.
        tension: bends that segment: its middle lies (1 + tension) / 2 of the way in time-warped
            progress, so 0 leaves the shape alone, positive values hurry, negative ones tarry.
            In [-0.95, 0.95].
    """

    frame: int
    value: float
    easing: Easing = Easing.AUTO
    tension: float = 0.0

    def __post_init__(self) -> None:
        if self.frame < 0 or not np.isfinite(self.value):
            raise ValueError(f"Key: expected frame >= 0 and a finite value, got {self}")
        if not -MOST_TENSION <= self.tension <= MOST_TENSION:
            raise ValueError(
                f"Key: expected tension in [-{MOST_TENSION}, {MOST_TENSION}], got {self.tension}"
            )


Keys = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of all dimensions of a motion.

    Attributes:
        curves: (dimension, its keys), dimensions increasing, frames increasing, none empty.
    """

    curves: tuple[tuple[int, Keys], ...] = ()

    def __post_init__(self) -> None:
        dims = [dim for dim, _ in self.curves]
        if dims != sorted(set(dims)) or any(dim < 0 for dim in dims):
            raise ValueError(f"KeySet: expected increasing dimensions >= 0, got {dims}")
        for dim, keys in self.curves:
            frames = [key.frame for key in keys]
            if not frames or frames != sorted(set(frames)):
                raise ValueError(f"KeySet: expected increasing frames for {dim}, got {frames}")

    def __bool__(self) -> bool:
        return bool(self.curves)

    @property
    def dims(self) -> tuple[int, ...]:
        """Dimensions that have keys."""
        return tuple(dim for dim, _ in self.curves)

    @property
    def frames(self) -> tuple[int, ...]:
        """Frames at which any dimension has a key, increasing."""
        return tuple(sorted({key.frame for _, keys in self.curves for key in keys}))

    def of(self, dim: int) -> Keys:
        """The keys of a dimension; empty where it has none."""
        return next((keys for d, keys in self.curves if d == dim), ())

    def at(self, frame: int, dim: int) -> Key | None:
        """The key of a cell, or None."""
        return next((key for key in self.of(dim) if key.frame == frame), None)

    def with_dim(self, dim: int, keys: Iterable[Key]) -> KeySet:
        """The set in which a dimension has these keys, in any order; none takes them away."""
        fresh = tuple(sorted(keys, key=lambda key: key.frame))
        rest = [(d, k) for d, k in self.curves if d != dim]
        return KeySet(tuple(sorted([*rest, *([(dim, fresh)] if fresh else [])])))

    def within(self, rows: int, dims: int) -> KeySet:
        """Without what lies outside a matrix (rows, dims)."""
        kept = [(d, tuple(k for k in keys if k.frame < rows)) for d, keys in self.curves]
        return KeySet(tuple((d, keys) for d, keys in kept if d < dims and keys))


NO_KEYS = KeySet()


def with_value(keys: Keys, frame: int, value: float) -> Keys:
    """Keys whose curve has ``value`` at ``frame``: the key there moves, or a new one appears.

    A new key takes over the easing of the segment that it divides, without its tension.
    """
    return with_values(keys, {frame: value})


def with_values(keys: Keys, values: Mapping[int, float]) -> Keys:
    """``with_value`` for many frames at once: the curve has every value at its frame."""
    kept = {key.frame: key for key in keys}
    easing = keys[0].easing if keys else Easing.AUTO
    made: list[Key] = []
    for frame in sorted({*kept, *values}):
        key = kept.get(frame)
        if key is None:
            made.append(Key(frame, values[frame], easing))
            continue
        easing = key.easing
        made.append(replace(key, value=values[frame]) if frame in values else key)
    return tuple(made)


def without(keys: Keys, frames: Iterable[int]) -> Keys:
    """Keys without those at ``frames``."""
    gone = set(frames)
    return tuple(k for k in keys if k.frame not in gone)


def moved(keys: Keys, frames: Iterable[int], by: int, up: float, last: int) -> Keys:
    """Keys of which those at ``frames`` moved; one dropped on another takes its place.

    Args:
        keys: of one dimension.
        frames: frames of the keys that move.
        by: frames to move on; the keys stay together and within [0, ``last``].
        up: change of value.
        last: the last frame there is.
    """
    chosen = [k for k in keys if k.frame in set(frames)]
    if not chosen:
        return keys
    by = min(max(by, -chosen[0].frame), last - chosen[-1].frame)
    shifted = [replace(k, frame=k.frame + by, value=k.value + up) for k in chosen]
    taken = {k.frame for k in shifted}
    rest = [k for k in keys if k not in chosen and k.frame not in taken]
    return tuple(sorted([*rest, *shifted], key=lambda k: k.frame))


def span(keys: Keys) -> tuple[int, int]:
    """First and last frame that a dimension's curve rules, both included.

    Raises:
        ValueError: there is no key.
    """
    if not keys:
        raise ValueError("span: expected at least one key, got none")
    return keys[0].frame, keys[-1].frame


def curve(keys: Keys) -> Curve:
    """(last - first + 1,) values at every frame from the first key to the last.

    At its own frame every key gives exactly its value; between two keys no value lies outside
    theirs.
    """
    frames, knots = np.array([k.frame for k in keys]), np.array([k.value for k in keys])
    span(keys)
    if len(keys) < 2:
        return knots
    place = np.repeat(np.arange(len(keys) - 1), np.diff(frames))
    start, end, long = knots[:-1][place], knots[1:][place], np.diff(frames)[place]
    u = (np.arange(frames[0], frames[-1]) - frames[:-1][place]) / long
    warped = _bent(u, np.array([k.tension for k in keys])[place])
    slopes, made = _slopes(keys), np.empty(len(u))
    easings = np.array([_ORDER[k.easing] for k in keys])[place]
    for easing, number in _ORDER.items():
        here = easings == number
        if not here.any():
            continue
        if easing is Easing.AUTO:
            leave, arrive = slopes[:-1][place] * long, slopes[1:][place] * long
            made[here] = _hermite(warped[here], start[here], end[here], leave[here], arrive[here])
        else:
            share = _SHAPES[easing](warped[here])
            made[here] = start[here] + (end[here] - start[here]) * share
    values = np.append(np.clip(made, np.minimum(start, end), np.maximum(start, end)), knots[-1])
    values[frames - frames[0]] = knots
    return values


def keys_near(keys: Keys, first: float, last: float) -> Keys:
    """The keys that shape the curve from frame ``first`` to ``last``, and no others.

    Slopes at a key depend on its neighbours, so two keys beyond either end belong to them.
    """
    start = bisect_right(keys, first, key=_frame) - 1
    stop = bisect_left(keys, last, key=_frame) + 1
    return keys[max(0, start - 1) : stop + 1]


def dense(keys: Keys, per_segment: int = 24) -> tuple[Curve, Curve]:
    """Frames (n,) and values (n,) fine enough to draw the curve smoothly."""
    slopes = _slopes(keys)
    u = np.linspace(0, 1, per_segment, endpoint=False)
    times, values = [], []
    for place, (key, following) in enumerate(pairwise(keys)):
        times.append(key.frame + u * (following.frame - key.frame))
        values.append(segment(key, following, u, slopes[place], slopes[place + 1]))
        if key.easing is Easing.HOLD:
            times.append(np.array([float(following.frame)]))
            values.append(np.array([key.value]))
    times.append(np.array([float(keys[-1].frame)]))
    values.append(np.array([keys[-1].value]))
    return np.concatenate(times), np.concatenate(values)


def segment(
    key: Key, following: Key, u: Curve, slope_in: float = 0.0, slope_out: float = 0.0
) -> Curve:
    """Values of the segment from ``key`` to ``following`` at progress ``u`` in [0, 1).

    Args:
        key: where it starts; its easing and tension shape it.
        following: where it ends.
        u: (n,) progress in time.
        slope_in: slope at ``key`` in values per frame, for AUTO.
        slope_out: slope at ``following``.
    """
    warped = _bent(u, key.tension)
    if key.easing is Easing.AUTO:
        frames = following.frame - key.frame
        made = _hermite(warped, key.value, following.value, slope_in * frames, slope_out * frames)
    else:
        share = _SHAPES[key.easing](warped)
        made = key.value + (following.value - key.value) * share
    low, high = sorted((key.value, following.value))
    return np.asarray(np.clip(made, low, high), np.float64)


def shape(easing: Easing, u: Curve) -> Curve:
    """Progress of value for progress of time ``u`` in [0, 1], to draw the easing in a menu."""
    made = _smoothstep(u) if easing is Easing.AUTO else _SHAPES[easing](u)
    return np.asarray(made, np.float64)


def tension_through(share: float) -> float:
    """The tension that takes the middle of a linear segment to ``share`` of the way up."""
    return float(np.clip(2 * share - 1, -MOST_TENSION, MOST_TENSION))


def _frame(key: Key) -> int:
    return key.frame


def _slopes(keys: Sequence[Key]) -> Curve:
    """(n,) slopes at the keys: flat at extremes and ends, else the harmonic mean of both sides.

    With them a cubic is monotone between its keys (Fritsch and Carlson, 1980).
    """
    slopes = np.zeros(len(keys))
    if len(keys) > 2:
        frames = np.array([k.frame for k in keys], np.float64)
        rise = np.diff([k.value for k in keys]) / np.diff(frames)
        left, right = rise[:-1], rise[1:]
        same = left * right > 0
        harmonic = 2 * left * right / np.where(same, left + right, 1.0)
        slopes[1:-1] = np.where(same, harmonic, 0.0)
    return slopes


def _hermite(
    u: Curve, start: float | Curve, end: float | Curve, first: float | Curve, last: float | Curve
) -> Curve:
    square, cube = u * u, u * u * u
    made = (2 * cube - 3 * square + 1) * start + (cube - 2 * square + u) * first
    return np.asarray(made + (3 * square - 2 * cube) * end + (cube - square) * last, np.float64)


def _bent(u: Curve, tension: float | Curve) -> Curve:
    """Time warped so that half time has become (1 + tension) / 2; monotone on [0, 1]."""
    middle = (1 + tension) / 2
    return np.asarray(u / ((1 / middle - 2) * (1 - u) + 1), np.float64)


def _smoothstep(u: Curve) -> Curve:
    return u * u * (3 - 2 * u)


_SHAPES: dict[Easing, Callable[[Curve], Curve]] = {
    Easing.LINEAR: lambda u: u,
    Easing.HOLD: lambda u: np.where(u < 1, 0.0, 1.0),
    Easing.EASE_IN: lambda u: u * u * u,
    Easing.EASE_OUT: lambda u: 1 - (1 - u) ** 3,
    Easing.EASE_IN_OUT: lambda u: np.where(u < 0.5, 4 * u**3, 1 - 4 * (1 - u) ** 3),
}
_ORDER = {easing: number for number, easing in enumerate(Easing)}
