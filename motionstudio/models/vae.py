"""Variational auto-encoder of single pictures (Kingma, Welling 2013): multilayer or convolutional.

The in-betweening VAE has the same networks; only what they are trained for differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

LOG_VARIANCE_BOUND = 10.0
NETWORKS = ("mlp", "conv")
LIKELIHOODS = ("bernoulli", "gaussian")
READINGS = ("gaussian", "variables", "mixture")
"""What the average of two posteriors may mean, see ``vae_objective.average_divergence``."""


@dataclass(frozen=True, slots=True)
class VAEConfig:
    """Sizes of the networks, and what the decoder's output means.

    Attributes:
        channels, size: of the square picture (C, S, S).
        dims: D, latent dimensions.
        network: ``mlp`` or ``conv``.
        hidden: widths of the encoder's hidden layers; with ``conv``, channels after each
            halving. The decoder mirrors them.
        likelihood: ``bernoulli``, or ``gaussian`` with the mean in (0, 1).
        noise: standard deviation of the Gaussian likelihood, intensities in [0, 1].
        binarise: trained on random binarisations of grey pictures.
        reading: of the average in the in-betweening term; without effect where its weight
            ``alpha`` is 0.
        alpha: the weight that the term was trained with.
    """

    channels: int = 1
    size: int = 32
    dims: int = 8
    network: str = "mlp"
    hidden: tuple[int, ...] = (208, 128)
    likelihood: str = "bernoulli"
    noise: float = 0.1
    binarise: bool = False
    reading: str = "gaussian"
    alpha: float = 0.0

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.network, NETWORKS), (self.likelihood, LIKELIHOODS), (self.reading, READINGS),
        ):  # fmt: skip
            if value not in allowed:
                raise ValueError(f"VAEConfig: expected one of {allowed}, got {value!r}")
        if self.network == "conv" and self.size % (1 << len(self.hidden)):
            raise ValueError(
                f"VAEConfig: expected a size that {len(self.hidden)} halvings divide, "
                f"got {self.size}"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, S, S)."""
        return self.channels, self.size, self.size

    @property
    def pixels(self) -> int:
        """C * S * S."""
        return self.channels * self.size * self.size


class VAE(nn.Module):
    """Encoder and decoder of one picture.

    Args:
        config: their sizes.
    """

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        make = _mlp if config.network == "mlp" else _conv
        self.encoder, self.decoder = make(config)

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, S, S) in [0, 1] to mean and log variance, (B, D) each."""
        mean, log_variance = self.encoder(pictures).chunk(2, 1)
        return mean, log_variance.clamp(-LOG_VARIANCE_BOUND, LOG_VARIANCE_BOUND)

    def logits(self, latent: Tensor) -> Tensor:
        """(B, D) to the log odds (B, C, S, S) of the decoder's mean."""
        flat: Tensor = self.decoder(latent)
        return flat.view(-1, *self.config.shape)

    def pictures(self, latent: Tensor) -> Tensor:
        """(B, D) to the decoder's mean (B, C, S, S) in (0, 1)."""
        return torch.sigmoid(self.logits(latent))


def _mlp(config: VAEConfig) -> tuple[nn.Sequential, nn.Sequential]:
    widths = (config.pixels, *config.hidden)
    encoder = [nn.Flatten(), *_dense(widths), nn.Linear(widths[-1], 2 * config.dims)]
    back = (config.dims, *reversed(config.hidden))
    decoder = [*_dense(back), nn.Linear(back[-1], config.pixels)]
    return nn.Sequential(*encoder), nn.Sequential(*decoder)


def _dense(widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers


def _conv(config: VAEConfig) -> tuple[nn.Sequential, nn.Sequential]:
    side = config.size >> len(config.hidden)
    flat = config.hidden[-1] * side * side
    encoder: list[nn.Module] = []
    before = config.channels
    for after in config.hidden:
        encoder += [nn.Conv2d(before, after, 4, 2, 1), nn.ReLU()]
        before = after
    encoder += [nn.Flatten(), nn.Linear(flat, 2 * config.dims)]
    decoder: list[nn.Module] = [nn.Linear(config.dims, flat), nn.ReLU()]
    decoder.append(nn.Unflatten(1, (config.hidden[-1], side, side)))
    for after in (*reversed(config.hidden[:-1]), 0):
        decoder.append(nn.ConvTranspose2d(before, after or config.channels, 4, 2, 1))
        decoder += [nn.ReLU()] if after else []
        before = after
    return nn.Sequential(*encoder), nn.Sequential(*decoder)
