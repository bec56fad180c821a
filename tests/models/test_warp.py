"""Geometry of fields on tensors, on pictures that are not square."""

from __future__ import annotations

import math

import pytest
import torch

from motionstudio.models.warp import (
    compose,
    exponentiate,
    jacobian_determinant,
    pixel_grid,
    resize_field,
    warp,
)


def _constant(dx: float, dy: float, height: int = 20, width: int = 32) -> torch.Tensor:
    return torch.tensor([float(dx), float(dy)]).view(1, 2, 1, 1).expand(1, 2, height, width).clone()


def _rotation(angle: float, size: int = 64) -> torch.Tensor:
    """Velocity of a rotation about the centre, (1, 2, size, size)."""
    x, y = (pixel_grid(size, size, torch.zeros(1)) - (size - 1) / 2)[0]
    return angle * torch.stack([-y, x])[None]


def test_a_shift_of_whole_pixels_moves_the_picture_exactly() -> None:
    picture = torch.rand(1, 1, 20, 32)
    moved = warp(picture, _constant(3, -2))
    torch.testing.assert_close(moved[..., 2:, :-3], picture[..., :-2, 3:], atol=1e-5, rtol=0)


def test_outside_the_picture_the_border_counts() -> None:
    picture = torch.rand(1, 1, 20, 32)
    moved = warp(picture, _constant(0, -4))
    torch.testing.assert_close(moved[..., 0, :], picture[..., 0, :], atol=1e-5, rtol=0)


def test_the_exponential_of_a_constant_is_that_constant() -> None:
    velocity = _constant(3, -2)
    torch.testing.assert_close(exponentiate(velocity, 5), velocity, atol=1e-6, rtol=0)


def test_a_rotation_gets_closer_with_every_squaring() -> None:
    angle = 0.3
    x, y = (pixel_grid(64, 64, torch.zeros(1)) - 31.5)[0]
    cos, sin = math.cos(angle), math.sin(angle)
    true = torch.stack([cos * x - sin * y - x, sin * x + cos * y - y])
    inner = torch.hypot(x, y) < 20
    errors = []
    for squarings in (2, 4, 6):
        found = exponentiate(_rotation(angle), squarings)[0]
        errors.append(float((found - true).norm(dim=0)[inner].max()))
    assert errors[0] > 3 * errors[1] > 9 * errors[2]
    assert errors[2] < 0.02


def test_minus_the_velocity_gives_the_inverse_inside() -> None:
    velocity = _rotation(0.2)
    there, back = exponentiate(velocity, 7), exponentiate(-velocity, 7)
    left = compose(there, back)[..., 16:-16, 16:-16]
    assert float(left.abs().max()) < 0.02


def test_compose_of_shifts_adds_them() -> None:
    both = compose(_constant(1, 2), _constant(-3, 0.5))
    torch.testing.assert_close(both, _constant(-2, 2.5), atol=1e-5, rtol=0)


def test_resize_field_scales_each_component_with_its_axis() -> None:
    larger = resize_field(_constant(3, -2, 10, 16), 40, 32)
    torch.testing.assert_close(larger, _constant(6, -8, 40, 32), atol=1e-5, rtol=0)
    assert resize_field(larger, 40, 32) is larger


def test_resize_field_keeps_the_motion_where_it_was() -> None:
    field = torch.zeros(1, 2, 16, 16)
    field[0, 0] = torch.arange(16.0)  # dx = column
    doubled = resize_field(field, 32, 32)[0, 0, 5]
    # Pixel centres: fine column c lies at (c + 0.5) / 2 - 0.5 of the coarse grid, values double.
    expected = 2 * ((torch.arange(32.0) + 0.5) / 2 - 0.5)
    torch.testing.assert_close(doubled[2:-2], expected[2:-2], atol=1e-5, rtol=0)


def test_the_determinant_of_a_stretch_is_its_area() -> None:
    x, y = pixel_grid(12, 10, torch.zeros(1))[0]
    determinant = jacobian_determinant(torch.stack([0.5 * x, -0.25 * y])[None])
    assert determinant.shape == (1, 10, 8)
    torch.testing.assert_close(determinant, torch.full((1, 10, 8), 1.125), atol=1e-5, rtol=0)


def test_a_picture_of_another_size_is_refused_with_both_sizes() -> None:
    with pytest.raises(ValueError, match=r"\(20, 32\).*\(32, 20\)"):
        warp(torch.zeros(1, 1, 32, 20), _constant(0, 0))
