"""Keypoints in the hand: closed forms of moving, turning, zooming and shearing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.keypoint_pose import (
    Pose,
    Pull,
    change_of,
    mapped,
    moved,
    pose_of,
    row_of,
    size_of,
    turn_of,
)
from motionstudio.core.keypoints import KeypointTrack, from_rows

GROUPS = tuple(tuple(range(6 * k, 6 * k + 6)) for k in range(3))
REST = np.array([[-0.5, 0.0], [0.0, 0.2], [0.6, -0.4]], np.float32)
numbers = st.floats(-0.75, 0.75, width=32)


def rows(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32)


@settings(max_examples=40)
@given(st.lists(numbers, min_size=18, max_size=18))
def test_a_pose_is_what_the_model_makes_of_the_row(values: list[float]) -> None:
    row = rows(values)
    pose = pose_of(row, REST, GROUPS)
    eye = np.broadcast_to(np.eye(2, dtype=np.float32), (1, 3, 2, 2))
    track = from_rows(row[None], KeypointTrack(REST[None], eye))
    np.testing.assert_allclose(pose.places, track.value[0], atol=1e-6)
    assert track.jacobian is not None
    assert pose.axes is not None
    np.testing.assert_allclose(pose.axes, track.jacobian[0], atol=1e-6)


@settings(max_examples=40)
@given(st.lists(numbers, min_size=18, max_size=18), numbers, numbers)
def test_only_what_is_held_changes(values: list[float], x: float, y: float) -> None:
    row = rows(values)
    before = pose_of(row, REST, GROUPS)
    after = moved(before, (1,), np.array([x, y]))
    made = row_of(row, before, after, (1,), GROUPS)
    np.testing.assert_array_equal(np.delete(made, [6, 7]), np.delete(row, [6, 7]))
    np.testing.assert_allclose(made[6:8] - row[6:8], (x, y), atol=1e-6)


@settings(max_examples=40)
@given(st.lists(numbers, min_size=4, max_size=4), st.floats(-3, 3), st.floats(0.3, 3))
def test_the_tip_follows_the_hand_and_both_axes_turn(
    entries: list[float], turn: float, size: float
) -> None:
    axes = np.eye(2) + 0.4 * np.array(entries).reshape(2, 2)
    ratio = size * np.exp(1j * turn)
    tip = np.array([(complex(*axes[:, 0]) * ratio).real, (complex(*axes[:, 0]) * ratio).imag])
    change = change_of(axes, 0, tip, Pull.FREE)
    if np.hypot(*tip) < 0.1:
        return
    assert change is not None
    np.testing.assert_allclose(change @ axes[:, 0], tip, atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(change), size**2, rtol=1e-6)
    only_turn = change_of(axes, 0, tip, Pull.TURN)
    assert only_turn is not None
    np.testing.assert_allclose(np.linalg.det(only_turn), 1.0, rtol=1e-9)
    only_size = change_of(axes, 0, tip, Pull.SIZE)
    assert only_size is not None
    np.testing.assert_allclose(only_size, size * np.eye(2), atol=1e-6)


def test_the_second_axis_goes_alone() -> None:
    axes = np.array([[2.0, 0.0], [0.0, 1.0]])
    change = change_of(axes, 1, np.array([0.5, 1.0]), Pull.FREE)
    assert change is not None
    np.testing.assert_allclose(change @ axes, [[2.0, 0.5], [0.0, 1.0]], atol=1e-12)
    longer = change_of(axes, 1, np.array([0.5, 3.0]), Pull.SIZE)
    assert longer is not None
    np.testing.assert_allclose((longer @ axes)[:, 1], [0.0, np.hypot(0.5, 3.0)], atol=1e-12)


def test_material_is_never_squeezed_to_a_line_nor_mirrored() -> None:
    axes = np.eye(2)
    assert change_of(axes, 1, np.array([1.0, 0.001]), Pull.FREE) is None
    assert change_of(axes, 1, np.array([0.0, -1.0]), Pull.FREE) is None
    assert change_of(axes, 0, np.array([0.0, 0.0]), Pull.FREE) is None
    tiny = change_of(axes, 0, np.array([1e-4, 0.0]), Pull.FREE)
    assert tiny is not None
    np.testing.assert_allclose(tiny, 0.1 * np.eye(2))


def test_all_keypoints_turn_about_a_point_as_one_body() -> None:
    pose = Pose(REST.astype(np.float64), np.repeat(np.eye(2)[None], 3, 0))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    about = pose.centre((0, 1, 2))
    after = mapped(pose, (0, 1, 2), turn, about)
    np.testing.assert_allclose(after.centre((0, 1, 2)), about, atol=1e-12)
    distance = np.linalg.norm(pose.places[0] - pose.places[2])
    assert np.linalg.norm(after.places[0] - after.places[2]) == pytest.approx(distance)
    assert after.axes is not None
    assert turn_of(after.axes[0]) == pytest.approx(90.0)
    assert size_of(after.axes[0]) == pytest.approx(1.0)
    stays = mapped(pose, (0,), 2 * turn)
    np.testing.assert_array_equal(stays.places, pose.places)
    assert stays.axes is not None
    assert size_of(stays.axes[0]) == pytest.approx(2.0)
    np.testing.assert_array_equal(stays.axes[1:], np.repeat(np.eye(2)[None], 2, 0))


def test_without_matrices_there_are_no_axes() -> None:
    pose = pose_of(np.zeros(4, np.float32), REST[:2], ((0, 1), (2, 3)))
    assert pose.axes is None
    assert mapped(pose, (0, 1), 2 * np.eye(2), np.zeros(2)).axes is None
    with pytest.raises(ValueError, match="groups"):
        pose_of(np.zeros(4, np.float32), REST, ((0, 1), (2, 3)))
