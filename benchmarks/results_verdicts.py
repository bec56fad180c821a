"""Sentences on tables: ours beside the best rival and beside doing nothing, computed each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.measured import Found
from motionstudio.core.intervals import CONFIDENCE
from motionstudio.evaluation.compared import Difference, Verdict, difference
from motionstudio.evaluation.interpolation import BLIND, FILLED, OWN_LINEAR
from motionstudio.evaluation.table import Column, Of, Row, Table

WORDS: Mapping[Verdict, str] = {
    "better": "better than",
    "worse": "worse than",
    "no difference beyond noise": "not told apart from",
}
RULE = (
    "*Better* and *worse than* stand where the mean difference, case for case, has a "
    f"{CONFIDENCE:.0%} interval (Student) without 0; the slices of one real heart are one case. "
    "*Not told apart from* says that these cases do not decide it, not that both are equal. The "
    "best rival is named by its mean on the same cases. *Holds* stands where the means beside a "
    "claim say so, however narrowly; no interval is asked for, except that diagnoses need "
    "p < 0.05: lines that begin with *case for case* under the tables tell what is more than noise."
)

_TRUE = ("true ", "floor", "recorded")
_AGREEMENT = {"absolute", "bias", "low", "high"}
_MANY_PATIENTS = ("patients never trained on", "all patients")
_STILL = ("identity", "first frame held")


def told(found: Difference) -> str:
    """``better than``, ``worse than`` or ``not told apart from``."""
    return WORDS[found.verdict]


def beside(table: Table, key: str, ours: Sequence[str], *, digits: int = 2) -> Iterable[str]:
    """A sentence for each row of ``ours``: its figure, the best rival's, that of no motion."""
    column = _column(table, key)
    known = {row.name: row for row in table.rows if key in row.figures}
    rivals = [
        row
        for name, row in known.items()
        if not name.startswith((*_TRUE, *_STILL, "model", "figures")) and name not in ours
    ]
    for name in ours:
        if name not in known:
            continue
        own = known[name]
        text = f"{name}: {own.figures[key].mean:.{digits}f} {_unit(column)}"
        if rivals:
            sign = -1 if column.better == "more" else 1
            best = min(rivals, key=lambda row: sign * row.figures[key].mean)
            text += f", {_against(own, best, column, digits, 'the best rival, ')}"
        still = next((known[n].figures[key].mean for n in _STILL if n in known), None)
        if still is not None:
            text += f"; no motion at all: {still:.{digits}f}"
        yield f"{text}."


def _against(own: Row, other: Row, column: Column, digits: int, what: str = "") -> str:
    """The verdict, the other's figure and the interval of the difference."""
    found, mean = difference(own, other, column), other.figures[column.key].mean
    named = f"{what}{other.name} ({mean:.{digits}f}"
    if found is None:
        return f"beside {named}; fewer than two cases: not compared)"
    text, i = f"**{told(found)}** {named}", found.interval
    return (
        f"{text}; difference {i.mean:+.{digits}f} [{i.low:+.{digits}f}, {i.high:+.{digits}f}], "
        f"n = {i.count})"
    )


def _column(table: Table, key: str) -> Column:
    return next(column for column in table.columns if column.key == key)


def _unit(column: Column) -> str:
    """With the figure's name where the unit does not tell it."""
    name = column.heading.partition(",")[0]
    return column.unit if column.key == "epe" else name


def paired_lines(table: Table) -> Iterable[str]:
    """Rows compared with all others, case for case: a sentence for each of the table's own rows."""
    columns = [c for c in table.columns if c.with_error and c.better]
    for row in (r for r in table.rows if r.name in table.main):
        parts = [text for column in columns if (text := _compared(row, table, column))]
        if parts:
            yield f"Case for case, {CONFIDENCE:.0%}, *{row.name}*. {'. '.join(parts)}."


