"""Keypoints between the model's square and the picture, through crop, size and angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.keypoint_pose import Pose, size_of, turn_of
from motionstudio.core.picture import Transform


def pixels_of(places: NDArray[np.float64], transform: Transform) -> NDArray[np.float64]:
    """(n, 2) in [-1, 1], -1 and +1 on the centres of the outer pixels, as pixels of the model."""
    height, width = transform.model_size
    return np.asarray((places + 1) / 2 * (width - 1, height - 1), np.float64)


def turning_of(transform: Transform) -> NDArray[np.float64]:
    """(2, 2) from directions in the model's square to those in the picture, lengths kept."""
    ends = transform.points_to_native(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    columns = np.stack([ends[1] - ends[0], ends[2] - ends[0]], 1)
    return np.asarray(columns / np.sqrt(abs(np.linalg.det(columns))), np.float64)


def arms_of(
    turning: NDArray[np.float64], axes: NDArray[np.float64] | None
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Both carried axes (2, 2) as directions in the picture; None where there are none."""
    if axes is None:
        return None
    seen = turning @ axes
    return (float(seen[0, 0]), float(seen[1, 0])), (float(seen[0, 1]), float(seen[1, 1]))


def words_of(moved: NDArray[np.float64], pose: Pose, k: int) -> str:
    """For people: how far keypoint ``k`` is from rest, ``moved`` (2,) pixels of the picture."""
    words = f"moved {moved[0]:+.1f}, {moved[1]:+.1f} px"
    if pose.axes is not None:
        words += f" · turned {turn_of(pose.axes[k]):+.0f}°, size × {size_of(pose.axes[k]):.2f}"
    return words.replace("-", "−")
