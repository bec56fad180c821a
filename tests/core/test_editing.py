from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core import editing

R, D = 8, 4
matrices = arrays(np.float32, (R, D), elements=st.floats(-100, 100, width=32))
cells = st.tuples(
    st.sets(st.integers(0, R - 1), min_size=1).map(lambda s: tuple(sorted(s))),
    st.sets(st.integers(0, D - 1), min_size=1).map(lambda s: tuple(sorted(s))),
)


def outside(rows: tuple[int, ...], dims: tuple[int, ...]) -> np.ndarray:
    mask = np.ones((R, D), bool)
    mask[np.ix_(rows, dims)] = False
    return mask


@given(matrices, cells, st.floats(-3, 3), st.floats(0.5, 4), st.booleans())
def test_only_the_named_cells_change_and_never_in_place(
    matrix: np.ndarray,
    where: tuple[tuple[int, ...], tuple[int, ...]],
    amount: float,
    sigma: float,
    cyclic: bool,
) -> None:
    rows, dims = where
    before = matrix.copy()
    for result in (
        editing.drag(matrix, rows, dims, amount),
        editing.smooth(matrix, rows, dims, sigma, cyclic=cyclic),
        editing.gain(matrix, rows, dims, amount),
        editing.reset(matrix, rows, dims),
    ):
        assert result.dtype == np.float32
        assert np.array_equal(result[outside(rows, dims)], before[outside(rows, dims)])
    assert np.array_equal(matrix, before)


@given(matrices, cells, st.floats(-3, 3, width=32))
def test_a_hard_drag_adds_the_same_to_every_cell(
    matrix: np.ndarray, where: tuple[tuple[int, ...], tuple[int, ...]], amount: float
) -> None:
    rows, dims = where
    moved = editing.drag(matrix, rows, dims, amount)
    grid = np.ix_(rows, dims)
    assert np.array_equal(moved[grid], matrix[grid] + np.float32(amount))


def test_a_soft_drag_falls_off_as_a_gaussian_in_time() -> None:
    weights = editing.soft_weights(21, (10,), 2.0)
    away = np.arange(21) - 10
    near = np.abs(away) <= 6
    assert np.allclose(weights[near], np.exp(-0.5 * (away[near] / 2) ** 2))
    assert not weights[~near].any()
    moved = editing.drag(np.zeros((21, 2), np.float32), (10,), (1,), -3.0, width=2.0)
    assert np.allclose(moved[:, 1], -3 * weights)
    assert not moved[:, 0].any()


def test_several_rows_move_together_by_the_nearest() -> None:
    weights = editing.soft_weights(12, (3, 6), 1.0)
    assert weights[3] == weights[6] == 1
    assert weights[4] == weights[5] == pytest.approx(np.exp(-0.5))


def test_a_closed_cycle_has_no_ends() -> None:
    open_, closed = (editing.soft_weights(10, (0,), 1.5, cyclic=c) for c in (False, True))
    assert open_[9] == 0
    assert closed[9] == closed[1] > 0


def test_a_soft_edit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        editing.soft_weights(5, (), 1.0)


@given(st.floats(-50, 50, width=32), st.floats(0.3, 5), st.booleans())
def test_smoothing_leaves_a_constant_alone(value: float, sigma: float, cyclic: bool) -> None:
    matrix = np.full((R, D), value, np.float32)
    result = editing.smooth(matrix, range(R), range(D), sigma, cyclic=cyclic)
    assert np.allclose(result, matrix, rtol=1e-6)


def test_smoothing_lowers_a_peak_and_keeps_the_sum_of_a_cycle() -> None:
    matrix = np.zeros((R, 1), np.float32)
    matrix[2] = 1
    result = editing.smooth(matrix, range(R), (0,), 1.0, cyclic=True)
    assert result[2] < 0.5
    assert result.sum() == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match="sigma > 0"):
        editing.smooth(matrix, (1,), (0,), 0.0)


@given(matrices)
def test_gains_of_zero_one_and_minus_one(matrix: np.ndarray) -> None:
    everywhere = (range(R), range(D))
    assert np.array_equal(editing.gain(matrix, *everywhere, 1.0), matrix)
    assert not editing.gain(matrix, *everywhere, 0.0).any()
    assert np.array_equal(editing.gain(matrix, *everywhere, -1.0), -matrix)


def test_a_gain_about_the_mean_keeps_the_mean() -> None:
    matrix = np.array([[1.0], [2.0], [6.0]], np.float32)
    result = editing.gain(matrix, (0, 1, 2), (0,), 2.0, about_mean=True)
    assert result[:, 0].tolist() == [-1, 1, 9]


def test_snapping_goes_to_zero_or_one_sigma() -> None:
    values = np.array([-9.0, -0.6, -0.4, 0.1, 0.3, 0.8], np.float32)
    assert editing.snap(values, 1.0).tolist() == [-1, -1, 0, 0, 0, 1]
    assert np.allclose(editing.snap(values, 0.5), [-0.5, -0.5, -0.5, 0, 0.5, 0.5])
    assert editing.snap(values, 0.0).tolist() == [0] * 6


def test_snapping_is_idempotent_with_a_sigma_per_cell() -> None:
    rng = np.random.default_rng(1)
    values, sigma = rng.normal(size=(R, D)), rng.uniform(0.1, 2, (R, D)).astype(np.float32)
    once = editing.snap(values, sigma)
    assert np.array_equal(editing.snap(once, sigma), once)


@given(matrices, cells)
def test_resetting_zeroes_the_offset(
    matrix: np.ndarray, where: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    assert not editing.reset(matrix, *where)[np.ix_(*where)].any()


@pytest.mark.parametrize("cyclic", [False, True])
@pytest.mark.parametrize("sigma", [0.4, 2.0, 9.0])
def test_long_matrices_are_smoothed_like_short_ones(sigma: float, cyclic: bool) -> None:
    """Against the whole kernel, whose weights beyond six deviations do not matter."""
    values = np.random.default_rng(0).standard_normal((700, 3)).astype(np.float32)
    rows = [0, 1, 127, 128, 300, 698, 699]
    away = np.abs(np.arange(700)[:, None] - np.arange(700)[None, :])
    away = np.minimum(away, 700 - away) if cyclic else away
    kernel = np.exp(-0.5 * (away / sigma) ** 2)
    expected = (kernel / kernel.sum(1, keepdims=True)) @ values.astype(np.float64)
    made = editing.smooth(values, rows, (0, 2), sigma, cyclic=cyclic)
    np.testing.assert_allclose(
        made[np.ix_(rows, (0, 2))], expected[np.ix_(rows, (0, 2))], atol=1e-6
    )
    untouched = np.ones(values.shape, bool)
    untouched[np.ix_(rows, (0, 2))] = False
    assert np.array_equal(made[untouched], values[untouched])
