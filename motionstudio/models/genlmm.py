"""GenLMM, after Krebs et al. 2021 (arXiv 2011.01741): the networks.

Every frame is paired with frame 0; a pair network makes one feature vector of each pair, a
temporal convolutional network turns the features of a sequence into the posterior of the latent
motion matrix, and a decoder conditioned on frame 0 turns each row into a stationary velocity
field. Its exponential warps frame 0. ``docs/systems/genlmm.md`` says what the public sources
leave open and where this design departs from them.

Inside the networks a motion is (B, D, T), as convolutions over time want it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.models.exact import exact
from motionstudio.models.layers import GaussianSmoothing
from motionstudio.models.lucas_kanade import lucas_kanade
from motionstudio.models.warp import exponentiate, resize_field


@dataclass(frozen=True, slots=True)
class GenLMMConfig:
    """Sizes of the networks.

    Attributes:
        channels: C of the pictures, 1 or 3.
        size: side S of the square picture, a multiple of 32.
        dims: D.
        encoder: channels of the stem and the body of the pair network.
        bottleneck: channels before its linear layer.
        flow_scale: the Lucas-Kanade estimate is S / flow_scale pixels wide; a power of 2.
        temporal: hidden channels of the temporal network; ``dilations`` of its convolutions.
        anatomy: channels of the features of frame 0, finest first, each scale half the last.
        anatomy_scale: the finest of them are S / anatomy_scale pixels wide; 2 or 4.
        decoder: channels of the decoder at every scale.
        velocity_size: side of the grid on which the velocity is integrated.
        velocity_limit: bound of each velocity component, in pixels of that grid.
        sigma: Gaussian smoothing of the velocity, in pixels of that grid.
        prior: ``rbf``, ``cauchy`` or ``unit``; ``prior_length`` as a share of the cycle.
        conditioned: whether the decoder sees frame 0; False only to measure what that is worth.
    """

    channels: int = 1
    size: int = 128
    dims: int = 32
    encoder: tuple[int, int, int] = (24, 48, 48)
    bottleneck: int = 16
    flow_scale: int = 4
    temporal: int = 64
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    anatomy: tuple[int, int, int] = (32, 48, 64)
    anatomy_scale: int = 4
    decoder: int = 32
    velocity_size: int = 64
    velocity_limit: float = 12.0
    sigma: float = 1.5
    prior: str = "rbf"
    prior_length: float = 1 / 6
    prior_noise: float = 0.05
    conditioned: bool = True

    @property
    def squarings(self) -> int:
        """As many as keep a sub-step within half a pixel, at least 4."""
        return max(4, math.ceil(math.log2(self.velocity_limit / 0.5)))


PRESETS: dict[str, GenLMMConfig] = {
    "tiny": GenLMMConfig(
        size=64,
        dims=16,
        encoder=(16, 32, 32),
        bottleneck=12,
        flow_scale=2,
        temporal=32,
        anatomy=(24, 32, 48),
        decoder=24,
        velocity_size=32,
        velocity_limit=8.0,
        sigma=1.0,
    ),
    "base": GenLMMConfig(),
    "large": GenLMMConfig(
        size=256,
        dims=64,
        encoder=(24, 48, 64),
        flow_scale=8,
        temporal=96,
        decoder=48,
        anatomy=(48, 64, 96),
    ),
}


class PairEncoder(nn.Module):
    """Feature vector of a pair (frame 0, frame t).

    Convolutions on the two pictures meet a Lucas-Kanade estimate of their displacement; a
    linear layer reads what became of both, and the estimate itself.
    """

    def __init__(self, config: GenLMMConfig) -> None:
        super().__init__()
        self.channels, self.finest = config.channels, config.flow_scale
        first, second, third = config.encoder
        stem: list[nn.Module] = [nn.Conv2d(2 * config.channels, first, 3, 2, 1)]
        for _ in range(round(math.log2(config.flow_scale)) - 1):
            stem += [nn.LeakyReLU(0.2), nn.Conv2d(first, first, 3, 2, 1)]
        self.stem = nn.Sequential(*stem, nn.LeakyReLU(0.2))
        self.body = nn.Sequential(
            nn.Conv2d(first + 4, second, 3, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(second, third, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(third, third, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(third, config.bottleneck, 3, 1, 1),
            nn.LeakyReLU(0.2),
        )
        side = config.size // config.flow_scale // 2
        self.linear = nn.Linear((config.bottleneck + 2) * side * side, config.dims)

    def forward(self, pairs: Tensor) -> Tensor:
        """(N, 2C, S, S) to (N, D)."""
        reference, frame = torch.split(pairs, self.channels, 1)
        flow, confidence = lucas_kanade(reference, frame, finest=self.finest)
        change = F.avg_pool2d((frame - reference).mean(1, keepdim=True), self.finest)
        # Scales bring the added channels to the size of the learned ones.
        seen = torch.cat([self.stem(pairs), flow / 2, confidence, 4 * change], 1)
        body = self.body(seen)
        small = F.avg_pool2d(flow, 2) / 2
        features: Tensor = self.linear(torch.cat([body, small], 1).flatten(1))
        return features


class TemporalNetwork(nn.Module):
    """Convolutions over time from pair features to the posterior of the motion matrix.

    Beside the features it sees the kept flag (else a zeroed feature would be a legal
    observation) and the phase as (tau, sin 2 pi tau, cos 2 pi tau).
    """

    def __init__(self, config: GenLMMConfig) -> None:
        super().__init__()
        self.dilations = config.dilations
        width = config.temporal
        self.enter = nn.Conv1d(config.dims + 4, width, 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, width, 3, dilation=d) for d in config.dilations
        )
        self.mean = nn.Conv1d(width, config.dims, 1)
        self.log_variance = nn.Conv1d(width, config.dims, 1)
        nn.init.normal_(self.log_variance.weight, std=1e-3)
        assert self.log_variance.bias is not None
        nn.init.constant_(self.log_variance.bias, -3.0)

    def forward(
        self,
        features: Tensor,
        kept: Tensor,
        phase: Tensor,
        cyclic: bool,
        hint: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """(B, D, T), (B, T), (B, T) to mean and log variance, each (B, D, T).

        ``hint`` (B, hidden, T) is added where the features enter.
        """
        flag, angle = kept[:, None], 2 * math.pi * phase[:, None]
        # The zero vector stands for an absent picture (Krebs 2021, temporal dropout).
        x = torch.cat([features * flag, flag, phase[:, None], angle.sin(), angle.cos()], 1)
        x = self.enter(x)
        if hint is not None:
            x = x + hint
        for convolution, dilation in zip(self.convolutions, self.dilations, strict=True):
            padded = _pad_time(x, dilation, cyclic)
            x = x + F.leaky_relu(convolution(padded), 0.2)
        return self.mean(x), self.log_variance(x).clamp(-10, 4)


def _pad_time(x: Tensor, reach: int, cyclic: bool) -> Tensor:
    if not cyclic:
        return F.pad(x, (reach, reach))
    steps = x.shape[-1]
    # Indexing works for a reach longer than the cycle, where circular padding does not.
    return x[..., torch.arange(-reach, steps + reach, device=x.device) % steps]


def bridge_gaps(features: Tensor, kept: Tensor, phase: Tensor, cyclic: bool) -> Tensor:
    """Features of kept frames, interpolated linearly in phase where frames are dropped.

    Args:
        features: (B, D, 1 + T), those of frame 0 first; what stands at dropped frames is unused.
        kept: (B, T) of 0 and 1.
        phase: (B, T) in (0, 1).
        cyclic: after the last frame comes frame 0 again; else the last kept frame holds on.

    Returns:
        (B, D, T).
    """
    ends = torch.ones_like(kept[:, :1])
    known = torch.cat([ends, kept, ends if cyclic else 0 * ends], 1) > 0
    place = torch.cat([0 * ends, phase, ends], 1)
    values = torch.cat([features, features[..., :1]], 2)
    count = known.shape[1]
    index = torch.arange(count, device=kept.device).expand_as(known)
    before = torch.where(known, index, 0).cummax(1).values
    after = torch.where(known, index, count).flip(1).cummin(1).values.flip(1)
    after = torch.where(after == count, before, after)
    start, stop = place.gather(1, before), place.gather(1, after)
    share = ((place - start) / (stop - start).clamp_min(1e-6)).where(after > before, 0 * place)

    def at(rows: Tensor) -> Tensor:
        return values.gather(2, rows[:, None].expand(-1, values.shape[1], -1))

    mixed = at(before) * (1 - share[:, None]) + at(after) * share[:, None]
    return mixed[..., 1:-1]


class AnatomyEncoder(nn.Module):
    """Multi-scale features of frame 0, computed once for each source."""

    def __init__(self, config: GenLMMConfig) -> None:
        super().__init__()
        self.conditioned = config.conditioned
        fine, middle, coarse = config.anatomy
        self.stem = nn.Sequential(
            nn.Conv2d(config.channels, fine // 2, 3, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(fine // 2, fine, 3, config.anatomy_scale // 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(fine, fine, 3, 1, 1),
            nn.LeakyReLU(0.2),
        )
        self.middle = _down_block(fine, middle)
        self.coarse = _down_block(middle, coarse)
        self.lift_middle = nn.Conv2d(coarse, middle, 1)
        self.lift_fine = nn.Conv2d(middle, fine, 1)
        self.norms = nn.ModuleList(nn.GroupNorm(4, width) for width in config.anatomy)

    def forward(self, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, C, S, S) to features at three scales, coarse first."""
        fine = self.stem(source if self.conditioned else torch.zeros_like(source))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        # Down and up again, so that fine features know where in the body they lie.
        middle = middle + _double(self.lift_middle(coarse))
        fine = fine + _double(self.lift_fine(F.leaky_relu(middle, 0.2)))
        fine_norm, middle_norm, coarse_norm = self.norms
        return coarse_norm(coarse), middle_norm(middle), fine_norm(fine)


