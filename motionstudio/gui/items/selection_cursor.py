"""How clicks and arrow keys grow and move a selection of matrix cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from motionstudio.gui.items.cell_selection import CellSelection, selection

Cell = tuple[int, int]
Reach = Literal["box", "frames", "dims"]


class SelectionCursor:
    """The cell where a selection began and the one where it ends now.

    Attributes:
        anchor: (row, dim) where the selection began.
        end: (row, dim) where it ends now.
    """

    def __init__(self) -> None:
        self.anchor: Cell = (0, 0)
        self.end: Cell = (0, 0)

    def put(self, cell: Cell) -> None:
        """Begin anew at a cell."""
        self.anchor = self.end = cell

    def reach(self, cell: Cell, frames: int, order: Sequence[int], reach: Reach) -> CellSelection:
        """Everything between the anchor and a cell.

        Args:
            cell: (row, dim) up to which the selection goes.
            frames: number of frames there are.
            order: dimensions from top to bottom.
            reach: ``box``, or whole columns (``frames``), or whole rows (``dims``).
        """
        self.end = cell
        rows = range(min(self.anchor[0], cell[0]), max(self.anchor[0], cell[0]) + 1)
        low, high = sorted(order.index(dim) for dim in (self.anchor[1], cell[1]))
        if reach == "frames":
            return selection(rows, order)
        if reach == "dims":
            return selection(range(frames), order[low : high + 1])
        return selection(rows, order[low : high + 1])

    def walked(self, step: Cell, frames: int, order: Sequence[int], *, extend: bool) -> Cell:
        """The cell ``step`` (frames, places down) away from the end or the anchor, kept inside."""
        row, dim = self.end if extend else self.anchor
        place = min(max(order.index(dim) + step[1], 0), len(order) - 1)
        return min(max(row + step[0], 0), frames - 1), order[place]
