from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core.direction import along, course_weights
from motionstudio.core.statistics import (
    correlations,
    kl_to_standard,
    label_areas,
    statistics,
    time_factors,
)

finite = st.floats(-10, 10, width=32)
matrices = arrays(np.float32, (6, 4), elements=finite)


@given(matrices, arrays(np.float32, (6, 4), elements=st.floats(0.015625, 4, width=32)))
def test_divergence_is_never_negative_and_zero_only_at_the_prior(
    mean: np.ndarray, std: np.ndarray
) -> None:
    assert (kl_to_standard(mean.astype(float), std) >= 0).all()
    assert kl_to_standard(np.zeros(1), np.ones(1))[0] == 0


def test_divergence_agrees_with_sampling() -> None:
    rng = np.random.default_rng(0)
    drawn = 0.7 + 0.4 * rng.standard_normal(400_000)
    log_q = -0.5 * ((drawn - 0.7) / 0.4) ** 2 - np.log(0.4)
    log_p = -0.5 * drawn**2
    expected = float(np.mean(log_q - log_p))
    assert kl_to_standard(np.array([0.7]), np.array([0.4]))[0] == pytest.approx(expected, abs=5e-3)


@given(matrices)
def test_the_locked_row_does_not_count(mean: np.ndarray) -> None:
    other = mean.copy()
    other[2] = 99
    first, second = statistics(mean, None, 2), statistics(other, None, 2)
    assert np.array_equal(first.variance, second.variance)
    assert first.frames == 5
    assert first.divergence is None


def test_active_units() -> None:
    mean = np.zeros((100, 2), np.float32)
    mean[:, 0] = np.sin(np.linspace(0, 6, 100))
    mean[:, 1] = 0.05 * np.sin(np.linspace(0, 6, 100))
    assert statistics(mean, None).active.tolist() == [True, False]


@given(matrices, st.floats(0.5, 3), finite)
def test_correlation_ignores_scale_and_shift(
    values: np.ndarray, scale: float, shift: float
) -> None:
    factor = np.array([0.0, 1, 3, -2, 5, 4])
    plain = correlations(values, factor[:, None])
    moved = correlations(values, (scale * factor + shift)[:, None])
    assert np.allclose(plain, moved, atol=1e-6, equal_nan=True)
    known = plain[np.isfinite(plain)]
    assert (np.abs(known) <= 1).all()


def test_correlation_with_itself_a_constant_and_gaps() -> None:
    values = np.stack([np.arange(5.0), -np.arange(5.0), np.ones(5)], axis=1)
    factor = np.arange(5.0)
    factor[1] = np.nan
    found = correlations(values, np.stack([factor, np.ones(5)], axis=1))
    assert found[0, 0] == pytest.approx(1)
    assert found[1, 0] == pytest.approx(-1)
    assert np.isnan(found[2]).all()
    assert np.isnan(found[:, 1]).all()


def test_time_is_a_phase_where_the_clip_is_a_cycle() -> None:
    times = np.arange(8) / 8
    values, names = time_factors(times, cyclic=True)
    assert names == ("cos phase", "sin phase")
    assert np.allclose(values[4], [-1, 0], atol=1e-9)
    assert time_factors(times, cyclic=False)[1] == ("time",)


def test_areas_of_a_label() -> None:
    masks = np.zeros((3, 4, 4), np.uint8)
    masks[0, :2] = 2
    found = label_areas(masks, np.array([True, True, False]), 2)
    assert found[:2].tolist() == [8, 0]
    assert np.isnan(found[2])


@given(matrices, st.sampled_from(["constant", "ramp", "along"]))
def test_an_amount_of_zero_changes_nothing(values: np.ndarray, course: str) -> None:
    vector = np.array([1, 0, -1, 0], np.float32)
    assert np.array_equal(along(values, values, [1, 3], vector, 0.0, course), values[[1, 3]])


def test_courses() -> None:
    values = np.array([[0, 0], [1, 5], [-2, 1]], np.float32)
    vector = np.array([3, 0], np.float32)
    assert course_weights(values, vector, "ramp").tolist() == [0, 0.5, 1]
    assert course_weights(values, vector, "along").tolist() == [0, 0.5, -1]
    moved = along(np.zeros_like(values), values, [0, 1, 2], vector, 2.0)
    assert moved.tolist() == [[6, 0]] * 3
    with pytest.raises(ValueError, match="vector of shape"):
        along(values, values, [0], np.zeros(3, np.float32), 1.0)
