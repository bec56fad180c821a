"""Prior, its divergence, smoothing and similarity."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from motionstudio.models.layers import (
    GaussianSmoothing,
    gaussian_process_kl,
    gram,
    local_correlation,
)


def _posterior(dims: int = 3, steps: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    mean = torch.randn(2, dims, steps, generator=generator, dtype=torch.float64)
    log_variance = torch.randn(2, dims, steps, generator=generator, dtype=torch.float64) - 2
    return mean, log_variance


def _phase(steps: int = 7) -> torch.Tensor:
    return torch.arange(steps, dtype=torch.float64).repeat(2, 1) / steps


@pytest.mark.parametrize(
    ("kind", "cyclic"), [("rbf", False), ("rbf", True), ("cauchy", False), ("unit", False)]
)
def test_divergence_equals_that_of_the_multivariate_normals(kind: str, cyclic: bool) -> None:
    mean, log_variance = _posterior()
    covariance = gram(_phase(), kind=kind, cyclic=cyclic)
    found = gaussian_process_kl(mean, log_variance, covariance)
    prior = MultivariateNormal(torch.zeros_like(mean), covariance[:, None])
    expected = kl_divergence(
        MultivariateNormal(mean, torch.diag_embed(log_variance.exp())), prior
    ).sum(1)
    torch.testing.assert_close(found, expected)


def test_divergence_with_padding_equals_that_of_the_shorter_sequence() -> None:
    mean, log_variance = _posterior()
    covariance = gram(_phase())
    valid = torch.ones(2, 7, dtype=torch.float64)
    valid[:, 5:] = 0
    found = gaussian_process_kl(mean, log_variance, covariance, valid)
    short = gaussian_process_kl(mean[..., :5], log_variance[..., :5], covariance[:, :5, :5])
    torch.testing.assert_close(found, short)


@pytest.mark.parametrize("steps", [1, 2, 5, 8, 16, 30, 70])
def test_the_cyclic_kernel_stays_positive_definite(steps: int) -> None:
    phase = torch.arange(steps, dtype=torch.float64)[None] / steps
    smallest = torch.linalg.eigvalsh(gram(phase, cyclic=True))[0, 0]
    assert float(smallest) > 0.049


def test_the_cyclic_kernel_joins_the_ends_and_the_plain_one_does_not() -> None:
    phase = torch.tensor([[0.0, 0.5, 0.95]], dtype=torch.float64)
    cyclic, plain = gram(phase, cyclic=True)[0], gram(phase)[0]
    assert cyclic[0, 2] > 0.9 > 0.5 > cyclic[0, 1]
    assert plain[0, 2] < plain[0, 1]


def test_the_prior_has_unit_variance() -> None:
    for kind in ("rbf", "cauchy", "unit"):
        diagonal = gram(_phase(), kind=kind).diagonal(dim1=-2, dim2=-1)
        torch.testing.assert_close(diagonal, torch.ones_like(diagonal))


def test_an_unknown_kernel_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="matern"):
        gram(_phase(), kind="matern")


def test_smoothing_keeps_constants_inside_and_fades_at_the_border() -> None:
    smooth = GaussianSmoothing(1.5)(torch.ones(1, 2, 24, 30))
    assert float(smooth[0, 0, 12, 15]) == pytest.approx(1.0, abs=1e-5)
    assert float(smooth[0, 0, 0, 0]) < 0.5


def test_smoothing_has_the_asked_for_width() -> None:
    spike = torch.zeros(1, 2, 41, 41)
    spike[..., 20, 20] = 1
    profile = GaussianSmoothing(2.0)(spike)[0, 0].sum(0)
    offset = torch.arange(41.0) - 20
    assert math.sqrt(float((profile * offset**2).sum())) == pytest.approx(2.0, rel=0.03)


def test_the_kernel_is_no_part_of_the_state() -> None:
    assert GaussianSmoothing(1.5).state_dict() == {}


def test_correlation_is_one_for_any_gain_and_small_for_noise() -> None:
    generator = torch.Generator().manual_seed(1)
    a = torch.rand(2, 3, 40, 40, generator=generator)
    b = torch.rand(2, 3, 40, 40, generator=generator)
    torch.testing.assert_close(
        local_correlation(a, 0.4 * a + 0.2), torch.ones(2), atol=2e-3, rtol=0
    )
    assert float(local_correlation(a, b).max()) < 0.05


def test_correlation_of_flat_pictures_is_zero_with_a_finite_gradient() -> None:
    flat = torch.full((1, 1, 16, 16), 0.5, requires_grad=True)
    value = local_correlation(flat, torch.full((1, 1, 16, 16), 0.7)).sum()
    value.backward()
    assert float(value.detach()) == pytest.approx(0.0, abs=1e-4)
    assert flat.grad is not None
    assert bool(torch.isfinite(flat.grad).all())
