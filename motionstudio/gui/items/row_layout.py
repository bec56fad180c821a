"""Where the dimensions of the matrix lie from top to bottom, and in which order."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


class RowLayout:
    """Rows fill the height when they can and scroll when they would get too thin.

    Row ``p`` (position from the top) covers the whole pixels ``top(p) <= y < top(p + 1)``.

    Args:
        thinnest: smallest height of a row in pixels.
    """

    def __init__(self, thinnest: int) -> None:
        self._thinnest = thinnest
        self._head = 0
        self._height = 0
        self._scroll = 0
        self._order: tuple[int, ...] = ()
        self._position: dict[int, int] = {}

    @property
    def order(self) -> tuple[int, ...]:
        """Dimensions from top to bottom."""
        return self._order

    @property
    def row_height(self) -> float:
        """Pixels of one row."""
        return max(float(self._thinnest), self._height / max(1, len(self._order)))

    @property
    def hidden(self) -> int:
        """Pixels that do not fit: the range of the scroll bar."""
        return max(0, math.ceil(self.row_height * len(self._order)) - self._height)

    def set_order(self, order: tuple[int, ...]) -> None:
        """Dimensions from top to bottom."""
        self._order = order
        self._position = {dim: place for place, dim in enumerate(order)}

    def set_area(self, head: int, height: int) -> None:
        """Rows start at pixel ``head`` and have ``height`` pixels."""
        self._head, self._height = head, max(1, height)
        self._scroll = min(self._scroll, self.hidden)

    def set_scroll(self, pixels: int) -> None:
        """Pixels hidden above the first row shown."""
        self._scroll = min(max(0, pixels), self.hidden)

    @property
    def head(self) -> int:
        """First pixel of the area of rows."""
        return self._head

    def set_thinnest(self, pixels: int) -> None:
        """Smallest height of a row in pixels: 1 shows as many as there are pixels."""
        self._thinnest = pixels

    def position(self, dim: int) -> int:
        """Place of a dimension from the top; -1 where a filter hides it."""
        return self._position.get(dim, -1)

    def scroll_to(self, dim: int) -> int:
        """Pixels to hide above the first row so that a dimension's whole row shows."""
        place = self.position(dim)
        if place < 0:
            return self._scroll
        if self.top(place) < self._head:
            return math.floor(place * self.row_height)
        low = self.top(place + 1) - (self._head + self._height)
        return self._scroll + max(0, low)

    def top(self, position: int) -> int:
        """First pixel of the row at a position."""
        return self._head - self._scroll + math.floor(position * self.row_height + 0.5)

    def position_at(self, y: float) -> int:
        """The position whose row holds pixel ``y``, clamped to the rows there are."""
        place = math.floor((y - self._head + self._scroll) / self.row_height)
        while self.top(place) > y:
            place -= 1
        while self.top(place + 1) <= y:
            place += 1
        return min(max(place, 0), max(0, len(self._order) - 1))

    def dim_at(self, y: float) -> int:
        """The dimension under pixel ``y``."""
        return self._order[self.position_at(y)]

    def shown(self) -> range:
        """Positions of which at least one pixel shows."""
        if not self._order:
            return range(0)
        bottom = self._head + self._height - 1
        return range(self.position_at(self._head), self.position_at(bottom) + 1)

    def pixel_dims(self) -> NDArray[np.intp]:
        """(pixels,) the dimension under every pixel from ``head`` downwards, while rows last."""
        places = self.shown()
        edges = np.array([self.top(p) for p in (*places, places.stop)]) - self._head
        counts = np.diff(np.clip(edges, 0, self._height))
        return np.repeat(np.array([self._order[p] for p in places], np.intp), counts)
