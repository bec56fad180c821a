"""The box of a crop: whatever is dragged where, it stays in the frame and keeps its promises."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from motionstudio.core.crop_box import GRIPS, SMALLEST, grown, moved, resized, shown_box, squared

Box = tuple[int, int, int, int]
SIZE = (90, 120)
away = st.floats(-200, 200, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn, square: bool = False) -> Box:
    height = draw(st.integers(SMALLEST, SIZE[0]))
    width = height if square else draw(st.integers(SMALLEST, SIZE[1]))
    y = draw(st.integers(0, SIZE[0] - height))
    return y, draw(st.integers(0, SIZE[1] - width)), height, width


def is_inside(box: Box) -> bool:
    y, x, height, width = box
    return y >= 0 and x >= 0 and y + height <= SIZE[0] and x + width <= SIZE[1]


@settings(max_examples=50, deadline=None)
@given(boxes(), away, away, st.floats(0, 9))
def test_a_moved_box_keeps_its_size_and_stays_inside(
    box: Box, down: float, across: float, snap: float
) -> None:
    after = moved(box, SIZE, down, across, snap)
    assert after[2:] == box[2:]
    assert is_inside(after)


@settings(max_examples=70, deadline=None)
@given(boxes(), st.sampled_from(GRIPS), away, away, st.floats(0, 9))
def test_a_free_box_moves_only_the_sides_that_are_dragged(
    box: Box, grip: tuple[int, int], down: float, across: float, snap: float
) -> None:
    after = resized(box, SIZE, grip, down, across, square=False, snap=snap)
    assert is_inside(after)
    assert min(after[2:]) >= SMALLEST
    for axis in (0, 1):
        ends = (box[axis], box[axis] + box[axis + 2])
        new = (after[axis], after[axis] + after[axis + 2])
        if grip[axis] >= 0:
            assert new[0] == ends[0]
        if grip[axis] <= 0:
            assert new[1] == ends[1]


@settings(max_examples=70, deadline=None)
@given(boxes(square=True), st.sampled_from(GRIPS), away, away, st.floats(0, 9))
def test_a_square_stays_square_inside_and_anchored(
    box: Box, grip: tuple[int, int], down: float, across: float, snap: float
) -> None:
    room = min(
        (end if pull < 0 else full - start) if pull else full
        for start, end, full, pull in (
            (box[0], box[0] + box[2], SIZE[0], grip[0]),
            (box[1], box[1] + box[3], SIZE[1], grip[1]),
        )
    )
    assume(room >= SMALLEST)
    after = resized(box, SIZE, grip, down, across, square=True, snap=snap)
    assert after[2] == after[3] >= SMALLEST
    assert is_inside(after)
    for axis in (0, 1):
        if grip[axis] > 0:
            assert after[axis] == box[axis]
        if grip[axis] < 0:
            assert after[axis] + after[2] == box[axis] + box[2]


@settings(max_examples=40, deadline=None)
@given(boxes())
def test_the_square_around_a_box_lies_inside_the_frame(box: Box) -> None:
    after = squared(box, SIZE)
    assert after[2] == after[3] == min(max(box[2:]), *SIZE)
    assert is_inside(after)


@settings(max_examples=40, deadline=None)
@given(boxes(square=True), away)
def test_growing_keeps_the_middle_to_a_pixel(box: Box, more: float) -> None:
    after = grown(box, SIZE, more, square=True)
    assert after[2] == after[3] >= SMALLEST - 1
    assert abs((after[0] + after[2] / 2) - (box[0] + box[2] / 2)) <= 1


def test_edges_snap_onto_the_frame() -> None:
    assert moved((10, 20, 30, 30), SIZE, -7, 0, snap=4)[0] == 0
    assert moved((10, 20, 30, 30), SIZE, -5, 0, snap=4)[0] == 5
    assert resized((10, 20, 30, 30), SIZE, (0, 1), 0, 67, square=False, snap=4)[3] == 100


def test_what_is_shown_without_a_crop() -> None:
    assert shown_box(SIZE, "letterbox", None) == (0, 0, 90, 120)
    assert shown_box(SIZE, "crop", None) == (0, 15, 90, 90)
    assert shown_box(SIZE, "crop", (0, 0, 40, 60)) == (0, 10, 40, 40)
    assert shown_box(SIZE, "letterbox", (5, 6, 40, 60)) == (5, 6, 40, 60)


def test_the_whole_box_is_no_side() -> None:
    with pytest.raises(ValueError, match="a side or corner"):
        resized((0, 0, 20, 20), SIZE, (0, 0), 1, 1, square=True)
