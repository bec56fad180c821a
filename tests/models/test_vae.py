"""VAEs: bounds against sums that can be done by hand, and what the in-betweening term wants."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import Capability
from motionstudio.models.configuration import from_plain, to_plain
from motionstudio.models.vae import READINGS, VAE, VAEConfig
from motionstudio.models.vae_model import VAEModel, card_of
from motionstudio.models.vae_objective import (
    average_divergence,
    entropy_floor,
    evidence_bound,
    importance_bound,
    log_likelihood,
    objective,
    prior_divergence,
)
from tests.models import tiny, tiny_vae


def _normal(mean: float, variance: float, count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.full((1, count), mean), torch.full((1, count), math.log(variance))


def _log_density(mean: object, spread: object, at: torch.Tensor) -> torch.Tensor:
    normal = torch.distributions.Normal(mean, spread)  # type: ignore[arg-type]
    found: torch.Tensor = normal.log_prob(at)  # type: ignore[no-untyped-call]
    return found


def _three(*posteriors: tuple[float, float]) -> tuple[torch.Tensor, torch.Tensor]:
    """(1, 3, 2) means and log variances of (mean, variance)."""
    pairs = [_normal(*one) for one in posteriors]
    return torch.stack([m for m, _ in pairs], 1), torch.stack([v for _, v in pairs], 1)


@pytest.mark.parametrize("config", [tiny_vae.CONFIG, tiny_vae.CONV], ids=["mlp", "conv"])
def test_networks_keep_to_their_shapes(config: VAEConfig) -> None:
    network = VAE(config)
    mean, log_variance = network.posterior(torch.rand(3, *config.shape))
    assert mean.shape == log_variance.shape == (3, config.dims)
    pictures = network.pictures(mean).detach()
    assert pictures.shape == (3, *config.shape)
    assert 0 < float(pictures.min()) <= float(pictures.max()) < 1


def test_the_spread_stays_within_bounds() -> None:
    network = VAE(tiny_vae.CONFIG)
    with torch.no_grad():
        list(network.encoder.parameters())[-2].mul_(1e6)
    _, log_variance = network.posterior(torch.rand(8, *tiny_vae.CONFIG.shape))
    assert float(log_variance.detach().abs().max()) == 10.0


@pytest.mark.parametrize(
    "change", [{"network": "tree"}, {"likelihood": "poisson"}, {"reading": "sum"},
               {"network": "conv", "size": 30, "hidden": (4, 4)}],
)  # fmt: skip
def test_what_there_is_not_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="VAEConfig"):
        replace(tiny_vae.CONFIG, **change)  # type: ignore[arg-type]


def test_a_configuration_survives_its_card() -> None:
    config = replace(tiny_vae.CONV, alpha=5.0, binarise=True)
    assert from_plain(VAEConfig, to_plain(config)) == config
    with pytest.raises(KeyError, match="dimms"):
        from_plain(VAEConfig, {"dimms": 3})


def test_likelihoods_are_those_of_the_books() -> None:
    pictures = torch.tensor([0.0, 1.0, 0.25, 1.0]).view(1, 1, 2, 2)
    logits = torch.tensor([-1.0, 2.0, 0.5, 0.0]).view(1, 1, 2, 2)
    small = VAEConfig(size=2, dims=1)
    expected = (
        torch.distributions.Bernoulli(logits=logits)
        .log_prob(  # type: ignore[no-untyped-call]
            pictures.round()
        )
        .sum()
    )
    found = log_likelihood(small, logits, pictures.round())
    assert float(found) == pytest.approx(float(expected), rel=1e-5)
    smooth = replace(small, likelihood="gaussian", noise=0.2)
    normal = _log_density(torch.sigmoid(logits), 0.2, pictures).sum()
    assert float(log_likelihood(smooth, logits, pictures)) == pytest.approx(float(normal), rel=1e-5)


def test_the_divergence_from_the_prior_is_that_of_the_books() -> None:
    mean, log_variance = torch.randn(4, 3), torch.randn(4, 3)
    posterior = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    prior = torch.distributions.Normal(0.0, 1.0)
    expected = torch.distributions.kl_divergence(posterior, prior)
    torch.testing.assert_close(prior_divergence(mean, log_variance), expected)


@pytest.mark.parametrize(("reading", "share"), [("gaussian", 2), ("variables", 4)])
def test_both_gaussian_readings_are_divergences_of_gaussians(reading: str, share: int) -> None:
    means, log_variances = torch.randn(5, 3, 4), torch.randn(5, 3, 4)
    v = log_variances.exp()
    average = torch.distributions.Normal(
        (means[:, 0] + means[:, 2]) / 2, ((v[:, 0] + v[:, 2]) / share).sqrt()
    )
    middle = torch.distributions.Normal(means[:, 1], v[:, 1].sqrt())
    expected = torch.distributions.kl_divergence(middle, average).sum(1)
    torch.testing.assert_close(average_divergence(means, log_variances, reading), expected)


def test_the_mixture_is_estimated_without_bias() -> None:
    means, log_variances = _three((-1.0, 0.5), (0.3, 0.4), (1.5, 0.8))
    draws = torch.randn(20000, 1, 2, generator=torch.Generator().manual_seed(1))
    found = float(average_divergence(means, log_variances, "mixture", draws))
    # Both dimensions meet in one mixture: the exact value is an integral over the plane.
    grid = torch.linspace(-8, 8, 401)
    cell = float(grid[1] - grid[0]) ** 2
    own, first, last = (
        one[:, None] + one[None]
        for one in (
            _log_density(mean, math.sqrt(variance), grid)
            for mean, variance in ((0.3, 0.4), (-1.0, 0.5), (1.5, 0.8))
        )
    )
    mixed = torch.logaddexp(first, last) - math.log(2)
    exact = float((own.exp() * (own - mixed)).sum()) * cell
    assert found == pytest.approx(exact, rel=0.03)


def test_the_mixture_needs_its_draws() -> None:
    means, log_variances = _three((0, 1), (0, 1), (0, 1))
    with pytest.raises(ValueError, match="noise"):
        average_divergence(means, log_variances, "mixture")


@pytest.mark.parametrize("reading", READINGS)
def test_the_term_pulls_the_middle_between_its_neighbours(reading: str) -> None:
    outer = [(-1.0, 0.3), (1.0, 0.3)]
    noise = torch.randn(64, 1, 2, generator=torch.Generator().manual_seed(0))

    def term(middle: float) -> float:
        means, log_variances = _three(outer[0], (middle, 0.3), outer[1])
        return float(average_divergence(means, log_variances, reading, noise))

    assert term(0.0) < term(3.0)
    assert term(0.0) < term(-3.0)


def test_equal_posteriors_have_nothing_to_pay_but_in_the_reading_of_variables() -> None:
    means, log_variances = _three((0.7, 0.5), (0.7, 0.5), (0.7, 0.5))
    noise = torch.randn(8, 1, 2)
    paid = {r: float(average_divergence(means, log_variances, r, noise)) for r in READINGS}
    assert paid["gaussian"] == pytest.approx(0, abs=1e-6)
    assert paid["mixture"] == pytest.approx(0, abs=1e-6)
    # Half the variance: 1/2 (log 1/2 + 2 - 1) for each dimension.
    assert paid["variables"] == pytest.approx(2 * 0.5 * (1 - math.log(2)), rel=1e-5)


def test_the_objective_weighs_the_term_by_alpha_and_singles_do_without() -> None:
    network = tiny_vae.network()
    pictures = torch.rand(4, 3, *tiny_vae.CONFIG.shape)
    noise = torch.randn(9, 4, 3, tiny_vae.CONFIG.dims)
    plain, parts = objective(network, pictures, noise, alpha=0.0)
    pulled, _ = objective(network, pictures, noise, alpha=3000.0)
    paid = float(pulled.detach() - plain.detach()) * tiny_vae.CONFIG.pixels
    assert paid == pytest.approx(1000 * float(parts["between"]), rel=1e-2)
    assert float(plain.detach()) * tiny_vae.CONFIG.pixels == pytest.approx(
        float(parts["rec"] + parts["kl"]), rel=1e-5
    )
    _, single = objective(network, pictures[:, :1], noise[:, :, :1], alpha=6.0)
    assert set(single) == {"rec", "kl"}


def test_with_more_samples_the_weighted_bound_rises_above_the_elbo() -> None:
    network = tiny_vae.network()
    pictures = torch.rand(6, *tiny_vae.CONFIG.shape).round()
    noise = torch.randn(64, 6, tiny_vae.CONFIG.dims, generator=torch.Generator().manual_seed(3))
    elbo = evidence_bound(network, pictures, noise)
    weighted = importance_bound(network, pictures, noise)
    assert (weighted > elbo).all()
    one = torch.stack([importance_bound(network, pictures, draw[None]) for draw in noise])
    # With one sample the expectations agree but for the analytic divergence.
    assert float((one.mean(0) - elbo).abs().max()) < 0.1 * float(elbo.abs().max())
    assert float(weighted.mean()) > float(one.mean())


def test_no_reconstruction_falls_below_the_floor() -> None:
    pictures = torch.rand(3, *tiny_vae.CONFIG.shape)
    floor = entropy_floor(tiny_vae.CONFIG, pictures)
    perfect = log_likelihood(tiny_vae.CONFIG, torch.logit(pictures), pictures)
    torch.testing.assert_close(-perfect, floor)
    assert float(entropy_floor(tiny_vae.CONFIG, pictures.round()).abs().max()) == 0
    gaussian = entropy_floor(tiny_vae.CONV, pictures)
    best = log_likelihood(tiny_vae.CONV, torch.logit(pictures), pictures)
    torch.testing.assert_close(-best, gaussian, rtol=1e-4, atol=1e-2)


def test_rows_of_dropped_frames_lie_on_the_line_between_their_neighbours() -> None:
    model = tiny_vae.fresh_inbetween()
    frames, times = tiny.pictures(7), np.array([0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 7.0])
    kept = np.array([True, True, False, False, True, False, False])
    motion = model.encode(frames, kept, times)
    share = (times[2:4] - 1) / 4
    line = motion.mean[1] + share[:, None] * (motion.mean[4] - motion.mean[1])
    np.testing.assert_allclose(motion.mean[2:4], line, atol=1e-5)
    np.testing.assert_array_equal(motion.mean[0], 0)
    assert (motion.filled == ~kept).all()
    assert motion.std is not None
    assert (motion.std[1:] > 0).all()


def test_only_predicting_models_go_on_after_the_last_kept_frame() -> None:
    frames, times = tiny.pictures(5), np.arange(5.0)
    kept = np.array([True, True, True, False, False])
    ahead = tiny_vae.fresh_inbetween()
    still = tiny_vae.fresh(replace(tiny_vae.CONV, alpha=0.0), "inbetween")
    assert Capability.PREDICT in ahead.card.capabilities
    assert Capability.PREDICT not in still.card.capabilities
    rows = ahead.encode(frames, kept, times).mean
    np.testing.assert_allclose(rows[3] - rows[2], rows[2] - rows[1], atol=1e-5)
    rows = still.encode(frames, kept, times).mean
    np.testing.assert_array_equal(rows[3], rows[2])


def test_zero_edit_gives_the_plain_reconstruction_on_any_source() -> None:
    model = tiny_vae.fresh()
    frames = tiny.pictures(3)
    motion = model.encode(frames, np.ones(3, bool), np.arange(3.0))
    network = model.network
    with torch.no_grad():
        direct = network.pictures(network.posterior(torch.from_numpy(frames[:1]))[0]).numpy()
    made = model.decode(motion, frames[0], [0]).frames
    assert made is not None
    np.testing.assert_array_equal(made, direct)
    other = model.decode(motion, np.ascontiguousarray(1 - frames[0]), [0]).frames
    assert other is not None
    assert not np.array_equal(made, other)


def test_rows_decode_alike_alone_and_in_company() -> None:
    model = tiny_vae.fresh_inbetween()
    frames = tiny.pictures(6)
    motion = model.encode(frames, np.ones(6, bool), np.arange(6.0))
    alone, company = (model.decode(motion, frames[0], rows).frames for rows in ([3], [5, 3, 1]))
    assert alone is not None
    assert company is not None
    np.testing.assert_array_equal(alone[0], company[1])
    nothing = model.decode(motion, frames[0], []).frames
    assert nothing is not None
    assert len(nothing) == 0


@pytest.mark.parametrize("mode", ["learned", "prior"])
@pytest.mark.parametrize("space", [True, False])
def test_samples_start_at_the_source(mode: str, space: bool) -> None:
    model = tiny_vae.fresh(space=space)
    source = tiny.pictures(1)[0]
    drawn = model.sample(source, np.arange(9.0), seed=4, mode=mode)
    np.testing.assert_array_equal(drawn.mean[0], 0)
    assert np.abs(drawn.mean[1:]).max() > 0.05
    with pytest.raises(ValueError, match="learned or prior"):
        model.sample(source, np.arange(4.0), seed=1, mode="wild")


def test_draws_of_the_prior_are_joined_by_straight_lines() -> None:
    model = tiny_vae.fresh()
    drawn = model.sample(tiny.pictures(1)[0], np.arange(8.0), seed=2, mode="prior").mean
    bends = np.linalg.norm(drawn[2:] - 2 * drawn[1:-1] + drawn[:-2], axis=1)
    assert (bends > 1e-3).sum() <= 3


def test_half_precision_weights_are_read() -> None:
    frames = tiny.pictures(2)
    motions = [
        tiny_vae.fresh(half=half).encode(frames, np.ones(2, bool), np.arange(2.0)).mean
        for half in (False, True)
    ]
    assert motions[1].dtype == np.float32
    np.testing.assert_allclose(motions[0], motions[1], atol=2e-2)


def test_a_card_that_does_not_fit_says_so_plainly() -> None:
    model = tiny_vae.fresh()
    weights = {k: v.numpy() for k, v in model.network.state_dict().items()}
    odd = model.card.model_copy(update={"config": {"dimms": 3}})
    with pytest.raises(MotionStudioError, match="dimms"):
        VAEModel(odd, weights)
    wrong = model.card.model_copy(update={"config": {"network": "tree"}})
    with pytest.raises(MotionStudioError, match="does not fit"):
        VAEModel(wrong, weights)
    other = card_of("other", "vae", replace(tiny_vae.CONFIG, dims=7))
    with pytest.raises(MotionStudioError, match="do not fit"):
        VAEModel(other, weights)
