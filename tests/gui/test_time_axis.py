"""Frames and pixels: the mapping that all strips share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.gui.items.time_axis import TimeAxis


def _axis(count: int, width: int, gutter: int, factor: float, place: float, pan: float) -> TimeAxis:
    axis = TimeAxis()
    axis.set_gutter(gutter)
    axis.set_width(width)
    axis.set_count(count)
    axis.zoom_at(gutter + place * (axis.end - gutter), factor)
    axis.pan(pan)
    return axis


axes = st.builds(
    _axis,
    st.integers(1, 400),
    st.integers(200, 2400),
    st.integers(20, 160),
    st.floats(0.5, 40),
    st.floats(0, 1),
    st.floats(-500, 500),
)


@given(axes)
def test_every_pixel_belongs_to_exactly_the_frame_whose_cell_covers_it(axis: TimeAxis) -> None:
    columns = axis.columns()
    assert len(columns) == axis.end - axis.gutter
    for offset in range(0, len(columns), 7):
        x = axis.gutter + offset
        frame = axis.frame_at(x)
        assert axis.left(frame) <= x < axis.right(frame)
        assert columns[offset] == frame


@given(axes)
def test_frames_never_leave_a_gap_beside_the_gutter_or_the_end(axis: TimeAxis) -> None:
    shown = axis.visible()
    assert axis.left(shown.start) <= axis.gutter
    assert axis.right(shown.stop - 1) >= axis.end


@given(axes, st.floats(0, 1), st.floats(0.5, 4))
def test_zooming_keeps_what_is_under_the_pointer(
    axis: TimeAxis, place: float, factor: float
) -> None:
    x = axis.gutter + place * (axis.end - 1 - axis.gutter)
    # Where a pixel holds several frames, any of them is under the pointer.
    before, blur = axis.frame_at(x), 1 + 1 / axis.scale
    axis.zoom_at(x, factor)
    at_start, at_end = axis.left(0) >= axis.gutter - 1, axis.right(axis.count - 1) <= axis.end + 1
    assert at_start or at_end or abs(axis.frame_at(x) - before) <= blur


def test_zooming_in_the_middle_keeps_the_frame_under_the_pointer() -> None:
    axis = _axis(200, 1000, 80, 1.0, 0.5, 0.0)
    before = axis.frame_at(500)
    for _ in range(6):
        axis.zoom_at(500, 1.3)
    assert axis.zoom > 4
    assert axis.frame_at(500) == before


@given(axes, st.data())
def test_ensure_visible_shows_the_whole_cell(axis: TimeAxis, data: st.DataObject) -> None:
    frame = data.draw(st.integers(0, axis.count - 1))
    axis.ensure_visible(frame)
    assert axis.left(frame) >= axis.gutter - 1
    assert axis.right(frame) <= axis.end + 1


def test_all_frames_fit_at_first_and_again_after_fit() -> None:
    axis = _axis(30, 800, 80, 5.0, 0.5, 40.0)
    assert len(axis.visible()) < 30
    axis.fit()
    assert (axis.left(0), axis.right(29)) == (80, axis.end)


def test_changed_is_told_once_for_a_change_and_not_for_none() -> None:
    axis, told = _axis(30, 800, 80, 1.0, 0.5, 0.0), []
    axis.changed.connect(lambda: told.append(axis.zoom))
    axis.set_width(800)
    axis.fit()
    assert told == []
    axis.zoom_at(400, 2.0)
    assert told == [pytest.approx(2.0)]


def test_an_empty_axis_shows_nothing() -> None:
    axis = TimeAxis()
    assert axis.frame_at(300) == -1
    assert len(axis.visible()) == 0
    assert len(axis.columns()) == 0
