"""Another reference than the first frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.engine.reference import ReferenceOrder
from tests.engine.fakes import motion_of

orders = st.integers(2, 12).flatmap(
    lambda n: st.builds(ReferenceOrder, st.just(n), st.integers(0, n - 1), st.booleans())
)


def seen_by_model(order: ReferenceOrder) -> Motion:
    """A motion in the model's order whose row r holds the number of its frame."""
    frames = order.indices
    motion = motion_of(len(frames))
    return replace(motion, mean=np.repeat(frames[:, None], 4, 1).astype(np.float32))


@given(orders)
def test_model_sees_the_reference_first_and_time_running_forward(order: ReferenceOrder) -> None:
    times = np.cumsum(np.linspace(0.1, 0.3, order.count)) - 0.1
    seen = order.times(times)
    assert order.indices[0] == order.reference
    assert set(order.indices) == set(range(order.count))
    assert seen.shape == order.indices.shape
    assert seen[0] == 0
    assert (np.diff(seen) > 0).all()


def test_a_cycle_turns_within_its_own_period() -> None:
    times = np.array([0, 0.3, 0.6, 0.9])
    order = ReferenceOrder(4, 2, cyclic=True)
    np.testing.assert_allclose(order.times(times, 1.0), [0, 0.3, 0.4, 0.7])
    np.testing.assert_allclose(order.times(times), [0, 0.3, 0.6, 0.9])


@given(orders)
def test_rows_come_back_under_their_frames(order: ReferenceOrder) -> None:
    times = np.arange(order.count) / 10
    kept = np.ones(order.count, np.bool_)
    motion = order.back(seen_by_model(order), times, kept)
    expected = np.arange(order.count, dtype=np.float32)
    if order.reference:
        expected[order.reference] = 0
    np.testing.assert_array_equal(motion.mean[:, 0], expected)
    assert len(motion.filled) == order.count
    np.testing.assert_allclose(motion.row_times[:, 0], times)


@given(orders)
def test_forth_then_back_changes_nothing(order: ReferenceOrder) -> None:
    motion = motion_of(order.count)
    mean = motion.mean.copy()
    mean[order.reference] = 0
    motion = replace(motion, mean=mean)
    again = order.back(order.forth(motion), motion.times, motion.kept)
    np.testing.assert_array_equal(again.mean, motion.mean)
    np.testing.assert_array_equal(again.times, motion.times)
    np.testing.assert_allclose(again.row_times, motion.row_times)


def test_only_frame_rows_can_start_elsewhere() -> None:
    motion = replace(motion_of(4), rows=RowKind.PREFIX)
    with pytest.raises(MotionStudioError, match="starts from the first frame"):
        ReferenceOrder(3, 1, cyclic=False).back(motion, motion.times[:3], motion.kept[:3])


def test_reference_outside_the_clip_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0, 3\), got 3"):
        ReferenceOrder(3, 3, cyclic=False)
