"""Poses of teapots over time: which factors are free, how far they reach, how they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]

FACTORS = ("x", "y", "depth", "yaw", "pitch", "roll")
"""Pixels from the middle, logarithm of the scale, and radians."""

_DEGREE = np.pi / 180
_CYCLES = 3


def units(size: int) -> Double:
    """(6,) what one unit of ``gap`` moves each factor by: a pixel at side 32, 4 %, 5 degrees."""
    pixel = size / 32
    return np.array([pixel, pixel, 0.04, 5 * _DEGREE, 5 * _DEGREE, 5 * _DEGREE])


def reaches(size: int) -> Double:
    """(6,) greatest size of each factor."""
    pixel = size / 32
    return np.array([8 * pixel, 8 * pixel, 0.25, 35 * _DEGREE, 35 * _DEGREE, 35 * _DEGREE])


def poses_of(
    known: Mapping[str, Any], free: Sequence[int], size: int, count: int, rng: np.random.Generator
) -> Double:
    """(count, 6) poses as the parameters ``motion`` and ``gap`` of a teapot say.

    Args:
        known: its parameters.
        free: indices of the factors that move; the others are zero.
        size: side of the picture in pixels.
        count: number of frames.
        rng: where the draws come from.

    Raises:
        ValueError: a straight way is longer than the factors reach.
    """
    if known.get("motion", "smooth") == "straight":
        return straight(rng, free, size, count, float(known.get("gap", 1.0)))
    return smooth(rng, free, size, count)


def straight(
    rng: np.random.Generator, free: Sequence[int], size: int, count: int, gap: float
) -> Double:
    """(count, 6) poses of constant velocity that stay within reach.

    x and y together move by ``gap`` pixels (at side 32) in each step, in a drawn direction;
    every other free factor by its own drawn share of ``gap`` units.

    Args:
        rng: where the draws come from.
        free: indices of the factors that move; the others are zero.
        size: side of the picture in pixels.
        count: number of frames.
        gap: units in each step, > 0.

    Raises:
        ValueError: the way is longer than the factors reach.
    """
    reach = reaches(size)
    step = np.zeros(6)
    direction = rng.uniform(-np.pi, np.pi)
    share = rng.uniform(-1.0, 1.0, 6)
    share[:2] = np.cos(direction), np.sin(direction)
    if 1 not in free:
        share[0] = np.sign(share[0])
    if not {0, 1} & set(free):
        # Nothing shifts: the largest turn is the one that ``gap`` counts.
        share[list(free)] /= np.abs(share[list(free)]).max()
    step[list(free)] = gap * (share * units(size))[list(free)]
    way = np.abs(step) * (count - 1)
    if np.any(way > 2 * reach + 1e-9):
        raise ValueError(
            f"teapot: expected a way within reach, got {count} frames of gap {gap}, which is "
            f"{(way / np.maximum(reach, 1e-12)).max() / 2:.2f} of it"
        )
    start = rng.uniform(-1.0, 1.0, 6) * (reach - way / 2) - step * (count - 1) / 2
    poses = start + step * np.arange(count)[:, None]
    return _only(poses, free)


def smooth(rng: np.random.Generator, free: Sequence[int], size: int, count: int) -> Double:
    """(count, 6) poses of band-limited motion: for each free factor a sum of three sinusoids."""
    amplitude = rng.dirichlet(np.ones(_CYCLES), 6) * rng.uniform(0.6, 1.0, (6, 1))
    cycles, phase = rng.uniform(0.5, 2.0, (2, 6, _CYCLES)) * np.array([1.0, np.pi])[:, None, None]
    moment = np.arange(count)[:, None, None] / max(count, 1)
    waves = amplitude * np.sin(2 * np.pi * cycles * moment + 2 * phase)
    return _only(waves.sum(2) * reaches(size), free)


def rotations(poses: Double) -> Double:
    """(T, 3, 3) of yaw (about the vertical), pitch (about x) and roll (in the picture).

    Axes of the camera: x to the right, y down, z away from the viewer.
    """
    yaw, pitch, roll = poses[:, 3], poses[:, 4], poses[:, 5]
    return _about(2, roll) @ _about(0, pitch) @ _about(1, yaw)


def _about(axis: int, angle: Double) -> Double:
    turned = np.zeros((len(angle), 3, 3))
    turned[:, axis, axis] = 1
    a, b = (axis + 1) % 3, (axis + 2) % 3
    turned[:, a, a] = turned[:, b, b] = np.cos(angle)
    turned[:, a, b], turned[:, b, a] = -np.sin(angle), np.sin(angle)
    return turned


def _only(poses: Double, free: Sequence[int]) -> Double:
    kept = np.zeros_like(poses)
    kept[:, list(free)] = poses[:, list(free)]
    return kept
