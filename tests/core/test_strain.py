"""Strain: rigid motion has none, growth has the textbook value, whatever the pixels' spacing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.strain import (
    green_lagrange,
    is_ring,
    polar,
    principal,
    region_strain,
)

SIDE = 24
SPACINGS = st.tuples(st.floats(0.3, 3.0), st.floats(0.3, 3.0))


def linear(matrix: np.ndarray, shift: tuple[float, float], spacing: tuple[float, float]):
    """The field in pixels of ``x -> matrix x + shift`` in mm about the picture's middle."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    across, down = (x - SIDE / 2) * spacing[1], (y - SIDE / 2) * spacing[0]
    dx = (matrix[0, 0] - 1) * across + matrix[0, 1] * down + shift[0]
    dy = matrix[1, 0] * across + (matrix[1, 1] - 1) * down + shift[1]
    return np.stack([dx / spacing[1], dy / spacing[0]]).astype(np.float32)


def rotation(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(-3, 3), SPACINGS)
def test_translation_and_rotation_have_no_strain(
    dx: float, dy: float, angle: float, spacing: tuple[float, float]
) -> None:
    field = linear(rotation(angle), (dx, dy), spacing)
    assert np.abs(green_lagrange(field, spacing)).max() < 2e-4


@given(st.floats(0.5, 2.0), SPACINGS)
def test_growth_by_a_factor_has_the_same_strain_in_every_direction(
    factor: float, spacing: tuple[float, float]
) -> None:
    field = linear(np.eye(2) * factor, (0.0, 0.0), spacing)
    expected = (factor**2 - 1) / 2
    strain = green_lagrange(field, spacing)
    assert np.allclose(principal(strain), expected, atol=1e-3)
    assert np.allclose(polar(strain, (11.0, 9.0), spacing), expected, atol=1e-3)


@given(st.floats(0.6, 1.6), st.floats(-3, 3))
def test_rotating_after_stretching_changes_nothing(factor: float, angle: float) -> None:
    stretch = np.diag([factor, 1.0])
    plain = green_lagrange(linear(stretch, (0, 0), (1, 1)))
    turned = green_lagrange(linear(rotation(angle) @ stretch, (0, 0), (1, 1)))
    assert np.allclose(plain, turned, atol=1e-3)


def test_a_ring_that_thickens_inwards_is_strained_along_and_around_its_rays() -> None:
    y, x = np.mgrid[:64, :64].astype(np.float64) - 31.5
    radius = np.hypot(x, y)
    ring = (radius > 12) & (radius < 22)
    assert is_ring(ring)
    field = np.stack([-0.1 * x, -0.1 * y]).astype(np.float32)
    radial, around = region_strain(field, ring)
    assert radial == pytest.approx((0.9**2 - 1) / 2, abs=1e-3)
    assert around == pytest.approx((0.9**2 - 1) / 2, abs=1e-3)
    swirl = np.stack([-0.1 * y, 0.1 * x]).astype(np.float32)
    assert region_strain(swirl, ring)[1] == pytest.approx(0.1**2 / 2, abs=1e-3)


def test_a_disc_is_no_ring_and_gives_principal_strains() -> None:
    y, x = np.mgrid[:32, :32] - 15.5
    disc = np.hypot(x, y) < 9
    assert not is_ring(disc)
    field = np.stack([0.2 * x, 0 * y]).astype(np.float32)
    larger, smaller = region_strain(field, disc)
    assert larger == pytest.approx((1.2**2 - 1) / 2, abs=1e-4)
    assert smaller == pytest.approx(0, abs=1e-4)


def test_an_empty_region_has_no_strain() -> None:
    nothing = np.zeros((8, 8), np.bool_)
    assert np.isnan(region_strain(np.zeros((2, 8, 8), np.float32), nothing)).all()


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="mask"):
        region_strain(np.zeros((2, 8, 8), np.float32), np.ones((8, 9), np.bool_))
