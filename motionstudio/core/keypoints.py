"""Keypoints with local affine matrices: transfer between subjects, pose distance, matrix rows.

Siarohin et al. 2019 (First Order Motion Model), section 3.3, and the demo of its authors.
Coordinates are (x, y) in [-1, 1], -1 and +1 on the centres of the first and the last pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

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


@dataclass(frozen=True, slots=True)
class Transfer:
    """How motion goes from a driving subject to a source.

    Attributes:
        relative_positions: add what moved since the driving reference; else take places over.
        relative_jacobians: the same for the matrices.
        adapt_scale: multiply movement by how much larger the source is (hull areas).
        strength: 1 as it is, 0 none; of relative parts only.
        weights: one factor for each keypoint, 0 switches it off; empty: all 1.
        remove_mean: take out the mean displacement of all keypoints (head motion).
    """

    relative_positions: bool = True
    relative_jacobians: bool = True
    adapt_scale: bool = False
    strength: float = 1.0
    weights: tuple[float, ...] = ()
    remove_mean: bool = False


def transferred(
    source: KeypointTrack, driving: KeypointTrack, reference: KeypointTrack, how: Transfer
) -> KeypointTrack:
    """Keypoints that make the source (T = 1) move as ``driving`` (T) did since ``reference``.

    With ``driving`` equal to ``reference`` relative transfer gives the source's own keypoints.
    """
    factors = _factors(how, source.value.shape[1])
    value = driving.value
    if how.relative_positions:
        scale = movement_scale(source.value[0], reference.value[0]) if how.adapt_scale else 1.0
        moved = driving.value - reference.value
        if how.remove_mean:
            moved = moved - moved.mean(1, keepdims=True)
        value = source.value + (np.float32(scale) * factors[:, None] * moved).astype(np.float32)
    jacobian = driving.jacobian
    if how.relative_jacobians and jacobian is not None:
        jacobian = _relative_matrices(source, driving, reference, factors)
    return KeypointTrack(np.asarray(value, np.float32), jacobian)


def _relative_matrices(
    source: KeypointTrack, driving: KeypointTrack, reference: KeypointTrack, factors: Float
) -> Float:
    if source.jacobian is None or driving.jacobian is None or reference.jacobian is None:
        raise ValueError("transferred: expected jacobians of all three subjects, got None")
    eye = np.eye(2, dtype=np.float32)
    change = driving.jacobian @ inverse_2x2(reference.jacobian) - eye
    # A factor shortens the way from the identity: zero matrices would collapse the picture.
    moved: Float = (eye + factors[:, None, None] * change) @ source.jacobian
    return moved.astype(np.float32)


def _factors(how: Transfer, count: int) -> Float:
    weights = np.asarray(how.weights or (1.0,) * count, np.float32)
    if weights.shape != (count,):
        raise ValueError(f"Transfer: expected {count} weights, got {len(weights)}")
    return (weights * np.float32(how.strength)).astype(np.float32)


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
