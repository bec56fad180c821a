"""What VAEs are trained for and measured by: bounds in nats, and the in-betweening term.

All terms are summed over pixels and dimensions of a picture, so that their weights are those of
the papers; nats, never bits.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.vae import VAE, VAEConfig

MIXTURE_SAMPLES = 8


def log_likelihood(config: VAEConfig, logits: Tensor, pictures: Tensor) -> Tensor:
    """(B,) nats: log density of ``pictures`` (B, C, S, S) under the decoder's output."""
    if config.likelihood == "bernoulli":
        return -F.binary_cross_entropy_with_logits(logits, pictures, reduction="none").sum(
            (1, 2, 3)
        )
    away = (pictures - torch.sigmoid(logits)) / config.noise
    constant = config.pixels * math.log(config.noise * math.sqrt(2 * math.pi))
    return -0.5 * (away * away).sum((1, 2, 3)) - constant


def prior_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """(B, D) nats: KL of each dimension of the posterior from the standard normal prior."""
    return 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance)


def average_divergence(
    means: Tensor, log_variances: Tensor, reading: str, noise: Tensor | None = None
) -> Tensor:
    """(B,) nats: KL of the middle posterior from the average of the outer two.

    The source writes ``D_KL(q1 || (q0 + q2) / 2)`` and leaves open what the average is:

    - ``gaussian``: a Gaussian of the averaged moments, N((m0 + m2) / 2, (s0^2 + s2^2) / 2);
    - ``variables``: the average of two independent variables, whose variance is
      (s0^2 + s2^2) / 4;
    - ``mixture``: the mixture of both. It has no closed form: the mean over 8 samples of q1 of
      log q1 - log q, the mixture by log-sum-exp.

    Args:
        means: (B, 3, D) of three consecutive pictures.
        log_variances: (B, 3, D).
        reading: one of ``vae.READINGS``.
        noise: (8, B, D) standard normal draws; ``mixture`` needs them.
    """
    m0, m1, m2 = means.unbind(1)
    v0, v1, v2 = log_variances.exp().unbind(1)
    if reading == "mixture":
        if noise is None:
            raise ValueError("average_divergence: expected noise (8, B, D), got none")
        return _mixture_divergence(means, log_variances, noise)
    middle = (m0 + m2) / 2
    spread = (v0 + v2) / (2 if reading == "gaussian" else 4)
    away = m1 - middle
    terms = spread.log() - log_variances[:, 1] + (v1 + away * away) / spread - 1
    return 0.5 * terms.sum(1)


def _mixture_divergence(means: Tensor, log_variances: Tensor, noise: Tensor) -> Tensor:
    drawn = means[:, 1] + (0.5 * log_variances[:, 1]).exp() * noise
    own, first, last = (_log_normal(drawn, means[:, k], log_variances[:, k]) for k in (1, 0, 2))
    mixed = torch.logaddexp(first, last) - math.log(2)
    return (own - mixed).mean(0)


def _log_normal(value: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Log density over the last axis."""
    away = (value - mean) ** 2 / log_variance.exp()
    return -0.5 * (away + log_variance + math.log(2 * math.pi)).sum(-1)


def objective(
    network: VAE, pictures: Tensor, noise: Tensor, *, alpha: float, kl_weight: float = 1.0
) -> tuple[Tensor, dict[str, Tensor]]:
    """What a step minimises, and its terms in nats per picture.

    ``l(x0) + l(x1) + l(x2) + alpha * KL(q1 || average of q0 and q2)``, l the negative evidence
    lower bound, divided by pixels and pictures: the loop bounds the gradient's length.

    Args:
        network: the VAE.
        pictures: (B, n, C, S, S) in [0, 1]; n = 3 consecutive ones, evenly spaced, or 1.
        noise: (1 + 8, B, n, D) standard normal draws; all but the first for ``mixture``.
        alpha: weight of the in-betweening term; 0 is the plain VAE.
        kl_weight: factor of the divergence from the prior, below 1 while it warms up.
    """
    config, count = network.config, pictures.shape[1]
    flat = pictures.flatten(0, 1)
    mean, log_variance = network.posterior(flat)
    latent = mean + (0.5 * log_variance).exp() * noise[0].flatten(0, 1)
    likelihood = log_likelihood(config, network.logits(latent), flat).mean()
    divergence = prior_divergence(mean, log_variance).sum(1).mean()
    total = -likelihood + kl_weight * divergence
    parts = {"rec": -likelihood.detach(), "kl": divergence.detach()}
    if count == 3:
        shape = (-1, 3, config.dims)
        between = average_divergence(
            mean.view(shape), log_variance.view(shape), config.reading, noise[1:, :, 1]
        ).mean()
        # A third: the three bounds are averaged here, and the source sums them.
        total = total + alpha * between / 3
        parts["between"] = between.detach()
    return total / config.pixels, parts


@torch.no_grad()
def evidence_bound(network: VAE, pictures: Tensor, noise: Tensor) -> Tensor:
    """(B,) nats: the evidence lower bound, its expectation taken over (K, B, D) ``noise``."""
    mean, log_variance = network.posterior(pictures)
    spread = (0.5 * log_variance).exp()
    total = torch.zeros(len(pictures))
    for draw in noise:
        logits = network.logits(mean + spread * draw)
        total += log_likelihood(network.config, logits, pictures).cpu()
    return total / len(noise) - prior_divergence(mean, log_variance).sum(1).cpu()


@torch.no_grad()
def importance_bound(network: VAE, pictures: Tensor, noise: Tensor) -> Tensor:
    """(B,) nats: the importance-weighted bound with K samples (Burda et al. 2015).

    ``log 1/K sum p(x, z_k) / q(z_k | x)``: at least the evidence lower bound in expectation, and
    tighter with every sample.

    Args:
        network: the VAE.
        pictures: (B, C, S, S).
        noise: (K, B, D) standard normal draws.
    """
    mean, log_variance = network.posterior(pictures)
    spread = (0.5 * log_variance).exp()
    weights = []
    for draw in noise:
        latent = mean + spread * draw
        own = _log_normal(latent, mean, log_variance)
        prior = _log_normal(latent, torch.zeros_like(mean), torch.zeros_like(mean))
        logits = network.logits(latent)
        weights.append(log_likelihood(network.config, logits, pictures) + prior - own)
    return (torch.logsumexp(torch.stack(weights), 0) - math.log(len(noise))).cpu()


def entropy_floor(config: VAEConfig, pictures: Tensor) -> Tensor:
    """(B,) nats below which no decoder can bring the reconstruction of these pictures.

    Bernoulli: the entropy of the pixels themselves, zero where all are black or white. Gaussian:
    the density's constant, which is negative for small noise.
    """
    if config.likelihood == "gaussian":
        constant = config.pixels * math.log(config.noise * math.sqrt(2 * math.pi))
        return torch.full((len(pictures),), constant)
    return F.binary_cross_entropy(pictures, pictures, reduction="none").sum((1, 2, 3))