def _compared(row: Row, table: Table, column: Column) -> str:
    """What ``row`` is better and worse than by one column, or empty."""
    named: dict[str, list[str]] = {}
    for rival in table.rows:
        if rival.name in table.main or rival.name.startswith(_TRUE):
            continue
        found = difference(row, rival, column)
        if found is not None:
            named.setdefault(told(found), []).append(rival.name)
    words = [f"{verdict} {_listed(named[verdict])}" for verdict in WORDS.values()
             if verdict in named]  # fmt: skip
    return f"**{column.heading}** {'; '.join(words)}" if words else ""


def _listed(names: Sequence[str]) -> str:
    return " / ".join(names)


def verdicts_of(section: str, found: Found) -> list[str]:
    """Sentences for the page, empty where a section tells its own."""
    first = found.tables[0] if found.tables else None
    if first is None:
        return []
    if section.startswith("tracking/"):
        return list(beside(first, "epe", ("model, as encoded", "model, refined")))
    if section == "transport/heart":
        return list(beside(first, "epe", ("model, z of A on B",)))
    if section == "animation/figures":
        return [
            f"{'Own motion' if place == 0 else 'B driven by A'}: {line}"
            for place, table in enumerate(found.tables)
            for line in beside(table, "akd", _named(table, ("model", "figures")))
        ]
    if section == "interpolation/heart":
        return [line for table in found.tables for line in _filled(table)]
    if section == "real/labels":
        ours = ("model, as encoded", "model, refined")
        return [
            f"{table.title.partition(',')[0]}: {line}"
            for table in map(by_heart, found.tables)
            for line in beside(table, "dice extreme", ours, digits=3)
        ]
    if section == "real/ejection":
        return [_carried(row) for row in first.rows if _told_of(row)]
    return []


def by_heart(table: Table) -> Table:
    """Slices of one heart, which are named after it, averaged to one case of each row."""
    return replace(table, rows=tuple(replace(r, cases=_pooled(r.cases)) for r in table.rows))


def _pooled(cases: Iterable[Of]) -> tuple[Of, ...]:
    hearts: dict[str, dict[str, list[float]]] = {}
    for one in cases:
        here = hearts.setdefault(one.case.rpartition(" ")[0], {})
        for key, value in one.figures.items():
            here.setdefault(key, []).append(value)
    return tuple(
        Of(name, {key: float(np.mean(values)) for key, values in figures.items()})
        for name, figures in hearts.items()
    )


def _named(table: Table, starts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.name for row in table.rows if row.name.startswith(starts))


def _filled(table: Table) -> Iterable[str]:
    known = {row.name: row for row in table.rows}
    what = table.title.partition(",")[0]
    if FILLED not in known:
        ours = _named(table, ("model, frames withheld",))
        yield from (f"{what}, as pictures: {t}" for t in beside(table, "rmse", ours, digits=4))
        return
    own, column = known[FILLED], _column(table, "epe")
    rivals = [known[name] for name in (*BLIND, OWN_LINEAR) if name in known]
    against = "; ".join(_briefly(difference(own, rival, column), rival.name) for rival in rivals)
    count = own.figures["epe"].count
    yield f"{what}: filled in {own.figures['epe'].mean:.2f} px (n = {count}), {against}."


def _briefly(found: Difference | None, name: str) -> str:
    if found is None:
        return f"beside {name}: fewer than two cases, not compared"
    i = found.interval
    return f"**{told(found)}** {name} ({i.mean:+.2f} [{i.low:+.2f}, {i.high:+.2f}])"


def _told_of(row: Row) -> bool:
    """Groups of five to eight patients stand in the table only."""
    return row.figures.keys() >= _AGREEMENT and row.name.endswith(_MANY_PATIENTS)


def _carried(row: Row) -> str:
    f = {key: figure.mean for key, figure in row.figures.items()}
    return (
        f"{row.name}{_count(f)}: ejection fraction off by {f['absolute']:.1f} points on average, "
        f"bias {f['bias']:+.1f}, limits of agreement {f['low']:+.1f} and {f['high']:+.1f}."
    )


def _count(figures: Mapping[str, float]) -> str:
    return f" (n = {figures['n']:.0f})" if "n" in figures else ""
