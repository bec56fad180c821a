"""The network of a checkpoint before it learned anything: what its shape alone can tell."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model


def untrained(name: str | Path, seed: int = 0) -> MotionModel | None:
    """A checkpoint whose network has drawn weights instead of its own.

    Layers are reset as their classes begin; weights that no layer resets keep their values in an
    order drawn by chance. Buffers that are not weights stay.

    Args:
        name: of the checkpoint, or its folder.
        seed: of the draws.

    Returns:
        The model, or None where it keeps no network that can be reset.
    """
    model = load_model(name)
    network = getattr(model, "network", None)
    if not isinstance(network, nn.Module):
        return None
    before = {key: value.detach().clone() for key, value in network.named_parameters()}
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for layer in network.modules():
            reset = getattr(layer, "reset_parameters", None)
            if callable(reset):
                reset()
        for key, value in network.named_parameters():
            if torch.equal(value, before[key]) and value.numel() > 1:
                flat = value.flatten()
                value.copy_(flat[torch.randperm(len(flat))].view_as(value))
    network.eval()
    return model
