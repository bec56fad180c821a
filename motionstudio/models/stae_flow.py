"""Flows one after another: composed to one displacement, turned round, and inverted."""

from __future__ import annotations

import torch
from torch import Tensor

from motionstudio.models.warp import compose, warp

_ROUNDS = 20


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


def carried_back(flow: Tensor) -> Tensor:
    """The flow of the pair before, of material that goes on as ``flow`` says.

    ``flow`` is known where the material will be; this is known where it is now.
    """
    return -inverse_of(flow)
