"""Known parts of generated figures as targets for keypoints, turned with the pictures.

Near and far limbs of a figure look alike, so a picture cannot tell them apart: limbs are told
apart by where they are, left or right in the picture, for arms and for legs.
"""

from __future__ import annotations

from collections.abc import Sequence as Many

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.fomm import Keypoints, sparse_motions
from motionstudio.models.fomm_geometry import sample
from motionstudio.models.fomm_parts import KnownParts
from motionstudio.training.pool import Sequence

# A pixel counts as shown where neighbours of its place show it, for edges fall between pixels.
_SEEN = 0.3
_LIMBS = (((2, 3), (4, 5)), ((6, 7), (8, 9)))
Picked = Many[tuple[Sequence, tuple[int, int]]]


def known_parts(picked: Picked, matrix: Tensor, side: int) -> KnownParts | None:
    """Targets of the chosen (source, driving) frames; None where none has parts.

    Args:
        picked: B sequences with two frames each.
        matrix: (B, 2, 3), the similarity at which the pictures were sampled.
        side: S, of the pictures.
    """
    count = next((i.parts.shape[1] for i, _ in picked if i.parts is not None), 0)
    if not count:
        return None
    poses = np.full((len(picked), 2, count, 2, 3), np.nan, np.float32)
    labels = np.full((len(picked), 2, side, side), -1, np.float32)
    for place, (item, frames) in enumerate(picked):
        if item.parts is not None and item.labels is not None:
            poses[place] = item.parts[list(frames)]
            labels[place] = item.labels[list(frames)]
    value, axes = _moved(torch.from_numpy(poses), matrix, side)
    order = _by_side(value)
    value = value.gather(2, order[..., None].expand_as(value))
    axes = axes.gather(2, order[..., None, None].expand_as(axes))
    turned = _turned(torch.from_numpy(labels), matrix)
    before, after = (_renamed(turned[:, i], order[:, i]) for i in (0, 1))
    source, driving = (Keypoints(value[:, i], axes[:, i]) for i in (0, 1))
    return KnownParts(
        value=value.transpose(0, 1).flatten(0, 1),
        jacobian=axes.transpose(0, 1).flatten(0, 1),
        labels=after,
        shown=_shown(source, driving, before, after),
    )


def _shown(source: Keypoints, driving: Keypoints, before: Tensor, after: Tensor) -> Tensor:
    """(B, S, S): 1 where the source shows the part that the driving picture shows, -1 unknown."""
    side = after.shape[-1]
    motions = sparse_motions(source, driving, side, side)
    here = after.clamp_min(0)[:, None]
    grid = motions.gather(1, here[..., None].expand(-1, -1, -1, -1, 2))[:, 0]
    seen = F.one_hot(before.clamp_min(0), motions.shape[1]).permute(0, 3, 1, 2).float()
    found = sample(seen, grid.nan_to_num(), align_corners=True).gather(1, here)[:, 0]
    return torch.where(after < 0, -1, (found > _SEEN).long())


def _moved(poses: Tensor, matrix: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """(B, 2, n, 2) centres and (B, 2, n, 2, 2) axes in pictures sampled at A p + b."""
    back = torch.linalg.inv(matrix[:, :, :2])[:, None, None]
    edge = (2 * poses[..., 2] + 1) / side - 1
    edge = (back @ (edge - matrix[:, None, None, :, 2])[..., None])[..., 0]
    axes = back @ poses[..., :2] * (2 / side)
    # A mirrored picture turns the axes' handedness, which limbs do not show.
    along = axes[..., 1]
    across = torch.stack([along[..., 1], -along[..., 0]], -1)
    return edge * (side / (side - 1)), torch.stack([across, along], -1)


def _by_side(value: Tensor) -> Tensor:
    """(B, 2, n) long: which part stands at each place when limbs go from right to left."""
    order = torch.arange(value.shape[2]).expand(value.shape[:3]).clone()
    if value.shape[2] < 10:
        return order
    x = value[..., 0]
    for one, other in _LIMBS:
        swap = x[..., list(one)].sum(-1) < x[..., list(other)].sum(-1)
        for a, b in zip(one, other, strict=True):
            order[..., a] = torch.where(swap, b, a)
            order[..., b] = torch.where(swap, a, b)
    return order


def _turned(labels: Tensor, matrix: Tensor) -> Tensor:
    grid = F.affine_grid(matrix, list(labels.shape), align_corners=False)
    moved = F.grid_sample(labels, grid, "nearest", padding_mode="border", align_corners=False)
    return moved.long()


def _renamed(labels: Tensor, order: Tensor) -> Tensor:
    """(B, S, S) labels under the names that ``order`` (B, n) gives the parts."""
    names = torch.argsort(order, 1) + 1
    table = F.pad(names, (2, 0))
    table[:, 0] = -1
    return table.gather(1, labels.flatten(1) + 1).view_as(labels)
