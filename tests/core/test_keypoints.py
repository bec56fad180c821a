"""Keypoints: rows go round, transfer keeps rest at rest, filters and switches do what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core import keypoint_rows as ops
from motionstudio.core.keypoints import (
    KeypointTrack,
    dim_names,
    from_rows,
    hull_area,
    movement_scale,
    pose_distances,
    to_rows,
)
from motionstudio.core.one_euro import OneEuro, OneEuroStream, one_euro

COUNT = 4
small = st.floats(-0.5, 0.5, width=32)


def track(seed: int, frames: int = 3, jacobian: bool = True) -> KeypointTrack:
    rng = np.random.default_rng(seed)
    value = rng.uniform(-1, 1, (frames, COUNT, 2)).astype(np.float32)
    matrix = np.eye(2) + rng.uniform(-0.3, 0.3, (frames, COUNT, 2, 2))
    return KeypointTrack(value, matrix.astype(np.float32) if jacobian else None)


@given(st.integers(0, 999), st.booleans())
def test_rows_go_round(seed: int, jacobian: bool) -> None:
    driving = track(seed, jacobian=jacobian)
    rows = to_rows(driving, driving.at([0]))
    assert rows.shape == (3, COUNT * (6 if jacobian else 2))
    back = from_rows(rows, driving.at([0]))
    np.testing.assert_allclose(back.value, driving.value, atol=1e-6)
    if jacobian:
        np.testing.assert_allclose(back.jacobian, driving.jacobian, atol=1e-5)


@given(st.integers(0, 999))
def test_rest_is_zero_and_zero_is_rest_bit_for_bit(seed: int) -> None:
    driving = track(seed)
    np.testing.assert_allclose(to_rows(driving, driving.at([0]))[0], 0, atol=1e-6)
    still = from_rows(np.zeros((2, 6 * COUNT), np.float32), driving.at([0]))
    for row in (0, 1):
        np.testing.assert_array_equal(still.value[row], driving.value[0])
        assert still.jacobian is not None
        assert driving.jacobian is not None
        np.testing.assert_array_equal(still.jacobian[row], driving.jacobian[0])


def test_names_and_areas() -> None:
    assert dim_names(2, jacobian=True)[5:8] == ("kp0.J22", "kp1.x", "kp1.y")
    assert len(dim_names(3, jacobian=False)) == 6
    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2], [1, 1]], float)
    assert hull_area(square) == pytest.approx(4)
    assert hull_area(square[:2]) == 0
    assert movement_scale(2 * square, square) == pytest.approx(2)
    assert movement_scale(square, square * 0) == 1


def test_the_nearest_pose_ignores_place_and_size() -> None:
    driving = track(5, 4).value
    goal = 0.4 * driving[2] + 0.2
    distances = pose_distances(goal, driving)
    assert distances.argmin() == 2
    assert distances[2] == pytest.approx(0, abs=1e-6)


rows = arrays(np.float32, (3, 6 * COUNT), elements=small)


@given(rows, st.floats(0.25, 4, width=32))
def test_switches_keep_rest(values: np.ndarray, scale: float) -> None:
    values[0] = 0
    for changed in (
        ops.weighted(values, (0, 1, 2, 0.5)),
        ops.without_mean(values, COUNT),
        ops.with_scale(values, COUNT, scale),
        ops.adapted(values, track(1, 1), track(2, 1)),
    ):
        assert changed.shape == values.shape
        assert not changed[0].any()


@given(rows)
def test_without_mean_has_none_and_scale_spares_matrices(values: np.ndarray) -> None:
    left = ops.without_mean(values, COUNT).reshape(3, COUNT, 6)
    np.testing.assert_allclose(left[..., :2].mean(1), 0, atol=1e-6)
    split = values.reshape(3, COUNT, 6)
    np.testing.assert_array_equal(left[..., 2:], split[..., 2:])
    scaled = ops.with_scale(values, COUNT, 2).reshape(3, COUNT, 6)
    np.testing.assert_array_equal(scaled[..., 2:], split[..., 2:])
    np.testing.assert_allclose(scaled[..., :2], 2 * split[..., :2])


def test_absolute_brings_keypoints_to_their_places() -> None:
    driving, source = track(3), track(4, 1)
    moved = to_rows(driving, driving.at([0]))
    both = ops.absolute(moved, driving.at([0]), source, positions=True, matrices=True)
    found = from_rows(both, source)
    np.testing.assert_allclose(found.value, driving.value, atol=1e-5)
    np.testing.assert_allclose(found.jacobian, driving.jacobian, atol=1e-4)
    neither = ops.absolute(moved, driving.at([0]), source, positions=False, matrices=False)
    np.testing.assert_array_equal(neither, moved)


def test_wrong_shapes_are_said() -> None:
    with pytest.raises(ValueError, match="2 or 6 dimensions"):
        ops.without_mean(np.zeros((2, 7), np.float32), 3)
    with pytest.raises(ValueError, match="expected rows"):
        from_rows(np.zeros((2, 7), np.float32), track(0, 1))
    with pytest.raises(ValueError, match="jacobian"):
        KeypointTrack(np.zeros((1, 2, 2), np.float32), np.zeros((1, 3, 2, 2), np.float32))


def test_the_filter_calms_jitter_and_follows_motion() -> None:
    times = np.arange(120) / 30
    rng = np.random.default_rng(0)
    jitter = rng.normal(0, 0.02, (120, 1)).astype(np.float32)
    calm = one_euro(jitter, times, OneEuro(cutoff=0.5, speed=0.0))
    assert calm[30:].std() < 0.5 * jitter[30:].std()
    step = np.where(times < 2, 0, 1).astype(np.float32)[:, None]
    slow, quick = (one_euro(step, times, OneEuro(0.5, speed)) for speed in (0.0, 20.0))
    assert quick[66] > slow[66]
    assert quick[66] > 0.9


@given(arrays(np.float32, (8, 2), elements=small))
def test_the_filter_stays_within_what_it_saw_and_streams_alike(values: np.ndarray) -> None:
    times = np.arange(8) / 10
    found = one_euro(values, times, OneEuro())
    np.testing.assert_array_equal(found[0], values[0])
    assert (found <= values.max(0) + 1e-6).all()
    assert (found >= values.min(0) - 1e-6).all()
    stream = OneEuroStream(OneEuro())
    live = [stream(row, time) for row, time in zip(values, times, strict=True)]
    np.testing.assert_array_equal(found, np.stack(live))


def test_time_must_go_on() -> None:
    stream = OneEuroStream(OneEuro())
    stream(np.zeros(2), 1.0)
    with pytest.raises(ValueError, match="expected a time"):
        stream(np.zeros(2), 1.0)
    with pytest.raises(ValueError, match="cutoff > 0"):
        OneEuro(cutoff=0)
