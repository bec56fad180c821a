"""The spatio-temporal autoencoder's part of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.datasets import make
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.stae import STAE, Memory, STAEConfig, pool_memory
from motionstudio.models.stae_model import card_of
from motionstudio.models.stae_objective import Weights, objective
from motionstudio.models.stae_space import MemorySpace
from motionstudio.training.configuration import of_recipe
from motionstudio.training.export import data_lines, hardware, licences
from motionstudio.training.loader import Batches
from motionstudio.training.recipe import GeneratorSource, Recipe
from motionstudio.training.vae_pool import FramePool, Pictures, frame_pool
from motionstudio.training.validation import FIRST_HELD_OUT

_HELD_OUT = 64
_MEMORIES = 240
_INFORMED = 3
"""From this frame on the memory has seen enough to know where things go."""


class STAETask:
    """Windows of sequences, the error of the next frame, and the checkpoint; see ``task.Task``."""

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
        self._config = of_recipe(recipe, STAEConfig, "a spatio-temporal autoencoder")
        self._weights = weights_of(recipe)
        self._pool = frame_pool(recipe, self._config, data, work, tell)
        self.batches = Batches(WindowDrawer(recipe, self._pool).draw)
        self._held_out: Tensor | None = None

    def network(self) -> nn.Module:
        """A fresh network."""
        return STAE(self._config).to(self._device)

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The objective of the windows of ``step``."""
        assert isinstance(network, STAE)
        return objective(network, self.batches(step).to(self._device), self._weights)

    @torch.no_grad()
    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """Squared errors of next frames that are predicted from at least 3, beside copying."""
        sequences = self._tested()
        if not len(sequences):
            return {}
        made, _ = self._loaded(averaged)(sequences)
        truth, before = sequences[:, _INFORMED:], sequences[:, _INFORMED - 1 : -1]
        wrong = (made[:, _INFORMED - 1 :] - truth).square().sum((2, 3, 4)).mean()
        copied = (before - truth).square().sum((2, 3, 4)).mean()
        return {"next frame": float(wrong), "copying": float(copied)}

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights in half precision, the space, and the card."""
        weights: dict[str, NDArray[np.generic]] = {
            name: value.cpu().half().contiguous().numpy() for name, value in averaged.items()
        }
        rounded = {name: torch.from_numpy(value).float() for name, value in weights.items()}
        space = fit_space(self._loaded(rounded), self._pool, self._config.dims)
        weights.update(space.arrays())
        recipe, found = self._recipe, self.validate(rounded)
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
            metrics={f"held out, squared error / {k}": round(v, 3) for k, v in found.items()},
            measured="frames 3 and later of sequences never trained on, summed over a frame",
        )
        return write_checkpoint(folder, card, weights)

    def _tested(self) -> Tensor:
        """(N, T, C, S, S) of a generator in the recipe; empty where there is none."""
        if self._held_out is None:
            source = next((s for s in self._recipe.data if isinstance(s, GeneratorSource)), None)
            made = [] if source is None else [
                make(source.generator, {**source.params, "size": self._config.size},
                     self._recipe.seed, FIRST_HELD_OUT + index).frames
                for index in range(_HELD_OUT)
            ]  # fmt: skip
            self._held_out = torch.from_numpy(np.stack(made)) if made else torch.zeros(0)
        return self._held_out

    def _loaded(self, averaged: Mapping[str, Tensor]) -> STAE:
        network = STAE(self._config)
        network.load_state_dict({name: value.cpu() for name, value in averaged.items()})
        return network.eval()


class WindowDrawer:
    """Draws windows of equal length, turned over at random: a pure function of seed and step.

    Args:
        recipe: how many and how long. ``pool``: from what.
    """

    def __init__(self, recipe: Recipe, pool: FramePool) -> None:
        self._recipe = recipe
        self._sources = [pool.sequences[number] for number in sorted(pool.present)]
        weights = np.array([recipe.data[number].weight for number in sorted(pool.present)])
        self._weights = weights / weights.sum()

    def draw(self, step: int) -> Tensor:
        """(B, T, C, S, S) float32 in [0, 1]."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        longest = stage.frames[1]
        windows = [self._pick(rng, longest) for _ in range(stage.batch)]
        shortest = min(len(window) for window in windows)
        stack = np.stack([window[:shortest] for window in windows])
        return torch.from_numpy(stack).permute(0, 1, 4, 2, 3).float().div_(255)

    def _pick(self, rng: np.random.Generator, longest: int) -> Pictures:
        source = self._sources[int(rng.choice(len(self._sources), p=self._weights))]
        frames = source[int(rng.integers(len(source)))]
        gap = int(rng.choice(self._recipe.gaps))
        frames = frames[int(rng.integers(gap)) :: gap]
        start = int(rng.integers(max(1, len(frames) - longest + 1)))
        window = frames[start : start + longest]
        stage = self._recipe.stages[0]
        if stage.flip:
            backwards, mirrored, over, turned = rng.random(4) < 0.5
            window = window[::-1] if backwards else window
            window = window[:, :, ::-1] if mirrored else window
            window = window[:, ::-1] if over else window
            window = window.swapaxes(1, 2) if turned else window
        return np.ascontiguousarray(window)


@torch.no_grad()
def fit_space(network: STAE, pool: FramePool, dims: int) -> MemorySpace:
    """Principal components of what the network remembers of its training sequences."""
    pooled: list[Float] = []
    sequences = [one for number in sorted(pool.present) for one in _some(pool.sequences[number])]
    for frames in sequences:
        pictures = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 255
        memory: Memory | None = None
        for t in range(len(pictures) - 1):
            step = network.step(network.features(pictures[t : t + 1]), memory)
            memory = step.memory
            if t:
                pooled.append(pool_memory(memory.hidden).numpy())
    return MemorySpace.fit(np.concatenate(pooled), dims)


def _some(sequences: Sequence[Pictures]) -> Sequence[Pictures]:
    return sequences[:: max(1, len(sequences) // _MEMORIES)]


def weights_of(recipe: Recipe) -> Weights:
    """The weights of the terms that a recipe sets.

    Raises:
        MotionStudioError: it names a term that there is not.
    """
    known = {item.name for item in fields(Weights)}
    for name in recipe.losses:
        if name not in known:
            raise MotionStudioError(
                f"The recipe weights the loss {name}, which this system does not have.",
                f"It has {', '.join(sorted(known))}.",
            )
    return Weights(**recipe.losses)
