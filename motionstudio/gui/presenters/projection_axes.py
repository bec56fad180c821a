"""What stands on the axes of the projection plot, and which part of the plane is worth seeing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from motionstudio.core.pca import Double
from motionstudio.core.projection import Projection
from motionstudio.document.subject import Subject
from motionstudio.gui.items.projection_data import Trajectory
from motionstudio.gui.presenters.latent_words import dropped_rows

Bounds = tuple[float, float, float, float]
_SHARES: Bounds = (0.0, 1.0, 0.0, 1.0)
_REACH = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """Names of two axes, or spokes of three.

    Attributes:
        x, y: names; empty in three dimensions.
        spokes: names and ends (2,) of axes that are seen from the side.
    """

    x: str = ""
    y: str = ""
    spokes: tuple[tuple[str, Double], ...] = ()


MAPPED = Axes("UMAP 1", "UMAP 2")


def flat_axes(projection: Projection, axes: Sequence[int], *, spaced: bool) -> Axes:
    """Two axes; ``spaced``: they count shares of the standard normal."""
    unit = ", σ" if projection.options.whiten and not projection.plain else ""
    if spaced:
        unit = ", prior quantile"
    across, up = (f"{projection.name(axis)}{unit}" for axis in axes[:2])
    return Axes(across, up)


def solid_axes(projection: Projection, axes: Sequence[int], view: Double) -> Axes:
    """Three axes under the view (2, 3), two standard deviations long."""
    ends = view * (2 * projection.spread[list(axes)])
    named = enumerate(axes)
    return Axes(spokes=tuple((projection.name(axis), ends[:, i]) for i, axis in named))


def extent_of(trajectories: Sequence[Trajectory], *, spaced: bool) -> Bounds:
    """The square part of a latent plane that is shown and tiled: most of the prior, all points."""
    if spaced:
        return _SHARES
    reach = _REACH
    for each in trajectories:
        if len(each.points):
            reach = max(reach, float(np.ceil(2 * np.abs(each.points).max()) / 2))
    return -reach, reach, -reach, reach


def trajectory_of(
    subject: Subject, place: int, points: Double, chosen: Sequence[int], *, active: bool
) -> Trajectory:
    """How an encoded subject is drawn.

    Args:
        subject: has a track.
        place: in the library, for its colour.
        points: (R, 2) of its rows.
        chosen: rows that are selected.
        active: whether it is the one that is shown.
    """
    track = subject.track
    assert track is not None  # said above
    return Trajectory(
        id=subject.id,
        name=subject.name,
        hue=place,
        points=points,
        kept=~dropped_rows(subject),
        filled=track.base.filled,
        edited=np.asarray(track.edited.any(axis=1), np.bool_),
        chosen=np.isin(np.arange(len(track.offset)), chosen),
        locked=track.locked_row,
        active=active,
    )


def inside(bounds: Bounds, extent: Bounds) -> Bounds:
    """The part of ``bounds`` that lies in ``extent``; all of ``extent`` where they do not meet."""
    left, right = max(bounds[0], extent[0]), min(bounds[1], extent[1])
    bottom, top = max(bounds[2], extent[2]), min(bounds[3], extent[3])
    return (left, right, bottom, top) if left < right and bottom < top else extent
