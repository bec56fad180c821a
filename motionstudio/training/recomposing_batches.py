"""Windows of sequences that recomposing is trained on, a pure function of seed and step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.recomposing_objective import Chains, draw_chains
from motionstudio.training.recipe import Recipe
from motionstudio.training.vae_pool import FramePool

Rng = np.random.Generator
Bytes = NDArray[np.uint8]

MOVED = 0.01
"""Mean difference of the first and the last picture from which a window counts as moving."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a step is about.

    Attributes:
        clips: (B, T, C, S, S) in [0, 1]. ``views``: the same in other tones.
        chains: over the T frames. ``moving``: (B,) bool.
    """

    clips: Tensor
    views: Tensor
    chains: Chains
    moving: Tensor


class WindowDrawer:
    """Draws windows of ``frames`` frames at the recipe's distances.

    Args:
        recipe: how many, at which distances. ``pool``: from what.
        frames: T of every window.

    Raises:
        MotionStudioError: no sequence is long enough.
    """

    def __init__(self, recipe: Recipe, pool: FramePool, frames: int) -> None:
        self._recipe, self._frames = recipe, frames
        needed = (frames - 1) * min(recipe.gaps) + 1
        sources = [(i, [one for one in pool.sequences[i] if len(one) >= needed])
                   for i in sorted(pool.present)]  # fmt: skip
        fitting = [(number, found) for number, found in sources if found]
        if not fitting:
            raise MotionStudioError(
                "The recipe's sequences are too short for recomposing.",
                f"It needs {needed} frames in a row.",
            )
        self._sources = [found for _, found in fitting]
        weights = np.array([recipe.data[number].weight for number, _ in fitting])
        self._weights = weights / weights.sum()

    def draw(self, step: int) -> Batch:
        """The batch of ``step``."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        runs = np.stack([self._pick(rng, flip=stage.flip) for _ in range(stage.batch)])
        clips = torch.from_numpy(runs).permute(0, 1, 4, 2, 3).float().div_(255)
        moving = (clips[:, 0] - clips[:, -1]).abs().mean((1, 2, 3)) > MOVED
        chains = draw_chains(self._frames, rng)
        return Batch(clips, other_tones(clips, rng), chains, moving)

    def _pick(self, rng: Rng, *, flip: bool) -> Bytes:
        source = self._sources[int(rng.choice(len(self._sources), p=self._weights))]
        frames = source[int(rng.integers(len(source)))]
        reach = self._frames - 1
        gaps = [gap for gap in self._recipe.gaps if reach * gap < len(frames)]
        gap = int(rng.choice(gaps))
        start = int(rng.integers(len(frames) - reach * gap))
        chosen = frames[start : start + reach * gap + 1 : gap]
        if flip:
            for axis in (1, 2):
                if rng.random() < 0.5:
                    chosen = np.flip(chosen, axis)
        return np.ascontiguousarray(chosen)


def other_tones(clips: Tensor, rng: Rng) -> Tensor:
    """Clips (B, T, C, S, S) in [0, 1], each in another brightness and contrast, a third inverted.

    The motion stays; what a picture looks like does not.
    """
    count = len(clips)
    shape = (count, 1, 1, 1, 1)
    gain = torch.from_numpy(rng.uniform(0.5, 1.2, shape)).float()
    shift = torch.from_numpy(rng.uniform(-0.15, 0.15, shape)).float()
    inverted = torch.from_numpy(rng.random(shape) < 1 / 3)
    turned = torch.where(inverted, 1 - clips, clips)
    return ((turned - 0.5) * gain + 0.5 + shift).clamp(0, 1)
