"""Tables of measured figures: a mean and its standard error for every row and column."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """Mean over subjects.

    Attributes:
        mean: over the subjects where it is defined.
        error: standard error of the mean, 0 for one subject.
        count: how many subjects that were.
    """

    mean: float
    error: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure | None:
        """From one value per subject; NaN means undefined there, and none at all gives None."""
        known = np.asarray(values, np.float64)
        known = known[~np.isnan(known)]
        if not len(known):
            return None
        error = float(known.std(ddof=1) / math.sqrt(len(known))) if len(known) > 1 else 0.0
        return cls(float(known.mean()), error, len(known))


@dataclass(frozen=True, slots=True)
class Column:
    """One measure: its key in the rows, its heading with unit, and digits after the point.

    ``with_error`` prints the standard error beside the mean, where there are cases enough for one;
    it is in the JSON in any case.
    """

    key: str
    heading: str
    digits: int = 3
    with_error: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One method: figures by column key; ``remark`` stands where there are none."""

    name: str
    figures: Mapping[str, Figure]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Methods by measures, with what one must know to read it."""

    task: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    def row(self, name: str) -> Row:
        """The row called ``name``.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def text(self) -> str:
        """Aligned columns for a terminal."""
        cells = self._cells()
        widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
        lines = [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in cells
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        notes = [self.note] if self.note else []
        return "\n".join([self.title, *lines, *self._remarks(), *notes])

    def markdown(self) -> str:
        """A table for a page."""
        head, *body = self._cells()
        lines = [f"### {self.title}", ""]
        lines += [_pipe(head), "|" + "---|" * len(head), *map(_pipe, body)]
        notes = [*self._remarks(), *([self.note] if self.note else [])]
        return "\n".join([*lines, "", *notes]) if notes else "\n".join(lines)

    def plain(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "task": self.task,
            "title": self.title,
            "note": self.note,
            "columns": {column.key: column.heading for column in self.columns},
            "rows": [
                {
                    "name": row.name,
                    "remark": row.remark,
                    "figures": {
                        key: {"mean": f.mean, "error": f.error, "count": f.count}
                        for key, f in row.figures.items()
                    },
                }
                for row in self.rows
            ],
        }

    def _cells(self) -> list[list[str]]:
        used = [c for c in self.columns if any(c.key in row.figures for row in self.rows)]
        shown = [[row.name, *(_cell(row, c) for c in used)] for row in self.rows if not row.remark]
        return [["", *(column.heading for column in used)], *shown]

    def _remarks(self) -> list[str]:
        return [f"{row.name}: {row.remark}" for row in self.rows if row.remark]


def _pipe(cells: Sequence[str]) -> str:
    """A line of a Markdown table; bars inside a cell do not divide it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cell(row: Row, column: Column) -> str:
    figure = row.figures.get(column.key)
    if figure is None:
        return "-"
    text = f"{figure.mean:.{column.digits}f}"
    if not column.with_error or figure.count < 2:
        # One case has no standard error; a zero would read as certainty.
        return text
    return f"{text} ± {figure.error:.{column.digits}f}"


class Scores:
    """Collects one mapping of measures per method and subject, and averages them."""

    def __init__(self) -> None:
        self._values: dict[str, list[Mapping[str, float]]] = {}
        self._remarks: dict[str, str] = {}

    def add(self, method: str, values: Mapping[str, float]) -> None:
        """The measures of ``method`` on the next subject."""
        self._values.setdefault(method, []).append(values)

    def remark(self, method: str, text: str) -> None:
        """Say in one sentence why ``method`` has no figures."""
        self._remarks[method] = text

    def rows(self) -> tuple[Row, ...]:
        """Rows in the order in which the methods first came."""
        rows = [Row(name, _average(values)) for name, values in self._values.items()]
        return (*rows, *(Row(name, {}, text) for name, text in self._remarks.items()))


def _average(values: Sequence[Mapping[str, float]]) -> dict[str, Figure]:
    keys = dict.fromkeys(key for one in values for key in one)
    found = {key: Figure.of([one[key] for one in values if key in one]) for key in keys}
    return {key: figure for key, figure in found.items() if figure is not None}


def mean_of(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure over the frames of one subject, undefined frames left out."""
    return {key: figure.mean for key, figure in _average(values).items()}


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found.

    Attributes:
        model: name of the checkpoint; ``model_hash`` identifies its weights.
        tables: in the order in which they were measured.
        notes: plain sentences about what was left out and why.
    """

    model: str
    model_hash: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = field(default=())

    def text(self) -> str:
        """For a terminal."""
        return "\n\n".join([*(table.text() for table in self.tables), *self.notes])

    def markdown(self) -> str:
        """For a page."""
        return "\n\n".join([*(table.markdown() for table in self.tables), *self.notes])

    def json(self) -> str:
        """For other programs."""
        plain = {
            "model": self.model,
            "hash": self.model_hash,
            "tables": [table.plain() for table in self.tables],
            "notes": list(self.notes),
        }
        return json.dumps(plain, indent=2)
