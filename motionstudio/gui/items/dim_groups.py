"""Groups of dimensions in the lists of the matrix: which come first, which of them are open."""

from __future__ import annotations

from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.row_layout import Head


def grouped(
    order: tuple[int, ...], groups: tuple[DimGroup, ...], open_: frozenset[str]
) -> tuple[tuple[int, ...], tuple[Head, ...]]:
    """Dimensions as they are listed, and the heads of their groups.

    A group stands where the first of its dimensions would; within it they keep their own order.

    Args:
        order: dimensions from top to bottom without groups; those that a filter hides miss.
        groups: of the whole matrix.
        open_: names of the groups whose dimensions are listed.
    """
    if not groups:
        return order, ()
    owner = {dim: number for number, group in enumerate(groups) for dim in group.dims}
    listed, heads, wanted = list[int](), list[Head](), frozenset(order)
    for number in dict.fromkeys(owner[dim] for dim in order):
        heads.append(Head(number, len(listed)))
        if groups[number].name in open_:
            listed += [dim for dim in groups[number].dims if dim in wanted]
    return tuple(listed), tuple(heads)


def covers(groups: tuple[DimGroup, ...], dims: int) -> bool:
    """Whether every one of ``dims`` dimensions is in just one group."""
    return sorted(dim for group in groups for dim in group.dims) == list(range(dims))
