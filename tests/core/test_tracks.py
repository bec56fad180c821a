"""Tracked points follow the field, forth and back, and come out as a table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.streamlines import streamlines
from motionstudio.core.tracks import carried, follow, origin, sample_field, track_table, tracks_csv

POINTS = st.lists(st.tuples(st.floats(3, 26), st.floats(3, 26)), min_size=1, max_size=5)


def affine(a: float, b: float, c: float) -> np.ndarray:
    y, x = np.mgrid[:32, :32].astype(np.float64)
    return np.stack([a * x + b * y + c, b * x - a * y - c]).astype(np.float32)


@given(POINTS, st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-1, 1))
def test_samples_of_a_linear_field_are_exact(
    points: list[tuple[float, float]], a: float, b: float, c: float
) -> None:
    places = np.array(points)
    x, y = places.T
    expected = np.stack([a * x + b * y + c, b * x - a * y - c], axis=1)
    assert np.allclose(sample_field(affine(a, b, c), places), expected, atol=1e-4)


@given(POINTS, st.floats(-2, 2), st.floats(-2, 2))
def test_a_point_of_a_frame_goes_back_to_where_it_came_from(
    points: list[tuple[float, float]], dx: float, dy: float
) -> None:
    there = np.zeros((2, 32, 32), np.float32)
    there[0], there[1] = dx, dy
    places = np.array(points)
    assert np.allclose(origin(carried(places, there), -there), places, atol=1e-5)


def test_a_still_field_leaves_points_where_they_are() -> None:
    points = np.array([[4.0, 5.5], [10.0, 3.0]])
    paths = follow(points, np.zeros((3, 2, 16, 16), np.float32))
    assert paths.shape == (3, 2, 2)
    assert np.array_equal(paths, np.stack([points] * 3))


def test_the_table_has_a_row_for_each_known_place() -> None:
    paths = np.full((3, 2, 2), np.nan)
    paths[:, 0] = [[1, 2], [2, 2], [4, 6]]
    paths[1, 1] = [5, 5]
    names, table = track_table(paths, np.array([0, 0.1, 0.2]), (2.0, 1.0))
    assert names[:5] == ("point", "frame", "time_s", "x_px", "y_px")
    assert table.shape == (4, 10)
    last = dict(zip(names, table[2], strict=True))
    assert (last["dx_px"], last["dy_px"]) == (3, 4)
    assert (last["x_mm"], last["y_mm"]) == (4, 12)
    assert last["distance_mm"] == pytest.approx(np.hypot(3, 8))


def test_the_text_has_a_header_and_reads_back() -> None:
    paths = follow(np.array([[2.0, 3.0]]), affine(0, 0, 1)[None])
    lines = tracks_csv(paths, np.zeros(1)).splitlines()
    assert lines[0] == "point,frame,time_s,x_px,y_px,dx_px,dy_px"
    assert lines[1] == "0,0,0,3,2,0,0"


def test_streamlines_run_along_the_field() -> None:
    y, x = np.mgrid[:48, :48].astype(np.float32) - 23.5
    lines = streamlines(np.stack([-y, x]) * 0.2, 8.0)
    breaks = np.flatnonzero(np.isnan(lines[:, 0]))
    assert len(breaks) > 10
    for start, end in zip([0, *(breaks[:-1] + 1)], breaks, strict=True):
        radius = np.hypot(*(lines[start:end] - 23.5).T)
        assert radius.max() - radius.min() < 0.6


def test_a_still_field_has_no_streamlines() -> None:
    assert streamlines(np.zeros((2, 20, 20), np.float32), 4.0).shape == (0, 2)
