"""Whether one method is better than another by more than noise: differences case for case."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from motionstudio.core.intervals import Interval, interval_of
from motionstudio.evaluation.table import Better, Column, Row, Table

Verdict = Literal["better", "worse", "no difference beyond noise"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean over cases of one method's figure minus another's, of the same cases.

    Attributes:
        method, rival: names of rows.
        column: of what.
        interval: of the difference; its ``count`` are the cases that both have.
    """

    method: str
    rival: str
    column: Column
    interval: Interval

    @property
    def verdict(self) -> Verdict:
        """What the interval says of ``method``; of each comparison by itself."""
        return _verdict(self.interval, self.column.better)

    def text(self) -> str:
        """One line."""
        column, found = self.column, self.interval
        digits = column.digits
        return (
            f"{self.method} - {self.rival}: {column.heading} {found.mean:+.{digits}f} "
            f"[{found.low:+.{digits}f}, {found.high:+.{digits}f}], n = {found.count}: "
            f"{self.verdict}"
        )


def differences(table: Table) -> tuple[Difference, ...]:
    """Each of the table's ``main`` rows beside every other, by the columns that say what is better.

    Only cases that both rows have count; with fewer than two there is no interval.
    """
    columns = [c for c in table.columns if c.with_error and c.better]
    main = [row for row in table.rows if row.name in table.main]
    return tuple(
        found
        for row in main
        for rival in table.rows
        if rival not in main
        for found in _between(row, rival, columns)
    )


def difference(row: Row, rival: Row, column: Column) -> Difference | None:
    """``row`` beside ``rival`` by one column; None: they share fewer than two cases."""
    own, other = _by_case(row, column.key), _by_case(rival, column.key)
    interval = interval_of([value - other[case] for case, value in own.items() if case in other])
    return None if interval is None else Difference(row.name, rival.name, column, interval)


def _between(row: Row, rival: Row, columns: list[Column]) -> Iterator[Difference]:
    found = (difference(row, rival, column) for column in columns)
    return (one for one in found if one is not None)


def _by_case(row: Row, key: str) -> Mapping[str, float]:
    return {
        one.case: one.figures[key]
        for one in row.cases
        if key in one.figures and math.isfinite(one.figures[key])
    }


def _verdict(interval: Interval, better: Better) -> Verdict:
    if not interval.without_zero:
        return "no difference beyond noise"
    return "better" if (interval.mean > 0) == (better == "more") else "worse"
