"""Pictures and short sequences that VAEs are trained on, and how batches are drawn from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Transform
from motionstudio.datasets import GENERATORS, make
from motionstudio.datasets.mnist import read_digits
from motionstudio.models.vae import VAEConfig
from motionstudio.models.vae_objective import MIXTURE_SAMPLES
from motionstudio.training.mapped_pool import FramesOf, MappedArray
from motionstudio.training.pool import NothingThere, PictureShape, cached_pool, eight_bits
from motionstudio.training.recipe import ArraySource, DataSource, GeneratorSource, Recipe

Tell = Callable[[str], None]
Pictures = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FramePool:
    """Sequences by data source.

    Attributes:
        sequences: for each source of the recipe its sequences, (T, S, S, C) uint8 each; empty
            where it is absent.
    """

    sequences: tuple[Sequence[Pictures], ...]

    @property
    def present(self) -> set[int]:
        """Indices of the sources that have sequences."""
        return {number for number, found in enumerate(self.sequences) if len(found)}


def frame_pool(
    recipe: Recipe, config: PictureShape, data: Path | None, work: Path, tell: Tell
) -> FramePool:
    """The sequences of ``recipe``; generated ones are kept in ``work``.

    Raises:
        MotionStudioError: the recipe names a generator that there is not, or nothing is there.
    """
    found = [_read(source, recipe, config, data, work, tell) for source in recipe.data]
    if not any(len(one) for one in found):
        raise MotionStudioError(
            "None of the recipe's data is there.", "Name the data folder with --data."
        )
    return FramePool(tuple(found))


def _read(
    source: DataSource,
    recipe: Recipe,
    config: PictureShape,
    data: Path | None,
    work: Path,
    tell: Tell,
) -> Sequence[Pictures]:
    if isinstance(source, GeneratorSource):
        return _generated(source, recipe, config, work)
    if isinstance(source, ArraySource) and source.file.endswith("-ubyte.gz"):
        if data is None or not (data / source.file).exists():
            tell(f"{source.file}: absent, left out")
            return ()
        return digit_pictures(read_digits(data, held_out=False), config)
    alone = recipe.model_copy(update={"data": (source,)})
    try:
        return FramesOf(cached_pool(alone, config, data, work, tell))
    except NothingThere:
        return ()


def _generated(
    source: GeneratorSource, recipe: Recipe, config: PictureShape, work: Path
) -> Sequence[Pictures]:
    if source.generator not in GENERATORS:
        raise MotionStudioError(
            f"The recipe names the generator {source.generator}, which there is not.",
            f"There are {', '.join(sorted(GENERATORS))}.",
        )
    key = repr((1, source, recipe.seed, config.size, config.channels))
    path = work / f"frames-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npy"
    if path.exists():
        return MappedArray(path)
    params = {**source.params, "size": config.size}
    made = [
        eight_bits(make(source.generator, params, recipe.seed, index).frames)
        for index in range(source.first_index, source.first_index + source.count)
    ]
    if len({one.shape for one in made}) == 1:
        work.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part.npy")
        np.save(temporary, np.stack(made))
        temporary.replace(path)
    return made


def digit_pictures(digits: NDArray[np.float32], config: PictureShape) -> list[Pictures]:
    """(N, 1, h, w) single pictures as sequences of one frame at the model's size."""
    transform = Transform.fit(digits.shape[2:], config.size, range=(0.0, 1.0))
    frames = np.moveaxis(digits, 1, -1)
    fitted = transform.apply(frames, channels=config.channels)
    return list(eight_bits(fitted)[:, None])


def running_shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) weights that add up to 1 as their running sum, for ``chosen_by``."""
    shares = weights.cumsum()
    return np.asarray(shares / shares[-1])


def chosen_by(shares: NDArray[np.float64], rng: np.random.Generator) -> int:
    """What ``rng.choice(n, p=weights)`` chooses, bit for bit, without its checks each time."""
    return int(shares.searchsorted(rng.random(), side="right"))


class FrameDrawer:
    """Draws runs of 1 or 3 evenly spaced pictures, a pure function of seed and step.

    Args:
        recipe: how many, at which distances. ``pool``: from what.
        config: of the model. ``run``: pictures in a run, 1 or 3.
    """

    def __init__(self, recipe: Recipe, config: VAEConfig, pool: FramePool, run: int) -> None:
        self._recipe, self._config, self._run = recipe, config, run
        self._sources = [pool.sequences[number] for number in sorted(pool.present)]
        weights = np.array([recipe.data[number].weight for number in sorted(pool.present)])
        self._shares = running_shares(weights / weights.sum())
        shortest = min(len(one) for source in self._sources for one in source)
        if shortest <= (run - 1) * min(recipe.gaps):
            raise MotionStudioError(
                f"The recipe's sequences are too short: one has {shortest} frames.",
                f"Runs of {run} frames at a distance of {min(recipe.gaps)} are drawn from them.",
            )

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Pictures (B, n, C, S, S) in [0, 1] of ``step``, and noise (9, B, n, D)."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        runs = np.stack([self._pick(rng) for _ in range(stage.batch)])
        pictures = torch.from_numpy(runs).permute(0, 1, 4, 2, 3).float().div_(255)
        if self._config.binarise:
            drawn = rng.random(pictures.shape, np.float32)
            pictures = (torch.from_numpy(drawn) < pictures).float()
        shape = (1 + MIXTURE_SAMPLES, stage.batch, self._run, self._config.dims)
        return pictures, torch.from_numpy(rng.standard_normal(shape, np.float32))

    def _pick(self, rng: np.random.Generator) -> Pictures:
        source = self._sources[chosen_by(self._shares, rng)]
        frames = source[int(rng.integers(len(source)))]
        reach = self._run - 1
        gaps = [gap for gap in self._recipe.gaps if reach * gap < len(frames)]
        gap = gaps[int(rng.integers(0, len(gaps)))]
        start = int(rng.integers(len(frames) - reach * gap))
        return frames[start : start + reach * gap + 1 : gap]
