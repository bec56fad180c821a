"""The tasks of ``motionstudio evaluate`` on the clips of a study, each clip by itself."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

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


def evaluated(
    model: MotionModel,
    clip: Clip,
    fit: Fit,
    tasks: Sequence[Evaluation],
    path: Path,
    say: Callable[[float], None],
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Figures by name, such as ``prediction: copying rmse 1``, and notes on what was left out.

    Args:
        model: what is measured, on the CPU.
        clip: all its frames are taken, from frame 0 on, with the labels that it carries.
        fit: how it is brought to the model's square.
        tasks: what is measured.
        path: of the JSON file with the whole tables, written where there are any.
        say: told the fraction done.
    """
    found = material_of(clip, model.card, fit=fit)
    tables: list[Table] = []
    notes = list(found.notes)
    for number, name in enumerate(tasks):
        made = measure_on(name, model, found.items, clip.name, silent, go_on=False)
        tables += made.tables
        notes += made.notes
        say((number + 1) / len(tasks))
    if tables:
        plain = json.dumps([plain_table(table) for table in tables], indent=1)
        path.write_text(plain + "\n", encoding="utf-8")
    return _figures(tables), tuple(notes)


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
