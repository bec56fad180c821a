"""Glimpses of one picture over time: layout, cost, other strokes and blends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core import glimpses
from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.motion import Motion, RowKind

G, D = 5, 3


def _values(seed: int, rows: int = G) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, D)).astype(np.float32)


def _one(seed: int = 0, kind: RowKind = RowKind.GLIMPSE) -> Motion:
    values = _values(seed)
    return Motion(
        values, np.full_like(values, 0.5), np.ones(1, bool), np.zeros(1), kind,
        np.zeros((G, 2)), np.zeros(G, bool),
    )  # fmt: skip


def test_a_drawing_has_a_frame_for_each_glimpse() -> None:
    made = glimpses.as_drawing(_one(), glimpses.drawing_times(G))
    assert glimpses.is_drawing(made)
    assert not glimpses.is_drawing(_one())
    np.testing.assert_array_equal(made.mean, _one().mean)
    np.testing.assert_array_equal(made.row_times[:, 0], made.times)
    assert (np.diff(made.times) > 0).all()


def test_only_glimpses_of_one_picture_become_a_drawing() -> None:
    times = glimpses.drawing_times(G)
    for motion, at in ((_one(kind=RowKind.PAIR), times), (_one(), times[:-1])):
        with pytest.raises(ValueError, match="as_drawing"):
            glimpses.as_drawing(motion, at)


def test_what_a_glimpse_draws_is_seen_in_all_later_frames() -> None:
    made = glimpses.as_drawing(_one(), glimpses.drawing_times(G))
    assert frames_of_rows(made, [2]) == (2, 3, 4)
    assert frames_of_rows(made, [3, 1]) == (1, 2, 3, 4)
    assert frames_of_rows(made, []) == ()


def test_the_divergence_of_the_prior_is_nothing_and_of_others_positive() -> None:
    zero = np.zeros((4, D), np.float32)
    np.testing.assert_allclose(glimpses.divergences(zero, zero + 1), 0, atol=1e-12)
    # KL(N(2, 1) || N(0, 1)) = 2 for each dimension; a std of e costs (e^2 - 3) / 2.
    np.testing.assert_allclose(glimpses.divergences(zero + 2, zero + 1), 2 * D)
    wide = glimpses.divergences(zero, zero + np.float32(np.e))
    np.testing.assert_allclose(wide, D * (np.e**2 - 3) / 2, rtol=1e-6)


@given(row=st.integers(0, G - 1), seed=st.integers(0, 1000))
def test_a_draw_belongs_to_its_row_and_seed(row: int, seed: int) -> None:
    values = _values(1)
    tail = glimpses.redrawn(values, row, seed)
    assert tail.shape == (G - row, D)
    np.testing.assert_array_equal(tail, glimpses.redrawn(values, 0, seed)[row:])
    assert not np.array_equal(tail, glimpses.redrawn(values, row, seed + 1))
    assert not glimpses.redrawn(values, row, seed, 0.0).any()


def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="redrawn"):
        glimpses.redrawn(_values(0), G, 1)


@given(count=st.integers(2, 9))
def test_a_morph_starts_and_ends_at_the_drawings_and_goes_straight(count: int) -> None:
    first, last = _values(2), _values(3)
    made = glimpses.morph(first, last, count).reshape(count, G, D)
    np.testing.assert_array_equal(made[0], first)
    np.testing.assert_allclose(made[-1], last, rtol=1e-6)
    steps = np.diff(made, axis=0)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[:1], steps.shape), atol=1e-5)


def test_drawings_of_other_shape_have_no_morph() -> None:
    with pytest.raises(ValueError, match="morph"):
        glimpses.morph(_values(0), _values(0, 4), 3)
    with pytest.raises(ValueError, match="count >= 2"):
        glimpses.morph(_values(0), _values(1), 1)


def test_the_outline_of_a_window_is_a_closed_square_around_its_centre() -> None:
    corners = glimpses.window_outline(np.array([10.0, 4.0, 6.0, 1.0, 1.0]))
    np.testing.assert_array_equal(corners[0], corners[-1])
    np.testing.assert_array_equal(corners.min(0), [7, 1])
    np.testing.assert_array_equal(corners.max(0), [13, 7])
