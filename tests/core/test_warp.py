from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from motionstudio.core.warp import compose, jacobian_determinant, resize_field, warp, warp_labels

DTYPES = st.sampled_from(["uint8", "uint16", "int16", "int32", "float32", "float64", "bool"])


def constant(height: int, width: int, dx: float, dy: float) -> np.ndarray:
    return np.stack([np.full((height, width), dx), np.full((height, width), dy)]).astype(np.float32)


def swirl(height: int, width: int, strength: float) -> np.ndarray:
    y, x = np.mgrid[:height, :width].astype(np.float64)
    cx, cy = (width - 1) / 2, (height - 1) / 2
    bump = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (min(height, width) / 5) ** 2)
    return (strength * np.stack([bump, -0.5 * bump])).astype(np.float32)


@given(
    DTYPES.flatmap(
        lambda d: hnp.arrays(d, st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3)))
    )
)
def test_zero_field_is_bit_exact(image: np.ndarray) -> None:
    out = warp(image, np.zeros((2, *image.shape[:2]), np.float32))
    assert out.dtype == image.dtype
    assert out.tobytes() == image.tobytes()


@given(st.integers(-4, 4), st.integers(-4, 4), st.integers(0, 2**31))
def test_whole_pixel_shift_moves_pixels_exactly(dx: int, dy: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 65536, (11, 17, 3)).astype(np.uint16)
    rows = np.clip(np.arange(11) + dy, 0, 10)
    columns = np.clip(np.arange(17) + dx, 0, 16)
    out = warp(image, constant(11, 17, dx, dy))
    np.testing.assert_array_equal(out, image[np.ix_(rows, columns)])


def test_half_pixel_shift_is_the_mean_of_neighbours() -> None:
    image = np.arange(20, dtype=np.float32).reshape(4, 5, 1) ** 2
    out = warp(image, constant(4, 5, 0.5, 0))
    np.testing.assert_allclose(out[:, :-1], (image[:, :-1] + image[:, 1:]) / 2, rtol=1e-6)


def test_two_dimensional_picture_keeps_its_shape() -> None:
    image = np.eye(5, dtype=np.uint8)
    assert warp(image, constant(5, 5, 1, 0)).shape == (5, 5)


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="expected"):
        warp(np.zeros((4, 5, 1)), np.zeros((2, 5, 4), np.float32))


def test_labels_stay_labels() -> None:
    labels = np.zeros((9, 9), np.uint8)
    labels[2:6, 2:6] = 7
    labels[6:, 6:] = 2
    out = warp_labels(labels, constant(9, 9, 0.3, 0.2))
    assert set(np.unique(out)) <= {0, 2, 7}
    np.testing.assert_array_equal(warp_labels(labels, constant(9, 9, 0, 0)), labels)
    np.testing.assert_array_equal(warp_labels(labels, constant(9, 9, 1, 0))[:, :-1], labels[:, 1:])


@given(st.floats(-5, 5), st.floats(-5, 5), st.integers(1, 40), st.integers(1, 40))
def test_resized_constant_field_scales_its_values(dx: float, dy: float, h: int, w: int) -> None:
    out = resize_field(constant(12, 20, dx, dy), h, w)
    np.testing.assert_allclose(out[0], np.float32(dx) * w / 20, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(out[1], np.float32(dy) * h / 12, rtol=1e-4, atol=1e-5)


def test_resize_keeps_a_linear_field_where_it_was() -> None:
    x = np.arange(16) + 0.5
    u = np.stack([np.tile(0.1 * x, (16, 1)), np.zeros((16, 16))]).astype(np.float32)
    grown = resize_field(u, 32, 32)
    expected = 2 * 0.1 * (np.arange(32) + 0.5) / 2
    np.testing.assert_allclose(grown[0, 5, 1:-1], expected[1:-1], rtol=1e-4)
    back = resize_field(grown, 16, 16)
    np.testing.assert_allclose(back[0, :, 1:-1], u[0, :, 1:-1], rtol=1e-4)


def test_resize_takes_leading_axes() -> None:
    u = np.random.default_rng(0).normal(size=(3, 4, 2, 8, 6)).astype(np.float32)
    out = resize_field(u, 16, 9)
    assert out.shape == (3, 4, 2, 16, 9)
    np.testing.assert_array_equal(out[1, 2], resize_field(u[1, 2], 16, 9))


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_constant_fields_compose_by_addition(ax: int, ay: int, bx: int, by: int) -> None:
    a, b = constant(7, 8, ax, ay), constant(7, 8, bx, by)
    np.testing.assert_allclose(compose(a, b), a + b, atol=1e-6)


def test_compose_with_zero_is_the_field() -> None:
    u, zero = swirl(24, 30, 2.0), np.zeros((2, 24, 30), np.float32)
    np.testing.assert_array_equal(compose(u, zero), u)
    np.testing.assert_array_equal(compose(zero, u), u)


def test_compose_with_the_inverse_is_no_motion() -> None:
    u = swirl(48, 64, 2.0)
    inverse = -u
    for _ in range(30):
        inverse = compose(u, inverse) - inverse
        inverse = -inverse
    assert np.abs(compose(u, inverse)).max() < 0.02


def test_composition_warps_like_two_warps() -> None:
    y, x = np.mgrid[:48, :64]
    image = (np.sin(x / 9) + np.cos(y / 7)).astype(np.float32)[..., None]
    a, b = swirl(48, 64, 1.5), swirl(48, 64, -0.8)
    np.testing.assert_allclose(warp(warp(image, a), b), warp(image, compose(a, b)), atol=0.02)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_determinant_of_an_affine_field(sx: float, sy: float, kx: float, ky: float) -> None:
    y, x = np.mgrid[:6, :9].astype(np.float64)
    u = np.stack([sx * x + kx * y, sy * y + ky * x]).astype(np.float32)
    expected = (1 + sx) * (1 + sy) - kx * ky
    np.testing.assert_allclose(jacobian_determinant(u), expected, atol=1e-4)


def test_determinant_of_a_fold_is_negative() -> None:
    x = np.arange(9, dtype=np.float32)
    u = np.stack([np.tile(-2 * x, (5, 1)), np.zeros((5, 9), np.float32)])
    assert (jacobian_determinant(u[np.newaxis]) < 0).all()
