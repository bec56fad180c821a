"""Flows one after another: composed to one displacement, turned round, and inverted."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from motionstudio.models.warp import compose, warp

_ROUNDS = 20
_FAR, _FAR_SHARE, _FLOOR = 2.0, 0.1, 0.003


def joined(so_far: Tensor, flow: Tensor) -> Tensor:
    """The displacement to the reference after one more frame.

    Args:
        so_far: (N, 2, H, W) backward from the frame at hand to the reference.
        flow: (N, 2, H, W) backward from the next frame to the frame at hand.
    """
    return compose(so_far, flow)


def inverse_of(displacement: Tensor) -> Tensor:
    """(N, 2, H, W) where the material goes: ``v(p) = -u(p + v(p))``, by fixed-point rounds.

    Exact where the map is invertible and its gradient small; where material is hidden it is the
    best that the rounds find.
    """
    found = torch.zeros_like(displacement)
    for _ in range(_ROUNDS):
        # Half a step at a time: a whole one swings to and fro at the borders of what moves.
        found = 0.5 * found - 0.5 * warp(displacement, found)
    return found


def texture(pictures: Tensor) -> Tensor:
    """(N, 1, H, W) squared gradient: where a picture can tell what moves."""
    padded = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    across = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
    down = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
    return (across.square() + down.square()).sum(1, keepdim=True)


def filled(flow: Tensor, weight: Tensor, spread: float) -> Tensor:
    """``flow`` with what plain places cannot know taken from textured ones around them.

    Where nothing is seen to move any flow predicts equally well, and the network gives none in
    particular. One step forgives that; composed steps tear what moves. So this is the mean of
    the flow weighted by texture (normalised convolution), over a near and a far neighbourhood,
    falling to 0 where there is no texture at all.

    Args:
        flow: (N, 2, H, W).
        weight: (N, 1, H, W), not negative.
        spread: pixels of a picture of 32; 0 gives ``flow`` itself.
    """
    if spread <= 0:
        return flow
    trust = weight / (weight.mean((2, 3), keepdim=True) + 1e-8)
    near = spread * flow.shape[-1] / 32
    both = torch.cat([trust * flow, trust], 1)
    sums = _blurred(both, near) + _FAR_SHARE * _blurred(both, _FAR * near)
    return sums[:, :2] / (sums[:, 2:] + _FLOOR)


def _blurred(planes: Tensor, sigma: float) -> Tensor:
    reach = math.ceil(3 * sigma)
    offsets = torch.arange(-reach, reach + 1, device=planes.device, dtype=planes.dtype)
    kernel = torch.exp(-offsets.square() / (2 * sigma * sigma))
    kernel, count = kernel / kernel.sum(), planes.shape[1]
    wide = F.pad(planes, (reach, reach, 0, 0), mode="replicate")
    wide = F.conv2d(wide, kernel.view(1, 1, 1, -1).expand(count, 1, 1, -1), groups=count)
    tall = F.pad(wide, (0, 0, reach, reach), mode="replicate")
    return F.conv2d(tall, kernel.view(1, 1, -1, 1).expand(count, 1, -1, 1), groups=count)


def carried_back(flow: Tensor) -> Tensor:
    """The flow of the pair before, of material that goes on as ``flow`` says.

    ``flow`` is known where the material will be; this is known where it is now.
    """
    return -inverse_of(flow)
