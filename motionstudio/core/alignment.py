"""Where and how large a motion lies in the square that a model sees, compared between two clips.

A motion matrix says how something moves, but not independently of its pose: a heart seen turned,
shifted or at another size has another matrix. Two clips are compared by what changes in their
squares over time and by the outlines in their reference pictures, over shifts, turns and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.picture import Box, Transform

Float = NDArray[np.float32]

_SIDE = 48
_TURNS = np.arange(-180, 180, 10.0)
_SIZES = np.exp(np.linspace(np.log(0.6), np.log(1 / 0.6), 9))
# How much better a turn by 90 degrees, another size by half, a shift by a quarter must fit: of two
# poses that fit alike, the nearer one is the likelier.
_TURN_COST, _SIZE_COST, _SHIFT_COST = 0.06, 0.04, 0.03
# A pose is worth mentioning from these differences on, when it fits this well and this much better.
_SHIFT, _ANGLE, _SIZE = 0.07, 10.0, 1.12
_LEAST, _GAIN = 0.5, 0.1
# Below this fit, or where an upright pose fits nearly as well, two subjects are too unlike for
# their turn to be told: centre and size must do. Sprites, heads and people gain up to 0.03 by a
# turn that means nothing; up to 0.10 where only outlines can be compared.
_SURE, _TURN_GAIN, _STILL_GAIN = 0.7, 0.035, 0.12


@dataclass(frozen=True, slots=True)
class Pose:
    """How the content of one square lies compared with that of another.

    What the source shows at a point p of its square (shares of the side from its middle), the
    target shows at ``scale`` * turn(``angle``) (p - ``shift``).

    Attributes:
        shift: (x, y) shares of the side by which the target's content must move, once turned and
            scaled, to lie like the source's.
        angle: degrees by which the target's content is turned, clockwise.
        scale: size of the target's content over that of the source's.
        score: how well both fit once aligned, and ``before``: as they are; 1 is perfect.
    """

    shift: tuple[float, float]
    angle: float
    scale: float
    score: float
    before: float

    @property
    def differs(self) -> bool:
        """Whether aligning is worth offering."""
        apart = (
            float(np.hypot(*self.shift)) > _SHIFT
            or abs(self.angle) > _ANGLE
            or abs(np.log(self.scale)) > np.log(_SIZE)
        )
        return apart and self.score > _LEAST and self.score - self.before > _GAIN

    @property
    def words(self) -> str:
        """``turned by 12°, 1.3 times as large``: how the target lies, for people."""
        parts = []
        if abs(self.angle) > _ANGLE:
            parts.append(f"turned by {self.angle:+.0f}°".replace("-", "−"))
        if abs(np.log(self.scale)) > np.log(_SIZE):
            parts.append(f"{self.scale:.2g} times as large")
        if float(np.hypot(*self.shift)) > _SHIFT:
            parts.append("somewhere else in the picture")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What poses are compared by.

    Attributes:
        change: (s, s) what changes over time in the square, unit norm; zero for a still.
        outline: (s, s) edges of the reference picture, unit norm.
    """

    change: Float
    outline: Float

    @classmethod
    def of(cls, pictures: Float, reference: int = 0) -> Self:
        """The look of (n, C, S, S) pictures as a model sees them."""
        small = np.stack([_small(picture) for picture in pictures])
        change = cv2.GaussianBlur(np.var(small, axis=0), (0, 0), 1.2)
        change = np.sqrt(np.maximum(change - 2 * np.median(change), 0))
        smooth = cv2.GaussianBlur(small[reference], (0, 0), 0.8)
        down, right = np.gradient(smooth)
        edges = np.hypot(down, right)
        edges = cv2.GaussianBlur(np.maximum(edges - np.median(edges), 0), (0, 0), 0.8)
        return cls(_unit(change), _unit(edges))


def compare(source: Look, target: Look) -> Pose:
    """The pose of ``target`` compared with ``source`` that makes them fit best."""
    planes = [(source.outline, target.outline)]
    if source.change.any() and target.change.any():
        # What moves tells more about a motion than what stands around it.
        planes = [(source.change, target.change)] * 2 + planes
    matcher = _Matcher(planes)
    best = matcher.best(_TURNS, (-2, -1, 0, 1, 2))
    upright = matcher.best(np.zeros(1), (0,))
    gain = _STILL_GAIN if len(planes) == 1 else _TURN_GAIN
    if best.score < _SURE or best.score - upright.score < gain:
        best = upright
    angle = (best.angle + 180) % 360 - 180
    return replace(best, angle=angle, before=matcher.unaligned)


