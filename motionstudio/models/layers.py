"""Building blocks that more than one system uses."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.models.exact import exact


class GaussianSmoothing(nn.Module):
    """Separable Gaussian over (N, 2, H, W) with zero padding: the field fades at the border.

    Args:
        sigma: standard deviation in grid pixels; the kernel reaches ceil(3 sigma).
    """

    kernel: Tensor

    def __init__(self, sigma: float) -> None:
        super().__init__()
        self.radius = max(1, math.ceil(3 * sigma))
        x = torch.arange(-self.radius, self.radius + 1.0)
        kernel = torch.exp(-0.5 * (x / sigma) ** 2)
        kernel = (kernel / kernel.sum()).view(1, 1, 1, -1).repeat(2, 1, 1, 1)
        # Not part of the state: a checkpoint may be run with another smoothing.
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, field: Tensor) -> Tensor:
        """Smoothed field of the same shape."""
        field = F.conv2d(field, self.kernel, padding=(0, self.radius), groups=2)
        return F.conv2d(field, self.kernel.transpose(2, 3), padding=(self.radius, 0), groups=2)


def _box(x: Tensor, radius: int, stride: int) -> Tensor:
    width = 2 * radius + 1
    x = F.pad(x, (radius,) * 4, mode="replicate")
    # Two passes of one line each cost 2w instead of w^2 additions.
    x = F.avg_pool2d(x, (1, width), (1, stride))
    return F.avg_pool2d(x, (width, 1), (stride, 1))


@exact
def local_correlation(
    a: Tensor, b: Tensor, *, radius: int = 4, tau: float = 1e-6, stride: int = 1
) -> Tensor:
    """Mean squared local cross-correlation of (N, C, H, W) pictures in [0, 1]: (N,) in [0, 1].

    Box windows of ``2 radius + 1`` pixels, evaluated at every ``stride``-th pixel; channels are
    averaged. ``tau`` keeps flat regions at 0 without a gradient.
    """
    channels = a.shape[1]
    moments = _box(torch.cat([a, b, a * a, b * b, a * b], 1), radius, stride)
    mean_a, mean_b, aa, bb, ab = torch.split(moments, channels, 1)
    covariance = ab - mean_a * mean_b
    # Cancellation in float32 can make a variance slightly negative.
    variance_a = (aa - mean_a * mean_a).clamp_min(0)
    variance_b = (bb - mean_b * mean_b).clamp_min(0)
    return (covariance * covariance / (variance_a * variance_b + tau)).mean((1, 2, 3))


def gram(
    phase: Tensor,
    *,
    kind: str = "rbf",
    length: float = 1 / 6,
    noise: float = 0.05,
    cyclic: bool = False,
) -> Tensor:
    """Covariance over time of one latent dimension under the prior.

    Args:
        phase: (B, T), position in the clip or cycle, in [0, 1).
        kind: ``rbf`` (Gaussian process), ``cauchy``, or ``unit`` (independent, Krebs 2019).
        length: length scale as a share of the clip or cycle.
        noise: share of independent variance, which keeps the matrix well conditioned.
        cyclic: measure distances along the chord of the cycle (period 1).

    Returns:
        (B, T, T) with ones on the diagonal.
    """
    identity = torch.eye(phase.shape[1], device=phase.device, dtype=phase.dtype)
    if kind == "unit":
        return identity.expand(phase.shape[0], -1, -1)
    distance = phase[:, :, None] - phase[:, None, :]
    if cyclic:
        distance = torch.sin(math.pi * distance) / math.pi
    scaled = (distance / length) ** 2
    if kind == "rbf":
        kernel = torch.exp(-0.5 * scaled)
    elif kind == "cauchy":
        kernel = 1 / (1 + scaled)
    else:
        raise ValueError(f"gram: expected kind rbf, cauchy or unit, got {kind!r}")
    return (1 - noise) * kernel + noise * identity


@exact
def gaussian_process_kl(
    mean: Tensor, log_variance: Tensor, covariance: Tensor, valid: Tensor | None = None
) -> Tensor:
    """KL of a diagonal posterior from independent Gaussian processes over time, in nats.

    Args:
        mean: (B, D, T) of the posterior.
        log_variance: the same.
        covariance: (B, T, T) of the prior of one dimension.
        valid: (B, T), 0 where the time step is padding; the result equals that of the
            sequence without it.

    Returns:
        (B,), summed over D and T.
    """
    if valid is not None:
        here = valid[:, None, :]
        mean, log_variance = mean * here, log_variance * here
        identity = torch.eye(covariance.shape[1], device=mean.device, dtype=mean.dtype)
        covariance = covariance * valid[:, :, None] * valid[:, None, :]
        covariance = covariance + identity * (1 - valid)[:, :, None]
    factor = torch.linalg.cholesky(covariance)
    inverse = torch.cholesky_inverse(factor)
    dims, steps = mean.shape[1:]
    log_determinant = 2 * factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    diagonal = inverse.diagonal(dim1=-2, dim2=-1)
    trace = (log_variance.exp() * diagonal[:, None]).sum((1, 2))
    quadratic = torch.einsum("bdt,bts,bds->b", mean, inverse, mean)
    entropy: Tensor = log_variance.sum((1, 2))
    divergence: Tensor = trace + quadratic - dims * steps + dims * log_determinant - entropy
    return 0.5 * divergence
