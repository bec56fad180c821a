"""One call for everything that can be measured about a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.able import who_can
from motionstudio.evaluation.animation import animation, reconstruction
from motionstudio.evaluation.characters import characters, held_out
from motionstudio.evaluation.domains import Domain, domain_of
from motionstudio.evaluation.factors import measure_factors
from motionstudio.evaluation.interpolation import interpolation
from motionstudio.evaluation.known_factors import known_material
from motionstudio.evaluation.material import Material, held_out_material
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.on_clips import TASKS as CLIP_TASKS
from motionstudio.evaluation.on_clips import Strip, measure_on
from motionstudio.evaluation.own_clips import read_own
from motionstudio.evaluation.progress import Tell, Watch, silent
from motionstudio.evaluation.real import real
from motionstudio.evaluation.refinement import refinement
from motionstudio.evaluation.report import ClipFacts, Problem, Report
from motionstudio.evaluation.speed import speed
from motionstudio.evaluation.table import Table
from motionstudio.evaluation.tracking import tracking
from motionstudio.evaluation.transport import shuffle_tests, transport
from motionstudio.evaluation.untrained import untrained
from motionstudio.models.base import Capability, ModelCard, MotionModel

SUBJECTS = 20
# Enough for a figure: refinement with several step counts and speed do not vary much.
_REFINE_SUBJECTS, _SPEED_SUBJECTS = 6, 3
# With fewer a probe is fitted to next to nothing in each fold.
_FACTOR_SUBJECTS = 10


_SEQUENCES = 12
"""Sequences of the kinds that a checkpoint was trained on, none of which it has seen."""


@dataclass(slots=True)
class _Run:
    """What every task needs and adds to."""

    model: MotionModel
    data: Path | None
    subjects: int
    tell: Watch
    rivals: Sequence[MotionModel]
    seed: int
    pictures: bool
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    of_clips: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    clips: tuple[Material, ...] = ()
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

    def on(self, name: str, items: Sequence[Material], title: str) -> None:
        """Measure a task on sequences."""
        found = measure_on(
            name, self.model, items, title, self.tell,
            rivals=self.rivals, seed=self.seed, pictures=self.pictures,
        )  # fmt: skip
        self.tables += found.tables
        self.notes += found.notes
        self.problems += found.problems
        self.strips += found.strips

    def on_held_out(self, name: str) -> None:
        """Measure a task on ``held_out``."""
        self.on(name, self.held_out, "held out")


def _tracking(run: _Run) -> None:
    run.tables.append(tracking(run.model, run.domain, run.subjects, run.tell, rivals=run.rivals))


def _interpolation(run: _Run) -> None:
    if not can(run.model, Capability.DISPLACEMENT):
        run.on_held_out("interpolation")
        return
    if not can(run.model, Capability.INBETWEEN):
        run.notes.append(_cannot("interpolation", run.model.card))
        return
    run.tables += interpolation(run.model, run.domain, run.subjects, run.tell, run.rivals)


def _transport(run: _Run) -> None:
    if not can(run.model, Capability.TRANSPORT):
        run.notes.append(_cannot("transport", run.model.card))
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


def _factors(run: _Run) -> None:
    card = run.model.card
    if run.subjects < _FACTOR_SUBJECTS:
        run.notes.append(f"factors: at least {_FACTOR_SUBJECTS} subjects are needed, left out.")
        return
    known = known_material(card, run.data, run.subjects)
    found = None
    if known is not None and card.path is not None:
        found = measure_factors(run.model, known, run.tell, untrained(card.path))
    if found is None:
        run.notes.append(f"factors: {card.name} has nothing at hand with known factors, left out.")
    else:
        run.tables.append(found.table)


def _refine(run: _Run) -> None:
    if not can(run.model, Capability.REFINE):
        cannot = f"refine: {run.model.card.name} cannot be fitted to frames, left out."
        run.notes.append(f"{cannot} {who_can(Capability.REFINE)}")
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
    "factors": _factors,
    "real": _real,
    "refine": _refine,
    "speed": _speed,
}

TASKS = tuple(_TASKS)
"""Names of what ``evaluate`` can measure, in the order of a complete run."""

_OF_FIELDS = ("tracking", "transport", "real", "refine", "speed")
"""Tasks that compare displacement with the truth or with registration."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A report, and pictures of clips where they were asked for."""

    report: Report
    strips: tuple[Strip, ...]


def evaluate(
    model: MotionModel,
    task: str | Sequence[str] | None = None,
    data: Path | None = None,
    subjects: int | None = None,
    tell: Tell = silent,
    *,
    rivals: Sequence[MotionModel] = (),
    clips: Path | None = None,
) -> Report:
    """Measure a checkpoint beside its peers, by all tasks that it can do.

    Args:
        model: what is measured.
        task: some of ``TASKS``, or None for all of them.
        data: folder of the real clips; without it the task ``real`` is left out and says so.
        subjects: how many generated test subjects (None: ``SUBJECTS``), or at most how many clips
            (None: all).
        tell: receives a short plain sentence after each subject; a ``Watch`` can stop the run.
        rivals: further checkpoints of the same pictures beside the model.
        clips: a clip or a folder of clips to measure on instead, see ``own_clips``.

    Raises:
        MotionStudioError: an unknown task, no subjects, ``clips`` that cannot be read, a rival
            with other pictures, or nothing that could be measured.
    """
    wanted = (task,) if isinstance(task, str) else tuple(task or ())
    return evaluated(model, wanted, data, subjects, tell, rivals=rivals, clips=clips).report


