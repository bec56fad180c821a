from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.clip_view import StridedFrames, at_rate, frame_range


def source(count: int = 12) -> np.ndarray:
    return np.arange(count * 6, dtype=np.uint16).reshape(count, 2, 3, 1)


@st.composite
def ranges(draw: st.DrawFn) -> range:
    start = draw(st.integers(0, 11))
    return range(start, draw(st.integers(start + 1, 12)), draw(st.integers(1, 5)))


def test_a_cycle_keeps_its_length_when_a_stride_does_not_divide_it() -> None:
    cycle = Clip(np.zeros((10, 4, 4, 1), np.uint8), uniform_times(10, 10), cyclic=True)
    every_third = frame_range(cycle, 0, 10, 3)
    assert every_third.times.tolist() == pytest.approx([0, 0.3, 0.6, 0.9])
    assert every_third.period == pytest.approx(1.0)
    assert frame_range(every_third, 0, 4, 2).period == pytest.approx(1.0)
    assert frame_range(cycle, 0, 9, 3).period is None
    assert at_rate(every_third, 5).period is None


@given(ranges(), st.data())
def test_a_strided_view_indexes_like_the_array_it_stands_for(
    chosen: range, data: st.DataObject
) -> None:
    lazy, plain = (
        StridedFrames(source(), chosen),
        source()[chosen.start : chosen.stop : chosen.step],
    )
    assert lazy.shape == plain.shape
    assert lazy.dtype == plain.dtype
    n = len(plain)
    ends = st.none() | st.integers(-n - 2, n + 2)
    steps = st.sampled_from([None, 1, 2, -1, -3])
    indices = [
        data.draw(st.integers(-n, n - 1)),
        slice(data.draw(ends), data.draw(ends), data.draw(steps)),
        np.array(data.draw(st.lists(st.integers(-n, n - 1))), np.intp),
        np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n))),
    ]
    for index in indices:
        assert np.array_equal(lazy[index], plain[index])


def test_indices_outside_are_refused() -> None:
    lazy = StridedFrames(source(), range(2, 8, 2))
    for outside in (3, -4, [3]):
        with pytest.raises(IndexError):
            lazy[outside]


def test_a_strided_view_can_be_pickled() -> None:
    lazy = StridedFrames(source(), range(1, 9, 3))
    assert np.array_equal(pickle.loads(pickle.dumps(lazy))[:], lazy[:])


def clip(lazy: bool = False) -> Clip:
    frames = StridedFrames(source(), range(12)) if lazy else source()
    masks = np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((1, 2, 3), np.uint8)
    return Clip(
        frames=frames,
        times=uniform_times(12, 4.0),
        masks=masks,
        mask_valid=np.arange(12) % 2 == 0,
        cyclic=True,
    )


@pytest.mark.parametrize("lazy", [True, False])
def test_a_range_of_a_clip_takes_times_and_labels_along(lazy: bool) -> None:
    part = frame_range(clip(lazy), 2, 11, 3)
    assert np.array_equal(part.frames[:], source()[2:11:3])
    assert np.allclose(part.times, [0, 0.75, 1.5])
    assert part.masks is not None
    assert part.mask_valid is not None
    assert part.masks[:, 0, 0].tolist() == [2, 5, 8]
    assert part.mask_valid.tolist() == [True, False, True]


def test_frames_are_not_copied() -> None:
    whole = clip()
    assert frame_range(whole, 0, 12) is whole
    assert np.shares_memory(
        np.asarray(frame_range(whole, 2, 9, 2).frames), np.asarray(whole.frames)
    )


def test_a_strided_cycle_is_a_cycle_and_a_cut_one_is_not() -> None:
    assert frame_range(clip(), 0, 12, 2).cyclic is True
    assert frame_range(clip(), 0, 11).cyclic is False
    assert frame_range(replace(clip(), cyclic=None), 0, 11).cyclic is None


@pytest.mark.parametrize(
    ("start", "stop", "stride"), [(0, 13, 1), (3, 3, 1), (-1, 4, 1), (0, 4, 0)]
)
def test_impossible_ranges_are_refused(start: int, stop: int, stride: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= start < stop <= 12"):
        frame_range(clip(), start, stop, stride)


def test_a_rate_replaces_times() -> None:
    assert np.allclose(at_rate(clip(), 10.0).times, np.arange(12) / 10)
    for rate in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="positive frame rate"):
            at_rate(clip(), rate)
