"""Fit on generated sequences that no recipe trains on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from motionstudio.core.phase import phases
from motionstudio.datasets import make
from motionstudio.models.genlmm import GenLMM, GenLMMConfig
from motionstudio.models.layers import local_correlation
from motionstudio.models.warp import warp
from motionstudio.training.recipe import GeneratorSource, Recipe

FIRST_HELD_OUT = 1_000_000


class Validator:
    """1 - LCC of held-out sequences of the recipe's first generator."""

    def __init__(self, recipe: Recipe, config: GenLMMConfig, device: str, count: int = 12) -> None:
        self._config, self._device = config, device
        source = next(s for s in recipe.data if isinstance(s, GeneratorSource))
        params = {"size": config.size, "frames_only": True, **source.params}
        self._samples = [
            make(source.generator, params, recipe.seed, FIRST_HELD_OUT + i) for i in range(count)
        ]

    def measure(self, averaged: Mapping[str, torch.Tensor]) -> dict[str, float]:
        """1 - LCC with all frames, on the missing ones of every third, and without motion."""
        model = GenLMM(self._config)
        model.load_state_dict(averaged)
        model = model.to(self._device).eval()
        with torch.inference_mode():
            rows = np.array([self._measure(model, i) for i in range(len(self._samples))])
        complete, missing, identity = rows.mean(0)
        return {
            "1 - LCC": float(complete), "on missing frames": float(missing),
            "without motion": float(identity),
        }  # fmt: skip

    def _measure(self, model: GenLMM, number: int) -> tuple[float, float, float]:
        sample = self._samples[number]
        frames = torch.from_numpy(sample.frames).to(self._device)
        reference, rest = frames[:1], frames[1:]
        phase = torch.from_numpy(phases(sample.times, sample.cyclic))[None, 1:].to(self._device)
        third = torch.arange(1, len(frames), device=self._device) % 3 == 0
        anatomy = model.anatomy(reference)

        def fit(kept: torch.Tensor, looked: torch.Tensor) -> float:
            mean, _ = model.encode(reference, rest[None], kept[None], phase, cyclic=sample.cyclic)
            velocity = model.velocity(mean, anatomy)[0][looked]
            warped = warp(reference.expand(len(velocity), -1, -1, -1), model.displacement(velocity))
            return float(1 - local_correlation(warped, rest[looked]).mean())

        everything = torch.ones(len(rest), device=self._device)
        still = 1 - local_correlation(reference.expand_as(rest), rest).mean()
        return fit(everything, everything > 0), fit(third.float(), ~third), float(still)
