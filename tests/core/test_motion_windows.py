"""Windows of frames and the chains that stand for them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.motion_windows import (
    MOST_STEPS,
    Span,
    best_apart,
    chain,
    recompositions,
    walk,
    windows,
)

spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, 50), st.integers(1, 60)
)


@given(spans)
def test_a_walk_has_the_ends_of_its_span_and_few_steps(span: Span) -> None:
    frames = walk(span)
    assert (frames[0], frames[-1]) == (span.start, span.stop)
    assert 1 <= len(frames) - 1 <= MOST_STEPS
    assert (np.diff(frames) > 0).all()


@given(spans)
def test_the_reverse_walks_the_same_frames_the_other_way_round(span: Span) -> None:
    there, back = chain(span), chain(span, backward=True)
    assert back == tuple((b, a) for a, b in reversed(there))


@given(spans, st.integers(0, 99))
def test_recompositions_hang_together_and_keep_the_ends(span: Span, seed: int) -> None:
    found = recompositions(span, 5, seed)
    assert found == recompositions(span, 5, seed)
    for links in found:
        assert (links[0][0], links[-1][1]) == (span.start, span.stop)
        assert all(one[1] == other[0] for one, other in itertools.pairwise(links))
        assert len(links) <= MOST_STEPS


@given(st.integers(2, 80), st.integers(2, 20), st.integers(1, 9))
def test_windows_lie_in_the_clip_and_have_the_length_where_there_is_room(
    count: int, length: int, step: int
) -> None:
    found = windows(count, length, step)
    assert found
    assert all(span.start >= 0 and span.stop < count for span in found)
    assert all(len(span) == min(length, count) for span in found)
    assert found[0].start == 0


def test_a_single_frame_has_no_window() -> None:
    assert windows(1, 5, 1) == ()
    with pytest.raises(ValueError, match="length >= 2"):
        windows(9, 1, 1)
    with pytest.raises(ValueError, match="start < stop"):
        Span(3, 3)


def test_the_best_are_taken_and_their_neighbours_left_out() -> None:
    places = [(0, Span(0, 9)), (0, Span(2, 11)), (0, Span(10, 19)), (1, Span(2, 11))]
    scores = np.array([0.9, 0.95, 0.5, 0.8], np.float32)
    assert best_apart(scores, places, 5) == (1, 3, 2)
    assert best_apart(scores, places, 1) == (1,)
    assert Span(0, 9).overlaps(Span(5, 24)) == 0.5
