"""Straight lines through known latents, and how straight a path is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.inbetween import (
    REACH,
    filled_rows,
    midpoint_residuals,
    straightness,
)


def _line(count: int, dims: int = 3) -> np.ndarray:
    return np.outer(np.arange(count), np.arange(1, dims + 1)).astype(np.float32)


@given(st.sets(st.integers(1, 11), min_size=1, max_size=9), st.integers(0, REACH))
def test_a_straight_path_is_found_again_from_any_of_its_frames(seen: set[int], reach: int) -> None:
    at = np.array([0, *sorted(seen)])
    times = np.linspace(0.5, 2.5, 13)
    path = np.outer(times - times[0], [1.0, -2.0]).astype(np.float32)
    rows = filled_rows(path[at], times[at], times, reach=reach)
    known = slice(0, min(at[-1] + reach, 12) + 1)
    np.testing.assert_allclose(rows[known], path[known], atol=1e-4)


def test_uneven_times_count_and_not_frame_numbers() -> None:
    times = np.array([0.0, 3.0, 4.0])
    rows = filled_rows(np.array([[0.0], [4.0]], np.float32), times[[0, 2]], times)
    np.testing.assert_allclose(rows[:, 0], [0, 3, 4])


def test_after_the_last_known_row_it_stands_still_or_goes_on_for_a_few() -> None:
    known, times = _line(2), np.arange(8.0)
    still = filled_rows(known, times[:2], times)
    np.testing.assert_array_equal(still[1:], np.repeat(known[1:], 7, 0))
    ahead = filled_rows(known, times[:2], times, reach=REACH)
    np.testing.assert_allclose(ahead[: REACH + 2], _line(REACH + 2))
    np.testing.assert_array_equal(ahead[REACH + 1 :], np.repeat(ahead[REACH + 1][None], 4, 0)[:4])


def test_one_known_row_stands_still() -> None:
    rows = filled_rows(np.ones((1, 2), np.float32), np.zeros(1), np.arange(4.0), reach=REACH)
    np.testing.assert_array_equal(rows, np.ones((4, 2)))


def test_rows_and_times_must_belong_together() -> None:
    with pytest.raises(ValueError, match="filled_rows"):
        filled_rows(np.zeros((2, 1), np.float32), np.zeros(3), np.arange(4.0))


def test_straightness_of_a_line_a_corner_and_a_circle() -> None:
    assert straightness(_line(5)) == pytest.approx(1.0)
    corner = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    assert straightness(corner) == pytest.approx(np.sqrt(2) / 2)
    angle = np.linspace(0, 2 * np.pi, 30)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    assert straightness(circle) < 1e-5
    assert np.isnan(straightness(np.ones((4, 2), np.float32)))


@given(st.floats(0.1, 10), st.integers(1, 3))
def test_midpoints_of_a_line_have_no_residual_at_any_scale(scale: float, gap: int) -> None:
    path = _line(9) * np.float32(scale)
    found = midpoint_residuals(path, gap)
    assert found.shape == (9 - 2 * gap,)
    np.testing.assert_allclose(found, 0, atol=1e-5)


def test_the_residual_is_a_share_of_the_distance() -> None:
    path = np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 0.0]], np.float32)
    np.testing.assert_allclose(midpoint_residuals(path), [0.25])
    assert np.isnan(midpoint_residuals(path[[0, 1, 0]])).all()
    with pytest.raises(ValueError, match="gap"):
        midpoint_residuals(path, 0)
