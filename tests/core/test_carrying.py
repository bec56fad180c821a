"""Options of a transfer: what each does to rows, exactly where it claims to be exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.carrying import (
    Transfer,
    carried,
    match_scores,
    pose_at,
    rereferenced,
    scale_of,
    without_mean_of,
    without_turn,
)
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import (
    KeypointTrack,
    from_rows,
    keypoint_count,
    rest_of,
    rest_state,
    to_rows,
)
from tests.core.test_keypoints import COUNT, track

seeds = st.integers(0, 999)


def driver(seed: int, jacobian: bool = True) -> tuple[KeypointTrack, KeypointTrack, np.ndarray]:
    """Five frames, the pose of the first, and rows relative to it."""
    moving = track(seed, 5, jacobian)
    rest = moving.at([0])
    rows = to_rows(moving, rest)
    rows[0] = 0
    return moving, rest, rows


@given(seeds, st.booleans())
def test_defaults_change_no_bit(seed: int, jacobian: bool) -> None:
    _, rest, rows = driver(seed, jacobian)
    assert carried(rows, Transfer(), COUNT, rest, track(seed + 1, 1, jacobian)) is rows
    assert carried(rows, Transfer(), COUNT) is rows


@given(seeds, st.booleans(), st.booleans(), st.integers(0, 4))
def test_absolute_parts_are_the_drivers_own_whatever_the_reference(
    seed: int, positions: bool, matrices: bool, at: int
) -> None:
    moving, rest, rows = driver(seed)
    source = track(seed + 1, 1)
    how = Transfer(relative_positions=not positions, relative_jacobians=not matrices)
    there = pose_at(rows, rest, at)
    found = from_rows(carried(rereferenced(rows, COUNT, at), how, COUNT, there, source), source)
    assert found.jacobian is not None
    assert moving.jacobian is not None
    if positions:
        np.testing.assert_allclose(found.value, moving.value, atol=1e-5)
    else:
        expected = source.value + moving.value - moving.value[[at]]
        np.testing.assert_allclose(found.value, expected, atol=1e-5)
    if matrices:
        np.testing.assert_allclose(found.jacobian, moving.jacobian, atol=1e-4)
    else:
        np.testing.assert_allclose(found.jacobian[at], source.jacobian[0], atol=1e-4)


@given(seeds, st.integers(0, 4))
def test_another_reference_is_that_of_the_driver(seed: int, at: int) -> None:
    moving, _, rows = driver(seed)
    again = rereferenced(rows, COUNT, at)
    np.testing.assert_allclose(again, to_rows(moving, moving.at([at])), atol=2e-4)
    assert not again[at].any()
    assert rereferenced(rows, COUNT, 0) is rows


def test_rows_without_keypoints_have_one_frame_at_rest() -> None:
    rows = np.ones((3, 5), np.float32)
    still = rereferenced(rows, 0, 1)
    np.testing.assert_array_equal(still, [[1] * 5, [0] * 5, [1] * 5])
    half = carried(still, Transfer(strength=0.5, relative_positions=False, off=(1,)), 0)
    np.testing.assert_array_equal(half, still / 2)


@given(seeds)
def test_size_is_adapted_by_the_areas_of_the_hulls(seed: int) -> None:
    _, rest, rows = driver(seed)
    larger = KeypointTrack(rest.value * np.float32(1.5), rest.jacobian)
    assert scale_of(rest, larger) == pytest.approx(1.5, rel=1e-4)
    found = carried(rows, Transfer(adapt_scale=True), COUNT, rest, larger).reshape(5, COUNT, 6)
    split = rows.reshape(5, COUNT, 6)
    np.testing.assert_allclose(found[..., :2], 1.5 * split[..., :2], rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(found[..., 2:], split[..., 2:])
    assert scale_of(None, larger) is None


@given(
    seeds, st.floats(0, 2, width=32), st.lists(st.floats(0, 2, width=32), min_size=4, max_size=4)
)
def test_strength_and_weights_multiply_and_what_is_off_rests(
    seed: int, strength: float, weights: list[float]
) -> None:
    _, rest, rows = driver(seed)
    how = Transfer(strength=strength, weights=tuple(weights), off=(2,))
    found = carried(rows, how, COUNT, rest, rest).reshape(5, COUNT, 6)
    factors = np.array(weights, np.float32) * strength
    factors[2] = 0
    expected = rows.reshape(5, COUNT, 6) * factors[None, :, None]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@given(seeds)
def test_without_the_head_a_rigid_motion_is_no_motion(seed: int) -> None:
    _, rest, _ = driver(seed)
    rng = np.random.default_rng(seed)
    shift = rng.uniform(-0.3, 0.3, (5, 1, 2)).astype(np.float32)
    turn = np.eye(2) + rng.uniform(-0.3, 0.3, (5, 1, 2, 2))
    assert rest.jacobian is not None
    moved = KeypointTrack(rest.value + shift, (turn @ rest.jacobian).astype(np.float32))
    rows = to_rows(moved, rest)
    left = carried(rows, Transfer(remove_mean=True, still=1), COUNT)
    np.testing.assert_allclose(left, 0, atol=1e-4)


def test_the_mean_is_that_of_the_keypoints_that_are_on() -> None:
    _, _, rows = driver(3)
    on = np.array([True, True, False, True])
    left = without_mean_of(rows, COUNT, on).reshape(5, COUNT, 6)
    np.testing.assert_allclose(left[:, on, :2].mean(1), 0, atol=1e-6)
    assert without_mean_of(rows, COUNT, np.zeros(4, bool)) is rows
    flat = rows[:, : 2 * COUNT]
    assert without_turn(flat, COUNT, 0) is flat
    with pytest.raises(ValueError, match="a keypoint"):
        without_turn(rows, COUNT, 4)


@given(seeds, st.floats(0.5, 2, width=32), st.floats(-0.5, 0.5, width=32))
@settings(max_examples=30)
def test_the_best_frame_is_the_pose_itself_at_any_place_and_size(
    seed: int, size: float, shift: float
) -> None:
    moving, rest, rows = driver(seed)
    source = KeypointTrack(moving.value[[3]] * np.float32(size) + np.float32(shift))
    scores = match_scores(rows, rest, source)
    assert scores[3] == pytest.approx(0, abs=1e-3)
    assert scores.argmin() == 3


def test_what_is_missing_or_does_not_fit_is_said() -> None:
    _, rest, rows = driver(1)
    for how in (Transfer(adapt_scale=True), Transfer(relative_jacobians=False)):
        assert how.needs_points
        with pytest.raises(MotionStudioError, match="picture that is to move"):
            carried(rows, how, COUNT, rest, None)
    with pytest.raises(MotionStudioError, match="motion that is carried"):
        carried(rows, Transfer(adapt_scale=True), COUNT)
    with pytest.raises(ValueError, match="4 weights"):
        carried(rows, Transfer(weights=(1.0,)), COUNT)
    with pytest.raises(ValueError, match="keypoints in"):
        carried(rows, Transfer(off=(7,)), COUNT)
    with pytest.raises(ValueError, match="strength"):
        Transfer(strength=3)
    assert not Transfer(relative_positions=False, adapt_scale=True).scales


def test_a_motion_tells_where_its_keypoints_rest() -> None:
    from tests.document.builders import encode, subject

    plain = encode(subject("a"))
    assert rest_of(plain) is None
    for jacobian in (True, False):
        rest = track(4, 1, jacobian)
        found = rest_of(replace(plain, state=rest_state(rest)))
        assert found is not None
        np.testing.assert_array_equal(found.value, rest.value)
        assert (found.jacobian is None) is not jacobian


def test_keypoints_are_known_by_the_names_of_dimensions() -> None:
    from motionstudio.core.keypoints import dim_names

    assert keypoint_count(dim_names(10, jacobian=True)) == 10
    assert keypoint_count(dim_names(3, jacobian=False)) == 3
    assert keypoint_count(("z0", "z1")) == 0
    assert keypoint_count(()) == 0
