"""A recipe for people's own clips, made from the recipe of a checkpoint that is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Fit
from motionstudio.models.base import ModelCard
from motionstudio.training.own_systems import known as known_system
from motionstudio.training.recipe import (
    KNOWN_TERMS,
    WATCHED,
    ClipSource,
    GeneratorSource,
    Recipe,
    Stage,
    read_recipe,
)

RECIPE = "recipe.toml"
_LOOKS = 12
_PATIENCE = 3
_NEVER = 10**6
# Measured: the first steps from a checkpoint make clips worse before they make them better, and
# smaller steps only take longer over it. A short run must not be ended on that hill.
_HILL = 15
_GENERATED = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be trained.

    Attributes:
        name: of the new checkpoint.
        files: the clips.
        template: checkpoint whose sizes and objective are used.
        go_on: begin with its weights instead of random ones.
        steps: optimiser steps.
        generated: train on the template's generated subjects too, so that it does not forget them.
        seed: of every random draw.
        size: side of the picture in pixels, for new weights; 0: the template's.
        fit: how frames of files fill the picture.
        every: one of so many clips is only looked at; 0: all are trained on.
        augment: how far pictures are turned, zoomed and shifted at random, 1: as the template's.
        stops: end early, with the best weights, when the watched clip is made no better.
    """

    name: str
    files: tuple[Path, ...]
    template: ModelCard
    go_on: bool = True
    steps: int = 600
    generated: bool = False
    seed: int = 1
    size: int = 0
    fit: Fit = "crop"
    every: int = 5
    augment: float = 0.5
    stops: bool = False


def why_not(card: ModelCard) -> str:
    """Why a checkpoint cannot be a template; empty where it can."""
    problem = known_system(card.system).why_not
    if problem:
        return f"{card.name}: {problem}"
    if card.path is None or not (card.path / RECIPE).is_file():
        return f"{card.name} came without a recipe, so its training cannot be repeated."
    return ""


def why_not_generated(card: ModelCard) -> str:
    """Why a checkpoint's own generated subjects cannot be added; empty where they can."""
    if card.path is None or why_not(card):
        return why_not(card)
    made = any(isinstance(s, GeneratorSource) for s in read_recipe(card.path / RECIPE).data)
    return "" if made else f"{card.name} was not trained on generated subjects."


def held_out(count: int, every: int = 5) -> tuple[int, ...]:
    """Numbers of the clips that are only looked at: every fifth, the last of a few, none of one."""
    if count < 2 or not every:
        return ()
    return tuple(range(every - 1, count, every)) or (count - 1,)


def recipe_for(wish: Wish) -> Recipe:
    """The recipe of a wish.

    Raises:
        MotionStudioError: there are no clips, or the template has no recipe.
    """
    if not wish.files:
        raise MotionStudioError("There are no clips to train on.", "Choose one or more.")
    problem = why_not(wish.template)
    if problem or wish.template.path is None:
        raise MotionStudioError(problem, "Choose another model to start from.")
    known = read_recipe(wish.template.path / RECIPE)
    # Only generated subjects have parts and fields that are known.
    unknown = () if wish.generated else KNOWN_TERMS
    left_out = held_out(len(wish.files), wish.every)
    files = tuple(str(path.resolve()) for path in wish.files)
    own = ClipSource(files=files, hold_out=left_out, fit=wish.fit)
    size = wish.size if wish.size and not wish.go_on else wish.template.size
    often = max(1, wish.steps // _LOOKS)
    return known.model_copy(
        update={
            "name": wish.name,
            "title": f"{wish.name}, after {wish.template.title}",
            "summary": f"Trained on {len(wish.files) - len(left_out)} own clips.",
            "seed": wish.seed,
            "split": _split_text(wish.files, left_out),
            "model": {**known.model, "size": size},
            # The mean of the weights reaches back over about a tenth of the run.
            "average": min(known.average, 1 - 10 / max(20, wish.steps)),
            "losses": _without(known.losses, unknown),
            "field_weight": known.field_weight if wish.generated else 0.0,
            "start_from": str(wish.template.path) if wish.go_on else "",
            "watch_every": often,
            "patience": _patience(wish, often),
            "stop_by": WATCHED if wish.stops or wish.go_on else "",
            "data": (own, *(_generated(known) if wish.generated else ())),
            "stages": (_stage(known, wish, unknown),),
        }
    )


def _patience(wish: Wish, often: int) -> int:
    """Looks without a better one after which a run ends; 0: the last weights count.

    A run that goes on from a checkpoint keeps its best weights in any case, so that it cannot
    leave its clip worse than it found it.
    """
    if not wish.stops:
        return _NEVER if wish.go_on else 0
    return _PATIENCE + (_HILL // often if wish.go_on else 0)


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe so that ``motionstudio train PATH`` repeats the run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = recipe.model_dump(mode="json", exclude_defaults=True)
    for shown, source in zip(plain["data"], recipe.data, strict=True):
        shown["kind"] = source.kind
    temporary = path.with_suffix(".part")
    temporary.write_text(tomli_w.dumps(plain), encoding="utf-8")
    temporary.replace(path)


def _without(losses: Mapping[str, float], names: Collection[str]) -> dict[str, float]:
    return {name: weight for name, weight in losses.items() if name not in names}


def _stage(known: Recipe, wish: Wish, unknown: Collection[str]) -> Stage:
    whole = [s for s in known.stages if not (s.detector_alone or s.generator_alone)]
    whole = whole or list(known.stages)
    # Weights fit what they met last: GenLMM's bridges over gaps, FOMM's frozen norms. Measured:
    # trained as at the beginning, they first unlearn it, and the clips get worse for 30 steps.
    like = whole[-1] if wish.go_on else whole[0]
    return like.model_copy(
        update={
            "steps": wish.steps,
            "losses": _without(like.losses, unknown),
            "detector_alone": False,
            "generator_alone": False,
            "warmup": min(50, max(1, wish.steps // 10)),
            # What is learned already is easily destroyed by large steps.
            "rate": whole[0].rate * (0.3 if wish.go_on and not known.start_from else 1.0),
            "swap": 0.0,
            "turn": like.turn * wish.augment,
            "zoom": like.zoom * wish.augment,
            "shift": like.shift * wish.augment,
            "flip": like.flip and wish.augment > 0,
        }
    )


def _generated(known: Recipe) -> tuple[GeneratorSource, ...]:
    return tuple(
        source.model_copy(update={"count": min(source.count, _GENERATED), "weight": 0.5})
        for source in known.data
        if isinstance(source, GeneratorSource)
    )


def _split_text(files: tuple[Path, ...], left_out: tuple[int, ...]) -> str:
    if not left_out:
        return "Nothing was held out: there was one clip."
    return "Never trained on: " + ", ".join(files[number].name for number in left_out) + "."
