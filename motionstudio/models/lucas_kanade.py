"""A coarse pyramidal Lucas-Kanade estimate of the displacement between two pictures.

It has nothing to learn. The pair network receives it beside the pictures: starting from pixels
alone, it took thousands of steps to leave the mean motion behind on varied hearts
(docs/decisions/002-lucas-kanade-features.md).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.exact import exact
from motionstudio.models.warp import resize_field, warp

# Intensities are in [0, 1]; gradients weaker than this count as noise.
REGULARISATION = 3e-3


def _smooth(x: Tensor, radius: int = 2) -> Tensor:
    width = 2 * radius + 1
    for _ in range(2):
        x = F.avg_pool2d(F.pad(x, (radius, radius, 0, 0), mode="replicate"), (1, width), 1)
        x = F.avg_pool2d(F.pad(x, (0, 0, radius, radius), mode="replicate"), (width, 1), 1)
    return x


def _gradient(x: Tensor) -> tuple[Tensor, Tensor]:
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    dx = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2
    dy = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
    return dx, dy


@torch.no_grad()
@exact
def lucas_kanade(
    reference: Tensor, frame: Tensor, *, finest: int, levels: int = 3, iterations: int = 2
) -> tuple[Tensor, Tensor]:
    """Displacement u with ``frame(p) ~ reference(p + u(p))``, from coarse to fine.

    Args:
        reference: (N, C, S, S) in [0, 1].
        frame: the same.
        finest: the finest level is S / finest pixels wide; each coarser one half of it.
        levels: number of levels.
        iterations: of warping and solving on each level.

    Returns:
        displacement (N, 2, S / finest, S / finest) in pixels of that grid, and confidence
        (N, 1, ...) in [0, 1): how much gradient there was to see motion by.
    """
    size = reference.shape[-1]
    u = reference.new_zeros(len(reference), 2, 1, 1)
    trace = u
    for level in reversed(range(levels)):
        factor = finest * 2**level
        a, b = F.avg_pool2d(reference, factor), F.avg_pool2d(frame, factor)
        side = size // factor
        u = resize_field(u, side, side)
        for _ in range(iterations):
            change, trace = _solve(warp(a, u), b)
            # One pixel of a level at most: larger steps come from noise.
            u = _smooth(u + change.clamp(-1, 1))
    return u, trace / (trace + 10 * REGULARISATION)


def _solve(warped: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    dx, dy = _gradient((warped + target) / 2)
    difference = target - warped
    products = (dx * dx, dx * dy, dy * dy, dx * difference, dy * difference)
    sums = _smooth(torch.stack([product.mean(1) for product in products], 1))
    xx, xy, yy, bx, by = torch.split(sums, 1, 1)
    trace = xx + yy
    xx, yy = xx + REGULARISATION, yy + REGULARISATION
    determinant = xx * yy - xy * xy
    change = torch.cat([yy * bx - xy * by, xx * by - xy * bx], 1) / determinant
    return change, trace
