"""Tasks on any sequences: each clip by itself, so that one that fails does not stop the others."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.evaluation.able import who_can
from motionstudio.evaluation.clip_interpolation import INTERPOLATION
from motionstudio.evaluation.clip_reconstruction import RECONSTRUCTION
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet
from motionstudio.evaluation.clip_tracking import TRACKING
from motionstudio.evaluation.clip_transport import TRANSPORT
from motionstudio.evaluation.likelihood import LIKELIHOOD
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.prediction import PREDICTION
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.report import Problem
from motionstudio.evaluation.simulation import SIMULATION
from motionstudio.evaluation.table import Column, Row, Scores, Table, called
from motionstudio.models.base import MotionModel, Unsupported

TASKS: Mapping[str, ClipTask] = {
    task.name: task
    for task in (
        TRACKING,
        INTERPOLATION,
        TRANSPORT,
        SIMULATION,
        RECONSTRUCTION,
        PREDICTION,
        LIKELIHOOD,
    )
}
TRACEBACK = "MOTIONSTUDIO_TRACEBACK"
"""Set, faults of the program end the run where they happen."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Pictures of one clip: ``rank`` says which it is, ``rows`` are (n, C, S, S) by name."""

    task: str
    rank: str
    clip: str
    figure: str
    rows: Mapping[str, Float]


@dataclass(frozen=True, slots=True)
class OnClips:
    """What a task found on sequences.

    Attributes:
        tables: none where nothing could be measured.
        notes: plain sentences about what was left out.
        problems: sequences that failed.
        strips: pictures of the worst, the median and the best sequence, where they were asked for.
    """

    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    strips: tuple[Strip, ...] = ()


def measure_on(
    name: str,
    model: MotionModel,
    items: Sequence[Material],
    title: str,
    tell: Tell,
    *,
    rivals: Sequence[MotionModel] = (),
    seed: int = 0,
    pictures: bool = False,
    go_on: bool = True,
) -> OnClips:
    """Measure task ``name`` on sequences.

    Args:
        name: one of ``TASKS``.
        model: what is measured.
        items: sequences; those that are too short are left out, and said.
        title: what they are, for the headings.
        tell: progress; a ``Watch`` can stop it between two sequences.
        rivals: further models of the same picture size, measured alike.
        seed: of everything that is drawn.
        pictures: make strips, too.
        go_on: list sequences that fail and measure the others; else raise what they raise.
    """
    task = TASKS[name]
    if not _able(task, model):
        why = f"{name}: {model.card.name} {task.cannot}, left out. {who_can(task.needs)}"
        return OnClips(notes=(why,))
    fit, notes = _long_enough(task, model, items)
    if len(fit) < task.clips:
        # Where all are too short, that is said already.
        return OnClips(
            notes=tuple(notes) if notes and not fit else (_too_few(task, len(fit)), *notes)
        )
    able = [rival for rival in rivals if _able(task, rival)]
    notes += [f"{name}: {r.card.name} {task.cannot}, left out." for r in rivals if r not in able]
    run = _Run(task, model, able)
    cases = [Case(item, fit, place, seed) for place, item in enumerate(fit)]
    measure = run.try_to_measure if go_on else run.measure
    tell(f"{name}: {counted(len(cases), 'clip')}, beginning with {cases[0].item.name}")
    for case in each(tell, cases, len(cases), f"{name}: clip"):
        measure(case)
    tables = run.tables(title)
    if run.short:
        names = ", ".join(f"{item.name} ({len(item.frames)})" for item in run.short)
        notes.append(f"{name}: too few frames for it, left out: {names}.")
    strips = tuple(_strips(task, model, tables, cases)) if pictures else ()
    return OnClips(tables, tuple(notes), tuple(run.problems), strips)


