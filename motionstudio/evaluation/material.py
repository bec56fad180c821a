"""Sequences that a model is measured on, whatever they come from: frames, times, labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.metrics import psnr, rmse, ssim
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Box, Transform, convert_channels
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.datasets import GENERATORS, Sample, make
from motionstudio.datasets.mnist import IMAGES, read_digits
from motionstudio.evaluation.animation import pictures
from motionstudio.evaluation.characters import takes
from motionstudio.evaluation.domains import FIRST_TEST, SEED
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.table import mean_of
from motionstudio.models.base import Capability, ModelCard, MotionModel
from motionstudio.training.recipe import ArraySource, DataSource, GeneratorSource, read_recipe

_T = TypeVar("_T", bound=np.generic)

_SSIM_SIDE = 11
FIELD_SIDE = 4
"""Fewest pixels across of which derivatives of the determinant can be taken."""
_LONG = 13
"""Frames of generated sequences whose recipe makes only a few at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A sequence as the model sees it.

    Attributes:
        name: for people.
        frames: (T, C, S, S) float32 in [0, 1]; T may be 1.
        times: (T,) seconds from 0.
        cyclic: whether it is one closed period; ``period`` seconds of it, None: as times tell.
        labels: (T, S, S) uint8, or None; ``labelled`` (T,) frames that carry them.
        label_names: for people, by label.
        spacing: mm per pixel (row, column) of the model's picture, or None.
        content: (y, x, height, width) of the part that is not padding; only that is measured.
        pixel: how many of the file's own pixels one pixel of the model's picture is wide, or None.
        factors: (T, k) what is known to change, and ``factor_names``.
    """

    name: str
    frames: Float
    times: NDArray[np.float64]
    cyclic: bool = False
    period: float | None = None
    labels: NDArray[np.uint8] | None = None
    labelled: NDArray[np.bool_] | None = None
    label_names: Mapping[int, str] = field(default_factory=dict)
    spacing: tuple[float, float] | None = None
    content: Box | None = None
    pixel: float | None = None
    factors: Float | None = None
    factor_names: tuple[str, ...] = ()

    def seen(self, values: NDArray[_T]) -> NDArray[_T]:
        """The part of (..., S, S) that is not padding."""
        if self.content is None:
            return values
        y, x, height, width = self.content
        return values[..., y : y + height, x : x + width]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(S, S) True where the picture is not padding."""
        known = np.zeros(self.frames.shape[-2:], np.bool_)
        self.seen(known)[...] = True
        return known


def encode(model: MotionModel, item: Material, kept: NDArray[np.bool_] | None = None) -> Motion:
    """The motion of ``item``; ``kept`` (T,) frames that the model may see, None: all.

    A single picture is shown as often as the model needs frames.
    """
    frames, times = item.frames, item.times
    if len(frames) == 1 < model.card.frames_min:
        frames = np.repeat(frames, model.card.frames_min, 0)
        times = np.arange(len(frames), dtype=np.float64)
    whole = np.ones(len(frames), np.bool_) if kept is None else kept
    cyclic = item.cyclic and can(model, Capability.CYCLIC)
    return model.encode(frames, whole, times, cyclic=cyclic, period=item.period)


def made(model: MotionModel, motion: Motion, source: Float, frames: Sequence[int]) -> Float:
    """(n, C, S, S): what the model shows at ``frames``, made or bent from ``source``."""
    rows = rows_of_frames(motion)[list(frames)]
    return pictures(model, motion, source, [int(row) for row in rows])


def picture_figures(item: Material, made_: Float, true: Float) -> dict[str, float]:
    """RMSE, PSNR and SSIM of one picture (C, S, S), padding left out."""
    a, b = item.seen(made_), item.seen(true)
    found = {"rmse": rmse(a, b)}
    if found["rmse"] > 0:
        found["psnr"] = psnr(a, b)
    if min(a.shape[-2:]) >= _SSIM_SIDE:
        found["ssim"] = ssim(a, b)
    return found


