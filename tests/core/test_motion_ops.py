"""Shift, stretch, reverse and loop seam: only the named cells, exact where they can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from motionstudio.core.motion_ops import loop_seam, reverse, time_shift, time_stretch

ROWS, DIMS = 9, 4
matrices = hnp.arrays(np.float32, (ROWS, DIMS), elements=st.floats(-4, 4, width=32))
row_sets = st.sets(st.integers(0, ROWS - 1), min_size=2).map(sorted)
dim_sets = st.sets(st.integers(0, DIMS - 1), min_size=1).map(sorted)


@given(matrices, row_sets, dim_sets, st.floats(-12, 12), st.booleans())
def test_only_the_named_cells_change_and_never_in_place(
    matrix: np.ndarray, rows: list[int], dims: list[int], by: float, cyclic: bool
) -> None:
    before = matrix.copy()
    results = (
        time_shift(matrix, rows, dims, by, cyclic=cyclic),
        time_stretch(matrix, rows, dims, abs(by) + 0.1, cyclic=cyclic),
        reverse(matrix, rows, dims, cyclic=cyclic),
        loop_seam(matrix, rows, dims, 3),
    )
    outside = np.ones(matrix.shape, bool)
    outside[np.ix_(rows, dims)] = False
    for result in results:
        assert result.dtype == np.float32
        assert np.array_equal(result[outside], before[outside])
    assert np.array_equal(matrix, before)


@given(matrices, row_sets, dim_sets, st.integers(-15, 15))
def test_a_whole_shift_in_a_cycle_is_undone_bit_for_bit(
    matrix: np.ndarray, rows: list[int], dims: list[int], by: int
) -> None:
    there = time_shift(matrix, rows, dims, by, cyclic=True)
    assert np.array_equal(time_shift(there, rows, dims, -by, cyclic=True), matrix)
    moved = np.where(np.isin(range(DIMS), dims), np.roll(matrix[rows], by, 0), matrix[rows])
    assert np.array_equal(there[rows], moved)


@given(matrices, row_sets, st.floats(-12, 12))
def test_a_shift_invents_no_values_beyond_those_there_were(
    matrix: np.ndarray, rows: list[int], by: float
) -> None:
    for cyclic in (False, True):
        made = time_shift(matrix, rows, range(DIMS), by, cyclic=cyclic)[rows]
        assert (made <= matrix[rows].max(0) + 1e-5).all()
        assert (made >= matrix[rows].min(0) - 1e-5).all()


def test_half_a_frame_lies_between_two_and_ends_hold() -> None:
    ramp = np.arange(6, dtype=np.float32)[:, None]
    assert time_shift(ramp, range(6), [0], 0.5)[:, 0].tolist() == [0, 0.5, 1.5, 2.5, 3.5, 4.5]
    assert time_shift(ramp, range(6), [0], -2)[:, 0].tolist() == [2, 3, 4, 5, 5, 5]


@given(matrices, row_sets, dim_sets, st.booleans())
def test_reversing_twice_changes_nothing(
    matrix: np.ndarray, rows: list[int], dims: list[int], cyclic: bool
) -> None:
    once = reverse(matrix, rows, dims, cyclic=cyclic)
    assert np.array_equal(reverse(once, rows, dims, cyclic=cyclic), matrix)
    if cyclic:
        assert np.array_equal(once[rows[0]], matrix[rows[0]])


@given(matrices, row_sets, dim_sets)
def test_stretching_by_one_changes_nothing(
    matrix: np.ndarray, rows: list[int], dims: list[int]
) -> None:
    assert np.array_equal(time_stretch(matrix, rows, dims, 1.0), matrix)


def test_stretching_by_two_is_half_as_fast() -> None:
    ramp = np.arange(6, dtype=np.float32)[:, None]
    assert time_stretch(ramp, range(6), [0], 2)[:, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert time_stretch(ramp, range(6), [0], 0.5)[:, 0].tolist() == [0, 2, 4, 5, 5, 5]
    assert time_stretch(ramp, range(6), [0], 0.5, cyclic=True)[:, 0].tolist() == [0, 2, 4, 0, 2, 4]
    with pytest.raises(ValueError, match="factor > 0"):
        time_stretch(ramp, range(6), [0], 0)


@given(matrices, row_sets, dim_sets, st.integers(1, 12))
def test_a_seam_ends_where_it_begins_and_leaves_the_start(
    matrix: np.ndarray, rows: list[int], dims: list[int], width: int
) -> None:
    made = loop_seam(matrix, rows, dims, width)
    index = np.ix_(rows, dims)
    assert np.array_equal(made[index][-1], matrix[index][0])
    early = len(rows) - 1 - width
    if early >= 0:
        assert np.array_equal(made[index][: early + 1], matrix[index][: early + 1])


def test_a_seam_that_is_closed_already_stays_and_widths_are_checked() -> None:
    wave = np.sin(np.linspace(0, 2 * np.pi, 9)).astype(np.float32)[:, None]
    wave[-1] = wave[0]
    assert np.array_equal(loop_seam(wave, range(9), [0], 4), wave)
    with pytest.raises(ValueError, match="width >= 1"):
        loop_seam(wave, range(9), [0], 0)
