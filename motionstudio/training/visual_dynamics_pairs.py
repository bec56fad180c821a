"""Pairs of frames that Visual Dynamics learns from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import make
from motionstudio.models.visual_dynamics import VisualDynamicsConfig
from motionstudio.training.pool import build_pool
from motionstudio.training.recipe import ArraySource, GeneratorSource, Recipe, Stage
from motionstudio.training.vae_pool import FramePool, Pictures
from motionstudio.training.validation import FIRST_HELD_OUT

_COUNT = 128


class PairDrawer:
    """Draws pairs of frames, a pure function of seed and step.

    Args:
        recipe: how many, and at which distances.
        config: of the model.
        pool: from what.

    Raises:
        MotionStudioError: a sequence is too short for a pair.
    """

    def __init__(self, recipe: Recipe, config: VisualDynamicsConfig, pool: FramePool) -> None:
        self._recipe, self._config = recipe, config
        self._sources = [pool.sequences[number] for number in sorted(pool.present)]
        weights = np.array([recipe.data[number].weight for number in sorted(pool.present)])
        self._weights = weights / weights.sum()
        shortest = min(len(one) for source in self._sources for one in source)
        rolled = any(stage.rolled for stage in recipe.stages)
        if shortest <= (1 + rolled) * min(recipe.gaps):
            raise MotionStudioError(
                f"The recipe's sequences are too short: one has {shortest} frames.",
                f"Pairs at a distance of {min(recipe.gaps)} are drawn from them.",
            )

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Runs (B, n, C, S, S) in [0, 1] of ``step``, and noise (B, D).

        n is 2, or 3 where the pair is to start from what is made of the frame before it.
        """
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        count = 3 if rng.random() < stage.rolled else 2
        picked = [self._pick(rng, count) for _ in range(stage.batch)]
        pairs = np.stack([_varied(one, stage, rng) for one in picked])
        noise = rng.standard_normal((stage.batch, self._config.dims), np.float32)
        return _tensor(pairs), torch.from_numpy(noise)

    def runs(self, count: int) -> Iterator[Tensor]:
        """Evenly chosen runs (L + 1, C, S, S) of one length, at most ``count`` of them."""
        frames = [one for source in self._sources for one in source]
        shortest = min(len(one) for one in frames)
        for one in frames[:: -(-len(frames) // count)]:
            yield _tensor(one[:shortest])

    def _pick(self, rng: np.random.Generator, count: int) -> Pictures:
        source = self._sources[int(rng.choice(len(self._sources), p=self._weights))]
        frames = source[int(rng.integers(len(source)))]
        steps = count - 1
        gaps = [gap for gap in self._recipe.gaps if steps * gap < len(frames)]
        gap = int(rng.choice(gaps))
        start = int(rng.integers(len(frames) - steps * gap))
        return frames[start : start + steps * gap + 1 : gap]


def held_out_pairs(recipe: Recipe, config: VisualDynamicsConfig, data: Path | None) -> Tensor:
    """(N, 2, C, S, S) of sequences that are never trained on; empty where there are none."""
    for source in recipe.data:
        if isinstance(source, GeneratorSource):
            params = {**source.params, "size": config.size}
            made = [
                make(source.generator, params, recipe.seed, FIRST_HELD_OUT + i).frames[:2]
                for i in range(_COUNT)
            ]
            return torch.from_numpy(np.stack(made))
        if isinstance(source, ArraySource) and source.hold_out and data is not None:
            everything = source.model_copy(update={"hold_out": ()})
            alone = recipe.model_copy(update={"data": (everything,)})
            trained = recipe.model_copy(update={"data": (source,)})
            pools = [build_pool(one, config, data, _unheard) for one in (alone, trained)]
            known = {one.frames.tobytes() for one in pools[1]}
            unseen = [one.frames for one in pools[0] if one.frames.tobytes() not in known]
            if unseen:
                pairs = [frames[t : t + 2] for frames in unseen for t in range(len(frames) - 1)]
                return _tensor(np.stack(pairs[:: max(1, len(pairs) // _COUNT)]))
    return torch.zeros(0)


def _unheard(_text: str) -> None:
    """What is said of the data was said already."""


def _varied(pair: Pictures, stage: Stage, rng: np.random.Generator) -> Pictures:
    """Both frames shifted, mirrored and recoloured alike."""
    reach = round(stage.shift * pair.shape[1])
    across, down = rng.integers(-reach, reach + 1, 2)
    turned = bool(rng.integers(2))
    colours = rng.permutation(pair.shape[-1])
    if reach:
        pair = np.pad(pair, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
        size = pair.shape[1] - 2 * reach
        top, left = reach + down, reach + across
        pair = pair[:, top : top + size, left : left + size]
    if stage.flip and turned:
        pair = pair[:, :, ::-1]
    return pair[..., colours] if stage.recolour else pair


def _tensor(pictures: Pictures) -> Tensor:
    """(..., S, S, C) uint8 to (..., C, S, S) in [0, 1]."""
    moved = np.ascontiguousarray(np.moveaxis(pictures, -1, -3))
    return torch.from_numpy(moved).float() / 255
