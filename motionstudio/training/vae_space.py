"""The space of learned motions of a VAE: its training sequences, encoded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.datasets import make
from motionstudio.models.motion_space import PHASES, MotionSpace
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.training.recipe import GeneratorSource, Recipe
from motionstudio.training.vae_pool import FramePool

_MOTIONS = 200
# What makes a run for training of a generated sequence, and no sequence for a person.
_OF_RUNS = frozenset(("motion", "gap", "frames"))


def learned_motions(
    recipe: Recipe, config: VAEConfig, network: VAE, pool: FramePool
) -> MotionSpace | None:
    """PCA of encoded sequences, or None where the data are single pictures."""
    rows = [_encoded(network, one) for one in _sequences(recipe, config, pool)]
    return MotionSpace.fit(np.stack(rows)) if len(rows) > 1 else None


def _sequences(recipe: Recipe, config: VAEConfig, pool: FramePool) -> Iterator[NDArray[np.float32]]:
    """(T, C, S, S): whole sequences of the first source that has some."""
    for number, source in enumerate(recipe.data):
        if isinstance(source, GeneratorSource):
            params = {k: v for k, v in source.params.items() if k not in _OF_RUNS}
            params |= {"size": config.size, "frames": PHASES}
            for index in range(_MOTIONS):
                yield make(source.generator, params, recipe.seed, index).frames
            return
        long = [one for one in pool.sequences[number] if len(one) > PHASES // 4]
        for frames in long[:: max(1, len(long) // _MOTIONS)]:
            yield np.moveaxis(frames, -1, 1).astype(np.float32) / np.float32(255)
        if long:
            return


def _encoded(network: VAE, frames: NDArray[np.float32]) -> Float:
    """(P, D) at even phases, relative to the first frame."""
    with torch.no_grad():
        mean, _ = network.posterior(torch.from_numpy(np.ascontiguousarray(frames)))
    rows = (mean - mean[:1]).numpy()
    even, own = np.arange(PHASES) / PHASES, np.arange(len(rows)) / len(rows)
    columns = [np.interp(even, own, column) for column in rows.T]
    return np.stack(columns, 1).astype(np.float32)
