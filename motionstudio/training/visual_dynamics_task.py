"""Visual Dynamics' part of training, for all four kinds of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.visual_dynamics import (
    VisualDynamics,
    VisualDynamicsConfig,
    bound,
)
from motionstudio.models.visual_dynamics_bank import Bank
from motionstudio.models.visual_dynamics_model import card_of
from motionstudio.training.configuration import of_recipe
from motionstudio.training.export import data_lines, hardware, licences
from motionstudio.training.loader import Batches
from motionstudio.training.recipe import Recipe
from motionstudio.training.vae_pool import frame_pool
from motionstudio.training.visual_dynamics_pairs import PairDrawer, held_out_pairs

# The loop clips the gradient's norm at 1; a bound of thousands of pixels is far above it.
_SCALE = 100.0
_BANK = 1000


class VisualDynamicsTask:
    """Pairs of frames, the conditional bound, and the checkpoint; see ``task.Task``."""

    betas = (0.9, 0.999)

    def __init__(
        self,
        recipe: Recipe,
        data: Path | None,
        work: Path,
        device: str,
        tell: Callable[[str], None],
    ) -> None:
        self._recipe, self._device = recipe, torch.device(device)
        self._config = of_recipe(recipe, VisualDynamicsConfig, "Visual Dynamics")
        self._pool = frame_pool(recipe, self._config, data, work, tell)
        self._drawer = PairDrawer(recipe, self._config, self._pool)
        self.batches = Batches(self._drawer.draw)
        self._held_out = held_out_pairs(recipe, self._config, data)

    def network(self) -> nn.Module:
        """A fresh network in training mode."""
        return VisualDynamics(self._config).to(self._device)

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The negative bound of the pairs of ``step`` without its constant, scaled."""
        pictures, noise = self.batches(step)
        pictures = pictures.to(self._device)
        assert isinstance(network, VisualDynamics)
        start = pictures[:, -2]
        if pictures.shape[1] > 2:
            start = _made(network, pictures[:, 0], start)
        terms = bound(network, start, pictures[:, -1], noise.to(self._device), seen=pictures[:, -2])
        missed, spent = terms.squared.mean(), terms.divergence.mean()
        total = missed / (2 * self._config.sigma**2) + self._recipe.kl_ramp(step + 1) * spent
        parts = {"squared error": missed.detach(), "KL": spent.detach()}
        return total / _SCALE, parts

    @torch.no_grad()
    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """Summed squared error of held-out pairs, from z's mean, and the KL; none without any."""
        pairs = self._held_out
        if not len(pairs):
            return {}
        network = self._loaded(averaged)
        nothing = torch.zeros(len(pairs), self._config.dims)
        terms = bound(network, pairs[:, 0], pairs[:, 1], nothing)
        still = (pairs[:, 1] - pairs[:, 0]).square().sum((1, 2, 3)).mean()
        return {
            "squared error": float(terms.squared.mean()),
            "share of standing still": float(terms.squared.mean() / still),
            "KL": float(terms.divergence.mean()),
        }

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights in half precision, the bank, and the card."""
        weights: dict[str, NDArray[np.generic]] = {
            name: value.cpu().half().contiguous().numpy() for name, value in averaged.items()
        }
        network = self._loaded({name: torch.from_numpy(value) for name, value in weights.items()})
        weights.update(self._bank(network).arrays())
        recipe = self._recipe
        found = self.validate(network.state_dict())
        card = card_of(
            recipe.name,
            self._config,
            title=recipe.title,
            summary=recipe.summary,
            family=recipe.family,
            data="; ".join(data_lines(recipe, self._pool.present)).replace("pairs", "indices"),
            licence=", ".join(licences(recipe, self._pool.present)),
            split=recipe.split,
            seed=recipe.seed,
            steps=steps,
            hardware=hardware(),
            metrics={f"held-out pairs / {name}": round(v, 3) for name, v in found.items()},
            measured=f"{len(self._held_out)} pairs never trained on, z at its mean",
        )
        return write_checkpoint(folder, card, weights)

    @torch.no_grad()
    def _bank(self, network: VisualDynamics) -> Bank:
        """Posteriors of training runs, of the recipe's first source as they come."""
        found: list[tuple[Tensor, Tensor]] = []
        runs = self._drawer.runs(_BANK)
        for frames in runs:
            posterior = network.posterior(frames[:-1], frames[1:])
            spread = posterior.log_std.exp()
            found.append((posterior.mean, spread if self._config.has_prior else 0 * spread))
        means, stds = (torch.stack(part).numpy() for part in zip(*found, strict=True))
        return Bank(means, stds)

    def _loaded(self, averaged: Mapping[str, Tensor]) -> VisualDynamics:
        network = VisualDynamics(self._config)
        network.load_state_dict({name: value.cpu().float() for name, value in averaged.items()})
        return network.eval()


@torch.no_grad()
def _made(network: VisualDynamics, picture: Tensor, following: Tensor) -> Tensor:
    """What the network makes of ``picture`` for ``following``; its statistics stay as they are."""
    network.eval()
    latent = network.posterior(picture, following).mean
    made: Tensor = (picture + network(picture, latent)).clamp(0, 1)
    network.train()
    return made
