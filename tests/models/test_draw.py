"""DRAW's network: its windows against plain loops, its bound, and what a glimpse can change."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from motionstudio.models.draw import (
    DrawConfig,
    Window,
    bound,
    divergence,
    filters,
    read_patch,
    weighted,
    window,
    write_patch,
)
from tests.models import tiny_draw


def _window(x: float, y: float, stride: float, variance: float, gain: float = 1.0) -> Window:
    return Window(*(torch.tensor([v], dtype=torch.float64) for v in (x, y, stride, variance, gain)))


def _looped(centre: float, stride: float, variance: float, size: int, count: int) -> np.ndarray:
    """The filterbank as the paper writes it, one number at a time."""
    bank = np.zeros((count, size))
    for i in range(1, count + 1):
        mean = centre + (i - count / 2 - 0.5) * stride
        for a in range(1, size + 1):
            bank[i - 1, a - 1] = math.exp(-((a - mean) ** 2) / (2 * variance))
        bank[i - 1] /= bank[i - 1].sum() + 1e-8
    return bank


@pytest.mark.parametrize(
    ("centre", "stride", "variance", "count"),
    [(7.0, 1.5, 0.8, 5), (1.2, 3.0, 4.0, 2), (11.0, 0.4, 0.1, 4), (-3.0, 2.0, 2.0, 3)],
)
def test_the_filterbank_is_that_of_a_plain_loop(
    centre: float, stride: float, variance: float, count: int
) -> None:
    place = _window(centre, centre, stride, variance)
    found = filters(place.x, place, 12, count)[0].numpy()
    np.testing.assert_allclose(found, _looped(centre, stride, variance, 12, count), rtol=1e-10)


def test_raw_numbers_become_the_window_of_the_paper() -> None:
    raw = torch.tensor([[0.25, -0.5, math.log(2.0), math.log(0.5), math.log(3.0)]])
    place = window(raw, 28, 5)
    assert float(place.x) == pytest.approx(29 / 2 * 1.25)
    assert float(place.y) == pytest.approx(29 / 2 * 0.5)
    assert float(place.stride) == pytest.approx(27 / 4 * 0.5)
    assert float(place.variance) == pytest.approx(2.0)
    assert float(place.gain) == pytest.approx(3.0)


def test_zero_raw_numbers_look_at_the_whole_picture_from_its_middle() -> None:
    place = window(torch.zeros(1, 5), 28, 4)
    grid = [float(place.x) + (i - 2.5) * float(place.stride) for i in (1, 2, 3, 4)]
    assert grid == pytest.approx([1, 10, 19, 28])


def test_runaway_exponents_stay_finite() -> None:
    place = window(torch.full((1, 5), 1e6), 28, 5)
    for value in (place.stride, place.variance, place.gain):
        assert torch.isfinite(value).all()


def test_sharp_filters_one_pixel_apart_read_the_exact_crop() -> None:
    picture = torch.from_numpy(np.random.default_rng(0).random((1, 2, 12, 12)))
    patch = read_patch(picture, _window(5.0, 8.0, 1.0, 1e-4, gain=2.0), 3)
    # Pixels count from 1 in the window: columns 4-6 and rows 7-9 are 3-5 and 6-8 of the array.
    np.testing.assert_allclose(patch.numpy(), 2 * picture[:, :, 6:9, 3:6].numpy(), rtol=1e-6)


def test_sharp_filters_write_the_patch_where_the_window_is() -> None:
    patch = torch.from_numpy(np.random.default_rng(1).random((1, 3, 3)))
    canvas = write_patch(patch, _window(5.0, 8.0, 1.0, 1e-4, gain=2.0), 12)
    expected = np.zeros((1, 12, 12))
    expected[:, 6:9, 3:6] = patch.numpy() / 2
    np.testing.assert_allclose(canvas.numpy(), expected, atol=1e-6)


def test_a_window_moves_along_one_axis_alone() -> None:
    picture = torch.zeros(1, 1, 12, 12, dtype=torch.float64)
    picture[0, 0, 2, 9] = 1
    seen = read_patch(picture, _window(10.0, 3.0, 1.0, 1e-4), 3)
    assert float(seen[0, 0, 1, 1]) == pytest.approx(1)
    assert float(read_patch(picture, _window(10.0, 7.0, 1.0, 1e-4), 3).sum()) < 1e-6


@pytest.mark.parametrize("config", [tiny_draw.CONFIG, tiny_draw.PLAIN], ids=["windows", "plain"])
def test_gradients_of_the_bound_are_those_of_differences(config: DrawConfig) -> None:
    network = tiny_draw.network(config).double()
    rng = np.random.default_rng(2)
    ink = torch.from_numpy((rng.random((2, 12, 12)) < 0.3).astype(np.float64))
    noise = torch.from_numpy(rng.standard_normal((2, 4, 3)))
    network.zero_grad()
    bound(network, ink, noise).total.sum().backward()
    step = 1e-5
    for name, values in network.named_parameters():
        place = tuple(int(rng.integers(side)) for side in values.shape)
        assert values.grad is not None, name
        slope = float(values.grad[place])
        with torch.no_grad():
            values[place] += step
            above = float(bound(network, ink, noise).total.sum())
            values[place] -= 2 * step
            below = float(bound(network, ink, noise).total.sum())
            values[place] += step
        assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-4, abs=1e-6), name


def test_the_divergence_is_the_integral_that_it_stands_for() -> None:
    mean, log_std = torch.tensor([[0.7, -1.2]]), torch.tensor([[0.3, -0.5]])
    generator = torch.Generator().manual_seed(0)
    drawn = mean + log_std.exp() * torch.randn(400_000, 2, generator=generator)
    here = torch.distributions.Normal(mean, log_std.exp()).log_prob(drawn)
    prior = torch.distributions.Normal(0.0, 1.0).log_prob(drawn)
    sampled = float((here - prior).sum(1).mean())
    assert float(divergence(mean, log_std)) == pytest.approx(sampled, abs=0.01)
    assert float(divergence(torch.zeros(1, 5), torch.zeros(1, 5))) == 0


def test_many_draws_weighed_together_say_more_than_the_mean_of_single_ones() -> None:
    network = tiny_draw.network()
    ink = (torch.rand(1, 12, 12, generator=torch.Generator().manual_seed(3)) < 0.4).float()
    noise = torch.randn(600, 4, 3, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        many = bound(network, ink.expand(600, -1, -1), noise)
        one = bound(network, ink, noise[:1])
    mean = float((many.log_ratio - many.reconstruction).mean())
    # With the divergence drawn or integrated, the mean of single draws is the bound.
    assert mean == pytest.approx(-float(many.total.mean()), rel=0.05)
    assert float(weighted(many)) >= mean
    assert float(weighted(one)) == pytest.approx(float(one.log_ratio - one.reconstruction))


def test_windows_of_one_filter_are_refused() -> None:
    with pytest.raises(ValueError, match="windows >= 2"):
        DrawConfig(read=1)
