"""Training goes on from a checkpoint instead of from random weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import read_card, read_weights
from motionstudio.models.registry import find_checkpoint
from motionstudio.training.recipe import Recipe


def take_weights(network: nn.Module, recipe: Recipe) -> None:
    """Put the weights of ``recipe.start_from`` into ``network``.

    Raises:
        MotionStudioError: there is no such checkpoint, or it is of another system or shape.
    """
    folder = find_checkpoint(recipe.start_from)
    card = read_card(folder)
    if card.system != recipe.system:
        raise MotionStudioError(
            f"{card.name} is a checkpoint of {card.system}, and the recipe trains {recipe.system}.",
            f"Start from a checkpoint of {recipe.system}, or from none.",
        )
    stored, _ = read_weights(folder)
    network.load_state_dict(
        {
            name: _fitting(name, value, stored, card.name)
            for name, value in network.state_dict().items()
        }
    )


def _fitting(
    name: str, value: Tensor, stored: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]],
    card: str,
) -> Tensor:  # fmt: skip
    found = stored.get(name)
    if found is None or found.shape != tuple(value.shape):
        has = "no such part" if found is None else f"shape {found.shape}"
        raise MotionStudioError(
            f"{card} does not fit the recipe: {name} needs shape {tuple(value.shape)}, "
            f"and the checkpoint has {has}.",
            "Give the recipe the sizes of that checkpoint's card.",
        )
    return torch.from_numpy(np.ascontiguousarray(found)).to(value.dtype)
