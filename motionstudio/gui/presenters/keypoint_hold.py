"""One gesture on keypoints: what is held, where it began, and the row that it means now."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.editing import soft_weights
from motionstudio.core.keypoint_pose import (
    Groups,
    Pose,
    Pull,
    change_of,
    mapped,
    moved,
    pose_of,
    row_of,
)
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.document.latent_commands import PutTrack
from motionstudio.gui.items.keypoint_mark import Part

_ALIKE = 3
"""More names than this become a number in the label."""


@dataclass(slots=True)
class Hold:
    """A gesture under way.

    Attributes:
        subject_id, frame: what is changed.
        track: as it was at the press. ``rest``: (K, 2) places without motion.
        groups: dimensions of each keypoint. ``names``: of the keypoints.
        which: keypoints that follow. ``grip``: the one in the hand, or None: all as one body.
        part: what of it is in the hand.
        pose: now. ``row``: (D,) now.
        verb: for the label. ``opened``: whether the transaction is.
        keyed: (x, y) pixels that arrow keys went, and the steps of turn and of size they made.
    """

    subject_id: str
    frame: int
    track: LatentTrack
    rest: Float
    groups: Groups
    names: tuple[str, ...]
    which: tuple[int, ...]
    grip: int | None
    part: Part
    before: Pose = field(init=False)
    pose: Pose = field(init=False)
    row: Float = field(init=False)
    verb: str = "Move"
    opened: bool = False
    keyed: NDArray[np.float64] = field(default_factory=lambda: np.zeros(4))

    def __post_init__(self) -> None:
        self.row = self.track.motion().mean[self.frame]
        self.before = self.pose = pose_of(self.row, self.rest, self.groups)

    def shift(self, by: NDArray[np.float64]) -> None:
        """All that are held went this far since the press, in [-1, 1] of the model's square."""
        self.verb = "Move"
        self._become(moved(self.before, self.which, by))

    def pull(self, by: NDArray[np.float64], how: Pull) -> bool:
        """The tip of the axis in the hand went this far since the press; False where it cannot.

        Where several are held each changes in its own place; held as one body, they turn about
        their middle.
        """
        column = 0 if self.part is Part.FIRST else 1
        axes = np.eye(2) if self.grip is None else self._axes(self.grip)
        change = change_of(axes, column, axes[:, column] + by, how)
        if change is None:
            return False
        self.verb = {Pull.TURN: "Turn", Pull.SIZE: "Zoom"}.get(how, "Turn and zoom")
        if column == 1:
            self.verb = "Shear"
        self.change(change)
        return True

    def change(self, change: NDArray[np.float64]) -> None:
        """The plane around what is held changed by a matrix (2, 2) since the press."""
        about = self.before.centre(self.which) if self.grip is None else None
        self._become(mapped(self.before, self.which, change, about))

    def edit(self, spread: float) -> PutTrack:
        """What puts the row into the document, and into frames within the spread."""
        track, free = self.track, self._free()
        weights = soft_weights(len(track.offset), [self.frame], spread, cyclic=track.base.cyclic)
        rows = tuple(int(row) for row in np.flatnonzero(weights))
        delta = (self.row - track.motion().mean[self.frame])[list(free)]
        block = track.block(rows, free) + weights[list(rows), np.newaxis] * delta
        after = track.with_offset(rows, free, block.astype(np.float32))
        return PutTrack(self.subject_id, after, tuple(sorted(free)), self.label)

    @property
    def label(self) -> str:
        """``Turn kp3, frame 7``, ``Move 5 keypoints, frame 7``."""
        names = ", ".join(self.names[k] for k in self.which)
        if len(self.which) > _ALIKE:
            names = f"{len(self.which)} keypoints"
        return f"{self.verb} {names}, frame {self.frame}"

    def _axes(self, k: int) -> NDArray[np.float64]:
        return np.eye(2) if self.before.axes is None else self.before.axes[k]

    def _become(self, pose: Pose) -> None:
        first = self.track.motion().mean[self.frame]
        self.row = row_of(first, self.before, pose, self.which, self.groups)
        # What is muted does not follow the hand.
        quiet = list(self.track.muted)
        self.row[quiet] = first[quiet]
        self.pose = pose_of(self.row, self.rest, self.groups)

    def _free(self) -> tuple[int, ...]:
        held = {dim for k in self.which for dim in self.groups[k]}
        return tuple(sorted(held - set(self.track.muted)))
