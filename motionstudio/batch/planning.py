"""From a study to its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from motionstudio.batch.clips import ClipFinder, NamedClip
from motionstudio.batch.results import done
from motionstudio.batch.study import Study, TransferSet
from motionstudio.batch.task import ClipRef, Outcome, Task
from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import read_card
from motionstudio.models.registry import find_checkpoint

_NOTHING = ClipRef(paths=())


@dataclass(frozen=True, slots=True)
class Planned:
    """A task, where its results go, and the outcome where they are there already."""

    task: Task
    folder: Path
    outcome: Outcome | None


def plan(study: Study, output: Path, folders: Sequence[Path]) -> list[Planned]:
    """Every clip with every model, then every transfer; what is there already says so.

    Args:
        study: what is wanted.
        output: folder of the results.
        folders: where clips are looked for, the first that has them wins.

    Raises:
        MotionStudioError: there is no such model, clip or driver.
    """
    finder = ClipFinder(folders)
    clips = finder.clips(study.clips)
    cards = [_card(name, folders) for name in study.models]
    _check_names(cards)
    tasks = [task for card in cards for task in _of_clips(study, card, clips)]
    for wanted in study.transfer:
        drivers = finder.drivers(wanted.drivers)
        for card in cards:
            tasks += _transfers(_base(study, card), card.name, wanted, clips, drivers)
    _check_twice(tasks)
    return [_planned(task, output) for task in tasks]


def _of_clips(study: Study, card: ModelCard, clips: Sequence[NamedClip]) -> list[Task]:
    if not (study.motions or study.measure or study.evaluate or study.render):
        return []
    base = _base(study, card)
    made = {"measure": study.measure, "evaluate": study.evaluate, "render": study.render}
    return [
        base.model_copy(update={"name": f"{card.name}/{one.name}", "clip": one.clip, **made})
        for one in clips
    ]


def _transfers(
    base: Task,
    model: str,
    wanted: TransferSet,
    clips: Sequence[NamedClip],
    drivers: Sequence[NamedClip],
) -> list[Task]:
    """Every clip by every driver."""
    return [
        base.model_copy(
            update={
                "name": f"{model}/{clip.name} by {driver.name}",
                "clip": clip.clip,
                "driver": driver.clip,
                "transfer": wanted,
            }
        )
        for driver in drivers
        for clip in clips
    ]


def _base(study: Study, card: ModelCard) -> Task:
    return Task(
        name="",
        clip=_NOTHING,
        model=str(card.path) if card.path is not None else card.name,
        model_hash=card.hash,
        fit=study.fit,
        device=study.device,
        motions=study.motions,
    )


def _planned(task: Task, output: Path) -> Planned:
    folder = output / task.name
    return Planned(task, folder, done(folder, task.key))


def _card(name: str, folders: Sequence[Path]) -> ModelCard:
    beside = folders[0] / name
    return read_card(find_checkpoint(beside if (beside / "card.toml").is_file() else name))


def _check_names(cards: Sequence[ModelCard]) -> None:
    names = [card.name for card in cards]
    for name in names:
        if names.count(name) > 1:
            raise MotionStudioError(
                f"Two models of the study are called {name}.", "Name each of them once."
            )


def _check_twice(tasks: Sequence[Task]) -> None:
    seen: set[str] = set()
    for task in tasks:
        if task.name.lower() in seen:
            raise MotionStudioError(
                f"Two results of the study would be called {task.name}.",
                "Name drivers of different transfers differently.",
            )
        seen.add(task.name.lower())