def _down_block(width: int, channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(width, channels, 3, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(channels, channels, 3, 1, 1),
        nn.LeakyReLU(0.2),
    )


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Decoder(nn.Module):
    """A row of the motion matrix and the features of frame 0 to a velocity field.

    At every scale the row chooses how the features of frame 0 are mixed (a 1x1 convolution whose
    weights come from the row), so that the anatomy says where and the row says how it moves.
    """

    def __init__(self, config: GenLMMConfig) -> None:
        super().__init__()
        width = config.decoder
        self.width, self.limit, self.side = width, config.velocity_limit, config.velocity_size
        hidden = 4 * config.dims
        self.hidden = nn.Sequential(nn.Linear(config.dims, hidden), nn.LeakyReLU(0.2))
        scales = tuple(reversed(config.anatomy))
        self.mixers = nn.ModuleList(nn.Linear(hidden, width * c) for c in scales)
        self.convolutions = nn.ModuleList(nn.Conv2d(width, width, 3, 1, 1) for _ in scales)
        self.head = nn.Conv2d(width, 2, 3, 1, 1)
        self.smooth = GaussianSmoothing(config.sigma)
        nn.init.normal_(self.head.weight, std=1e-2)
        if self.head.bias is not None:
            nn.init.zeros_(self.head.bias)

    def forward(self, rows: Tensor, anatomy: tuple[Tensor, ...], repeat: int) -> Tensor:
        """(B * repeat, D) and features of B sources to velocity (B * repeat, 2, h, h)."""
        hidden = self.hidden(rows)
        x: Tensor | None = None
        for mixer, convolution, features in zip(
            self.mixers, self.convolutions, anatomy, strict=True
        ):
            mixed = self._mix(mixer(hidden), features, repeat)
            if x is not None:
                mixed = mixed + _double(x)
            x = F.leaky_relu(convolution(F.leaky_relu(mixed, 0.2)), 0.2)
        assert x is not None
        return self._velocity(x)

    @exact
    def _velocity(self, x: Tensor) -> Tensor:
        velocity = self.limit * torch.tanh(self.head(x) / self.limit)
        size = (self.side, self.side)
        velocity = F.interpolate(velocity, size=size, mode="bilinear", align_corners=False)
        smoothed: Tensor = self.smooth(velocity)
        return smoothed

    def _mix(self, weights: Tensor, features: Tensor, repeat: int) -> Tensor:
        sources, channels, height, width = features.shape
        # (B, repeat * K, C) @ (B, C, h w): one product for each source.
        kernel = weights.view(sources, repeat * self.width, channels) / math.sqrt(channels)
        mixed = torch.bmm(kernel, features.reshape(sources, channels, height * width))
        return mixed.view(sources * repeat, self.width, height, width)


class GenLMM(nn.Module):
    """The whole model; a zero row decodes to exactly no motion."""

    def __init__(self, config: GenLMMConfig) -> None:
        super().__init__()
        self.config = config
        self.pairs = PairEncoder(config)
        self.temporal = TemporalNetwork(config)
        self.anatomy = AnatomyEncoder(config)
        self.decoder = Decoder(config)
        self.bridge = nn.Conv1d(config.dims, config.temporal, 1, bias=False)
        nn.init.zeros_(self.bridge.weight)

    def encode(
        self,
        reference: Tensor,
        frames: Tensor,
        kept: Tensor,
        phase: Tensor,
        *,
        cyclic: bool,
        bridge: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Posterior of the motion matrix.

        Args:
            reference: (B, C, S, S), frame 0.
            frames: (B, T, C, S, S), the frames after it.
            kept: (B, T) of 0 and 1.
            phase: (B, T), position of each frame in the clip or cycle, in (0, 1].
            cyclic: link the last frame to the first.
            bridge: show the temporal network the kept features interpolated over the gaps.

        Returns:
            mean and log variance, each (B, D, T).
        """
        batch, steps = frames.shape[:2]
        every = torch.cat([reference[:, None], frames], 1)
        pairs = torch.cat([reference[:, None].expand_as(every), every], 2).flatten(0, 1)
        features = self.pairs(pairs).view(batch, steps + 1, -1).transpose(1, 2)
        return self.posterior(features, kept, phase, cyclic=cyclic, bridge=bridge)

    def posterior(
        self, features: Tensor, kept: Tensor, phase: Tensor, *, cyclic: bool, bridge: bool = True
    ) -> tuple[Tensor, Tensor]:
        """Mean and log variance (B, D, T) of features (B, D, 1 + T), frame 0 with itself first."""
        hint = self.bridge(bridge_gaps(features, kept, phase, cyclic)) if bridge else None
        mean, log_variance = self.temporal(features[..., 1:], kept, phase, cyclic, hint)
        return mean, log_variance

    def velocity(self, rows: Tensor, anatomy: tuple[Tensor, ...]) -> Tensor:
        """Velocity (B, T, 2, h, h) of rows (B, D, T) on sources given by their features."""
        batch, dims, steps = rows.shape
        flat = rows.transpose(1, 2).reshape(batch * steps, dims)
        moved: Tensor = self.decoder(flat, anatomy, steps)
        rest = self.rest(anatomy)
        return moved.view(batch, steps, *moved.shape[1:]) - rest[:, None]

    def rest(self, anatomy: tuple[Tensor, ...]) -> Tensor:
        """What the decoder says of a zero row, (B, 2, h, h): the anchor that is subtracted."""
        zero = anatomy[0].new_zeros(anatomy[0].shape[0], self.config.dims)
        velocity: Tensor = self.decoder(zero, anatomy, 1)
        return velocity

    def displacement(self, velocity: Tensor) -> Tensor:
        """exp(v) of (N, 2, h, h), at the picture's resolution: (N, 2, S, S) backward pixels."""
        field = exponentiate(velocity, self.config.squarings)
        return resize_field(field, self.config.size, self.config.size)
