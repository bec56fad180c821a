"""Large pictures at the size of the screen: the visible part, reduced once and shared."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF

LARGE = 1 << 20
"""Pictures of more pixels are shown in parts; smaller ones as they are."""

_KEPT = 12


@dataclass(frozen=True, slots=True)
class Part:
    """The pixels of a picture that are worth looking at.

    Attributes:
        x, y, width, height: in pixels of the picture; whole multiples of ``step``.
        step: how many pixels of a side become one.
    """

    x: int
    y: int
    width: int
    height: int
    step: int = 1

    @classmethod
    def whole(cls, size: tuple[int, int]) -> Part:
        """All of a picture of ``size`` (H, W)."""
        return cls(0, 0, size[1], size[0])


def visible_part(size: tuple[int, int], area: QRectF, room: QSizeF, ratio: float) -> Part:
    """What must be computed of a picture that lies at ``area`` in a widget.

    Args:
        size: (H, W) of the picture in pixels.
        area: where the whole picture lies, in the widget's coordinates.
        room: size of the widget.
        ratio: device pixels per coordinate.

    Returns:
        The whole picture where it is small, else the visible pixels, every ``step``-th of a side
        such that no device pixel is left without one of its own.
    """
    height, width = size
    if height * width <= LARGE or area.isEmpty():
        return Part.whole(size)
    per_pixel = width / (area.width() * ratio)
    step = max(1, int(per_pixel))
    inside = area.intersected(QRectF(0, 0, room.width(), room.height()))
    if inside.isEmpty():
        return Part.whole(size)
    scale = width / area.width()
    left, right = ((edge - area.left()) * scale for edge in (inside.left(), inside.right()))
    top, bottom = ((edge - area.top()) * scale for edge in (inside.top(), inside.bottom()))
    x, wide = _span(left, right, width, step)
    y, tall = _span(top, bottom, height, step)
    return Part(x, y, wide, tall, step)


class Reducer:
    """Cuts parts out of pictures and fields; what linked viewports share is made once."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[int, Part, tuple[int, ...]], tuple[Any, Any]] = OrderedDict()

    def picture(self, picture: NDArray[np.uint8], part: Part) -> NDArray[np.uint8]:
        """(H, W, C) uint8 to the part's pixels, areas averaged."""
        if _is_whole(part, picture.shape[:2]):
            return picture
        return np.asarray(self._remember(picture, part, _shrunk), np.uint8)

    def field(self, field: NDArray[np.float32], part: Part) -> NDArray[np.float32]:
        """(2, H, W) float32 to every ``step``-th value of the part; values stay."""
        if _is_whole(part, field.shape[1:]):
            return field
        return np.asarray(self._remember(field, part, _thinned), np.float32)

    def _remember(self, array: NDArray[Any], part: Part, make: Any) -> NDArray[Any]:
        key = (id(array), part, array.shape)
        known = self._made.get(key)
        # The array is kept beside what was made of it: its id cannot be another's meanwhile.
        if known is None or known[0] is not array:
            known = self._made[key] = (array, make(array, part))
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return np.asarray(known[1])

    def clear(self) -> None:
        """Forget everything."""
        self._made.clear()


def _is_whole(part: Part, size: tuple[int, ...]) -> bool:
    return part.step == 1 and (part.height, part.width) == tuple(size[:2])


def _shrunk(picture: NDArray[np.uint8], part: Part) -> NDArray[np.uint8]:
    cut = picture[part.y : part.y + part.height, part.x : part.x + part.width]
    if part.step == 1:
        return np.ascontiguousarray(cut)
    size = (max(1, part.width // part.step), max(1, part.height // part.step))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(size[1], size[0], picture.shape[2])


def _thinned(field: NDArray[np.float32], part: Part) -> NDArray[np.float32]:
    first = part.step // 2
    rows = slice(part.y + first, part.y + part.height, part.step)
    columns = slice(part.x + first, part.x + part.width, part.step)
    return np.ascontiguousarray(field[:, rows, columns])


def _span(start: float, stop: float, length: int, step: int) -> tuple[int, int]:
    """First pixel and number of pixels of a side, on the raster of ``step``."""
    count = max(1, length // step)
    first = min(max(int(start / step) - 1, 0), count - 1)
    last = min(max(int(stop / step) + 2, first + 1), count)
    return first * step, (last - first) * step
