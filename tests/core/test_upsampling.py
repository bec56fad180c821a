"""More frames between frames: originals bit for bit, smooth between them, closed where asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.upsampling import (
    Positions,
    positions_of,
    upsample,
    upsample_motion,
    upsampled_times,
)


def motion(count: int = 8, *, cyclic: bool = False, times: NDArray[Any] | None = None) -> Motion:
    at = np.arange(count) * 0.1 if times is None else times
    turn = 2 * np.pi * np.arange(len(at)) / len(at)
    mean = np.stack([np.sin(turn), np.cos(turn) - 1], 1).astype(np.float32)
    kept = np.ones(len(at), np.bool_)
    kept[2] = False
    return Motion(mean, np.full_like(mean, 0.1), kept, at, RowKind.FRAME,
                  np.stack([at, at], 1), ~kept, cyclic=cyclic, model="m")  # fmt: skip


@given(
    count=st.integers(1, 12),
    factor=st.sampled_from([1, 2, 3, 4, 8]),
    closed=st.booleans(),
    seed=st.integers(0, 999),
)
def test_originals_stay_bit_for_bit(count: int, factor: int, closed: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.01, 1.0, count))
    values = rng.normal(size=(count, 3)).astype(np.float32)
    made = upsample(values, times, factor, closed=closed)
    at = upsampled_times(times, factor, closed=closed)
    assert np.array_equal(made[::factor], values)
    assert np.array_equal(at[::factor], times)
    assert len(made) == len(at) == len(Positions(count, factor, closed and count > 0))
    assert (np.diff(at) > 0).all()
    assert np.isfinite(made).all()


def test_a_straight_motion_stays_straight_on_uneven_times() -> None:
    times = np.array([0.0, 0.1, 0.5, 0.6, 1.0])
    values = np.outer(times, [2.0, -1.0]).astype(np.float32)
    made = upsample(values, times, 4)
    assert made == pytest.approx(np.outer(upsampled_times(times, 4), [2.0, -1.0]), abs=1e-6)


def test_a_closed_cycle_goes_over_its_seam_as_it_goes_everywhere_else() -> None:
    whole = upsample_motion(motion(16, cyclic=True), 8)
    assert len(whole.mean) == 16 * 8
    turn = 2 * np.pi * np.arange(128) / 128
    assert whole.mean[:, 0] == pytest.approx(np.sin(turn), abs=0.004)
    steps = np.linalg.norm(np.diff(np.vstack([whole.mean, whole.mean[:1]]), axis=0), axis=1)
    assert steps.max() < 1.2 * steps.min()


def test_curves_come_nearer_to_smooth_motion_than_lines() -> None:
    turn = np.arange(12) * 0.5
    values = np.sin(turn)[:, None].astype(np.float32)
    made = upsample(values, turn, 4)[:, 0]
    at = upsampled_times(turn, 4)
    inner = slice(4, -4)
    curve = np.abs(made - np.sin(at))[inner].max()
    line = np.abs(np.interp(at, turn, values[:, 0]) - np.sin(at))[inner].max()
    assert curve < 0.2 * line


def test_rows_in_between_count_as_filled_and_withheld() -> None:
    whole = upsample_motion(motion(), 2)
    assert whole.kept.tolist()[:6] == [True, False, True, False, False, False]
    assert whole.filled.tolist()[:6] == [False, True, False, True, True, True]
    assert whole.std is not None
    assert whole.std.shape == whole.mean.shape == (15, 2)
    assert upsample_motion(motion(), 1).mean is not None


def test_factor_one_is_the_motion_itself() -> None:
    plain = motion()
    assert upsample_motion(plain, 1) is plain


def test_positions_name_frames_and_steps_after_them() -> None:
    places = positions_of(motion(8), 4)
    assert len(places) == 29
    assert places.at(3, 2) == 14
    assert places.frame_of(14) == (3, 2)
    assert places.span(2, 5) == (8, 20)
    assert places.span(0, 7) == (0, 28)
    assert positions_of(motion(8, cyclic=True), 4).span(0, 7) == (0, 31)


def test_rows_that_are_no_frames_are_refused() -> None:
    plain = motion()
    other = Motion(plain.mean, None, plain.kept, plain.times, RowKind.PAIR, plain.row_times,
                   plain.filled)  # fmt: skip
    with pytest.raises(ValueError, match="one row a frame"):
        upsample_motion(other, 2)
    with pytest.raises(ValueError, match="at least 1"):
        upsampled_times(plain.times, 0)
