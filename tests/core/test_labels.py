"""Labels: outlines, areas, and how fields carry them along."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core import labels
from motionstudio.core.region_series import LARGEST, measure


def square(side: int, top: int, left: int, size: int, value: int = 3) -> np.ndarray:
    made = np.zeros((side, side), np.uint8)
    made[top : top + size, left : left + size] = value
    return made


def shift(side: int, dx: float, dy: float) -> np.ndarray:
    field = np.zeros((2, side, side), np.float32)
    field[0], field[1] = dx, dy
    return field


def enclosed(line: np.ndarray) -> float:
    """Area inside closed polylines, holes taken off, by the shoelace formula."""
    total = 0.0
    breaks = np.flatnonzero(np.isnan(line[:, 0]))
    for start, end in zip([0, *(breaks[:-1] + 1)], breaks, strict=True):
        x, y = line[start:end].T.astype(np.float64)
        total += 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return abs(total)


@given(st.integers(2, 9), st.integers(1, 8), st.integers(1, 8))
def test_an_outline_runs_around_its_label(size: int, top: int, left: int) -> None:
    line = labels.outlines(square(20, top, left, size), 3)
    finite = line[~np.isnan(line[:, 0])]
    assert finite[:, 0].min() == left - 0.25
    assert finite[:, 0].max() == left + size - 1 + 0.25
    assert finite[:, 1].min() == top - 0.25
    assert enclosed(line) > 0.6 * size**2 - 1


def test_a_label_that_is_absent_has_no_outline() -> None:
    assert labels.outlines(square(10, 2, 2, 4), 7).shape == (0, 2)


@given(st.integers(-4, 4), st.integers(-4, 4))
def test_whole_pixel_motion_carries_labels_exactly_and_back_again(dx: int, dy: int) -> None:
    reference = square(24, 8, 9, 6)
    moved = labels.carried(reference, shift(24, -dx, -dy))
    assert np.array_equal(moved, square(24, 8 + dy, 9 + dx, 6))
    assert np.array_equal(labels.brought_back(moved, shift(24, dx, dy)), reference)


@given(st.floats(0.2, 4.0), st.floats(0.2, 4.0))
def test_areas_are_in_square_millimetres_where_the_spacing_is_known(a: float, b: float) -> None:
    made = square(12, 2, 2, 5)
    assert labels.area(made, 3) == 25
    assert np.isclose(labels.area(made, 3, (a, b)), 25 * a * b)


def test_the_change_of_area_is_a_share_of_the_largest() -> None:
    assert labels.change_fraction([100.0, np.nan, 45.0, 80.0]) == 0.55
    assert np.isnan(labels.change_fraction([np.nan]))


def test_a_still_frame_measures_as_the_reference() -> None:
    reference = square(20, 4, 5, 8)
    still = np.zeros((2, 20, 20), np.float32)
    made = measure(reference, still, still, reference, (2.0, 1.5))
    region = made.regions[3]
    assert region.area == region.true_area == 64 * 3.0
    assert region.dice == 1
    assert (region.first, region.second) == (0, 0)


def test_large_labels_are_measured_on_fewer_pixels_with_nearly_the_same_result() -> None:
    side = 3 * LARGEST
    reference = square(side, 300, 300, 600)
    moved = np.zeros((2, side, side), np.float32)
    moved[0] = -30
    made = measure(reference, moved, -moved, None, None)
    assert made.step == 3
    assert abs(made.regions[3].area / 600**2 - 1) < 0.01
    finite = made.outlines[3][~np.isnan(made.outlines[3][:, 0])]
    assert abs(finite[:, 0].min() - 330) <= 3
    assert np.isnan(made.regions[3].dice)


@given(st.floats(3, 9), st.floats(3, 9), st.floats(4, 9), st.floats(4, 9))
def test_a_polygon_is_filled_to_its_edges(x: float, y: float, wide: float, tall: float) -> None:
    corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
    made = labels.filled(corners, (24, 24))
    rows, columns = np.nonzero(made)
    assert rows.min() >= y - 1e-6
    assert columns.max() <= x + wide + 1e-6
    assert abs(made.sum() - wide * tall) <= wide + tall + 1
    assert np.array_equal(made, labels.filled(corners[::-1], (24, 24)))


def test_a_label_that_has_left_the_frame_is_measured_as_gone() -> None:
    reference = square(16, 2, 2, 4)
    away = np.full((2, 16, 16), 40, np.float32)
    made = measure(reference, away, -away, np.zeros_like(reference), None)
    assert made.regions[3].area == 0
    assert 3 not in made.outlines
    assert labels.rounded(labels.outlines(np.zeros_like(reference), 3)).shape == (0, 2)
