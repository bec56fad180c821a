"""The part of VAEs in training: the plain one and the in-betweening one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.models.vae_model import card_of
from motionstudio.models.vae_objective import objective
from motionstudio.training.configuration import of_recipe
from motionstudio.training.export import data_lines, hardware, licences
from motionstudio.training.loader import Batches
from motionstudio.training.recipe import Recipe
from motionstudio.training.task import check_share
from motionstudio.training.vae_held_out import HeldOut
from motionstudio.training.vae_pool import FrameDrawer, frame_pool
from motionstudio.training.vae_space import learned_motions


class VAETask:
    """Single pictures or triples, the bound, and the checkpoint; see ``task.Task``."""

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
        self._config = of_recipe(recipe, VAEConfig, "a VAE")
        self._run = 3 if recipe.system == "inbetween" else 1
        self._pool = frame_pool(recipe, self._config, data, work, tell)
        self.batches = Batches(FrameDrawer(recipe, self._config, self._pool, self._run).draw)
        self._share = slice(None)
        self._held_out = HeldOut(recipe, self._config, self._run, data)

    def network(self) -> nn.Module:
        """A fresh VAE."""
        return VAE(self._config).to(self._device)

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The negative bound of the pictures of ``step``, with the in-betweening term."""
        pictures, noise = self.batches(step)
        pictures, noise = pictures[self._share], noise[:, self._share]
        assert isinstance(network, VAE)
        return objective(
            network,
            pictures.to(self._device),
            noise.to(self._device),
            alpha=self._config.alpha,
            kl_weight=self._recipe.kl_ramp(step + 1),
        )

    def share(self, rank: int, size: int) -> None:
        """Let ``loss`` see every ``size``-th run of a batch, from ``rank`` on."""
        check_share(self._recipe, size)
        self._share = slice(rank, None, size)

    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """Nats and errors on held-out pictures."""
        return self._held_out.measure(self._loaded(averaged))

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights in half precision, with the learned motions."""
        weights: dict[str, NDArray[np.generic]] = {
            name: value.cpu().to(torch.float16).contiguous().numpy()
            for name, value in averaged.items()
        }
        recipe = self._recipe
        rounded = {name: torch.from_numpy(value).float() for name, value in weights.items()}
        found = self.validate(rounded)
        space = learned_motions(recipe, self._config, self._loaded(averaged), self._pool)
        if space is not None:
            weights.update(space.arrays())
        card = card_of(
            recipe.name,
            recipe.system,
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
            metrics={f"held-out pictures / {k}": round(v, 5) for k, v in found.items()},
            measured=self._held_out.words if found else "",
        )
        return write_checkpoint(folder, card, weights)

    def _loaded(self, averaged: Mapping[str, Tensor]) -> VAE:
        network = VAE(self._config)
        network.load_state_dict({name: value.cpu() for name, value in averaged.items()})
        return network.eval()
