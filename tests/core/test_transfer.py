"""Carrying motion from one subject to another: time, modes, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.transfer import (
    Timing,
    TransferMode,
    check_match,
    combined,
    nearest_rows,
    resampled,
)

COUNTS = st.integers(2, 24)
FINITE = st.floats(-4, 4, width=32)


def rows_of(count: int, dims: int, seed: int, reference: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dims)).astype(np.float32)
    rows[reference] = 0
    return rows


def even(count: int, reference: int = 0, *, cyclic: bool = False, step: float = 0.1) -> Timing:
    return Timing(np.arange(count) * step, reference, cyclic)


def motion(count: int = 5, dims: int = 3, **fields: object) -> Motion:
    times = np.arange(count) * 0.1
    made = Motion(
        mean=rows_of(count, dims, 1), std=None, kept=np.ones(count, bool), times=times,
        rows=RowKind.FRAME, row_times=np.stack([times, times], 1), filled=np.zeros(count, bool),
        model="heart", model_hash="h",
    )  # fmt: skip
    return replace(made, **fields)


@given(COUNTS, st.booleans(), st.floats(0.01, 10), st.integers(0, 99))
def test_equal_times_give_the_very_same_rows(
    count: int, cyclic: bool, step: float, seed: int
) -> None:
    rows = rows_of(count, 4, seed)
    found = resampled(rows, even(count, cyclic=cyclic), even(count, cyclic=cyclic, step=step))
    assert found.tobytes() == rows.tobytes()


@given(COUNTS, COUNTS, st.booleans(), st.integers(0, 99), st.data())
def test_the_reference_stays_at_rest_and_nothing_overshoots(
    count: int, wanted: int, cyclic: bool, seed: int, data: st.DataObject
) -> None:
    rows = rows_of(count, 3, seed)
    reference = data.draw(st.integers(0, wanted - 1))
    target = even(wanted, reference, cyclic=cyclic)
    found = resampled(rows, even(count, cyclic=cyclic), target)
    assert found.shape == (wanted, 3)
    assert (found[reference] == 0).all()
    assert (found <= rows.max(0) + 1e-6).all()
    assert (found >= rows.min(0) - 1e-6).all()


@given(st.integers(3, 24), st.integers(0, 99))
def test_twice_as_many_rows_pass_through_the_old_ones(count: int, seed: int) -> None:
    rows = rows_of(count, 2, seed)
    found = resampled(rows, even(count, cyclic=True), even(2 * count, cyclic=True))
    np.testing.assert_allclose(found[::2], rows, atol=1e-5)
    again = resampled(found, even(2 * count, cyclic=True), even(count, cyclic=True))
    np.testing.assert_allclose(again, rows, atol=1e-5)


def test_a_smooth_cycle_is_followed_closely() -> None:
    def beat(count: int) -> np.ndarray:
        return (1 - np.cos(2 * np.pi * np.arange(count) / count))[:, None].astype(np.float32)

    found = resampled(beat(20), even(20, cyclic=True), even(33, cyclic=True))
    assert np.abs(found - beat(33)).max() < 0.02


def test_cycles_are_matched_by_phase_from_their_references() -> None:
    rows = np.roll(np.arange(8, dtype=np.float32)[:, None], 3, axis=0)
    found = resampled(rows, even(8, 3, cyclic=True), even(8, 0, cyclic=True))
    np.testing.assert_array_equal(found[:, 0], np.arange(8))


def test_open_clips_are_matched_from_first_to_last() -> None:
    rows = np.linspace(0, 1, 5, dtype=np.float32)[:, None]
    found = resampled(rows, even(5), Timing(np.array([0, 0.5, 2.0])))
    np.testing.assert_allclose(found[:, 0], [0, 0.25, 1], atol=1e-6)


def test_a_period_that_the_times_do_not_tell_is_used() -> None:
    pair = Timing(np.array([0.0, 0.35]), cyclic=True, period=1.0)
    rows = np.array([[0.0], [1.0]], np.float32)
    found = resampled(rows, pair, even(20, cyclic=True))
    assert found[7, 0] == pytest.approx(1)
    assert (np.diff(found[:8, 0]) > 0).all()
    assert (np.diff(found[7:, 0]) < 0).all()


@given(
    arrays(np.float32, (4, 3), elements=FINITE),
    arrays(np.float32, (4, 3), elements=FINITE),
    st.sampled_from(list(TransferMode)),
    st.floats(0, 1, width=32),
)
def test_modes(own: np.ndarray, arriving: np.ndarray, mode: TransferMode, share: float) -> None:
    found = combined(own, arriving, mode, share)
    expected = {
        TransferMode.REPLACE: share * arriving,
        TransferMode.ADD: own + share * arriving,
        TransferMode.BLEND: (1 - share) * own + share * arriving,
    }[mode]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    if mode is not TransferMode.REPLACE:
        np.testing.assert_array_equal(combined(own, arriving, mode, 0.0), own)


@pytest.mark.parametrize("mode", [TransferMode.REPLACE, TransferMode.BLEND])
def test_replacing_is_bit_identical(mode: TransferMode) -> None:
    own, arriving = rows_of(5, 3, 1), rows_of(5, 3, 2)
    assert combined(own, arriving, mode, 1.0).tobytes() == arriving.tobytes()


def test_impossible_strengths_and_shapes_are_refused() -> None:
    own = rows_of(5, 3, 1)
    with pytest.raises(ValueError, match="strength"):
        combined(own, own, TransferMode.BLEND, 1.5)
    with pytest.raises(ValueError, match="shape"):
        combined(own, own[:3], TransferMode.ADD, 1.0)
    with pytest.raises(ValueError, match="rows"):
        resampled(own, even(4), even(5))


@pytest.mark.parametrize(
    "other",
    [motion(dims=4), motion(model="figures"), motion(model_hash="x"), motion(rows=RowKind.PAIR)],
)
def test_motions_of_other_models_are_refused_in_one_sentence(other: Motion) -> None:
    with pytest.raises(MotionStudioError) as caught:
        check_match(other, motion(), "walk", "heart")
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_the_nearest_rows_go_round_the_cycle() -> None:
    found = nearest_rows(even(8, cyclic=True), even(16, cyclic=True))
    assert found[0] == 0
    assert found[-2:].tolist() in ([7, 7], [7, 0])
    assert nearest_rows(even(5), even(3)).tolist() == [0, 2, 4]


def test_motions_of_one_model_match() -> None:
    check_match(motion(7), motion(), "a", "b")
