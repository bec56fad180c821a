"""GenLMM's part of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from motionstudio.models.base import ModelCard
from motionstudio.models.genlmm import GenLMM
from motionstudio.models.genlmm_objective import SequenceBatch, objective
from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.export import export_checkpoint
from motionstudio.training.loader import Batches
from motionstudio.training.pool import cached_pool
from motionstudio.training.recipe import GeneratorSource, Recipe
from motionstudio.training.task import check_share
from motionstudio.training.validation import Validator


class GenLMMTask:
    """Sequences, the evidence lower bound, and the checkpoint; see ``task.Task``."""

    betas = (0.9, 0.999)

    def __init__(
        self,
        recipe: Recipe,
        data: Path | None,
        work: Path,
        device: str,
        tell: Callable[[str], None],
    ) -> None:
        self._recipe, self._device = recipe, device
        self._config = configuration(recipe)
        self._pool = cached_pool(recipe, self._config, data, work, tell)
        self.batches = Batches(BatchDrawer(recipe, self._pool).draw)
        self._validator: Validator | None = None
        self._share: slice | None = None

    def network(self) -> nn.Module:
        """A fresh GenLMM."""
        network: nn.Module = GenLMM(self._config).to(torch.device(self._device))
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Negative evidence lower bound of the batch of ``step``."""
        recipe = self._recipe
        stage, _ = recipe.stage_at(step)
        batch, noise = self.batches(step)
        if self._share is not None:
            # Every process draws the whole batch, so that draws do not depend on their number.
            batch, noise = batch.part(self._share), noise[self._share]
        assert isinstance(network, GenLMM)
        return objective(
            network,
            on_device(batch, self._device),
            noise[:, : network.config.dims].to(self._device),
            kl_weight=recipe.kl_weight * recipe.kl_ramp(step),
            similarity=recipe.similarity,
            stride=recipe.stride,
            field_weight=recipe.field_weight,
            bridge=stage.bridge,
        )

    def share(self, rank: int, size: int) -> None:
        """Let ``loss`` see every ``size``-th sequence of a batch, from ``rank`` on."""
        check_share(self._recipe, size)
        self._share = slice(rank, None, size)

    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """1 - LCC of held-out sequences; none where the recipe generates none."""
        if not any(isinstance(source, GeneratorSource) for source in self._recipe.data):
            return {}
        if self._validator is None:
            self._validator = Validator(self._recipe, self._config, self._device)
        return self._validator.measure(averaged)

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the checkpoint with its space of learned motions."""
        return export_checkpoint(self._recipe, self._config, averaged, steps, self._pool, folder)


def on_device(batch: SequenceBatch, device: str) -> SequenceBatch:
    """The batch with its tensors on ``device``."""
    if device == "cpu":
        return batch
    moved: dict[str, Any] = {
        item.name: value.to(device)
        for item in fields(batch)
        if isinstance(value := getattr(batch, item.name), Tensor)
    }
    return replace(batch, **moved)