def evaluated(
    model: MotionModel,
    tasks: Sequence[str],
    data: Path | None,
    subjects: int | None,
    tell: Tell,
    *,
    rivals: Sequence[MotionModel] = (),
    clips: Path | None = None,
    seed: int = 0,
    pictures: bool = False,
) -> Evaluated:
    """As ``evaluate``, with a ``seed`` of what is drawn, and ``pictures`` of clips."""
    _check(model, tasks, subjects, rivals)
    watch = tell if isinstance(tell, Watch) else Watch(tell)
    count = SUBJECTS if subjects is None else subjects
    run = _Run(model, data, count, watch, rivals, seed, pictures)
    names = tasks or TASKS
    if clips is not None:
        _on_own(run, names, clips, subjects, named=bool(tasks))
    else:
        _on_generated(run, names)
    _something(run)
    return Evaluated(_report(run, clips), tuple(run.strips))


def _check(
    model: MotionModel, tasks: Sequence[str], subjects: int | None, rivals: Sequence[MotionModel]
) -> None:
    for task in tasks:
        if task not in _TASKS:
            raise MotionStudioError(f"There is no task {task}.", f"There are {', '.join(TASKS)}.")
    if subjects is not None and subjects < 1:
        raise MotionStudioError(f"At least one subject is needed, not {subjects}.")
    own = model.card
    for rival in rivals:
        if (rival.card.size, rival.card.channels) != (own.size, own.channels):
            raise MotionStudioError(
                f"{own.name} sees {_pictures(own)} and {rival.card.name} {_pictures(rival.card)}: "
                "their figures cannot be compared.",
                "Measure each by itself, or name a rival with the same pictures.",
            )


def _something(run: _Run) -> None:
    """Refuse to hand out an empty report, unless a person stopped it.

    Raises:
        MotionStudioError: nothing was measured, with all reasons.
    """
    if run.tables or run.tell.stopped:
        return
    reasons = [*dict.fromkeys(run.notes), *(one.text() for one in run.problems)]
    raise MotionStudioError("Nothing was measured.", " ".join(reasons))


def _pictures(card: ModelCard) -> str:
    colour = "grey" if card.channels == 1 else "RGB"
    return f"{card.size} x {card.size} {colour}"


def _on_generated(run: _Run, names: Sequence[str]) -> None:
    blind = not can(run.model, Capability.DISPLACEMENT)
    for name in names:
        if run.tell.stopped:
            return
        if blind and name in _OF_FIELDS:
            why = f"{name}: {run.model.card.name} gives no displacement, left out."
            run.notes.append(f"{why} {who_can(Capability.DISPLACEMENT)}")
        else:
            _TASKS[name](run)


def _on_own(
    run: _Run, names: Sequence[str], path: Path, subjects: int | None, *, named: bool
) -> None:
    """All tasks of ``names`` that clips without a known motion allow."""
    odd = [name for name in names if name not in CLIP_TASKS]
    if named and odd:
        raise MotionStudioError(
            f"The task {odd[0]} is not measured on one's own clips.",
            f"These are: {', '.join(CLIP_TASKS)}.",
        )
    _able(run.model.card, [name for name in names if name in CLIP_TASKS])
    found = read_own(path, run.model.card, subjects, run.tell)
    run.of_clips = [_grid(run.model.card, found.items), *found.notes]
    run.problems += found.problems
    run.clips = found.items
    for name in names:
        if name in CLIP_TASKS and not run.tell.stopped:
            run.on(name, found.items, path.name)


def _grid(card: ModelCard, items: Sequence[Material]) -> str:
    """Of which pixels all figures are."""
    widths = [item.pixel for item in items if item.pixel is not None]
    low, high = f"{min(widths):.2g}", f"{max(widths):.2g}"
    own = low if low == high else f"{low} to {high}"
    return (
        f"Clips are measured as {card.name} sees them, {_pictures(card)}, padding left out: 1 px "
        f"in the tables is {own} px of the clips themselves."
    )


def _able(card: ModelCard, names: Sequence[str]) -> None:
    """Say before clips are read that a model can do none of the tasks.

    Raises:
        MotionStudioError: it can do none.
    """
    lacking = [CLIP_TASKS[n] for n in names if CLIP_TASKS[n].needs & ~card.capabilities]
    if len(lacking) < len(names):
        return
    if len(lacking) == 1:
        one = lacking[0]
        raise MotionStudioError(
            f"{card.name} {one.cannot}, so {one.name} cannot be measured.", who_can(one.needs)
        )
    reasons = ", ".join(f"{one.name} ({one.cannot})" for one in lacking)
    raise MotionStudioError(
        f"{card.name} can do none of these tasks: {reasons}.",
        f"What its source claims is measured by: motionstudio evaluate {card.system} --paper.",
    )


def _cannot(task: str, card: ModelCard) -> str:
    wanted = CLIP_TASKS[task]
    return f"{task}: {card.name} {wanted.cannot}, left out. {who_can(wanted.needs)}"


def _report(run: _Run, clips: Path | None) -> Report:
    card = run.model.card
    about = {
        "system": card.system,
        "data": clips.name if clips is not None else "generated and held-out subjects",
        "seed": run.seed,
        "rivals": [{"model": r.card.name, "hash": r.card.hash} for r in run.rivals],
    }
    return Report(
        card.name,
        card.hash,
        tuple(run.tables),
        tuple(dict.fromkeys([*run.of_clips, *run.notes])),
        tuple(run.problems),
        tuple(_facts(item) for item in run.clips),
        about,
        run.tell.stopped,
    )


def _facts(item: Material) -> ClipFacts:
    labelled = 0 if item.labelled is None else int(np.count_nonzero(item.labelled))
    return ClipFacts(item.name, len(item.frames), labelled, item.cyclic, item.spacing, item.pixel)
