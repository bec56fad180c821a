"""Coordinates of FOMM: grids, Gaussians, samplers; -1 and +1 are the centres of the end pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_SINGULAR = 1e-6


def coordinate_grid(height: int, width: int, like: Tensor) -> Tensor:
    """(H, W, 2): coordinates (x, y) of the pixels, on the device of ``like``."""
    x = torch.linspace(-1, 1, width, device=like.device, dtype=like.dtype)
    y = torch.linspace(-1, 1, height, device=like.device, dtype=like.dtype)
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], -1)


def gaussian_maps(points: Tensor, height: int, width: int, variance: float) -> Tensor:
    """(..., H, W): ``exp(-|z - p|^2 / (2 variance))`` around points (..., 2)."""
    offset = coordinate_grid(height, width, points) - points[..., None, None, :]
    return torch.exp(-0.5 * (offset**2).sum(-1) / variance)


def inverse_2x2(matrix: Tensor) -> Tensor:
    """Inverse of (..., 2, 2) in closed form; nearly singular ones are held at |det| = 1e-6."""
    (a, b), (c, d) = matrix[..., 0, :].unbind(-1), matrix[..., 1, :].unbind(-1)
    det = a * d - b * c
    det = torch.where(det.abs() < _SINGULAR, torch.where(det < 0, -1.0, 1.0) * _SINGULAR, det)
    adjugate = torch.stack([torch.stack([d, -b], -1), torch.stack([-c, a], -1)], -2)
    return adjugate / det[..., None, None]


def sample(picture: Tensor, grid: Tensor, align_corners: bool) -> Tensor:
    """(B, C, h, w): ``picture`` at ``grid`` (B, h, w, 2), bilinear, zeros outside."""
    found: Tensor = F.grid_sample(
        picture, grid, mode="bilinear", padding_mode="zeros", align_corners=align_corners
    )
    return found


def resized(maps: Tensor, height: int, width: int) -> Tensor:
    """(B, C, H, W) bilinear, as torch does it without corner alignment; itself at that size."""
    if maps.shape[-2:] == (height, width):
        return maps
    return F.interpolate(maps, size=(height, width), mode="bilinear", align_corners=False)


def in_pixels(deformation: Tensor, side: int) -> Tensor:
    """(B, 2, side, side) backward displacement in pixels of (B, h, w, 2) coordinates."""
    grid = coordinate_grid(deformation.shape[1], deformation.shape[2], deformation)
    offset = (deformation - grid).permute(0, 3, 1, 2)
    return resized(offset, side, side) * ((side - 1) / 2)
