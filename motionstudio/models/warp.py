"""Geometry of displacement and velocity fields on tensors.

Fields are (N, 2, H, W) in pixels of their own grid, channel 0 = dx (columns), channel 1 = dy
(rows), backward: ``warp(image, u)(p) = image(p + u(p))``. Sampling is bilinear with border
padding and ``align_corners=False`` everywhere, so values scale with the grid as W_new / W_old.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.exact import exact


@lru_cache(maxsize=32)
def _pixel_grid(height: int, width: int, device: torch.device, dtype: torch.dtype) -> Tensor:
    # Made outside inference mode: a cached inference tensor could not be used in training.
    with torch.inference_mode(False):
        rows = torch.arange(height, device=device, dtype=dtype)
        columns = torch.arange(width, device=device, dtype=dtype)
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        return torch.stack([x, y])[None]


def pixel_grid(height: int, width: int, like: Tensor) -> Tensor:
    """(1, 2, H, W) coordinates (x, y) of the pixel centres, on the device of ``like``."""
    return _pixel_grid(height, width, like.device, like.dtype)


@exact
def warp(image: Tensor, displacement: Tensor) -> Tensor:
    """``out(p) = image(p + u(p))`` for image (N, C, H, W) and displacement (N, 2, H, W)."""
    height, width = displacement.shape[-2:]
    if image.shape[-2:] != displacement.shape[-2:]:
        raise ValueError(
            f"warp: expected an image of {(height, width)} pixels like the displacement, "
            f"got {tuple(image.shape[-2:])}"
        )
    points = pixel_grid(height, width, displacement) + displacement
    x = (2 * points[:, 0] + 1) / width - 1
    y = (2 * points[:, 1] + 1) / height - 1
    grid = torch.stack([x, y], dim=-1)
    warped: Tensor = F.grid_sample(
        image, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return warped


def compose(outer: Tensor, inner: Tensor) -> Tensor:
    """Displacement of ``phi_outer o phi_inner`` (first inner, then outer), (N, 2, H, W)."""
    return inner + warp(outer, inner)


@exact
def exponentiate(velocity: Tensor, squarings: int) -> Tensor:
    """Displacement of exp(v) by scaling and squaring; ``exponentiate(-v, n)`` is its inverse.

    Arsigny et al. 2006. Keep ``max |v| / 2**squarings`` at or below half a pixel.
    """
    displacement = velocity / float(2**squarings)
    for _ in range(squarings):
        displacement = compose(displacement, displacement)
    return displacement


@exact
def resize_field(field: Tensor, height: int, width: int) -> Tensor:
    """``field`` (N, 2, h, w) resampled to (N, 2, height, width), values rescaled with the grid."""
    old_height, old_width = field.shape[-2:]
    if (old_height, old_width) == (height, width):
        return field
    scale = field.new_tensor([width / old_width, height / old_height]).view(1, 2, 1, 1)
    resized = F.interpolate(field, size=(height, width), mode="bilinear", align_corners=False)
    return resized * scale


def jacobian_determinant(displacement: Tensor) -> Tensor:
    """Det D(id + u) by central differences on interior pixels: (N, H - 2, W - 2)."""
    dx = (displacement[:, :, 1:-1, 2:] - displacement[:, :, 1:-1, :-2]) / 2
    dy = (displacement[:, :, 2:, 1:-1] - displacement[:, :, :-2, 1:-1]) / 2
    return (1 + dx[:, 0]) * (1 + dy[:, 1]) - dx[:, 1] * dy[:, 0]