def mean_figures(item: Material, made_: Float, true: Float) -> dict[str, float]:
    """Means of ``picture_figures`` over frames (n, C, S, S)."""
    return mean_of([picture_figures(item, a, b) for a, b in zip(made_, true, strict=True)])


def held_out_material(card: ModelCard, data: Path | None, count: int) -> list[Material]:
    """Sequences of the kinds that the checkpoint was trained on, none of which it has seen.

    Args:
        card: of the checkpoint; without a recipe there are none.
        data: folder of the real data, for recipes that hold some of it out.
        count: at most so many, evenly from all kinds that are there.
    """
    if card.path is None or not (card.path / "recipe.toml").exists():
        return []
    kinds: dict[str, list[Material]] = {}
    for source in read_recipe(card.path / "recipe.toml").data:
        key = source.generator if isinstance(source, GeneratorSource) else repr(source)
        if key not in kinds:
            kinds[key] = list(_of_source(source, card, data, count))
    there = [found for found in kinds.values() if found]
    share = -(-count // max(1, len(there)))
    return [item for found in there for item in found[:share]][:count]


def _of_source(
    source: DataSource, card: ModelCard, data: Path | None, count: int
) -> Iterator[Material]:
    if isinstance(source, GeneratorSource):
        if source.generator in GENERATORS:
            yield from generated(source.generator, source.params, card, count)
        return
    files = (source.file,) if isinstance(source, ArraySource) else source.files
    if IMAGES in files and data is not None and (data / IMAGES).exists():
        for number, digit in enumerate(read_digits(data, held_out=True)[:count]):
            yield Material(f"digit {number}", _fitted(digit[None], card), np.zeros(1))
    elif isinstance(source, ArraySource) and source.hold_out and data is not None:
        path = data / source.file
        for number, take in enumerate(takes(source, path, card) if path.exists() else ()):
            if number == count:
                return
            evenly = np.arange(len(take.own)) / 8.0
            times = np.array(source.phases) if source.phases else evenly
            yield Material(f"sequence {number}", take.own, times)


def generated(
    generator: str, params: Mapping[str, object], card: ModelCard, count: int
) -> Iterator[Material]:
    """``count`` sequences of a generator that no recipe trains on, with labels and factors."""
    wanted = {**params, "size": card.size}
    wanted.pop("frames_only", None)
    few = wanted.get("frames")
    if isinstance(few, int) and 1 < few < _LONG:
        wanted["frames"] = _LONG
    for index in range(FIRST_TEST, FIRST_TEST + count):
        yield of_sample(make(generator, wanted, SEED, index), card)


def of_sample(sample: Sample, card: ModelCard) -> Material:
    """A generated sequence as ``Material``."""
    known = None if sample.labels is None else np.ones(len(sample.frames), np.bool_)
    return Material(
        name=f"{sample.meta.name} {sample.meta.index}",
        frames=_fitted(sample.frames, card),
        times=sample.times,
        cyclic=sample.cyclic,
        labels=sample.labels,
        labelled=known,
        label_names=dict(enumerate(sample.label_names)),
        factors=sample.factors,
        factor_names=sample.factor_names,
    )


def _fitted(frames: Float, card: ModelCard) -> Float:
    """(T, C, H, W) with the channels and the size that the model sees."""
    out = frames
    if frames.shape[1] != card.channels:
        flat = np.moveaxis(frames, 1, -1)
        out = np.moveaxis(np.stack([convert_channels(f, card.channels) for f in flat]), -1, 1)
    if out.shape[-1] != card.size:
        transform = Transform.fit(out.shape[2:], card.size, range=(0.0, 1.0))
        out = transform.apply(np.moveaxis(out, 1, -1), channels=card.channels)
    return np.ascontiguousarray(out, np.float32)
