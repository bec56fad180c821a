"""Visual Dynamics: what may happen next in one picture (Xue, Wu, Bouman, Freeman 2016).

With I a picture, J the next one and v = J - I the difference image::

    z ~ N(mu, sigma^2)           mu, sigma from the motion encoder of (I, J)
    k = kernels(z)               one K x K kernel for each feature map of each scale
    f_s = features_s(I)          feature maps of the picture at half the size each time
    g_s = f_s * k_s              cross convolution: every picture has its own kernels
    v' = decode(upsample(g))     the motion decoder, at full size
    L  = ||v - v'||^2 / (2 s^2) + n / 2 log(2 pi s^2) + KL(N(mu, sigma^2) || N(0, I))

The image says what can move, z says how. Three more models are switches of this file: one whose z
is read from I alone and does not vary (deterministic), one that makes v from z without seeing I
(prior), and one that makes v from a short code of I and z without kernels (autoencoder).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

KINDS = ("conditional", "deterministic", "prior", "autoencoder")
_LOG_STD = 4.0
_SMALLEST = 4


@dataclass(frozen=True, slots=True)
class VisualDynamicsConfig:
    """Sizes of the network.

    Attributes:
        kind: which of the four models, one of ``KINDS``.
        size: S, the side of the picture in pixels.
        channels: 1 or 3.
        dims: D, numbers in z.
        scales: sizes of the picture that are looked at: S, S / 2, S / 4 ...
        maps: feature maps of each scale, as many kernels as well.
        kernel: K, the side of a kernel, odd.
        width: channels inside the image encoders.
        motion_width: of the first layer of the motion encoder, which then grows.
        hidden: units of the kernel decoder.
        decoder: channels of the motion decoder.
        reach: side of the motion decoder's first filters, odd.
        code: numbers that the autoencoder keeps of a picture.
        sigma: s, standard deviation of the difference image about what is predicted, intensities
            in [0, 1]; a larger one makes z cheaper to leave unused.
    """

    kind: str = "conditional"
    size: int = 32
    channels: int = 3
    dims: int = 16
    scales: int = 3
    maps: int = 12
    kernel: int = 5
    width: int = 24
    motion_width: int = 32
    hidden: int = 256
    decoder: int = 48
    reach: int = 7
    code: int = 64
    sigma: float = 0.1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind of {', '.join(KINDS)}, not {self.kind!r}")
        if self.size % 8 or self.size >> (self.scales - 1) < _SMALLEST:
            raise ValueError(f"size {self.size} does not suit {self.scales} scales")
        if not self.kernel % 2 or not self.reach % 2:
            raise ValueError("kernel and reach are odd")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, S, S) of a picture."""
        return self.channels, self.size, self.size

    @property
    def has_kernels(self) -> bool:
        """Whether pictures are made by cross convolution."""
        return self.kind in ("conditional", "deterministic")

    @property
    def has_prior(self) -> bool:
        """Whether z has a prior, so that there is a bound of the likelihood."""
        return self.kind in ("conditional", "prior")

    @property
    def varies(self) -> bool:
        """Whether one picture has many futures."""
        return self.kind != "deterministic"


@dataclass(frozen=True, slots=True)
class Posterior:
    """q(z | I, J): ``mean`` and ``log_std``, (B, D) each."""

    mean: Tensor
    log_std: Tensor


@dataclass(frozen=True, slots=True)
class Glance:
    """What the network finds on its way to a difference image.

    Attributes:
        before, after: feature maps of every scale (B, M, S_s, S_s), before and after the
            kernels; empty where there are none. The largest scale comes first.
        kernels: (B, scales, M, K, K), None where there are none.
        difference: (B, C, S, S), v'.
    """

    before: tuple[Tensor, ...]
    after: tuple[Tensor, ...]
    kernels: Tensor | None
    difference: Tensor


