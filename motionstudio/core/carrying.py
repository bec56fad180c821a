"""How motion goes from a driver to another picture: the options, and the rows that come of them.

Siarohin et al. 2019, section 3.3, and what users of such models ask for. Rows are relative to the
rest of the picture they move (``keypoints.to_rows``), so plain relative transfer leaves them be:

    p = p_S + s (p_Dt - p_D0)        J = J_Dt J_D0^-1 J_S        (relative)
    p = p_Dt                         J = J_Dt                    (absolute)

Every option is one step on rows; ``carried`` puts them in order. A reference frame other than the
one that rows are relative to needs no keypoints (``rereferenced``); absolute transfer and the
adaptation of size need those of both subjects at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core import keypoint_rows as ops
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import (
    KeypointTrack,
    from_rows,
    inverse_2x2,
    movement_scale,
    pose_distances,
)
from motionstudio.core.motion import Float
from motionstudio.core.strength import MOST

STRENGTH_MAX = MOST
"""The largest strength and the largest weight of a keypoint that are offered."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """How motion goes from a driver to a source.

    Models without keypoints have a strength only; the rest means nothing to them.

    Attributes:
        relative_positions: add what moved since the driver's reference; else take places over.
        relative_jacobians: the same for the matrices.
        adapt_scale: multiply relative movement by how much larger the source is (hull areas).
        strength: 1 as it is, 0 none, in [0, ``STRENGTH_MAX``].
        weights: one factor for each keypoint in [0, ``STRENGTH_MAX``]; empty: all 1.
        off: keypoints that stay at rest, increasing, whatever their weight.
        remove_mean: take out the mean displacement of the keypoints that are on (head motion).
        still: keypoint of the head, whose own change of matrix is taken out of all, or None.
    """

    relative_positions: bool = True
    relative_jacobians: bool = True
    adapt_scale: bool = False
    strength: float = 1.0
    weights: tuple[float, ...] = ()
    off: tuple[int, ...] = ()
    remove_mean: bool = False
    still: int | None = None

    def __post_init__(self) -> None:
        for value in (self.strength, *self.weights):
            if not 0 <= value <= STRENGTH_MAX:
                raise ValueError(
                    f"Transfer: expected strength and weights in [0, {STRENGTH_MAX}], got {value}"
                )

    @property
    def needs_points(self) -> bool:
        """Whether keypoints of both subjects at rest must be known."""
        return not (self.relative_positions and self.relative_jacobians and not self.scales)

    @property
    def scales(self) -> bool:
        """Whether movement is adapted: places that are taken over have no size."""
        return self.adapt_scale and self.relative_positions

    def factors(self, count: int) -> Float:
        """(count,) weights with what is off at 0.

        Raises:
            ValueError: the weights, or what is off, are of another number of keypoints.
        """
        if self.weights and len(self.weights) != count:
            raise ValueError(f"Transfer: expected {count} weights, got {len(self.weights)}")
        if self.off and not 0 <= min(self.off) <= max(self.off) < count:
            raise ValueError(f"Transfer: expected keypoints in [0, {count}), got {self.off}")
        factors = np.asarray(self.weights or (1.0,) * count, np.float32)
        factors[list(self.off)] = 0
        return factors


AS_IT_IS = Transfer()
"""Relative in everything, at full strength: rows go over as they are."""


def carried(
    rows: Float,
    how: Transfer,
    count: int,
    driving: KeypointTrack | None = None,
    source: KeypointTrack | None = None,
) -> Float:
    """Rows that make the source move as the driver does. With the defaults, ``rows`` themselves.

    Args:
        rows: (T, D) of the driver, relative to its reference; a row of zeros is that pose.
        how: the options.
        count: K, or 0 where dimensions are no keypoints: then only the strength counts.
        driving: the driver's keypoints (T = 1) at its reference.
        source: keypoints (T = 1) of the picture that is to move.

    Raises:
        MotionStudioError: the options need keypoints at rest that are not known.
        ValueError: the options are for another number of keypoints.
    """
    if count:
        rows = _placed(_without_head(rows, how, count), how, driving, source)
        factors = how.factors(count)
        rows = rows if (factors == 1).all() else ops.weighted(rows, factors.tolist())
    return rows if how.strength == 1 else (rows * np.float32(how.strength)).astype(np.float32)


def rereferenced(rows: Float, count: int, at: int) -> Float:
    """Rows relative to row ``at`` of them instead of to rest: ``p_t - p_at``, ``J_t J_at^-1 - I``.

    Bit for bit the same rows where row ``at`` is at rest. Rows that are no keypoints (``count``
    0) have no such relation: row ``at`` alone becomes rest.
    """
    if not rows[at].any():
        return rows
    if not count:
        still = rows.copy()
        still[at] = 0
        return still
    parts = ops.parts_of(rows.shape[1], count)
    split = rows.reshape(len(rows), count, parts).copy()
    split[..., :2] -= split[at, :, :2].copy()
    if parts == 6:
        split[..., 2:] = _undone(split[..., 2:], split[at, :, 2:])
        split[at] = 0
    return split.reshape(rows.shape)


def arriving(
    rows: Float,
    how: Transfer,
    count: int,
    at: int,
    driving: KeypointTrack | None = None,
    source: KeypointTrack | None = None,
) -> Float:
    """``carried``, from row ``at`` of the driver on: that pose counts as the source's own.

    Args:
        rows: (T, D) of the driver, relative to its own rest.
        how: the options.
        count: K, or 0 where dimensions are no keypoints.
        at: the driver's reference, in [0, T).
        driving: its keypoints (T = 1) where rows are zero.
        source: keypoints (T = 1) of the picture that is to move.

    Raises:
        MotionStudioError: the options need keypoints at rest that are not known.
    """
    pose = None if driving is None else pose_at(rows, driving, at)
    return carried(rereferenced(rows, count, at), how, count, pose, source)


def scale_of(driving: KeypointTrack | None, source: KeypointTrack | None) -> float | None:
    """The factor by which ``adapt_scale`` multiplies movement; None where it is not known."""
    if driving is None or source is None:
        return None
    return movement_scale(source.value[0], driving.value[0])


def match_scores(rows: Float, driving: KeypointTrack, source: KeypointTrack) -> NDArray[np.float64]:
    """(T,) how far the driver's pose is from the source's, place and size aside; 0: the same.

    The root of the mean squared distance of a keypoint, in units of the square root of the area
    that the keypoints of a pose cover: *best frame* of the authors' demo, with our own keypoints
    in place of 68 landmarks of faces. For models without any order of keypoints it means nothing.

    Args:
        rows: (T, D) of the driver.
        driving: its keypoints (T = 1) where rows are zero.
        source: keypoints (T = 1) of the picture that is to move.
    """
    poses = from_rows(rows, driving).value
    distances = pose_distances(source.value[0], poses)
    return np.asarray(np.sqrt(distances / poses.shape[1]))


def pose_at(rows: Float, driving: KeypointTrack, at: int) -> KeypointTrack:
    """The driver's keypoints (T = 1) in row ``at``; ``driving`` itself where that is at rest."""
    return driving if not rows[at].any() else from_rows(rows[[at]], driving)


