"""Sprite characters that the recipe holds out: made again, and driven by one another.

All characters make the same movements, so that one driven by another can be compared with its own
true frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.evaluation.animation import pictures
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.base import ModelCard, MotionModel
from motionstudio.training.pool import group_numbers
from motionstudio.training.recipe import ArraySource, read_recipe

MOVES = 0.04
"""Difference from the first frame, of any channel, above which a pixel counts as moving."""

_COLUMNS = (Column("l1", "L1", 4, True), Column("moving", "L1 where it moves", 4, True))
_NOTE = (
    "Every held-out character in every movement; driven by the next held-out character in the "
    "same movement, and compared with its own true frames."
)


@dataclass(frozen=True, slots=True)
class Take:
    """One held-out character in one movement, and the next character in the same one.

    Attributes:
        own: (T, C, S, S) in [0, 1]. ``other``: the same of the driver.
    """

    own: Float
    other: Float


def held_out(card: ModelCard, data: Path | None) -> tuple[ArraySource, Path] | None:
    """What the recipe holds out of a file whose motions are known, where the file is there."""
    if data is None or card.path is None or not (card.path / "recipe.toml").exists():
        return None
    for source in read_recipe(card.path / "recipe.toml").data:
        if not isinstance(source, ArraySource) or not source.hold_out or not source.motion_from:
            continue
        if (data / source.file).exists():
            return source, data / source.file
    return None


def takes(source: ArraySource, path: Path, card: ModelCard) -> Iterator[Take]:
    """All takes of ``source``, each movement in turn."""
    with np.load(path, allow_pickle=False) as arrays:
        frames = arrays["frames"]
        subjects = group_numbers(arrays, source.subjects_from, len(frames))
        motions = group_numbers(arrays, source.motion_from, len(frames))
    if frames.ndim == 4:
        frames = frames[..., None]
    known = np.isin(subjects, source.hold_out)
    transform = Transform.fit(frames.shape[2:4], card.size, range=(0.0, 255.0))
    for motion in np.unique(motions[known]):
        members = np.flatnonzero(known & (motions == motion))
        members = members[np.argsort(subjects[members])]
        ready = [transform.apply(frames[i], channels=card.channels) for i in members]
        for place, own in enumerate(ready):
            yield Take(own, ready[(place + 1) % len(ready)])


def characters(
    model: MotionModel,
    source: tuple[ArraySource, Path],
    tell: Tell,
    rivals: Sequence[MotionModel] = (),
) -> Table:
    """L1 of held-out characters made from their first frames.

    Args:
        model: the checkpoint.
        source: what ``held_out`` found.
        tell: progress.
        rivals: further checkpoints measured alike.
    """
    scores = Scores()
    count = 0
    for count, take in enumerate(takes(*source, model.card), 1):
        rows = list(range(1, len(take.own)))
        first = take.own[0]
        _score(scores, "first frame held", np.repeat(first[None], len(rows), 0), take.own)
        for one in (model, *rivals):
            name = "model" if one is model else one.card.name
            own, driven = (_encoded(one, frames) for frames in (take.own, take.other))
            _score(scores, f"{name}, of itself", pictures(one, own, first, rows), take.own)
            made = pictures(one, driven, first, rows)
            _score(scores, f"{name}, driven by another", made, take.own)
        if count % 9 == 0:
            tell(f"sprite characters: {count} takes")
    title = f"Held-out sprite characters ({source[0].file.rpartition('/')[2]}, {count} takes)"
    return Table("reconstruction", title, _COLUMNS, scores.rows(), _NOTE)


def _encoded(model: MotionModel, frames: Float) -> Motion:
    times = np.arange(len(frames)) / 8.0
    return model.encode(frames, np.ones(len(frames), np.bool_), times)


def _score(scores: Scores, name: str, made: Float, true: Float) -> None:
    error = np.abs(made - true[1:]).mean(1)
    moving = np.abs(true[1:] - true[:1]).max(1) > MOVES
    found = {"l1": float(error.mean())}
    if moving.any():
        found["moving"] = float(error[moving].mean())
    scores.add(name, found)
