"""Keypoints with local affine matrices: matrix rows, their rest, sizes and pose distance.

Siarohin et al. 2019 (First Order Motion Model), section 3.3, and the demo of its authors.
Coordinates are (x, y) in [-1, 1], -1 and +1 on the centres of the first and the last pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion

_VALUE, _JACOBIAN = "kp.value", "kp.jacobian"
_PARTS = ("x", "y", "J11", "J12", "J21", "J22")
_SINGULAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class KeypointTrack:
    """Keypoints of T frames.

    Attributes:
        value: (T, K, 2) float32 coordinates.
        jacobian: (T, K, 2, 2) float32, or None where the model has none.
    """

    value: Float
    jacobian: Float | None = None

    def __post_init__(self) -> None:
        if self.value.ndim != 3 or self.value.shape[2] != 2:
            raise ValueError(f"KeypointTrack: expected value (T, K, 2), got {self.value.shape}")
        expected = (*self.value.shape[:2], 2, 2)
        if self.jacobian is not None and self.jacobian.shape != expected:
            raise ValueError(
                f"KeypointTrack: expected jacobian {expected}, got {self.jacobian.shape}"
            )

    def at(self, frames: Sequence[int] | slice) -> KeypointTrack:
        """The track of some frames."""
        picked = slice(None) if isinstance(frames, slice) and frames == slice(None) else frames
        jacobian = None if self.jacobian is None else self.jacobian[picked]
        return KeypointTrack(self.value[picked], jacobian)


def dim_names(count: int, *, jacobian: bool) -> tuple[str, ...]:
    """Names of the dimensions of ``to_rows``: ``kp0.x``, ``kp0.y``, ``kp0.J11``, ..."""
    parts = _PARTS if jacobian else _PARTS[:2]
    return tuple(f"kp{k}.{part}" for k in range(count) for part in parts)


def to_rows(track: KeypointTrack, reference: KeypointTrack) -> Float:
    """(T, 6K or 2K): motion relative to the reference's (T = 1) keypoints, zero at rest.

    Per keypoint ``p_t - p_0`` and ``J_t J_0^-1 - I``, row by row: what relative transfer adds to
    any other subject.
    """
    value = track.value - reference.value
    if track.jacobian is None or reference.jacobian is None:
        return value.reshape(len(value), -1)
    matrix = track.jacobian @ inverse_2x2(reference.jacobian) - np.eye(2, dtype=np.float32)
    rows: Float = np.concatenate([value, matrix.reshape(*value.shape[:2], 4)], -1)
    return rows.reshape(len(value), -1)


def from_rows(rows: Float, reference: KeypointTrack) -> KeypointTrack:
    """The keypoints that ``rows`` (T, 6K or 2K) mean on a subject whose rest is ``reference``.

    Rows of zeros give the reference's own keypoints, bit for bit.

    Raises:
        ValueError: the rows are of another number of keypoints.
    """
    count = reference.value.shape[1]
    parts = 2 if reference.jacobian is None else 6
    if rows.ndim != 2 or rows.shape[1] != parts * count:
        raise ValueError(f"from_rows: expected rows (T, {parts * count}), got {rows.shape}")
    split = rows.reshape(len(rows), count, parts)
    value = reference.value + split[..., :2]
    if reference.jacobian is None:
        return KeypointTrack(value.astype(np.float32))
    matrix = split[..., 2:].reshape(len(rows), count, 2, 2) + np.eye(2, dtype=np.float32)
    return KeypointTrack(value.astype(np.float32), (matrix @ reference.jacobian).astype(np.float32))


def inverse_2x2(matrix: Float) -> Float:
    """Inverse of (..., 2, 2); nearly singular ones are held at |det| = 1e-6."""
    a, b, c, d = (matrix[..., i, j] for i in (0, 1) for j in (0, 1))
    det = a * d - b * c
    det = np.where(np.abs(det) < _SINGULAR, np.where(det < 0, -_SINGULAR, _SINGULAR), det)
    adjugate = np.stack([np.stack([d, -b], -1), np.stack([-c, a], -1)], -2)
    inverse: Float = (adjugate / det[..., None, None]).astype(np.float32)
    return inverse


def hull_area(points: NDArray[np.floating]) -> float:
    """Area of the convex hull of (K, 2) points; 0 for fewer than three or collinear ones."""
    if len(points) < 3:
        return 0.0
    hull = cv2.convexHull(np.ascontiguousarray(points, np.float32))[:, 0].astype(np.float64)
    x, y = hull.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def movement_scale(source: NDArray[np.floating], driving: NDArray[np.floating]) -> float:
    """How much larger the source (K, 2) is than the driving subject; 1 where one has no area."""
    areas = hull_area(source), hull_area(driving)
    return float(np.sqrt(areas[0]) / np.sqrt(areas[1])) if min(areas) > 0 else 1.0


def keypoint_count(names: Sequence[str]) -> int:
    """K of a model whose dimensions are named as ``dim_names`` has it; 0 for any other."""
    for jacobian in (True, False):
        count, rest = divmod(len(names), 6 if jacobian else 2)
        if count and not rest and tuple(names) == dim_names(count, jacobian=jacobian):
            return count
    return 0


def rest_state(track: KeypointTrack) -> dict[str, NDArray[np.generic]]:
    """Keypoints at rest (T = 1) as ``Motion.state`` holds them beside the rows."""
    state: dict[str, NDArray[np.generic]] = {_VALUE: track.value[:1]}
    if track.jacobian is not None:
        state[_JACOBIAN] = track.jacobian[:1]
    return state


def rest_of(motion: Motion) -> KeypointTrack | None:
    """The keypoints (T = 1) that the rows of a motion are relative to, where it tells them."""
    value, jacobian = motion.state.get(_VALUE), motion.state.get(_JACOBIAN)
    if value is None:
        return None
    matrices = None if jacobian is None else np.asarray(jacobian, np.float32)
    return KeypointTrack(np.asarray(value, np.float32), matrices)


def is_rest_only(motion: Motion) -> bool:
    """Whether the state of a motion says no more than where keypoints are at rest."""
    return set(motion.state) <= {_VALUE, _JACOBIAN}


def normalised(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """(K, 2) points about their mean, divided by the square root of their hull's area."""
    centred = np.asarray(points, np.float64) - np.mean(points, 0, dtype=np.float64)
    area = hull_area(centred)
    return centred / np.sqrt(area) if area > 0 else centred


def pose_distances(
    source: NDArray[np.floating], driving: NDArray[np.floating]
) -> NDArray[np.float64]:
    """(T,): how far the pose of every driving frame (T, K, 2) is from the source's (K, 2).

    The smallest marks the frame to start relative transfer from (*best frame*).
    """
    goal = normalised(source)
    return np.array([np.square(normalised(frame) - goal).sum() for frame in driving])
