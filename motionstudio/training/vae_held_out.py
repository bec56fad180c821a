"""How a VAE in training does on pictures that it never sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from motionstudio.datasets import make
from motionstudio.datasets.mnist import read_digits
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.models.vae_objective import evidence_bound
from motionstudio.training.recipe import ArraySource, GeneratorSource, Recipe
from motionstudio.training.vae_pool import digit_pictures
from motionstudio.training.validation import FIRST_HELD_OUT

_COUNT = 64


class HeldOut:
    """A few held-out runs of a recipe's first source that has some.

    Args:
        recipe: what is trained. ``config``: of the model.
        run: pictures in a run, 1 or 3.
        data: the data folder, or None.
    """

    def __init__(self, recipe: Recipe, config: VAEConfig, run: int, data: Path | None) -> None:
        self._recipe, self._config, self._run, self._data = recipe, config, run, data
        self._runs: Tensor | None = None

    @property
    def words(self) -> str:
        """What the figures are of, for a card."""
        runs = "pictures" if self._run == 1 else f"runs of {self._run} frames"
        return f"{_COUNT} {runs} never trained on, of the recipe's first source that has some"

    def measure(self, network: VAE) -> dict[str, float]:
        """Nats of a picture, mean squared errors of reconstructions and of middle frames."""
        if self._runs is None:
            self._runs = self._made()
        runs = self._runs
        if not len(runs):
            return {}
        flat = runs.flatten(0, 1)
        noise = torch.randn(
            4, len(flat), self._config.dims, generator=torch.Generator().manual_seed(1)
        )
        with torch.no_grad():
            mean, _ = network.posterior(flat)
            figures = {
                "nats": float(-evidence_bound(network, flat, noise).mean()),
                "MSE": float(((network.pictures(mean) - flat) ** 2).mean()),
            }
            if self._run == 3:
                means = mean.view(len(runs), 3, -1)
                between = network.pictures((means[:, 0] + means[:, 2]) / 2)
                figures["MSE between"] = float(((between - runs[:, 1]) ** 2).mean())
        return figures

    def _made(self) -> Tensor:
        """(N, n, C, S, S); empty where the recipe's data cannot be held out here."""
        for source in self._recipe.data:
            if isinstance(source, GeneratorSource):
                params = {**source.params, "size": self._config.size}
                frames = [
                    make(source.generator, params, self._recipe.seed, FIRST_HELD_OUT + i).frames
                    for i in range(_COUNT)
                ]
                return torch.from_numpy(np.stack([one[: self._run] for one in frames]))
            digits = isinstance(source, ArraySource) and source.file.endswith("-ubyte.gz")
            if digits and self._data is not None:
                return self._digits(self._data)
        return torch.zeros(0)

    def _digits(self, data: Path) -> Tensor:
        chosen = digit_pictures(read_digits(data, held_out=True)[:_COUNT], self._config)
        pictures = torch.from_numpy(np.stack(chosen)).permute(0, 1, 4, 2, 3).float() / 255
        return (pictures > 0.5).float() if self._config.binarise else pictures
