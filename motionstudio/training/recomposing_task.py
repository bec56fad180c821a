"""Recomposing's part of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.recomposing import Recomposing, RecomposingConfig
from motionstudio.models.recomposing_model import card_of
from motionstudio.models.recomposing_objective import (
    Chain,
    draw_chains,
    embed_chains,
    objective,
)
from motionstudio.training.configuration import of_recipe
from motionstudio.training.export import data_lines, hardware, licences
from motionstudio.training.loader import Batches
from motionstudio.training.recipe import Recipe
from motionstudio.training.recomposing_batches import WindowDrawer
from motionstudio.training.recomposing_held_out import HeldOutMotions
from motionstudio.training.vae_pool import frame_pool

FRAMES = 7
"""Frames of the windows that it is trained on."""
_LOOPS = 24
_CLIPS = 64


class RecomposingTask:
    """Windows, recompositions of them, and the checkpoint; see ``task.Task``."""

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
        self._config = of_recipe(recipe, RecomposingConfig, "recomposing")
        self._pool = frame_pool(recipe, self._config, data, work, tell)
        self._drawer = WindowDrawer(recipe, self._pool, FRAMES)
        self.batches = Batches(self._drawer.draw)
        self._held_out = HeldOutMotions(recipe, self._config, FRAMES)

    def network(self) -> nn.Module:
        """A fresh network in training mode."""
        network: nn.Module = Recomposing(self._config).to(self._device)
        return network

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """How little the recompositions of ``step`` agree."""
        batch = self.batches(step)
        assert isinstance(network, Recomposing)
        return objective(
            network,
            batch.clips.to(self._device),
            batch.chains,
            batch.moving.to(self._device),
            contrast=self._recipe.losses.get("contrast", 0.0),
            views=batch.views.to(self._device),
        )

    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """Distances between recompositions, and the probe of true displacement, held out."""
        return self._held_out.measure(self._loaded(averaged))

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights in half precision, with the identity."""
        network = self._loaded(averaged)
        network.identity.copy_(self._identity(network))
        weights: dict[str, NDArray[np.generic]] = {
            name: _packed(value) for name, value in network.state_dict().items()
        }
        recipe = self._recipe
        found = self._held_out.measure(network)
        measured = "held-out generated sequences, see the task's validation"
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
            metrics={f"held out / {name}": round(value, 3) for name, value in found.items()},
            measured=measured if found else "",
        )
        return write_checkpoint(folder, card, weights)

    @torch.no_grad()
    def _identity(self, network: Recomposing) -> Tensor:
        """(D,) unit mean of loops of training windows."""
        rng = np.random.default_rng([self._recipe.seed, 1612])
        loops: list[Chain] = []
        while len(loops) < _LOOPS:
            loops.extend(draw_chains(FRAMES, rng).loops)
        parts: list[Tensor] = []
        step = 0
        while sum(map(len, parts)) < _CLIPS:
            clips = self._drawer.draw(step % self._recipe.steps).clips
            parts.append(embed_chains(network, clips, loops).mean(1))
            step += 1
        mean = torch.cat(parts).mean(0)
        direction: Tensor = mean / mean.norm().clamp(min=1e-8)
        return direction

    def _loaded(self, averaged: Mapping[str, Tensor]) -> Recomposing:
        network = Recomposing(self._config)
        network.load_state_dict({name: value.cpu() for name, value in averaged.items()})
        return network.eval()


def _packed(value: Tensor) -> NDArray[np.generic]:
    array: NDArray[np.generic] = value.cpu().contiguous().numpy()
    return array.astype(np.float16) if np.issubdtype(array.dtype, np.floating) else array
