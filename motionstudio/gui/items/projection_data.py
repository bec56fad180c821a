"""What the projection plot is given: trajectories of subjects in the plane of the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from motionstudio.core.pca import Double

ColourBy = Literal["time", "subject"]
Tool = Literal["select", "explore"]
Mask = NDArray[np.bool_]

_DARKEST, _LIGHTEST = 0.34, 0.82
"""Lightness of the first and the last frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """One subject's way through the plot.

    Attributes:
        id: of the subject.
        name: for people.
        hue: index of the colour of the theme that tells it apart.
        points: (T, 2) where its rows lie, in units of the axes; a row is a frame, mostly.
        kept: (T,) False where the frame is dropped: hollow.
        filled: (T,) True where the model filled the frame in: marked by a cross.
        edited: (T,) True where a value was changed: a diamond.
        chosen: (T,) True where the frame is selected: a ring.
        locked: the frame that cannot be moved (the reference), or None.
        active: whether it is the subject that is shown.
    """

    id: str
    name: str
    hue: int
    points: Double
    kept: Mask
    filled: Mask
    edited: Mask
    chosen: Mask
    locked: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlotState:
    """All that the plot shows.

    Attributes:
        trajectories: the active one last, so that it lies on top.
        x_name, y_name: of the axes, with units or shares; empty in three dimensions.
        playhead: frame of the active subject under the dot.
        colour_by: lightness along each hue by time, or one colour for each subject.
        spokes: names and ends (2,) of the axes of a view in three dimensions, from the origin.
        solid: whether it is such a view: distances are alike on both axes, dragging turns it.
        fixed: whether points cannot be dragged, since there is no way back to motion.
        extent: left, right, bottom, top of a part that is always worth seeing, or None.
    """

    trajectories: tuple[Trajectory, ...] = ()
    x_name: str = ""
    y_name: str = ""
    playhead: int = 0
    colour_by: ColourBy = "time"
    spokes: tuple[tuple[str, Double], ...] = ()
    solid: bool = False
    fixed: bool = False
    extent: tuple[float, float, float, float] | None = None

    @property
    def active(self) -> Trajectory | None:
        """The trajectory of the subject that is shown."""
        return next((each for each in self.trajectories if each.active), None)

    def find(self, subject_id: str) -> Trajectory | None:
        """A trajectory by the id of its subject."""
        return next((each for each in self.trajectories if each.id == subject_id), None)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, right, bottom, top of all points; None where there are none."""
        clouds = [each.points for each in self.trajectories if len(each.points)]
        if not clouds:
            return None
        if self.extent is not None:
            left, right, bottom, top = self.extent
            clouds.append(np.array([[left, bottom], [right, top]]))
        cloud = np.concatenate([*clouds, *[end[None] for _, end in self.spokes]])
        low, high = cloud.min(axis=0), cloud.max(axis=0)
        room = np.maximum(high - low, 1e-6) * 0.08
        low, high = low - room, high + room
        return float(low[0]), float(high[0]), float(low[1]), float(high[1])


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """All points of a plot in one array, to find what lies under the pointer.

    Attributes:
        points: (n, 2); those of the active trajectory last.
        owner: (n,) index of the trajectory. ``frame``: (n,) frame in it.
    """

    points: Double = field(default_factory=lambda: np.zeros((0, 2)))
    owner: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    frame: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))

    @classmethod
    def of(cls, trajectories: tuple[Trajectory, ...]) -> Cloud:
        """The points of all trajectories."""
        if not trajectories:
            return cls()
        sizes = [len(each.points) for each in trajectories]
        return cls(
            np.concatenate([each.points for each in trajectories]),
            np.repeat(np.arange(len(sizes)), sizes),
            np.concatenate([np.arange(size) for size in sizes]),
        )

    def nearest(
        self, place: tuple[float, float], per_pixel: tuple[float, float], reach: float
    ) -> int | None:
        """Index of the point nearest to ``place``, at most ``reach`` pixels away.

        Of points that lie on each other the last, which is drawn on top, is found.

        Args:
            place: in units of the axes.
            per_pixel: units in one pixel, across and up.
            reach: pixels.
        """
        if not len(self.points):
            return None
        away = (self.points - place) / per_pixel
        squares = np.einsum("nk,nk->n", away, away)
        best = len(squares) - 1 - int(np.argmin(squares[::-1]))
        return best if squares[best] <= reach * reach else None


def shades(hue: str, count: int, *, dark: bool) -> list[QColor]:
    """``count`` colours of one hue, later frames further from the background."""
    base = QColor(hue)
    ends = (_DARKEST, _LIGHTEST) if dark else (_LIGHTEST, _DARKEST)
    angle, full = max(base.hslHueF(), 0.0), base.hslSaturationF()
    return [QColor.fromHslF(angle, full, float(step)) for step in np.linspace(*ends, count)]
