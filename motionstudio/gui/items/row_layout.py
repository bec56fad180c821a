"""Where dimensions of the matrix and heads of their groups lie from top to bottom."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a group.

    Attributes:
        group: index of the group.
        before: position of the row that follows it; as many as there are rows at the end.
    """

    group: int
    before: int


class RowLayout:
    """Rows fill the height when they can and scroll when they would get too thin.

    Row ``p`` (position from the top) covers the whole pixels ``top(p) <= y < bottom(p)``; heads
    of groups stand between rows and have a height of their own.

    Args:
        thinnest: smallest height of a row in pixels.
        head_tall: pixels of the head of a group.
    """

    def __init__(self, thinnest: int, head_tall: int = 18) -> None:
        self._head_tall = head_tall
        self._heads: tuple[Head, ...] = ()
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
        room = self._height - self._head_tall * len(self._heads)
        return max(float(self._thinnest), room / max(1, len(self._order)))

    @property
    def hidden(self) -> int:
        """Pixels that do not fit: the range of the scroll bar."""
        heads = self._head_tall * len(self._heads)
        return max(0, math.ceil(self.row_height * len(self._order)) + heads - self._height)

    @property
    def heads(self) -> tuple[Head, ...]:
        """Heads of groups from top to bottom."""
        return self._heads

    @property
    def end(self) -> int:
        """First pixel below everything."""
        return self._y(len(self._order), len(self._heads))

    def set_order(self, order: tuple[int, ...], heads: tuple[Head, ...] = ()) -> None:
        """Dimensions and heads of groups from top to bottom."""
        self._heads = heads
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
            above = self._head_tall * sum(head.before < place for head in self._heads)
            return math.floor(place * self.row_height) + above
        low = self.bottom(place) - (self._head + self._height)
        return self._scroll + max(0, low)

    def top(self, position: int) -> int:
        """First pixel of the row at a position."""
        return self._y(position, bisect_right(self._heads, position, key=lambda h: h.before))

    def bottom(self, position: int) -> int:
        """First pixel below the row at a position."""
        above = bisect_right(self._heads, position, key=lambda h: h.before)
        return self._y(position + 1, above)

    def spans(self) -> Iterator[tuple[int, int, int]]:
        """Position, first pixel and first pixel below of all rows that show, found at once."""
        shown = self.shown()
        places = np.arange(shown.start, shown.stop)
        above = np.searchsorted([head.before for head in self._heads], places, side="right")
        fixed = self._head - self._scroll + above * self._head_tall
        ends = (np.floor((places + n) * self.row_height + 0.5).astype(int) + fixed for n in (0, 1))
        tops, bottoms = (found.tolist() for found in ends)
        return zip(shown, tops, bottoms, strict=True)

    def head_span(self, place: int) -> tuple[int, int]:
        """First pixel of the head ``heads[place]``, and the first below it."""
        top = self._y(self._heads[place].before, place)
        return top, top + self._head_tall

    def head_at(self, y: float) -> int | None:
        """The group whose head holds pixel ``y``, or None."""
        for place, head in enumerate(self._heads):
            top, bottom = self.head_span(place)
            if top <= y < bottom:
                return head.group
        return None

    def position_at(self, y: float) -> int:
        """The position whose row holds pixel ``y``, clamped to the rows there are.

        On the head of a group it is the row above.
        """
        places = range(len(self._order))
        return max(0, bisect_right(places, y, key=self.top) - 1)

    def dim_at(self, y: float) -> int:
        """The dimension under pixel ``y``; 0 where every group is closed."""
        return self._order[self.position_at(y)] if self._order else 0

    def shown(self) -> range:
        """Positions of which at least one pixel shows."""
        if not self._order:
            return range(0)
        bottom = self._head + self._height - 1
        return range(self.position_at(self._head), self.position_at(bottom) + 1)

    def pixel_dims(self) -> NDArray[np.intp]:
        """(pixels,) the dimension under every pixel from ``head`` downwards, while rows last.

        -1 under heads of groups.
        """
        found = np.full(min(max(self.end - self._head, 0), self._height), -1, np.intp)
        for place, top, bottom in self.spans():
            found[max(top - self._head, 0) : max(bottom - self._head, 0)] = self._order[place]
        return found

    def _y(self, rows: int, heads: int) -> int:
        """The pixel below so many rows and heads."""
        below = math.floor(rows * self.row_height + 0.5) + heads * self._head_tall
        return self._head - self._scroll + below
