"""Cubic splines over time: what they run through, what they reproduce, where they end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.evaluation.cubic_in_time import cubic_in_time, spline_weights

STEPS = st.lists(st.floats(0.1, 2.0), min_size=1, max_size=9)


@given(STEPS, st.booleans())
def test_a_spline_runs_through_what_is_known(steps: list[float], closed: bool) -> None:
    moments = np.cumsum([0.0, *steps])
    period = float(moments[-1]) + 0.7 if closed else None
    assert spline_weights(moments, moments, period) == pytest.approx(np.eye(len(moments)))
    between = spline_weights(moments, np.linspace(0, moments[-1], 33), period)
    assert between.sum(1) == pytest.approx(1)


@given(STEPS, st.floats(-3, 3), st.floats(-3, 3))
def test_what_is_straight_stays_straight(steps: list[float], slope: float, start: float) -> None:
    moments = np.cumsum([0.0, *steps])
    at = np.linspace(0, moments[-1], 17)
    found = spline_weights(moments, at, None) @ (start + slope * moments)
    assert found == pytest.approx(start + slope * at, abs=1e-9)


def test_a_closed_spline_follows_a_wave_far_better_than_lines_do() -> None:
    moments = np.arange(12) / 12
    at = np.arange(240) / 240
    found = spline_weights(moments, at, 1.0) @ np.sin(2 * np.pi * moments)
    assert np.abs(found - np.sin(2 * np.pi * at)).max() < 4e-4
    lines = np.interp(at, [*moments, 1.0], np.sin(2 * np.pi * np.array([*moments, 1.0])))
    assert np.abs(lines - np.sin(2 * np.pi * at)).max() > 0.03


def test_it_bends_without_a_jump_over_the_end_of_the_period() -> None:
    moments, values = np.array([0.0, 0.2, 0.7]), np.array([0.0, 1.0, -2.0])
    step = 1e-4
    at = np.array([0.0, step, 2 * step, 1 - 2 * step, 1 - step])
    begin, soon, later, early, late = spline_weights(moments, at, 1.0) @ values
    after, before = (later - 2 * soon + begin) / step**2, (begin - 2 * late + early) / step**2
    assert after == pytest.approx(before, abs=0.2)
    assert (soon - begin) == pytest.approx(begin - late, abs=1e-4)


def test_one_known_frame_and_the_end_of_an_open_clip_stay() -> None:
    fields = np.random.default_rng(0).normal(size=(4, 2, 3, 3)).astype(np.float32)
    times = np.arange(4.0)
    alone = cubic_in_time(fields, np.array([0]), times, None)
    assert np.array_equal(alone, np.repeat(fields[:1], 4, 0))
    found = cubic_in_time(fields, np.array([0, 2]), times, None)
    assert found[1] == pytest.approx((fields[0] + fields[2]) / 2, abs=1e-6)
    assert found[3] == pytest.approx(fields[2], abs=1e-6)
