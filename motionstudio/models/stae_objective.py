"""What the spatio-temporal autoencoder minimises: the error of the next frame, and rough flow."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from motionstudio.models.stae import STAE

FIRST = 0.1
"""Weight of the first prediction: nothing has moved yet that it could know."""
DELTA = 0.05
"""Where the Huber penalty turns from square to straight, pixels of the memory's grid."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the terms.

    Attributes:
        pixels: squared difference of pixels. ``gradient``: of image gradients, as in the
            released code. ``smoothness``: of the Huber penalty on the flow's gradient.
    """

    pixels: float = 1.0
    gradient: float = 0.0
    smoothness: float = 0.02


def objective(network: STAE, frames: Tensor, weights: Weights) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of sequences (B, T, C, S, S), T >= 2, and its terms.

    Squared differences are sums over a frame; the loss is their mean over all predictions, the
    first weighted by ``FIRST``, divided by 10 so that its gradient is of the order of 1.
    """
    made, flows = network(frames)
    truth = frames[:, 1:]
    squares = (made - truth).square().sum((2, 3, 4))
    share = torch.ones(squares.shape[1], device=squares.device)
    share[0] = FIRST if len(share) > 1 else 1.0
    share = share / share.sum()
    missed = (squares.mean(0) * share).sum()
    rough = roughness(flows).sum((2, 3, 4)).mean()
    loss = weights.pixels * missed + weights.smoothness * rough
    terms = {"squared error": missed.detach(), "smoothness": rough.detach()}
    if weights.gradient:
        steep = (gradients(made) - gradients(truth)).square().sum((2, 3, 4))
        steep = (steep.mean(0) * share).sum()
        loss = loss + weights.gradient * steep
        terms["gradients"] = steep.detach()
    return loss / 10, terms


def roughness(flows: Tensor) -> Tensor:
    """(B, T, 2, g-2, g-2) Huber penalty of the length of each flow channel's gradient."""
    across, down = central(flows)
    length = (across.square() + down.square() + 1e-12).sqrt()
    straight = DELTA * (length - DELTA / 2)
    return torch.where(length <= DELTA, length.square() / 2, straight)


def gradients(pictures: Tensor) -> Tensor:
    """(B, T, 2 C, S-2, S-2) horizontal and vertical central differences, times two."""
    across, down = central(pictures)
    return 2 * torch.cat([across, down], 2)


def central(planes: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences along x and y of the inner pixels of (..., H, W)."""
    across = (planes[..., 1:-1, 2:] - planes[..., 1:-1, :-2]) / 2
    down = (planes[..., 2:, 1:-1] - planes[..., :-2, 1:-1]) / 2
    return across, down