def _without_head(rows: Float, how: Transfer, count: int) -> Float:
    """What is left without the motion of the head as a whole, after the authors' advice."""
    if how.still is not None:
        rows = without_turn(rows, count, how.still)
    if how.remove_mean:
        rows = without_mean_of(rows, count, how.factors(count) > 0)
    return rows


def without_turn(rows: Float, count: int, head: int) -> Float:
    """Relative matrices multiplied by the inverse of the head's own: ``R_head^-1 R_k``.

    Rows without matrices stay as they are.

    Raises:
        ValueError: there is no keypoint ``head``.
    """
    if not 0 <= head < count:
        raise ValueError(f"without_turn: expected a keypoint in [0, {count}), got {head}")
    parts = ops.parts_of(rows.shape[1], count)
    if parts == 2:
        return rows
    split = rows.reshape(len(rows), count, parts).copy()
    turns = inverse_2x2(_matrices(split[:, head : head + 1, 2:]))
    split[..., 2:] = _rows(turns @ _matrices(split[..., 2:]))
    return split.reshape(rows.shape)


def without_mean_of(rows: Float, count: int, which: NDArray[np.bool_]) -> Float:
    """All displacements less the mean displacement of the keypoints ``which`` (count,)."""
    if not which.any():
        return rows
    parts = ops.parts_of(rows.shape[1], count)
    split = rows.reshape(len(rows), count, parts).copy()
    split[..., :2] -= split[:, which, :2].mean(1, keepdims=True)
    return split.reshape(rows.shape)


def _placed(
    rows: Float, how: Transfer, driving: KeypointTrack | None, source: KeypointTrack | None
) -> Float:
    if not how.needs_points:
        return rows
    if driving is None or source is None:
        whose = "the motion that is carried" if driving is None else "the picture that is to move"
        raise MotionStudioError(
            f"The keypoints of {whose} are not known.",
            "Choose relative transfer without adapting the size, or find the motion again.",
        )
    if how.scales:
        rows = ops.adapted(rows, driving, source)
    positions, matrices = not how.relative_positions, not how.relative_jacobians
    if not (positions or (matrices and source.jacobian is not None)):
        return rows
    return ops.absolute(rows, driving, source, positions=positions, matrices=matrices)


def _undone(matrices: Float, first: Float) -> Float:
    """Row parts of ``J_t J_at^-1`` for those of ``J_t`` (T, K, 4) and of ``J_at`` (K, 4)."""
    return _rows(_matrices(matrices) @ inverse_2x2(_matrices(first)))


def _matrices(parts: Float) -> Float:
    """(..., 4) of rows as (..., 2, 2)."""
    eye = np.eye(2, dtype=np.float32)
    made: Float = parts.reshape(*parts.shape[:-1], 2, 2) + eye
    return made


def _rows(matrices: Float) -> Float:
    """(..., 2, 2) as (..., 4) of rows."""
    less = matrices - np.eye(2, dtype=np.float32)
    made: Float = less.reshape(*matrices.shape[:-2], 4).astype(np.float32)
    return made
