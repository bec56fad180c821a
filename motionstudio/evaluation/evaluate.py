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
from motionstudio.evaluation.material import Material, held_out_material
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.on_clips import TASKS as CLIP_TASKS
from motionstudio.evaluation.on_clips import measure_on
from motionstudio.evaluation.own_clips import read_own
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


_SEQUENCES = 12
"""Sequences of the kinds that a checkpoint was trained on, none of which it has seen."""


@dataclass(slots=True)
class _Run:
    """What every task needs and adds to."""

    model: MotionModel
    data: Path | None
    subjects: int
    tell: Tell
    rivals: Sequence[MotionModel]
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _held_out: list[Material] | None = None

    @property
    def domain(self) -> Domain:
        """The kind of generated test subject."""
        return domain_of(self.model.card)

    @property
    def held_out(self) -> list[Material]:
        """Sequences of the kinds that the checkpoint was trained on, made or read once."""
        if self._held_out is None:
            count = min(self.subjects, _SEQUENCES)
            self._held_out = held_out_material(self.model.card, self.data, count)
        return self._held_out

    def on_held_out(self, name: str) -> None:
        """Measure a task on ``held_out``."""
        tables, notes = measure_on(name, self.model, self.held_out, "held out", self.tell)
        self.tables += tables
        self.notes += notes


def _tracking(run: _Run) -> None:
    run.tables.append(tracking(run.model, run.domain, run.subjects, run.tell))


def _interpolation(run: _Run) -> None:
    if not can(run.model, Capability.DISPLACEMENT):
        run.on_held_out("interpolation")
        return
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
    if not can(run.model, Capability.DISPLACEMENT):
        run.on_held_out("reconstruction")
        return
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
    "simulation": lambda run: run.on_held_out("simulation"),
    "reconstruction": _reconstruction,
    "prediction": lambda run: run.on_held_out("prediction"),
    "likelihood": lambda run: run.on_held_out("likelihood"),
    "real": _real,
    "refine": _refine,
    "speed": _speed,
}

TASKS = tuple(_TASKS)
"""Names of what ``evaluate`` can measure, in the order of a complete run."""

_OF_FIELDS = ("tracking", "transport", "real", "refine", "speed")
"""Tasks that compare displacement with the truth or with registration."""


def evaluate(
    model: MotionModel,
    task: str | None = None,
    data: Path | None = None,
    subjects: int = SUBJECTS,
    tell: Tell = silent,
    *,
    rivals: Sequence[MotionModel] = (),
    clips: Path | None = None,
) -> Report:
    """Measure a checkpoint beside its peers, by all tasks that it can do.

    Args:
        model: what is measured.
        task: one of ``TASKS``, or None for all of them.
        data: folder of the real clips; without it the task ``real`` is left out and says so.
        subjects: how many generated test subjects, or at most how many clips.
        tell: receives a short plain sentence after each subject.
        rivals: further checkpoints of the same picture size beside the model in
            ``interpolation``, ``transport`` and ``reconstruction``, e.g. one that was trained
            without temporal dropout.
        clips: a clip or a folder of clips to measure on instead, see ``own_clips``.

    Raises:
        MotionStudioError: an unknown task, no subjects, a task on displacement for a model
            without, or ``clips`` that cannot be read.
    """
    if task is not None and task not in _TASKS:
        raise MotionStudioError(f"There is no task {task}.", f"There are {', '.join(TASKS)}.")
    if subjects < 1:
        raise MotionStudioError(f"At least one subject is needed, not {subjects}.")
    blind = not can(model, Capability.DISPLACEMENT)
    if blind and task in _OF_FIELDS:
        raise MotionStudioError(
            f"{model.card.name} gives no displacement, so it cannot be compared with registration.",
            "What its source claims is measured by: motionstudio evaluate --paper.",
        )
    run = _Run(model, data, subjects, tell, rivals)
    names = TASKS if task is None else (task,)
    if clips is not None:
        _on_own(run, names, clips, task)
    else:
        for name in names:
            if blind and name in _OF_FIELDS:
                run.notes.append(f"{name}: the model gives no displacement, left out.")
            else:
                _TASKS[name](run)
    card = model.card
    return Report(card.name, card.hash, tuple(run.tables), tuple(run.notes))


def _on_own(run: _Run, names: Sequence[str], path: Path, asked: str | None) -> None:
    """All tasks of ``names`` that clips without a known motion allow."""
    if asked is not None and asked not in CLIP_TASKS:
        raise MotionStudioError(
            f"The task {asked} is not measured on one's own clips.",
            f"These are: {', '.join(CLIP_TASKS)}.",
        )
    found = read_own(path, run.model.card, run.subjects)
    run.notes += found.notes
    for name in names:
        if name in CLIP_TASKS:
            tables, notes = measure_on(name, run.model, found.items, path.name, run.tell)
            run.tables += tables
            run.notes += notes
