"""What an evaluation found, as text, as a page and as JSON of a fixed form."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from motionstudio.core.intervals import CONFIDENCE
from motionstudio.evaluation.compared import Difference, differences
from motionstudio.evaluation.table import Column, Row, Table

FORMAT = 1
"""Of the JSON; it grows when a field changes its meaning or goes, not when one is added."""

_HEADING = f"Differences of the same clips, {CONFIDENCE:.0%} intervals"


@dataclass(frozen=True, slots=True)
class Problem:
    """A clip that was not measured, or not by one task.

    Attributes:
        clip: its name.
        task: of the evaluation, or empty: it could not be read.
        reason: one plain sentence.
        trace: where the program failed, or empty: people can mend it.
    """

    clip: str
    task: str
    reason: str
    trace: str = ""

    def text(self) -> str:
        """One line."""
        return f"{self.clip}{f', {self.task}' if self.task else ''}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """A clip that was measured: frames that were taken, labelled ones, and what it is.

    ``pixel``: how many of its own pixels one pixel of the model's picture is wide.
    """

    name: str
    frames: int
    labelled: int
    cyclic: bool
    spacing_mm: tuple[float, float] | None
    pixel: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found.

    Attributes:
        model: name of the checkpoint; ``model_hash`` identifies its weights.
        tables: in the order in which they were measured.
        notes: plain sentences about what was left out and why.
        problems: clips that failed.
        clips: one's own clips that were measured.
        about: how: data, seed, device and rivals with their hashes.
        stopped: whether a person stopped it before the end.
    """

    model: str
    model_hash: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = field(default=())
    problems: tuple[Problem, ...] = ()
    clips: tuple[ClipFacts, ...] = ()
    about: Mapping[str, object] = field(default_factory=dict)
    stopped: bool = False

    def text(self) -> str:
        """For a terminal."""
        parts = ["\n".join([table.text(), *_lines(table)]) for table in self.tables]
        return "\n\n".join([*parts, *self.remarks()])

    def markdown(self) -> str:
        """For a page."""
        parts = []
        for table in self.tables:
            parts += [table.markdown(), *_listed(table)]
        return "\n\n".join([*parts, *self.remarks()])

    def remarks(self) -> tuple[str, ...]:
        """Everything beside the tables, one paragraph each."""
        failed = "\n".join(f"- {problem.text()}" for problem in self.problems)
        stopped = "Stopped by a person: figures are of what was measured until then."
        return (
            *self.notes,
            *((f"Not measured:\n{failed}",) if failed else ()),
            *((stopped,) if self.stopped else ()),
        )

    def json(self) -> str:
        """For other programs; docs/evaluation.md describes every field."""
        plain = {
            "format": FORMAT,
            "model": self.model,
            "hash": self.model_hash,
            **self.about,
            "stopped": self.stopped,
            "tables": [plain_table(table) for table in self.tables],
            "clips": [asdict(clip) for clip in self.clips],
            "problems": [asdict(problem) for problem in self.problems],
            "notes": list(self.notes),
        }
        return json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False)


def plain_table(table: Table) -> dict[str, Any]:
    """A table as JSON takes it; what is not finite is left out."""
    return {
        "task": table.task,
        "title": table.title,
        "note": table.note,
        "columns": {c.key: _column(c) for c in table.columns},
        "rows": [_row(row) for row in table.rows],
        "differences": [_difference(one) for one in differences(table)],
    }


def _column(column: Column) -> dict[str, str]:
    return {"heading": column.heading, "unit": column.unit, "better": column.better}


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "remark": row.remark,
        "figures": {
            key: {"mean": f.mean, "error": f.error, "count": f.count}
            for key, f in row.figures.items()
            if math.isfinite(f.mean) and math.isfinite(f.error)
        },
        "clips": [{"clip": one.case, "figures": _finite(one.figures)} for one in row.cases],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "method": one.method,
        "rival": one.rival,
        "figure": one.column.key,
        "mean": one.interval.mean,
        "low": one.interval.low,
        "high": one.interval.high,
        "count": one.interval.count,
        "confidence": CONFIDENCE,
        "verdict": one.verdict,
    }


def _finite(figures: Mapping[str, float]) -> dict[str, float]:
    return {key: value for key, value in figures.items() if math.isfinite(value)}


def _lines(table: Table) -> list[str]:
    found = [one.text() for one in differences(table)]
    return [f"{_HEADING}:", *(f"  {line}" for line in found)] if found else []


def _listed(table: Table) -> list[str]:
    found = [f"- {one.text()}" for one in differences(table)]
    return ["\n".join([f"{_HEADING}:", "", *found])] if found else []
