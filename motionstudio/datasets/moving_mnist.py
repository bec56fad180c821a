"""Handwritten digits of a file that move at constant velocity between walls."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from motionstudio.core.motion import Float
from motionstudio.datasets.mnist import read_digits

_SPEEDS = (0.8, 2.5)


def moving_digits(
    data: Path, count: int, frames: int, size: int, *, seed: int, side: int = 14
) -> Float:
    """(N, T, 1, S, S) sequences, one held-out digit each, placed between pixels.

    Args:
        data: the folder that has ``mnist.IMAGES`` below it.
        count: N.
        frames: T.
        size: S.
        seed: equal seeds give equal sequences.
        side: of a digit in pixels.

    Raises:
        MotionStudioError: the file is missing or damaged.
    """
    digits = read_digits(data, held_out=True)
    rng = np.random.default_rng(seed)
    made = np.zeros((count, frames, 1, size, size), np.float32)
    room = float(size - side)
    for number in range(count):
        digit = digits[int(rng.integers(len(digits)))][0]
        small = cv2.resize(digit, (side, side), interpolation=cv2.INTER_AREA)
        start, turn = rng.uniform(0, room, 2), rng.uniform(-np.pi, np.pi)
        speed = rng.uniform(*_SPEEDS) * np.array([np.cos(turn), np.sin(turn)])
        way = start + speed * np.arange(frames)[:, None]
        # Folded between the walls, the speed kept.
        places = room - np.abs(np.mod(way, 2 * room) - room)
        for t, (x, y) in enumerate(places):
            move = np.array([[1, 0, x], [0, 1, y]], np.float32)
            made[number, t, 0] = cv2.warpAffine(small, move, (size, size), flags=cv2.INTER_LINEAR)
    return made