class _Run:
    """One task under way."""

    def __init__(self, task: ClipTask, model: MotionModel, rivals: Sequence[MotionModel]) -> None:
        self._task, self._model, self._rivals = task, model, rivals
        self._sheets = task.sheets(model)
        self._scores = {key: Scores() for key in self._sheets}
        self._items: list[Material] = []
        self.problems: list[Problem] = []
        self.short: list[Material] = []

    def measure(self, case: Case) -> None:
        """Everything about one sequence, or nothing where any of it raises."""
        found = list(self._found(case))
        if not found:
            self.short.append(case.item)
            return
        self._items.append(case.item)
        for one in found:
            self._scores[one.sheet].add(one.method, one.figures, case.item.name)

    def try_to_measure(self, case: Case) -> None:
        """As ``measure``; what it raises becomes a problem of the sequence."""
        try:
            self.measure(case)
        except MotionStudioError as error:
            self._failed(case, str(error))
        except Unsupported as error:
            self._failed(case, f"{error.model} cannot do this ({error.capability.name}).")
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            why = f"a fault of the program, {type(error).__name__}: {error}"
            self._failed(case, why, traceback.format_exc())

    def tables(self, title: str) -> tuple[Table, ...]:
        """Of what has been measured."""
        return tuple(
            self._table(self._sheets[key], scores, title)
            for key, scores in self._scores.items()
            if scores.rows()
        )

    def _found(self, case: Case) -> Iterator[Found]:
        own = list(self._task.own(self._model, case))
        yield from own
        for rival in self._rivals if own else ():
            for one in self._task.own(rival, case):
                yield Found(called(one.method, rival.card.name), one.figures, one.sheet)
        yield from self._task.beside(case) if own else ()

    def _failed(self, case: Case, reason: str, trace: str = "") -> None:
        self.problems.append(Problem(case.item.name, self._task.name, reason, trace))

    def _table(self, sheet: Sheet, scores: Scores, title: str) -> Table:
        for name, why in sheet.absent.items():
            scores.remark(name, why)
        rows = scores.rows()
        known = {one.case for row in rows for one in row.cases}
        items = [item for item in self._items if item.name in known]
        heading = f"{sheet.title} ({title}, {counted(len(items), 'sequence')})"
        parts = (
            sheet.note,
            self._task.remark(items),
            _not_all(rows, len(items), sheet.columns),
        )
        note = " ".join(part for part in parts if part)
        return Table(self._task.name, heading, sheet.columns, rows, note, sheet.main)


def _not_all(rows: Sequence[Row], count: int, columns: Sequence[Column]) -> str:
    """Which means are of fewer sequences than ``count``: they do not compare with the others."""
    of = {row.name: len(row.cases) for row in rows if row.cases}
    parts = [f"{name} {many}" for name, many in of.items() if many < count]
    full = [row for row in rows if of.get(row.name) == count]
    for column in columns:
        counts = [row.figures[column.key].count for row in full if column.key in row.figures]
        if counts and min(counts) < count:
            low, high = min(counts), max(counts)
            parts.append(f"{column.heading} {low if low == high else f'{low} to {high}'}")
    if not parts:
        return ""
    return f"Means over fewer than the {count} sequences: {', '.join(parts)}."


def _able(task: ClipTask, model: MotionModel) -> bool:
    return task.needs & model.card.capabilities == task.needs


def _long_enough(
    task: ClipTask, model: MotionModel, items: Sequence[Material]
) -> tuple[list[Material], list[str]]:
    least = max(task.frames, model.card.frames_min if task.frames > 1 else 1)
    short = [item for item in items if len(item.frames) < least]
    notes = []
    if short:
        names = ", ".join(f"{item.name} ({len(item.frames)})" for item in short)
        notes.append(f"{task.name}: it needs {least} frames; too short and left out: {names}.")
    return [item for item in items if item not in short], notes


def _too_few(task: ClipTask, count: int) -> str:
    sequences = "sequence" if task.clips == 1 else "sequences"
    there = "there is none" if not count else f"there is {count}"
    return f"{task.name}: it needs {task.clips} {sequences}, {there}; left out."


def _strips(
    task: ClipTask, model: MotionModel, tables: Sequence[Table], cases: Sequence[Case]
) -> Iterator[Strip]:
    """The worst, the median and the best by the last table's ranking figure."""
    by_name = {case.item.name: case for case in cases}
    for rank, name, figure in _ranked(tables):
        yield Strip(task.name, rank, name, figure, task.shown(model, by_name[name]))


def _ranked(tables: Sequence[Table]) -> list[tuple[str, str, str]]:
    """(rank, clip, figure) of the clips to be shown."""
    if not tables:
        return []
    table = tables[-1]
    row = table.row(table.main[0]) if table.main else table.rows[0]
    column = _ranking(table, row)
    if column is None:
        return [("first", row.cases[0].case, "")] if row.cases else []
    known = [(one.figures[column.key], one.case) for one in row.cases if column.key in one.figures]
    known.sort(reverse=column.better == "less")
    last = len(known) - 1
    places = {0: "worst", len(known) // 2: "median", last: "best"}
    if last < 2:
        places = {0: "worst", last: "best"} if last else {0: "only"}
    return [
        (rank, known[k][1], f"{column.heading} {known[k][0]:.{column.digits}f}")
        for k, rank in places.items()
    ]


def _ranking(table: Table, row: Row) -> Column | None:
    """The first figure that says what is better and that some case of the row has."""
    for column in table.columns:
        if column.with_error and column.better and column.key in row.figures:
            return column
    return None
