"""One clip of a run, made again by the weights so far: what people see improving."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.metrics import rmse
from motionstudio.core.motion import Float, RowKind
from motionstudio.core.picture import Fit, Transform, intensity_range
from motionstudio.core.warp import warp
from motionstudio.datasets import make
from motionstudio.io import read_clip
from motionstudio.io.image_write import write_png
from motionstudio.models.base import Capability, ModelCard, MotionModel
from motionstudio.models.registry import load_model
from motionstudio.training.events import Watched
from motionstudio.training.recipe import ClipSource, GeneratorSource, Recipe
from motionstudio.training.task import Task
from motionstudio.training.validation import FIRST_HELD_OUT

_FRAMES, _SHOWN = 24, 6


@dataclass(frozen=True, slots=True)
class WatchedClip:
    """Which clip is watched.

    Attributes:
        name: for people.
        held_out: whether it is never trained on.
        path: its file, or None for a generated one by ``source``.
        source: the generator, where there is no file.
        seed: of the recipe. ``fit``: how frames of a file fill the picture.
    """

    name: str
    held_out: bool
    path: Path | None = None
    source: GeneratorSource | None = None
    seed: int = 0
    fit: Fit = "crop"

    def frames(self, card: ModelCard) -> tuple[Float, NDArray[np.float64]]:
        """(T, C, S, S) at most 24 frames in [0, 1] as the model sees them, and their times."""
        if self.path is None:
            return self._generated(card)
        clip = read_clip(self.path)
        chosen = np.unique(np.linspace(0, len(clip) - 1, _FRAMES).round().astype(int))
        shown = intensity_range(clip)
        transform = Transform.fit(clip.size, card.size, mode=self.fit, range=shown)
        frames = np.stack([clip.frames[int(t)] for t in chosen])
        return transform.apply(frames, channels=card.channels), np.asarray(clip.times)[chosen]

    def _generated(self, card: ModelCard) -> tuple[Float, NDArray[np.float64]]:
        assert self.source is not None
        params = {"size": card.size, "frames_only": True, **self.source.params}
        sample = make(self.source.generator, params, self.seed, FIRST_HELD_OUT)
        return np.asarray(sample.frames[:_FRAMES], np.float32), sample.times[:_FRAMES]


def choose(recipe: Recipe, data: Path | None) -> WatchedClip | None:
    """A held-out clip, else one that is trained on, else a generated one; None where none is."""
    clips = [source for source in recipe.data if isinstance(source, ClipSource)]
    for wanted in (True, False):
        for source in clips:
            for number, name in enumerate(source.files):
                path = data / name if data is not None else Path(name)
                there = path.is_absolute() or data is not None
                if (number in source.hold_out) is wanted and there and path.exists():
                    return WatchedClip(path.name, wanted, path, fit=source.fit)
    for generator in recipe.data:
        if isinstance(generator, GeneratorSource):
            return WatchedClip(generator.generator, True, None, generator, recipe.seed)
    return None


def look(
    clip: WatchedClip, task: Task, averaged: Mapping[str, Tensor], step: int, folder: Path
) -> Watched | None:
    """Write the picture of ``step`` into ``folder`` and measure; None without pictures."""
    place = folder / "looked"
    try:
        task.export(averaged, step, place)
        model = load_model(place)
        if Capability.DECODE not in model.card.capabilities:
            return None
        truth, made = _made(model, clip)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    name = f"step-{step:06d}.png"
    write_png(_sheet(truth, made), folder / name)
    return Watched(
        step, name, _rmse(made, truth), _rmse(truth[:1], truth), clip.held_out, clip.name
    )


def _made(model: MotionModel, clip: WatchedClip) -> tuple[Float, Float]:
    frames, times = clip.frames(model.card)
    motion = model.encode(frames, np.ones(len(frames), np.bool_), times)
    decoded = model.decode(motion, frames[0], _rows(model.card, len(frames)))
    if decoded.frames is not None:
        return frames, _with_first(decoded.frames, frames)
    assert decoded.displacement is not None
    source = np.ascontiguousarray(np.moveaxis(frames[0], 0, -1))
    moved = np.stack([warp(source, field) for field in decoded.displacement])
    return frames, _with_first(np.moveaxis(moved, -1, 1).astype(np.float32), frames)


def _with_first(made: Float, frames: Float) -> Float:
    """``made``, with the first frame where that is given."""
    return np.concatenate([frames[: len(frames) - len(made)], made])


def _rows(card: ModelCard, count: int) -> range:
    """Rows whose pictures are those of the frames: the last glimpse of each, where there are."""
    if card.rows is RowKind.GLIMPSE:
        return range(card.glimpses - 1, count * card.glimpses, card.glimpses)
    return range(count - 1 if card.rows is RowKind.PAIR else count)


def _rmse(made: Float, truth: Float) -> float:
    # Frame 0 is given, unless it is all there is; a single picture stands for one at rest.
    shown = made[1:] if len(made) > 1 else made
    known = truth[1:] if len(truth) > 1 else truth
    return rmse(np.broadcast_to(shown, known.shape), known)


def _sheet(truth: Float, made: Float) -> NDArray[np.uint8]:
    """(2 S, at most 6 S, C): frames above, what is made of them below."""
    chosen = np.unique(np.linspace(0, len(truth) - 1, _SHOWN).round().astype(int))
    rows = [np.concatenate(list(part[chosen]), axis=2) for part in (truth, made)]
    sheet = np.moveaxis(np.concatenate(rows, axis=1), 0, -1)
    eight: NDArray[np.uint8] = np.round(np.clip(sheet, 0, 1) * 255).astype(np.uint8)
    return eight
