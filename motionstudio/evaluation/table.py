"""Tables of measured figures: a mean and its standard error for every row and column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Better = Literal["", "less", "more"]
MODEL = "model"
"""What the rows of the model itself begin with."""


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
    it is in the JSON in any case. ``better`` tells which way is better, empty: neither is; where
    both are set, methods are compared by it case for case (``compared``).
    """

    key: str
    heading: str
    digits: int = 3
    with_error: bool = False
    unit: str = ""
    better: Better = ""


@dataclass(frozen=True, slots=True)
class Of:
    """The figures of one case, a clip or a subject, by column key."""

    case: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One method: figures by column key; ``remark`` stands where there are none.

    ``cases`` are what the means are of, where cases have names.
    """

    name: str
    figures: Mapping[str, Figure]
    remark: str = ""
    cases: tuple[Of, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Methods by measures, with what one must know to read it.

    ``main`` are the rows that are compared with all others, case for case.
    """

    task: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    main: tuple[str, ...] = ()

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
    """Collects one mapping of measures per method and case, and averages them."""

    def __init__(self) -> None:
        self._values: dict[str, list[Of]] = {}
        self._remarks: dict[str, str] = {}

    def add(self, method: str, values: Mapping[str, float], case: str = "") -> None:
        """The measures of ``method`` on the next subject; ``case`` names it."""
        self._values.setdefault(method, []).append(Of(case, values))

    @property
    def count(self) -> int:
        """Cases so far: fewer than were asked for where a person stopped the run."""
        return max(map(len, self._values.values()), default=0)

    def remark(self, method: str, text: str) -> None:
        """Say in one sentence why ``method`` has no figures."""
        self._remarks[method] = text

    def rows(self) -> tuple[Row, ...]:
        """Rows in the order in which the methods first came."""
        rows = [
            Row(
                name,
                _average([one.figures for one in values]),
                cases=tuple(one for one in values if one.case),
            )
            for name, values in self._values.items()
        ]
        return (*rows, *(Row(name, {}, text) for name, text in self._remarks.items()))


def _average(values: Sequence[Mapping[str, float]]) -> dict[str, Figure]:
    keys = dict.fromkeys(key for one in values for key in one)
    found = {key: Figure.of([one[key] for one in values if key in one]) for key in keys}
    return {key: figure for key, figure in found.items() if figure is not None}


def called(method: str, rival: str) -> str:
    """The row of a rival: its name where the model's own row says ``model``."""
    if method == MODEL or method.startswith(f"{MODEL},"):
        return rival + method.removeprefix(MODEL)
    return f"{rival}, {method}"


def mean_of(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure over the frames of one subject, undefined frames left out."""
    return {key: figure.mean for key, figure in _average(values).items()}
