"""Decoded video frames as arrays: colour, depth, rotation and pixel shape."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Picture:
    """How the frames of one video become arrays.

    Attributes:
        stored: (H, W) as coded.
        size: (H, W) as read: upright, pixels square.
        scaled_width: width of the coded frame once its pixels are square.
        turns: quarter turns anticlockwise that make it upright.
        target: FFmpeg's name of the pixel format of the arrays.
        dtype: uint8, or uint16 for more than 8 bits.
        channels: 1 or 3.
        codec: FFmpeg's name of it.
        time_base: seconds per unit of a time stamp.
        fps: as the header states it, or None.
    """

    stored: tuple[int, int]
    size: tuple[int, int]
    scaled_width: int
    turns: int
    target: str
    dtype: np.dtype[Any]
    channels: int
    codec: str
    time_base: Fraction
    fps: float | None

    @property
    def nbytes(self) -> int:
        """Of one frame."""
        return self.size[0] * self.size[1] * self.channels * self.dtype.itemsize

    def notes(self, name: str) -> tuple[str, ...]:
        """What was changed about the frames of the file ``name``."""
        notes: tuple[str, ...] = ()
        if self.turns:
            notes += (f"{name} is turned by {90 * self.turns} degrees, as it asks.",)
        if self.scaled_width != self.stored[1]:
            notes += (
                f"{name} has oblong pixels; its width is stretched from {self.stored[1]} to "
                f"{self.scaled_width} pixels to make them square.",
            )
        return notes


def picture_of(frame: Any, stream: Any) -> Picture:
    """How frames like ``frame`` become arrays.

    Raises:
        ValueError: the pixel shape in the file makes the picture impossibly wide.
    """
    height, width = int(frame.height), int(frame.width)
    ratio = Fraction(stream.sample_aspect_ratio or 1)
    scaled = round(width * ratio) if Fraction(1, 8) <= ratio <= 8 else width
    turns = round(float(frame.rotation or 0) / 90) % 4
    size = (scaled, height) if turns % 2 else (height, scaled)
    depth = max((c.bits for c in frame.format.components), default=8)
    grey = len(frame.format.components) == 1 and not frame.format.has_palette
    deep = depth > 8
    target = ("gray16le" if deep else "gray") if grey else ("rgb48le" if deep else "rgb24")
    rate = stream.average_rate or stream.base_rate
    return Picture(
        stored=(height, width),
        size=size,
        scaled_width=scaled,
        turns=turns,
        target=target,
        dtype=np.dtype(np.uint16 if deep else np.uint8),
        channels=1 if grey else 3,
        codec=str(stream.codec_context.name),
        time_base=Fraction(stream.time_base),
        fps=float(rate) if rate else None,
    )


def to_array(frame: Any, picture: Picture) -> NDArray[Any]:
    """(H, W, C) of one decoded frame, upright."""
    if frame.width != picture.scaled_width:
        array = frame.to_ndarray(
            format=picture.target, width=picture.scaled_width, height=frame.height
        )
    else:
        array = frame.to_ndarray(format=picture.target)
    array = array.reshape(array.shape[0], array.shape[1], picture.channels)
    return np.ascontiguousarray(np.rot90(array, picture.turns), dtype=picture.dtype)
