"""Marks on the cells of the heat map, for all cells at once: edited, keyed, filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.gui.items.row_layout import RowLayout
from motionstudio.gui.items.time_axis import TimeAxis

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_CORNER = 5.0
_ROOM_FOR_SHAPE = 8
_HATCH_STEP = 5
SMALLEST_MARK = 2
"""Cells with less room than this carry no mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The picture of the matrix and what lies under each of its pixels.

    Attributes:
        pixels: (H, W, 3) uint8, blue first, changed in place.
        axis, layout: where cells lie.
        columns: (W,) frame under every column. ``dims``: (H,) dimension under every line.
    """

    pixels: Pixels
    axis: TimeAxis
    layout: RowLayout
    columns: NDArray[np.intp]
    dims: NDArray[np.intp]

    @property
    def room(self) -> float:
        """Pixels that a mark has."""
        return min(self.axis.scale, self.layout.row_height) - 1

    def across(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(W,) distance of every column from the middle and from the right end of its cell."""
        left, right = self.axis.edges(self.columns), self.axis.edges(self.columns + 1)
        x = np.arange(len(self.columns)) + self.axis.gutter + 0.5
        return x - (left + right - 1) / 2, right - 1 - x

    def down(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(H,) distance of every line from the middle and from the top of its cell."""
        places = np.array([self.layout.position(int(dim)) for dim in np.unique(self.dims)])
        ends = {int(p): (self.layout.top(int(p)), self.layout.bottom(int(p))) for p in places}
        at = [self.layout.position(int(dim)) for dim in self.dims]
        top, bottom = (np.array([ends[p][i] for p in at]) - self.layout.head for i in (0, 1))
        y = np.arange(len(self.dims)) + 0.5
        return y - (top + bottom - 1) / 2, y - top


def mark_edited(cells: Cells, edited: Mask, ink: Pixels, edge: Pixels) -> None:
    """A diamond on every edited cell, or a coloured corner where there is no room.

    Args:
        cells: the picture.
        edited: (H, W) True on every pixel of an edited cell.
        ink: (3,) colour.
        edge: (3,) colour of a thin line around it.
    """
    (dx, to_right), (dy, from_top) = cells.across(), cells.down()
    if cells.room < _ROOM_FOR_SHAPE:
        size = min(_CORNER, cells.room)
        inside = to_right[np.newaxis, :] + from_top[:, np.newaxis] <= size
        cells.pixels[edited & inside] = ink
        return
    _stamp(cells.pixels, edited, (dx, dy), np.add, min(4.5, cells.room / 2 - 1), (ink, edge))


def mark_keyed(cells: Cells, keyed: Mask, ink: Pixels, edge: Pixels) -> None:
    """A dot on every cell that holds a key; (H, W) ``keyed`` as in ``mark_edited``."""
    (dx, _), (dy, _) = cells.across(), cells.down()
    radius = max(1.0, min(4.0, cells.room / 2 - 0.5))
    _stamp(cells.pixels, keyed, (dx, dy), np.hypot, radius, (ink, edge))


def tint_hatched(cells: Cells, columns: Mask, ink: Pixels, share: float) -> None:
    """Diagonal lines of colour ``ink`` over the (W,) ``columns`` that are True."""
    if not columns.any():
        return
    height, width = cells.pixels.shape[:2]
    lines = (np.arange(width)[np.newaxis, :] + np.arange(height)[:, np.newaxis]) % _HATCH_STEP == 0
    where = lines & columns[np.newaxis, :]
    mixed = cells.pixels[where] * (1 - share) + ink * share
    cells.pixels[where] = np.rint(mixed).astype(np.uint8)


def _stamp(
    pixels: Pixels,
    cells: Mask,
    away: tuple[NDArray[np.float64], NDArray[np.float64]],
    norm: np.ufunc,
    radius: float,
    inks: tuple[Pixels, Pixels],
) -> None:
    """Paint smooth shapes: ``away`` (W,), (H,) from the middle of the cell, joined by ``norm``.

    Only lines and columns that a shape can reach are looked at: cells are mostly wider than it.
    """
    (dx, dy), reach, (ink, edge) = map(np.abs, away), radius + 1.5, inks
    columns, lines = np.flatnonzero(dx < reach), np.flatnonzero(dy < reach)
    distance = norm(dx[columns][np.newaxis, :], dy[lines][:, np.newaxis])
    y, x = np.nonzero(cells[np.ix_(lines, columns)] & (distance < reach))
    distance, y, x = distance[y, x], lines[y], columns[x]
    solid = distance <= reach - 2
    pixels[y[solid], x[solid]] = ink
    y, x, distance = y[~solid], x[~solid], distance[~solid].astype(np.float32)[:, np.newaxis]
    outer, inner = np.clip(reach - distance, 0, 1), np.clip(reach - 1 - distance, 0, 1)
    mixed = pixels[y, x] * (1 - outer) + edge * outer
    mixed += (ink - mixed) * inner
    pixels[y, x] = np.rint(mixed).astype(np.uint8)
