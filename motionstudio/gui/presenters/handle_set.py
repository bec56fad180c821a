"""The handles of a subject: points of its material, pinned or free, and where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.tracks import carried, origin
from motionstudio.document.viewports import Pin
from motionstudio.engine.responses import FrameReady
from motionstudio.gui.items.handle_layer import HandleMark

Place = tuple[float, float]

# Pixels: nearer than this a handle has arrived and says nothing.
_ARRIVED = 0.5
# Farther than this from its target when nothing improves any more, it cannot get there.
_SHORT = 1.0


@dataclass(slots=True)
class Handle:
    """A point of the reference's material.

    Attributes:
        point: (x, y), pixels of the reference.
        pinned: whether it holds its place while others are dragged.
        targets: frame to where it was dragged to there, pixels of the picture.
        left: frame to pixels that were left when the solver stopped there.
        settled: frames in which nothing improved any more.
    """

    point: Place
    pinned: bool = False
    targets: dict[int, Place] = field(default_factory=dict)
    left: dict[int, float] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)


@dataclass(slots=True)
class HandleSet:
    """The handles of one subject, and which of them keys move (-1: none)."""

    handles: list[Handle] = field(default_factory=list)
    selected: int = -1

    def add(self, point: Place, *, pinned: bool = False) -> int:
        """Put a handle on a point of the reference and select it; its index."""
        self.handles.append(Handle(point, pinned))
        self.selected = len(self.handles) - 1
        return self.selected

    @classmethod
    def of(cls, pins: Sequence[Pin]) -> HandleSet:
        """Those that a project was saved with; none is selected."""
        return cls([Handle((x, y), pinned) for x, y, pinned in pins])

    @property
    def pins(self) -> tuple[Pin, ...]:
        """What a project is saved with."""
        return tuple((*handle.point, handle.pinned) for handle in self.handles)

    def remove(self, index: int) -> None:
        """Take a handle away; the one before it is selected."""
        del self.handles[index]
        self.selected = min(self.selected, len(self.handles) - 1)

    def forget_targets(self) -> None:
        """The motion changed otherwise: what was reached holds no more."""
        for handle in self.handles:
            handle.targets.clear()
            handle.left.clear()
            handle.settled.clear()

    def marks(self, frame: int, places: NDArray[np.float64]) -> tuple[HandleMark, ...]:
        """How they are painted in a frame where they lie at ``places`` (n, 2)."""
        return tuple(
            self._mark(index, frame, (float(x), float(y))) for index, (x, y) in enumerate(places)
        )

    def _mark(self, index: int, frame: int, place: Place) -> HandleMark:
        handle = self.handles[index]
        left, settled = handle.left.get(frame), frame in handle.settled
        short = left is not None and settled and left > _SHORT
        arrived = left is None or (left < _ARRIVED and settled)
        return HandleMark(
            place,
            None if arrived else handle.targets.get(frame),
            handle.pinned,
            index == self.selected,
            None if arrived else left,
            short,
        )


def places_in(shown: FrameReady, points: list[Place], size: tuple[int, int]) -> NDArray[np.float64]:
    """Where points of the reference (n) lie in a picture, (n, 2) pixels of its full size (H, W).

    Raises:
        ValueError: the picture came without its inverse field.
    """
    if shown.inverse is None:
        raise ValueError("places_in: expected a picture with its inverse field")
    factor = _factor(shown, size)
    small = (np.asarray(points, np.float64).reshape(-1, 2) + 0.5) / factor - 0.5
    return np.asarray((carried(small, shown.inverse) + 0.5) * factor - 0.5)


def material_at(shown: FrameReady, place: Place, size: tuple[int, int]) -> Place:
    """The point of the reference that lies at ``place`` of a picture of the full size (H, W).

    Raises:
        ValueError: the picture came without its displacement.
    """
    if shown.displacement is None:
        raise ValueError("material_at: expected a picture with its displacement")
    factor = _factor(shown, size)
    small = (np.asarray([place], np.float64) + 0.5) / factor - 0.5
    found = (origin(small, shown.displacement) + 0.5) * factor - 0.5
    return float(found[0, 0]), float(found[0, 1])


def _factor(shown: FrameReady, size: tuple[int, int]) -> NDArray[np.float64]:
    """(x, y) full-size pixels for one of the picture's own, which may be a preview."""
    height, width = shown.picture.shape[:2]
    return np.array([size[1] / width, size[0] / height])
