"""One drag of the picture, from press to the last answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.editing import soft_weights
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float, Motion
from motionstudio.document.latent_commands import PutTrack
from motionstudio.engine.fit_responses import Solved
from motionstudio.gui.presenters.handle_set import HandleSet, Place


@dataclass(slots=True)
class Gesture:
    """What is dragged, and what is known of where it goes.

    Attributes:
        subject_id, frame: what is dragged. ``index``: of the handle in the hand.
        before: the track at its beginning. ``motion``: its motion.
        grip: from the pointer to the handle, so that a press moves nothing.
        wanted: the newest place. ``asked``: id of the question under way; ``asked_for``: its place.
        values: the last solution. ``rounds``: questions asked for this place.
        released: whether the hand let go.
        held: indices of the handles in the question under way.
    """

    subject_id: str
    frame: int
    index: int
    before: LatentTrack
    motion: Motion
    grip: Place
    wanted: Place | None = None
    asked: int | None = None
    asked_for: Place | None = None
    values: Float | None = None
    rounds: int = 0
    released: bool = False
    held: list[int] = field(default_factory=list)

    def goals(
        self, handles: HandleSet, places: NDArray[np.float64] | None
    ) -> tuple[list[Place], list[Place]]:
        """Points and targets: the handle in the hand, those dragged in this frame before, pins.

        Args:
            handles: all of the subject.
            places: (n, 2) where they lie now; a pin holds the place it has when the drag begins.
        """
        points: list[Place] = []
        targets: list[Place] = []
        self.held = []
        for index, handle in enumerate(handles.handles):
            target = handle.targets.get(self.frame)
            if target is None and handle.pinned and places is not None:
                target = (float(places[index][0]), float(places[index][1]))
                handle.targets[self.frame] = target
            if target is not None:
                points.append(handle.point)
                targets.append(target)
                self.held.append(index)
        return points, targets

    def gained(self, handles: HandleSet, solved: Solved) -> float:
        """Pixels by which all handles together came nearer with this answer."""
        before = now = 0.0
        for index, reached in zip(self.held, solved.reached, strict=True):
            handle = handles.handles[index]
            away = reached - np.asarray(handle.targets[self.frame])
            before += handle.left.get(self.frame, 0.0)
            now += float(np.hypot(away[0], away[1]))
        return before - now

    def note(self, handles: HandleSet, solved: Solved, *, settled: bool) -> None:
        """Remember how far each handle stayed from its target."""
        for index, reached in zip(self.held, solved.reached, strict=True):
            handle = handles.handles[index]
            away = reached - np.asarray(handle.targets[self.frame])
            handle.left[self.frame] = float(np.hypot(away[0], away[1]))
            (handle.settled.add if settled else handle.settled.discard)(self.frame)

    def edit(self, values: Float, spread: float) -> PutTrack:
        """What puts a solution (D,) into the document: its row and rows within the spread.

        All other rows are as they were at the press: the spread may have been wider.
        """
        before = self.before
        rows, dims = before.offset.shape
        every = tuple(range(dims))
        weights = soft_weights(rows, [self.frame], spread, cyclic=before.base.cyclic)
        moved = tuple(int(row) for row in np.flatnonzero(weights))
        delta = values - self.motion.mean[self.frame]
        offset = (before.offset + weights[:, np.newaxis] * delta).astype(np.float32)
        return PutTrack(
            self.subject_id, before.with_offset(moved, every, offset[list(moved)]), every
        )

    def label(self, handles: HandleSet) -> str:
        """``Drag 2 points, frame 7``; pins that only hold do not count."""
        dragged = [i for i in self.held if i == self.index or not handles.handles[i].pinned]
        count = max(1, len(dragged))
        return f"Drag {count} point{'s' if count > 1 else ''}, frame {self.frame}"
