"""Keypoints of one frame as they are taken in the hand: moved, turned, zoomed, sheared.

A row holds, for each keypoint, how far it is from its rest and ``A - I``; ``A`` says where the
material around it goes (Siarohin et al. 2019, equation 4: ``A = J_D J_S^-1``), so its columns are
the picture's x and y axes as the motion carries them. A change ``C`` of the picture plane makes
``A`` into ``C A``: every gesture has a closed form, and no model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

Plane = NDArray[np.float64]
Groups = Sequence[Sequence[int]]
"""For each keypoint its dimensions: x, y and, where it has a matrix, J11, J12, J21, J22."""

FLATTEST = 0.02
"""|det A| below which material would be squeezed to a line, and its inverse tear the picture."""
_SHORTEST = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Keypoints of one frame.

    Attributes:
        places: (K, 2) float64 (x, y) in [-1, 1] of the model's square.
        axes: (K, 2, 2) float64, columns are the carried x and y axes; None without matrices.
    """

    places: Plane
    axes: Plane | None = None

    def centre(self, which: Sequence[int]) -> Plane:
        """(2,) the mean place of some keypoints."""
        return np.asarray(self.places[list(which)].mean(0), np.float64)


class Pull(Enum):
    """What pulling the tip of an axis may change."""

    FREE = "turn and size"
    TURN = "turn"
    SIZE = "size"


def pose_of(row: Float, rest: Float, groups: Groups) -> Pose:
    """The keypoints that a row (D,) means where ``rest`` (K, 2) are its places without motion.

    Raises:
        ValueError: the groups are not K keypoints with 2 or with 6 dimensions each.
    """
    parts = {len(group) for group in groups}
    if len(groups) != len(rest) or parts - {2, 6} or len(parts) != 1:
        raise ValueError(
            f"pose_of: expected {len(rest)} groups of 2 or 6 dimensions, got {len(groups)} of "
            f"{sorted(parts)}"
        )
    split = row[np.asarray(groups, np.intp)].astype(np.float64)
    places = np.asarray(rest, np.float64) + split[:, :2]
    if parts == {2}:
        return Pose(places)
    return Pose(places, split[:, 2:].reshape(-1, 2, 2) + np.eye(2))


def row_of(row: Float, before: Pose, after: Pose, which: Sequence[int], groups: Groups) -> Float:
    """The row (D,) that moved from one pose to another; what is not in ``which`` stays exact."""
    made = row.copy()
    for k in which:
        group = list(groups[k])
        made[group[:2]] += (after.places[k] - before.places[k]).astype(np.float32)
        if before.axes is not None and after.axes is not None:
            made[group[2:]] += (after.axes[k] - before.axes[k]).reshape(4).astype(np.float32)
    return made


def moved(pose: Pose, which: Sequence[int], by: Plane) -> Pose:
    """Some keypoints shifted by (x, y)."""
    places = pose.places.copy()
    places[list(which)] += by
    return Pose(places, pose.axes)


def mapped(pose: Pose, which: Sequence[int], change: Plane, about: Plane | None = None) -> Pose:
    """The plane around some keypoints changed by a matrix.

    Args:
        pose: before.
        which: indices of keypoints.
        change: (2, 2) ``C``.
        about: (2,) point that stays while places go along; None: every keypoint stays in place.
    """
    places, axes, chosen = pose.places.copy(), pose.axes, list(which)
    if about is not None:
        places[chosen] = about + (places[chosen] - about) @ change.T
    if axes is not None:
        axes = axes.copy()
        axes[chosen] = change @ axes[chosen]
    return Pose(places, axes)


def change_of(axes: Plane, column: int, tip: Plane, how: Pull) -> Plane | None:
    """The matrix (2, 2) that pulling the tip of an axis means; None where it would flatten.

    The first axis (column 0) takes the whole frame of axes along: it turns and zooms. The second
    goes alone: it shears.

    Args:
        axes: (2, 2) as they were at the press.
        column: 0 or 1, which of them is pulled.
        tip: (2,) where its tip is wanted.
        how: what may change of the axis that is pulled.
    """
    old = axes[:, column]
    length = float(np.hypot(*old))
    wanted = float(np.hypot(*tip))
    if min(length, wanted) < 1e-9:
        return None
    new = tip if wanted >= _SHORTEST else tip * (_SHORTEST / wanted)
    if how is Pull.TURN:
        new = new * (length / float(np.hypot(*new)))
    elif how is Pull.SIZE:
        new = old * (float(np.hypot(*new)) / length)
    if column == 0:
        return _similarity(old, new)
    after = np.stack([axes[:, 0], new], 1)
    before = float(np.linalg.det(axes))
    if abs(before) < 1e-9 or float(np.linalg.det(after)) * np.sign(before) < FLATTEST:
        return None
    return np.asarray(after @ np.linalg.inv(axes), np.float64)


def turn_of(axes: Plane) -> float:
    """Degrees by which the first axis is turned, clockwise as pictures are seen, in ]-180, 180]."""
    return float(np.degrees(np.arctan2(axes[1, 0], axes[0, 0])))


def size_of(axes: Plane) -> float:
    """Length by which areas grew: the square root of |det A|."""
    return float(np.sqrt(abs(np.linalg.det(axes))))


def _similarity(old: Plane, new: Plane) -> Plane:
    """The turn and zoom that takes one vector to another."""
    ratio = complex(*new) / complex(*old)
    return np.array([[ratio.real, -ratio.imag], [ratio.imag, ratio.real]])