def cross_convolve(maps: Tensor, kernels: Tensor) -> Tensor:
    """Each map (B, M, H, W) under its own kernel (B, M, K, K), at the same size.

    The batch is folded into the groups of one convolution.
    """
    batch, count, height, width = maps.shape
    side = kernels.shape[-1]
    folded = F.conv2d(
        maps.reshape(1, batch * count, height, width),
        kernels.reshape(batch * count, 1, side, side),
        padding=side // 2,
        groups=batch * count,
    )
    return folded.view(batch, count, height, width)


def _block(inside: int, outside: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(),
    )


class MotionEncoder(nn.Module):
    """z of a picture and what follows it, or of a picture alone."""

    def __init__(self, config: VisualDynamicsConfig, frames: int) -> None:
        super().__init__()
        wide = config.motion_width
        self.convolutions = nn.Sequential(
            _block(config.channels * frames, wide, 5, 2),
            _block(wide, wide * 3 // 2, 5, 2),
            _block(wide * 3 // 2, wide * 2, 3, 2),
        )
        self.head = nn.Linear(wide * 2 * (config.size // 8) ** 2, 2 * config.dims)

    def forward(self, pictures: Tensor) -> Posterior:
        """The posterior of pictures (B, frames * C, S, S) in [0, 1]."""
        found = self.head(self.convolutions(pictures - 0.5).flatten(1))
        mean, log_std = found.chunk(2, 1)
        return Posterior(mean, log_std.clamp(-_LOG_STD, _LOG_STD))


class ImageEncoder(nn.Module):
    """Feature maps of a picture at several scales, each with weights of its own."""

    def __init__(self, config: VisualDynamicsConfig) -> None:
        super().__init__()
        wide = config.width
        self.scales = nn.ModuleList(
            nn.Sequential(
                _block(config.channels, wide, 5),
                _block(wide, wide, 5),
                _block(wide, config.maps, 5),
            )
            for _ in range(config.scales)
        )

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        """Maps (B, M, S_s, S_s), the largest first, of a picture (B, C, S, S) in [0, 1]."""
        found = []
        smaller = picture - 0.5
        for number, layers in enumerate(self.scales):
            smaller = F.avg_pool2d(smaller, 2) if number else smaller
            found.append(layers(smaller))
        return tuple(found)


class KernelDecoder(nn.Module):
    """Kernels of z."""

    def __init__(self, config: VisualDynamicsConfig) -> None:
        super().__init__()
        self.shape = (config.scales, config.maps, config.kernel, config.kernel)
        self.layers = nn.Sequential(
            nn.Linear(config.dims, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, math.prod(self.shape)),
        )

    def forward(self, latent: Tensor) -> Tensor:
        """(B, scales, M, K, K) of (B, D)."""
        found: Tensor = self.layers(latent)
        return found.view(-1, *self.shape)


class MotionDecoder(nn.Module):
    """The difference image of convolved feature maps."""

    def __init__(self, config: VisualDynamicsConfig) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(config.scales * config.maps, config.decoder, config.reach),
            _block(config.decoder, config.decoder, 3),
            nn.Conv2d(config.decoder, config.channels, 1),
        )

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """(B, C, S, S) of maps whose largest come first."""
        size = maps[0].shape[-2:]
        raised = [F.interpolate(each, size=size, mode="nearest") for each in maps]
        found: Tensor = self.layers(torch.cat(raised, 1))
        return found


class VectorDecoder(nn.Module):
    """The difference image of a vector: what models without kernels have."""

    def __init__(self, config: VisualDynamicsConfig, inputs: int) -> None:
        super().__init__()
        self._wide, self._side = 2 * config.motion_width, config.size // 8
        wide = self._wide
        self.first = nn.Linear(inputs, wide * self._side**2)
        self.layers = nn.Sequential(
            _block(wide, wide, 3),
            nn.Upsample(scale_factor=2),
            _block(wide, wide * 3 // 4, 3),
            nn.Upsample(scale_factor=2),
            _block(wide * 3 // 4, wide // 2, 3),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(wide // 2, config.channels, 5, padding=2),
        )

    def forward(self, vector: Tensor) -> Tensor:
        """(B, C, S, S) of (B, inputs)."""
        found: Tensor = self.layers(self.first(vector).view(-1, self._wide, *[self._side] * 2))
        return found


class VisualDynamics(nn.Module):
    """The whole, in each of the four kinds."""

    def __init__(self, config: VisualDynamicsConfig) -> None:
        super().__init__()
        self.config = config
        self.motion = MotionEncoder(config, 2 if config.varies else 1)
        if config.has_kernels:
            self.image = ImageEncoder(config)
            self.kernels = KernelDecoder(config)
            self.decoder: nn.Module = MotionDecoder(config)
        else:
            seen = config.code if config.kind == "autoencoder" else 0
            self.code = MotionEncoder(replace(config, dims=seen), 1) if seen else None
            self.decoder = VectorDecoder(config, config.dims + seen)

    def posterior(self, picture: Tensor, following: Tensor) -> Posterior:
        """What happens between two pictures (B, C, S, S); the deterministic kind sees the first."""
        if not self.config.varies:
            found: Posterior = self.motion(picture)
            return found
        both: Posterior = self.motion(torch.cat([picture, following], 1))
        return both

    def glance(self, picture: Tensor, latent: Tensor) -> Glance:
        """The difference image that ``latent`` (B, D) makes on ``picture``, and what led to it."""
        if not self.config.has_kernels:
            known = [] if self.code is None else [self.code(picture).mean]
            return Glance((), (), None, self.decoder(torch.cat([latent, *known], 1)))
        before = self.image(picture)
        kernels = self.kernels(latent)
        after = tuple(cross_convolve(each, kernels[:, n]) for n, each in enumerate(before))
        return Glance(before, after, kernels, self.decoder(after))

    def forward(self, picture: Tensor, latent: Tensor) -> Tensor:
        """(B, C, S, S) difference image, v'."""
        return self.glance(picture, latent).difference


@dataclass(frozen=True, slots=True)
class Terms:
    """The two parts of the bound for each pair, (B,) nats; their sum is its negative.

    Attributes:
        reconstruction: negative log likelihood of the difference image.
        divergence: of the posterior from the prior; 0 where there is no prior.
        squared: summed squared error of the difference image, intensities in [0, 1].
    """

    reconstruction: Tensor
    divergence: Tensor
    squared: Tensor


def bound(
    network: VisualDynamics,
    picture: Tensor,
    following: Tensor,
    noise: Tensor,
    *,
    seen: Tensor | None = None,
) -> Terms:
    """The conditional bound of pairs (B, C, S, S) each, with ``noise`` (B, D) ~ N(0, I).

    The deterministic kind and the autoencoder have no prior: they use the mean. Where ``picture``
    was made in a roll-out, z is that of the true picture ``seen`` and ``following``.
    """
    config = network.config
    found = network.posterior(picture if seen is None else seen, following)
    chance = config.has_prior
    latent = found.mean + found.log_std.exp() * noise if chance else found.mean
    made = network(picture, latent)
    squared = ((following - picture) - made).square().sum((1, 2, 3))
    constant = 0.5 * made[0].numel() * math.log(2 * math.pi * config.sigma**2)
    spent = 0.5 * (found.mean.square() + (2 * found.log_std).exp() - 1) - found.log_std
    divergence = spent.sum(1) if chance else torch.zeros_like(squared)
    return Terms(squared / (2 * config.sigma**2) + constant, divergence, squared)


def importance(
    network: VisualDynamics, picture: Tensor, following: Tensor, noise: Tensor
) -> Tensor:
    """The importance-weighted bound, in nats, of one pair given (K, C, S, S), ``noise`` (K, D)."""
    config = network.config
    found = network.posterior(picture, following)
    latent = found.mean + found.log_std.exp() * noise
    missed = (following - picture) - network(picture, latent)
    constant = 0.5 * missed[0].numel() * math.log(2 * math.pi * config.sigma**2)
    likely = -missed.square().sum((1, 2, 3)) / (2 * config.sigma**2) - constant
    ratio = (0.5 * noise.square() + found.log_std - 0.5 * latent.square()).sum(1)
    weights = (likely + ratio).double()
    return torch.logsumexp(weights, 0) - math.log(len(weights))
