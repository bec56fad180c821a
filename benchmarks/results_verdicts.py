"""Sentences on tables: ours beside the best rival and beside doing nothing, computed each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.measured import Found
from motionstudio.evaluation.interpolation import FILLED, OWN_LINEAR
from motionstudio.evaluation.table import Figure, Row, Table

CLEAR = 2.0
"""A difference counts from so many standard errors on; errors are added as if not paired."""

RULE = (
    f"*Better* and *worse than* stand where two means are more than {CLEAR:.0f} standard errors "
    "apart, which are added as if the cases were not the same ones. *Not told apart from* says "
    "that these cases do not decide it, not that both are equal: two or three slices of one real "
    "heart decide hardly anything. *Holds* stands where the figures beside a claim say so, however "
    "narrowly; no interval is asked for, except that diagnoses need p < 0.05."
)

_TRUE = ("true ", "floor", "recorded")
_AGREEMENT = {"absolute", "bias", "low", "high"}
_MANY_PATIENTS = ("patients never trained on", "all patients")
_STILL = ("identity", "first frame held")


def compared(own: Figure, other: Figure, less: bool = True) -> str:
    """``better``, ``worse`` or, where the difference is within the errors, ``not told apart``."""
    error = math.hypot(own.error, other.error)
    gain = (other.mean - own.mean) if less else (own.mean - other.mean)
    if abs(gain) <= CLEAR * error:
        return "not told apart from"
    return "better than" if gain > 0 else "worse than"


def beside(
    table: Table, key: str, unit: str, ours: Sequence[str], *, less: bool = True, digits: int = 2
) -> Iterable[str]:
    """A sentence for each row of ``ours``: its figure, the best rival's, that of no motion."""
    known = {row.name: row.figures[key] for row in table.rows if key in row.figures}
    rivals = {
        name: figure
        for name, figure in known.items()
        if not name.startswith((*_TRUE, *_STILL, "model", "figures")) and name not in ours
    }
    for name in ours:
        if name not in known:
            continue
        figure = known[name]
        text = f"{name}: {figure.mean:.{digits}f} {unit}".rstrip()
        if rivals:
            best = (min if less else max)(rivals, key=lambda n: rivals[n].mean)
            verdict = compared(figure, rivals[best], less)
            text += f", **{verdict}** the best rival, {best} ({rivals[best].mean:.{digits}f})"
        still = next((known[n] for n in _STILL if n in known), None)
        if still is not None:
            text += f"; no motion at all: {still.mean:.{digits}f}"
        yield f"{text}."


def verdicts_of(section: str, found: Found) -> list[str]:
    """Sentences for the page, empty where a section tells its own."""
    first = found.tables[0] if found.tables else None
    if first is None:
        return []
    if section.startswith("tracking/"):
        return list(beside(first, "epe", "px", ("model, as encoded", "model, refined")))
    if section == "transport/heart":
        ours = ("model, z of A on B",)
        return list(beside(first, "epe", "px", ours))
    if section == "animation/figures":
        return [
            f"{'Own motion' if place == 0 else 'B driven by A'}: {line}"
            for place, table in enumerate(found.tables)
            for line in beside(table, "akd", "px AKD", _named(table, ("model", "figures")))
        ]
    if section == "interpolation/heart":
        return [line for table in found.tables for line in _filled(table)]
    if section == "real/labels":
        ours = ("model, as encoded", "model, refined")
        return [
            f"{table.title.partition(',')[0]}: {line}"
            for table in found.tables
            for line in beside(table, "dice extreme", "Dice at ES", ours, less=False, digits=3)
        ]
    if section == "real/ejection":
        return [_carried(row) for row in first.rows if _told_of(row)]
    return []


def _named(table: Table, starts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.name for row in table.rows if row.name.startswith(starts))


def _filled(table: Table) -> Iterable[str]:
    known = {row.name: row.figures for row in table.rows}
    if FILLED in known and OWN_LINEAR in known:
        own, linear = known[FILLED]["epe"], known[OWN_LINEAR]["epe"]
        yield (
            f"{table.title.partition(',')[0]}: filled in {own.mean:.2f} px, "
            f"**{compared(own, linear)}** the model's own fields taken linearly in time "
            f"({linear.mean:.2f})."
        )
        return
    for line in beside(table, "rmse", "RMSE", _named(table, ("model, frames withheld",)), digits=4):
        yield f"{table.title.partition(',')[0]}, as pictures: {line}"


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
