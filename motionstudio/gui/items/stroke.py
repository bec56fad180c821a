"""Strokes of the pencil: every frame between two positions of the pointer gets its value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]
Drawn = dict[int, dict[int, float]]
"""Dimension to row to value."""


class CellStroke:
    """Paints one value over the cells of the matrix that a stroke crosses.

    Args:
        cell: (row, dim) where it begins.
        value: of that cell.
    """

    def __init__(self, cell: Cell, value: float) -> None:
        self._at, self._value = cell, value
        self._drawn: Drawn = {}

    def go(self, cell: Cell, order: Sequence[int], locked: NDArray[np.bool_]) -> bool:
        """Go on to a cell; tells whether anything new was painted.

        Args:
            cell: (row, dim) under the pointer.
            order: dimensions from top to bottom.
            locked: (R,) True where nothing can be painted.
        """
        if cell == self._at:
            return False
        start, end = order.index(self._at[1]), order.index(cell[1])
        steps = max(abs(cell[0] - self._at[0]), abs(end - start))
        rows = np.rint(np.linspace(self._at[0], cell[0], steps + 1)).astype(int)
        places = np.rint(np.linspace(start, end, steps + 1)).astype(int)
        self._at = cell
        before = sum(len(rows) for rows in self._drawn.values())
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            if not locked[row]:
                self._drawn.setdefault(order[place], {})[row] = self._value
        return sum(len(rows) for rows in self._drawn.values()) > before

    def cells(self) -> Drawn:
        """All that was painted so far."""
        return {dim: dict(rows) for dim, rows in self._drawn.items()}


class CurveStroke:
    """Draws the values of one dimension free-hand.

    Args:
        dim: the dimension.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._last: tuple[int, float] | None = None
        self._drawn: dict[int, float] = {}

    def go(self, row: int, value: float, locked: NDArray[np.bool_]) -> None:
        """Go on to a frame and a value; frames in between get what lies in between."""
        start, first = self._last or (row, value)
        self._last = (row, value)
        step = 1 if row >= start else -1
        rows = np.arange(start, row + step, step)
        values = np.interp(np.abs(rows - start), (0, max(1, abs(row - start))), (first, value))
        if start == row:
            values = np.array([value])
        for at, drawn in zip(rows.tolist(), values.tolist(), strict=True):
            if not locked[at]:
                self._drawn[at] = drawn

    def cells(self) -> Drawn:
        """All that was drawn so far."""
        return {self.dim: dict(self._drawn)} if self._drawn else {}
