"""One call for everything that can be measured about a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.animation import animation, reconstruction
from motionstudio.evaluation.characters import characters, held_out
from motionstudio.evaluation.domains import Domain, domain_of
from motionstudio.evaluation.interpolation import interpolation
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.progress import Tell, silent
from motionstudio.evaluation.real import real
from motionstudio.evaluation.refinement import refinement
from motionstudio.evaluation.speed import speed
from motionstudio.evaluation.table import Report, Table
from motionstudio.evaluation.tracking import tracking
from motionstudio.evaluation.transport import shuffle_tests, transport
from motionstudio.models.base import Capability, MotionModel

SUBJECTS = 20
# Enough for a figure: refinement with several step counts and speed do not vary much.
_REFINE_SUBJECTS, _SPEED_SUBJECTS = 6, 3


@dataclass(slots=True)
class _Run:
    """What every task needs and adds to."""

    model: MotionModel
    domain: Domain
    data: Path | None
    subjects: int
    tell: Tell
    rivals: Sequence[MotionModel]
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _tracking(run: _Run) -> None:
    run.tables.append(tracking(run.model, run.domain, run.subjects, run.tell))


def _interpolation(run: _Run) -> None:
    if not can(run.model, Capability.INBETWEEN):
        run.notes.append("interpolation: the model cannot fill in dropped frames, left out.")
        return
    run.tables += interpolation(run.model, run.domain, run.subjects, run.tell, run.rivals)


def _transport(run: _Run) -> None:
    if not can(run.model, Capability.TRANSPORT):
        run.notes.append("transport: the model cannot put a motion on another subject, left out.")
        return
    run.tables.append(transport(run.model, run.domain, run.subjects, run.tell, run.rivals))
    if run.subjects > 1:
        run.tables.append(shuffle_tests(run.model, run.domain, run.subjects, run.tell))
    else:
        run.notes.append("shuffle tests: they need at least two subjects, left out.")


def _reconstruction(run: _Run) -> None:
    what = (run.model, run.domain, run.subjects, run.tell, run.rivals)
    run.tables.append(reconstruction(*what))
    if can(run.model, Capability.TRANSPORT):
        run.tables.append(animation(*what))
    source = held_out(run.model.card, run.data)
    if source is not None:
        run.tables.append(characters(run.model, source, run.tell, run.rivals))


def _real(run: _Run) -> None:
    if run.domain.generator != "heart":
        run.notes.append(f"real: no labelled real clips for {run.domain.generator}, left out.")
    elif run.data is None:
        run.notes.append("real: no folder of real clips was given (--data), left out.")
    else:
        tables, notes = real(run.model, run.data, run.tell)
        run.tables += tables
        run.notes += notes


def _refine(run: _Run) -> None:
    if not can(run.model, Capability.REFINE):
        run.notes.append("refine: the model cannot be fitted to frames, left out.")
        return
    count = min(run.subjects, _REFINE_SUBJECTS)
    run.tables.append(refinement(run.model, run.domain, count, run.tell))


def _speed(run: _Run) -> None:
    run.tables.append(speed(run.model, run.domain, min(run.subjects, _SPEED_SUBJECTS), run.tell))


_TASKS: Mapping[str, Callable[[_Run], None]] = {
    "tracking": _tracking,
    "interpolation": _interpolation,
    "transport": _transport,
    "reconstruction": _reconstruction,
    "real": _real,
    "refine": _refine,
    "speed": _speed,
}

TASKS = tuple(_TASKS)
"""Names of what ``evaluate`` can measure, in the order of a complete run."""


def evaluate(
    model: MotionModel,
    task: str | None = None,
    data: Path | None = None,
    subjects: int = SUBJECTS,
    tell: Tell = silent,
    *,
    rivals: Sequence[MotionModel] = (),
) -> Report:
    """Measure a checkpoint beside its peers.

    Args:
        model: what is measured; it must give displacement.
        task: one of ``TASKS``, or None for all of them.
        data: folder of the real clips; without it the task ``real`` is left out and says so.
        subjects: how many generated test subjects.
        tell: receives a short plain sentence after each subject.
        rivals: further checkpoints of the same picture size beside the model in
            ``interpolation``, ``transport`` and ``reconstruction``, e.g. one that was trained
            without temporal dropout.

    Raises:
        MotionStudioError: an unknown task, no subjects, or a model without displacement.
    """
    if task is not None and task not in _TASKS:
        raise MotionStudioError(f"There is no task {task}.", f"There are {', '.join(TASKS)}.")
    if subjects < 1:
        raise MotionStudioError(f"At least one subject is needed, not {subjects}.")
    if not can(model, Capability.DISPLACEMENT):
        raise MotionStudioError(
            f"{model.card.name} gives no displacement, so it cannot be compared with registration.",
            "What its source claims is measured by: motionstudio evaluate --paper.",
        )
    run = _Run(model, domain_of(model.card), data, subjects, tell, rivals)
    for name in TASKS if task is None else (task,):
        _TASKS[name](run)
    card = model.card
    return Report(card.name, card.hash, tuple(run.tables), tuple(run.notes))
