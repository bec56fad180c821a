"""The tasks of ``motionstudio evaluate`` on the clips of a study, each clip by itself."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from motionstudio.batch.lapse import Lapse
from motionstudio.batch.study import Evaluation
from motionstudio.core.clip import Clip
from motionstudio.core.picture import Fit
from motionstudio.evaluation.on_clips import measure_on
from motionstudio.evaluation.own_clips import material_of
from motionstudio.evaluation.progress import silent
from motionstudio.evaluation.report import plain_table
from motionstudio.evaluation.table import Table
from motionstudio.models.base import MotionModel

EVALUATION = "evaluation.json"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Figures by name, such as ``prediction: copying rmse 1``, notes, and tasks that failed."""

    figures: dict[str, float]
    notes: tuple[str, ...]
    lapses: tuple[Lapse, ...]


def evaluated(
    model: MotionModel,
    clip: Clip,
    fit: Fit,
    tasks: Sequence[Evaluation],
    path: Path,
    say: Callable[[float], None],
) -> Evaluated:
    """Measure a clip by all ``tasks``; one that fails stops none of the others.

    Args:
        model: what is measured, on the CPU.
        clip: all its frames are taken, from frame 0 on, with the labels that it carries.
        fit: how it is brought to the model's square.
        tasks: what is measured.
        path: of the JSON file with the whole tables, written where there are any; those that it
            holds already stay.
        say: told the fraction done.
    """
    found = material_of(clip, model.card, fit=fit)
    tables: list[Table] = []
    notes, lapses = list(found.notes), list[Lapse]()
    for number, name in enumerate(tasks):
        made = measure_on(name, model, found.items, clip.name, silent)
        tables += made.tables
        notes += made.notes
        lapses += [Lapse(name, one.reason, one.trace) for one in made.problems]
        say((number + 1) / len(tasks))
    if tables:
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        plain = json.dumps([*before, *(plain_table(table) for table in tables)], indent=1)
        path.write_text(plain + "\n", encoding="utf-8")
    return Evaluated(_figures(tables), tuple(notes), tuple(lapses))


def _figures(tables: Sequence[Table]) -> dict[str, float]:
    """Means of all rows and columns; further tables of a task are numbered."""
    seen: Counter[str] = Counter()
    named = []
    for table in tables:
        seen[table.task] += 1
        number = f" {seen[table.task]}" if seen[table.task] > 1 else ""
        named.append((f"{table.task}{number}", table))
    return {
        f"{name}: {row.name} {key}": figure.mean
        for name, table in named
        for row in table.rows
        for key, figure in row.figures.items()
        if math.isfinite(figure.mean)
    }
