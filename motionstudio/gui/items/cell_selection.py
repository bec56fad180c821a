"""A selection of matrix cells: frames times dimensions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellSelection:
    """The cells where one of ``rows`` crosses one of ``dims``; both sorted, without doubles."""

    rows: tuple[int, ...] = ()
    dims: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Number of cells."""
        return len(self.rows) * len(self.dims)

    def __contains__(self, cell: object) -> bool:
        return isinstance(cell, tuple) and _has(self.rows, cell[0]) and _has(self.dims, cell[1])

    def toggled(self, row: int, dim: int) -> CellSelection:
        """With a cell's row and dimension added, or taken away if the cell was selected."""
        if (row, dim) not in self:
            return selection((*self.rows, row), (*self.dims, dim))
        rows = tuple(r for r in self.rows if r != row) if len(self.rows) > 1 else self.rows
        dims = self.dims
        if rows == self.rows:
            dims = tuple(d for d in self.dims if d != dim)
        return selection(rows, dims)

    def describe(self, names: tuple[str, ...], row_names: tuple[str, ...] = ()) -> str:
        """For people: ``z3, frame 12`` or ``24 cells: 3 dimensions × 8 frames``.

        Args:
            names: of the dimensions.
            row_names: of the rows where those are no frames.
        """
        if not self.count:
            return ""
        first, many = self.rows[0], "rows" if row_names else "frames"
        one = row_names[first] if first < len(row_names) else f"frame {first}"
        if self.count == 1:
            return f"{names[self.dims[0]]}, {one}"
        what = names[self.dims[0]] if len(self.dims) == 1 else f"{len(self.dims)} dimensions"
        when = one if len(self.rows) == 1 else f"{len(self.rows)} {many}"
        return f"{self.count} cells: {what} × {when}"


def _has(increasing: tuple[int, ...], number: int) -> bool:
    place = bisect_left(increasing, number)
    return place < len(increasing) and increasing[place] == number


def selection(rows: Iterable[int], dims: Iterable[int]) -> CellSelection:
    """Sorted and without doubles; empty as a whole when one of the two is."""
    made = CellSelection(tuple(sorted(set(rows))), tuple(sorted(set(dims))))
    return made if made.count else CellSelection()


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Unbroken stretches of integers as (first, last), in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
