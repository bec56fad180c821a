"""DRAW's part of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import mnist
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.draw import Bound, Draw, DrawConfig, bound
from motionstudio.models.draw_model import card_of
from motionstudio.training.configuration import of_recipe
from motionstudio.training.draw_pictures import PictureDrawer, read_pictures, wants_digits
from motionstudio.training.export import data_lines, hardware
from motionstudio.training.loader import Batches
from motionstudio.training.recipe import ClipSource, Recipe
from motionstudio.training.task import check_share

# The loop clips the gradient's norm at 1. Adam does not see the scale of a loss, so this is the
# published clipping at 5.
_CLIP = 5.0
_SEED = 20_15


class DrawTask:
    """Pictures binarised anew for every batch, the bound, and the checkpoint; see ``task.Task``."""

    betas = (0.5, 0.999)

    def __init__(
        self,
        recipe: Recipe,
        data: Path | None,
        work: Path,
        device: str,
        tell: Callable[[str], None],
    ) -> None:
        self._recipe, self._device = recipe, torch.device(device)
        self._config = _config(recipe)
        pictures, held_out = read_pictures(recipe, self._config, data, tell)
        self._held_out = mnist.binarised(held_out.numpy(), _SEED)
        self._what = "digits" if wants_digits(recipe) else "pictures"
        self._share = slice(None)
        self.batches = Batches(PictureDrawer(recipe, self._config, pictures).draw)
        tell(f"{len(pictures)} {self._what} to train on, {len(held_out)} held out")

    def network(self) -> nn.Module:
        """A fresh DRAW in training mode."""
        network: nn.Module = Draw(self._config).to(self._device)
        return network

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The negative bound of the pictures of ``step`` in nats, over what clipping is at."""
        ink, noise = (drawn[self._share] for drawn in self.batches(step))
        assert isinstance(network, Draw)
        terms = bound(network, ink.to(self._device), noise.to(self._device))
        missed, spent = terms.reconstruction.mean(), terms.divergence.sum(1).mean()
        parts = {
            "nats": (missed + spent).detach(),
            "reconstruction": missed.detach(),
            "KL": spent.detach(),
        }
        return (missed + self._recipe.kl_ramp(step) * spent) / _CLIP, parts

    def share(self, rank: int, size: int) -> None:
        """Let ``loss`` see every ``size``-th picture of a batch, from ``rank`` on."""
        check_share(self._recipe, size)
        self._share = slice(rank, None, size)

    @torch.no_grad()
    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """The bound of held-out pictures in nats, one draw each, and its two parts."""
        if not len(self._held_out):
            return {}
        network = Draw(self._config)
        network.load_state_dict(averaged)
        network = network.to(self._device).eval()
        terms = self._measure(network)
        missed, spent = terms.reconstruction.mean(), terms.divergence.sum(1).mean()
        return {
            "nats": float(missed + spent),
            "reconstruction": float(missed),
            "KL": float(spent),
        }

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights in half precision, and the card."""
        weights: dict[str, NDArray[np.generic]] = {
            name: value.cpu().half().contiguous().numpy() for name, value in averaged.items()
        }
        recipe = self._recipe
        rounded = {name: torch.from_numpy(value).float() for name, value in weights.items()}
        found = self.validate(rounded)
        card = card_of(
            recipe.name,
            self._config,
            title=recipe.title,
            summary=recipe.summary,
            data="; ".join(data_lines(recipe, {0})),
            licence=", ".join(s.licence for s in recipe.data if isinstance(s, ClipSource)),
            split=recipe.split,
            seed=recipe.seed,
            steps=steps,
            hardware=hardware(),
            metrics={f"held-out {self._what} / {k}": round(v, 2) for k, v in found.items()},
            measured=f"{len(self._held_out):,} binarised {self._what} never trained on, one draw "
            "each",
        )
        return write_checkpoint(folder, card, weights)

    def _measure(self, network: Draw) -> Bound:
        ink = torch.from_numpy(self._held_out[:, 0]).to(self._device)
        shape = (len(ink), self._config.glimpses, self._config.latent)
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(_SEED))
        return bound(network, ink, noise.to(self._device))


def _config(recipe: Recipe) -> DrawConfig:
    config = of_recipe(recipe, DrawConfig, "DRAW")
    if wants_digits(recipe) and config.size != mnist.SIDE:
        raise MotionStudioError(
            f"The recipe sets model.size to {config.size}, but the digits have {mnist.SIDE} pixels."
        )
    return config
