"""Handwritten digits in the idx format of MNIST, read from gzip files.

The files are not part of the project. Format: two zero bytes, a type byte (8: unsigned bytes), the
number of axes, the length of each axis as a big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError

IMAGES = "mnist/digits-7000-images-idx3-ubyte.gz"
LABELS = "mnist/digits-7000-labels-idx1-ubyte.gz"
SIDE = 28
HELD_OUT = 1000
"""The last so many pictures are never trained on."""

_BYTES = 8


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in a gzip-compressed idx file of unsigned bytes.

    Raises:
        MotionStudioError: the file cannot be read, is damaged, or holds something else.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise MotionStudioError(f"{path.name} cannot be read as a gzip file: {error}.") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _BYTES:
        raise MotionStudioError(f"{path.name} is no idx file of unsigned bytes.")
    axes = content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise MotionStudioError(f"{path.name} is cut off.")
    shape = struct.unpack(f">{axes}I", content[4:start])
    values = np.frombuffer(content, np.uint8, offset=start)
    if values.size != int(np.prod(shape)):
        raise MotionStudioError(f"{path.name} is cut off.")
    return values.reshape(shape)


def read_digits(data: Path, *, held_out: bool) -> NDArray[np.float32]:
    """(N, 1, 28, 28) float32 in [0, 1]: the digits to train on, or those that are held out.

    Args:
        data: the folder that has ``IMAGES`` below it.
        held_out: the last ``HELD_OUT`` pictures instead of all before them.

    Raises:
        MotionStudioError: the file is missing or damaged.
    """
    path = data / IMAGES
    if not path.exists():
        raise MotionStudioError(
            f"The digits {IMAGES} are not in the data folder.",
            "Name a folder that has them with --data.",
        )
    pictures = read_idx(path)
    chosen = pictures[-HELD_OUT:] if held_out else pictures[:-HELD_OUT]
    return (chosen[:, None] / np.float32(255)).astype(np.float32)


def binarised(pictures: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Zeros and ones of the same shape: each pixel is ink with the probability of its grey.

    Equal seeds give equal pictures, so that figures on them compare.
    """
    chance = np.random.default_rng(seed).random(pictures.shape, np.float32)
    return (chance < pictures).astype(np.float32)
