"""Dimensions of a motion matrix that belong together, such as those of one keypoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DimGroup:
    """Dimensions under one name.

    Attributes:
        name: for people, unique within a matrix.
        dims: indices in [0, D), in their own order, at least one.
        colour: ``#rrggbb`` that tells it from the others, or empty.
    """

    name: str
    dims: tuple[int, ...]
    colour: str = ""


def groups_by_name(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Dimensions by what precedes the dot in their names: ``kp3.x`` and ``kp3.y`` are ``kp3``.

    Empty where not every name has one.
    """
    found: dict[str, list[int]] = {}
    for dim, name in enumerate(names):
        group, dot, rest = name.partition(".")
        if not (group and dot and rest):
            return {}
        found.setdefault(group, []).append(dim)
    return {group: tuple(dims) for group, dims in found.items()}


def fitting(
    groups: Mapping[str, Sequence[int]], dims: int, colours: Sequence[str] = ()
) -> tuple[DimGroup, ...]:
    """Groups of a matrix of ``dims`` dimensions; none where they do not cover it exactly.

    Args:
        groups: dimensions by name, as a card has them.
        dims: D.
        colours: one for each group, or none.
    """
    if sorted(dim for members in groups.values() for dim in members) != list(range(dims)):
        return ()
    told = (*colours, *("",) * (len(groups) - len(colours)))
    return tuple(
        DimGroup(name, tuple(members), colour)
        for (name, members), colour in zip(groups.items(), told, strict=True)
        if members
    )
