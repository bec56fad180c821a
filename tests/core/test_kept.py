from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core import kept as k
from motionstudio.core.errors import MotionStudioError


@st.composite
def masks(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    count = draw(st.integers(1, 20))
    reference = draw(st.integers(0, count - 1))
    mask = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    mask[reference] = True
    return mask, reference


@given(masks())
def test_what_is_described_can_be_parsed(case: tuple[np.ndarray, int]) -> None:
    mask, reference = case
    text = k.describe(mask)
    assert np.array_equal(k.parse(text, len(mask), reference=reference), mask)


@given(masks(), st.integers(2, 9), st.data())
def test_the_reference_is_never_dropped_and_arguments_stay_as_they_are(
    case: tuple[np.ndarray, int], n: int, data: st.DataObject
) -> None:
    mask, reference = case
    frames = data.draw(st.lists(st.integers(0, len(mask) - 1)))
    before = mask.copy()
    for result in (
        k.drop_every(mask, n, reference=reference),
        k.keep_every(mask, n, reference=reference),
        k.keep_only_range(mask, 3, 5, reference=reference),
        k.with_frames(mask, frames, False, reference=reference),
        k.paint(mask, frames, reference=reference),
    ):
        assert result[reference]
        assert result.shape == mask.shape
        assert result.dtype == np.bool_
    assert np.array_equal(mask, before)


@pytest.mark.parametrize(
    ("n", "reference", "dropped"),
    [(2, 0, "1, 3, 5, 7"), (3, 0, "2, 5"), (2, 3, "0, 2, 4, 6"), (4, 2, "1, 5"), (9, 0, "")],
)
def test_drop_every_counts_from_the_reference(n: int, reference: int, dropped: str) -> None:
    assert k.describe(k.drop_every(k.all_kept(8), n, reference=reference)) == dropped


def test_keep_every_keeps_the_reference_and_every_nth_from_it() -> None:
    assert k.describe(k.keep_every(k.all_kept(8), 3)) == "1, 2, 4, 5, 7"


def test_patterns_replace_what_was_dropped() -> None:
    assert k.describe(k.drop_every(k.parse("1-7", 8), 4)) == "3, 7"


def test_a_step_below_two_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2, got 1"):
        k.drop_every(k.all_kept(8), 1)


def test_a_range_drops_what_is_outside_and_leaves_the_inside() -> None:
    mask = k.parse("4", 8)
    assert k.describe(k.keep_only_range(mask, 3, 5)) == "1, 2, 4, 6, 7"


def test_restoring_some_or_all() -> None:
    mask = k.parse("2-5", 8)
    assert k.describe(k.restore(mask, (3,))) == "2, 4, 5"
    assert k.restore(mask).all()


def test_the_first_cell_of_a_stroke_decides() -> None:
    mask = k.parse("2", 6)
    assert k.describe(k.paint(mask, (1, 2, 3))) == "1-3"
    assert k.describe(k.paint(mask, (2, 1, 3))) == ""
    assert k.describe(k.paint(mask, (0, 1))) == "1, 2"
    assert k.paint(mask, ()) is mask


def test_frames_outside_the_sequence_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0, 6\), got \[6\]"):
        k.with_frames(k.all_kept(6), (6,), False)
    with pytest.raises(ValueError, match=r"\[-1\]"):
        k.with_frames(k.all_kept(6), (-1,), False)


@pytest.mark.parametrize(
    ("text", "dropped"),
    [("3,7-9", (3, 7, 8, 9)), (" 3 , 7 - 9 ", (3, 7, 8, 9)), ("", ()), ("  ", ()), ("5-5", (5,))],
)
def test_lists_of_frames(text: str, dropped: tuple[int, ...]) -> None:
    assert k.dropped_frames(k.parse(text, 10)) == dropped


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("3,x", "'x'"),
        ("3,7-", "'7-'"),
        ("3,-7", "'-7'"),
        ("1-2-3", "'1-2-3'"),
        ("2.5", "'2.5'"),
        ("²", "'²'"),
        ("3,,4", "empty part"),
        ("3,", "empty part"),
        ("9-7", "'9-7' runs backwards"),
        ("3,10", "'10' lies outside"),
        ("8-12", "'8-12' lies outside"),
        ("1" * 5000, "neither a frame"),
        ("0", "'0' would drop frame 0"),
        ("0-3", "'0-3' would drop frame 0"),
    ],
)
def test_what_is_wrong_with_a_list_is_named(text: str, named: str) -> None:
    with pytest.raises(MotionStudioError) as caught:
        k.parse(text, 10)
    assert named in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("frames", "text"),
    [((), ""), ((4,), "4"), ((8, 4), "4, 8"), ((4, 5), "4, 5"), ((3, 7, 8, 9), "3, 7-9")],
)
def test_frames_are_written_as_people_write_them(frames: tuple[int, ...], text: str) -> None:
    assert k.describe_frames(frames) == text
