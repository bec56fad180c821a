"""From a run's state to a checkpoint that anyone can load."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import Float, RowKind
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.configuration import to_plain
from motionstudio.models.genlmm import GenLMM, GenLMMConfig
from motionstudio.models.genlmm_model import CAPABILITIES, SYSTEM
from motionstudio.models.motion_space import PHASES, MotionSpace
from motionstudio.training.pool import Sequence
from motionstudio.training.recipe import ArraySource, ClipSource, GeneratorSource, Recipe

_SPACE_MOTIONS = 400


def export_checkpoint(
    recipe: Recipe,
    config: GenLMMConfig,
    averaged: Mapping[str, Tensor],
    steps: int,
    pool: Many[Sequence],
    folder: Path,
) -> ModelCard:
    """Write the running mean of the weights, the space of learned motions and the card."""
    model = GenLMM(config)
    model.load_state_dict({k: v.cpu() for k, v in averaged.items()})
    model.eval()
    weights: dict[str, NDArray[np.generic]] = {
        name: value.contiguous().numpy() for name, value in model.state_dict().items()
    }
    weights.update(fit_space(model, pool).arrays())
    present = {item.source for item in pool}
    card = ModelCard(
        name=recipe.name,
        system=SYSTEM,
        title=recipe.title,
        summary=recipe.summary,
        capabilities=CAPABILITIES,
        rows=RowKind.FRAME,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        config=to_plain(config),
        data="; ".join(data_lines(recipe, present)),
        licence=", ".join(licences(recipe, present)),
        split=recipe.split,
        seed=recipe.seed,
        steps=steps,
        hardware=hardware(),
    )
    return write_checkpoint(folder, card, weights)


def hardware() -> str:
    """What this runs on, for a card."""
    return f"{platform.machine()} CPU, one thread, torch {torch.__version__}"


def fit_space(model: GenLMM, pool: Many[Sequence]) -> MotionSpace:
    """PCA of encoded training motions, resampled to even phases."""
    # Short sequences say little about a whole cycle; they serve where there are no others.
    chosen = [item for item in pool if len(item.frames) > PHASES // 2] or list(pool)
    step = max(1, len(chosen) // _SPACE_MOTIONS)
    with torch.inference_mode():
        return MotionSpace.fit(np.stack([_encode(model, item) for item in chosen[::step]]))


def _encode(model: GenLMM, item: Sequence) -> Float:
    """(P, D) of one training sequence at even phases."""
    # A mapped sequence cannot be written, which torch does not take.
    frames = torch.from_numpy(np.array(item.frames)).permute(0, 3, 1, 2).float() / 255
    phase = torch.from_numpy(item.phase[None, 1:])
    kept = torch.ones(1, len(frames) - 1)
    mean, _ = model.encode(frames[:1], frames[None, 1:], kept, phase, cyclic=item.cyclic)
    rows = np.concatenate([np.zeros((1, mean.shape[1]), np.float32), mean[0].T.numpy()])
    even = np.arange(PHASES) / PHASES
    period = 1.0 if item.cyclic else None
    columns = [np.interp(even, item.phase, column, period=period) for column in rows.T]
    return np.stack(columns, 1).astype(np.float32)


def data_lines(recipe: Recipe, present: set[int]) -> Iterator[str]:
    """What a card says of each data source; ``present`` are the sources that were found."""
    for number, source in enumerate(recipe.data):
        absent = "" if number in present else " (absent when this was trained)"
        if isinstance(source, GeneratorSource):
            first, last = source.first_index, source.first_index + source.count - 1
            yield f"generator {source.generator}, pairs {first}-{last}{absent}"
        elif isinstance(source, ClipSource):
            yield f"{', '.join(source.files)}{absent}"
        else:
            yield f"{source.file}{absent}"


def licences(recipe: Recipe, present: set[int]) -> list[str]:
    """Licences of all sources that were found."""
    found = ["generated: MIT"]
    for number, source in enumerate(recipe.data):
        if number in present and isinstance(source, ClipSource | ArraySource) and source.licence:
            found.append(source.licence)
    return sorted(set(found))