def aligned_box(transform: Transform, pose: Pose) -> tuple[Box, float]:
    """The crop and angle in which the target lies like the source; the crop may leave the frame.

    Args:
        transform: how the target is seen now.
        pose: of the target compared with the source.

    Returns:
        A square (y, x, side, side) in whole pixels of the target's frame, and degrees.
    """
    side = np.array(transform.model_size[::-1], np.float64)
    radians = np.deg2rad(pose.angle)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    away = pose.scale * (turn @ -np.array(pose.shift))
    middle = transform.points_to_native((side - 1) / 2 + away * side)
    length = max(4, round(float(side[0] * pose.scale / np.mean(transform.scale))))
    x, y = (round(float(value) + 0.5 - length / 2) for value in middle)
    angle = (transform.angle + pose.angle + 180) % 360 - 180
    return (y, x, length, length), float(np.round(angle, 1))


class _Matcher:
    """Correlates planes over all shifts at once."""

    def __init__(self, planes: list[tuple[Float, Float]]) -> None:
        self._weight = 1 / len(planes)
        self._spectra = [np.conj(np.fft.rfft2(s, (2 * _SIDE, 2 * _SIDE))) for s, _ in planes]
        self._targets = [t for _, t in planes]
        self.unaligned = self._weight * sum(float((s * t).sum()) for s, t in planes)

    def best(self, turns: NDArray[np.float64], nearby: tuple[int, ...]) -> Pose:
        """The pose that fits best among some turns and all sizes, then refined.

        Args:
            turns: degrees to try.
            nearby: multiples of a step by which the turn is refined.
        """
        found = [self.fit(float(angle), float(size)) for angle in turns for size in _SIZES]
        pose = max(found, key=lambda one: one[0])[1]
        for step in (4.0, 1.5, 0.7):
            near = [
                self.fit(
                    pose.angle + turn * step, pose.scale * float(np.exp(grow * step / 100)), 0.1
                )
                for turn in nearby
                for grow in (-2, -1, 0, 1, 2)
            ]
            pose = max(near, key=lambda one: one[0])[1]
        return pose

    def fit(self, angle: float, scale: float, caution: float = 1.0) -> tuple[float, Pose]:
        """The best shift for a turn and a size, and what it is worth.

        Args:
            angle: degrees.
            scale: size of the target over that of the source.
            caution: weight of what speaks for the nearer of two poses.
        """
        total = np.zeros((2 * _SIDE, 2 * _SIDE))
        moved: dict[int, NDArray[Any]] = {}
        for spectrum, plane in zip(self._spectra, self._targets, strict=True):
            if id(plane) not in moved:
                turned = _seen(plane, angle, scale)
                moved[id(plane)] = np.fft.rfft2(turned, (2 * _SIDE, 2 * _SIDE))
            total += np.fft.irfft2(moved[id(plane)] * spectrum, (2 * _SIDE, 2 * _SIDE))
        total *= self._weight
        worth = total - caution * _SHIFT_COST * _FAR
        row, column = np.unravel_index(int(np.argmax(worth)), worth.shape)
        cost = _TURN_COST * abs((angle + 180) % 360 - 180) / 90
        cost += _SIZE_COST * abs(np.log(scale)) / np.log(1.5)
        shift = (-float(_AWAY[column]) / _SIDE, -float(_AWAY[row]) / _SIDE)
        pose = Pose(shift, angle, scale, float(total[row, column]), 0.0)
        return float(worth[row, column]) - caution * cost, pose


_AWAY = (np.arange(2 * _SIDE) + _SIDE) % (2 * _SIDE) - _SIDE
# In quarters of the side.
_FAR = np.hypot(_AWAY[:, np.newaxis], _AWAY[np.newaxis]) / (_SIDE / 4)


def _seen(plane: Float, angle: float, scale: float) -> Float:
    """``plane`` turned back and brought to size about its middle, unit norm."""
    middle, radians = (_SIDE - 1) / 2, np.deg2rad(angle)
    cosine, sine = scale * np.cos(radians), scale * np.sin(radians)
    shift = middle - np.array([cosine - sine, sine + cosine]) * middle
    matrix = np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return _unit(np.asarray(cv2.warpAffine(plane, matrix, (_SIDE, _SIDE), flags=flags)))


def _small(picture: Float) -> Float:
    grey = picture.mean(0)
    return np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _unit(plane: NDArray[Any]) -> Float:
    norm = float(np.linalg.norm(plane))
    return np.asarray(plane / norm if norm > 1e-6 else np.zeros_like(plane), np.float32)
