"""Colour maps, warped grids, arrows and maps of fields."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core import display


def linear_field(matrix: list[list[float]], height: int = 20, width: int = 24) -> np.ndarray:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    points = np.stack([x - width / 2, y - height / 2])
    return np.einsum("ij,jhw->ihw", np.array(matrix, np.float32), points).astype(np.float32)


@pytest.mark.parametrize(
    "table",
    [display.diverging(), display.diverging((27, 28, 30)), display.sequential(), display.grey()],
)
def test_colour_tables_have_256_rgb_entries_and_cannot_be_spoilt(table: np.ndarray) -> None:
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 0


def test_lightness_of_the_sequential_map_only_grows() -> None:
    light = display.sequential().astype(float) @ np.array([0.2126, 0.7152, 0.0722])
    assert np.all(np.diff(light) >= -0.5)
    assert light[-1] - light[0] > 150


def test_diverging_maps_are_blue_below_and_red_above_their_middle() -> None:
    for middle in ((247, 247, 247), (27, 28, 30)):
        table = display.diverging(middle).astype(int)
        assert table[0, 2] > table[0, 0]
        assert table[255, 0] > table[255, 2]
        assert np.abs(table[127] - middle).max() <= 3


def test_hue_wheel_closes_on_itself() -> None:
    wheel = display.hue_wheel().astype(int)
    assert np.abs(wheel[0] - wheel[255]).max() <= np.abs(np.diff(wheel, axis=0)).max()


def test_colourise_hits_both_ends_clips_beyond_and_survives_nan() -> None:
    table = display.grey()
    values = np.array([-9.0, -1.0, 0.0, 1.0, 9.0, np.nan])
    assert display.colourise(values, table, -1, 1)[:, 0].tolist() == [0, 0, 128, 255, 255, 0]


def test_colourise_refuses_an_empty_range() -> None:
    with pytest.raises(ValueError, match="low < high"):
        display.colourise(np.zeros(3), display.grey(), 1, 1)


@given(st.floats(1e-6, 1e6))
def test_round_up_gives_a_round_number_not_below_and_less_than_twice_and_a_half(
    value: float,
) -> None:
    rounded = display.round_up(value)
    assert value * (1 - 1e-6) <= rounded <= value * 2.5 * (1 + 1e-6)
    first = f"{rounded:.6e}"
    assert first[0] in "125"
    assert set(first[2:8]) == {"0"}


def test_symmetric_limit_of_nothing_is_one() -> None:
    assert display.symmetric_limit(np.zeros((3, 2))) == 1.0
    assert display.symmetric_limit(np.zeros((0, 2))) == 1.0


def test_grid_of_a_zero_field_is_straight_and_separated_by_nan() -> None:
    lines = display.warped_grid(np.zeros((2, 17, 21), np.float32), 4.0)
    pieces = np.split(lines, np.flatnonzero(np.isnan(lines[:, 0])) + 1)
    pieces = [piece[:-1] for piece in pieces if len(piece) > 1]
    assert len(pieces) == 5 + 6
    for piece in pieces:
        assert np.ptp(piece, axis=0).min() == 0


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_grid_moves_with_a_constant_field(dx: float, dy: float) -> None:
    still = np.zeros((2, 12, 9), np.float32)
    moving = still + np.array([dx, dy], np.float32)[:, None, None]
    step = display.warped_grid(moving, 3.0) - display.warped_grid(still, 3.0)
    step = step[~np.isnan(step[:, 0])]
    assert np.allclose(step, [dx, dy], atol=1e-4)


def test_grid_samples_between_pixels_linearly() -> None:
    field = linear_field([[0.2, 0.0], [0.0, -0.1]])
    lines = display.warped_grid(field, 3.7)
    still = display.warped_grid(np.zeros_like(field), 3.7)
    known = ~np.isnan(still[:, 0])
    x, y = still[known].T
    wanted = np.stack([x + 0.2 * (x - 12), y - 0.1 * (y - 10)], axis=1)
    assert np.allclose(lines[known], wanted, atol=1e-3)


def test_arrows_have_true_length_and_leave_out_the_still() -> None:
    field = np.zeros((2, 16, 16), np.float32)
    field[0, :, 8:] = 2.0
    arrows = display.arrows(field, 4.0)
    assert len(arrows)
    assert np.all(arrows[:, 0] > 7)
    moved = arrows[:, 2:] - arrows[:, :2]
    assert np.allclose(moved[arrows[:, 0] >= 8], [2.0, 0.0])


def test_magnitude_is_the_length() -> None:
    field = np.stack([np.full((3, 4), 3.0), np.full((3, 4), 4.0)]).astype(np.float32)
    assert np.all(display.magnitude(field) == 5.0)


def test_jacobian_of_no_motion_is_uniformly_the_middle() -> None:
    made = display.jacobian(np.zeros((2, 8, 9), np.float32))
    assert made.folded == 0
    assert len(np.unique(made.picture.reshape(-1, 3), axis=0)) == 1
    assert np.abs(made.picture[0, 0].astype(int) - display.diverging()[128]).max() <= 2


def test_jacobian_is_red_where_it_expands_and_blue_where_it_contracts() -> None:
    wide = display.jacobian(linear_field([[0.2, 0], [0, 0.2]])).picture[10, 12].astype(int)
    tight = display.jacobian(linear_field([[-0.2, 0], [0, -0.2]])).picture[10, 12].astype(int)
    assert wide[0] > wide[2]
    assert tight[2] > tight[0]


def test_jacobian_counts_the_folded_pixels_and_paints_them_magenta() -> None:
    x = np.arange(30, dtype=np.float32)
    field = np.zeros((2, 20, 30), np.float32)
    field[0, :, 10:] = -3 * (x[10:] - 10)
    made = display.jacobian(field)
    magenta = np.all(made.picture == display.FOLD_COLOUR, axis=-1)
    assert made.folded == int(magenta.sum()) == 20 * 20
    assert made.share == pytest.approx(made.folded / 600)


def test_difference_is_signed_and_of_grey_levels() -> None:
    bright = np.full((2, 3, 3), 200, np.uint8)
    dark = np.full((2, 3, 1), 50, np.uint8)
    assert np.all(display.difference(bright, dark) == 150)
    assert np.all(display.difference(dark, bright) == -150)
    with pytest.raises(ValueError, match="one size"):
        display.difference(bright, dark[:1])


def test_to_rgb_repeats_grey_and_keeps_colour() -> None:
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert display.to_rgb(grey).shape == (2, 3, 3)
    assert np.all(display.to_rgb(grey)[..., 2] == grey[..., 0])
    with pytest.raises(ValueError, match="uint8"):
        display.to_rgb(grey.astype(np.float32))


@pytest.mark.parametrize(
    "call",
    [
        lambda f: display.magnitude(f),
        lambda f: display.jacobian(f),
        lambda f: display.arrows(f, 2.0),
        lambda f: display.warped_grid(f, 2.0),
    ],
)
def test_what_is_no_field_is_refused_by_shape(call: object) -> None:
    with pytest.raises(ValueError, match=r"\(2, H, W\)"):
        call(np.zeros((3, 4, 4), np.float32))  # type: ignore[operator]


@given(st.floats(1e-3, 1e3))
def test_symmetric_limit_shows_the_values_without_wasting_half_the_colours(top: float) -> None:
    limit = display.symmetric_limit(np.linspace(-top, top, 2001), percentile=100.0)
    assert top * (1 - 1e-6) <= limit <= 1.51 * top
