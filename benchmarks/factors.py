"""Sections on what dimensions mean: one for each model, and the table and chart of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from benchmarks.charts import COLOURS, Chart, Series
from benchmarks.measured import Entry, Found
from motionstudio.evaluation.factor_verdict import RULE, Verdict
from motionstudio.evaluation.factors import SUMMARY, measure_factors
from motionstudio.evaluation.known_factors import known_material
from motionstudio.evaluation.table import Figure
from motionstudio.evaluation.untrained import untrained
from motionstudio.models.registry import list_models, load_model

if TYPE_CHECKING:
    from benchmarks.sections import Asked

_HEADINGS = {
    "r2": "linear", "curved": "not linear", "best": "one dimension", "gap": "MIG",
    "d": "D", "c": "C", "untrained": "untrained", "pixels": "pixels", "flow": "flow",
}  # fmt: skip
_LAST = "#8c510a"
_VERDICTS = (
    "meaningful dimensions", "linearly readable", "more than untrained", "pixels, flow",
    "R2, linear",
)  # fmt: skip
_HELP = (
    "Means over the factors that vary: R2 of a linear probe from all dimensions with its 95 % "
    "interval over sequences, of one that is not linear, of the best single dimension; MIG; "
    "disentanglement D and completeness C; and R2 of what needs no training: the same network "
    "with drawn weights, as many principal components of the pixels, directions of optical flow. "
    f"Probes are tested on sequences that they were not fitted on. {RULE} *More than untrained* is "
    "judged by the interval of the difference from one drawing of weights; *more* and *as much, as "
    "far as told* of pixels and flow by that of theirs, over the same sequences. Where R2 is near "
    "0, D and C tell nothing. The tables below say what the factors are and how chance does."
)


def measure(name: str, asked: Asked) -> Found:
    """Which factors the dimensions of a model tell."""
    model = load_model(name)
    known = known_material(model.card, asked.data, asked.cases)
    if known is None:
        return Found(notes=(f"{name}: nothing with known factors is at hand.",))
    found = measure_factors(model, known, asked.tell, untrained(name))
    if found is None:
        return Found(notes=(f"{name}: no factor changes in what it can encode.",))
    return Found((found.table,), values={"verdict": found.verdict.plain()})


def summary(entries: Mapping[str, Entry]) -> str:
    """Verdicts on all models and, to be unfolded, their figures, in Markdown."""
    verdicts, figures = [], []
    for name, entry in entries.items():
        if "verdict" not in entry.found.values:
            continue
        row = entry.found.tables[0].row(SUMMARY).figures
        known = Verdict(**entry.found.values["verdict"])
        verdicts.append(_line(name, *_cells(known), _with_interval(row)))
        figures.append(_line(name, *(f"{row[k].mean:.2f}" if k in row else "-" for k in _HEADINGS)))
    if not verdicts:
        return ""
    return "\n".join([
        "### What the dimensions of every model tell\n",
        *_headed(_VERDICTS), *verdicts, "", _HELP, "",
        "<details><summary>Their figures</summary>\n",
        *_headed(_HEADINGS.values()), *figures, "", "</details>", "",
    ])  # fmt: skip


def _cells(known: Verdict) -> tuple[str, str, str, str]:
    """Own dimensions, what is readable, beside untrained, beside pixels and flow."""
    bent = f", {known.bent} more bent" if known.bent else ""
    learned = {True: "yes", False: "no", None: "-"}[known.learned]
    edge = f"; {known.edge} on the edge" if known.edge else ""
    return (
        f"{known.dimensions} ({known.own} of {known.factors})",
        f"{known.linear} ({known.readable} of {known.factors}{bent}{edge})",
        learned,
        known.beside or "-",
    )


def _with_interval(row: Mapping[str, Figure]) -> str:
    text = f"{row['r2'].mean:.2f}"
    return f"{text} ({row['low'].mean:.2f} to {row['high'].mean:.2f})" if "low" in row else text


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _headed(headings: Iterable[str]) -> tuple[str, str]:
    known = ("model", *headings)
    return _line(*known), "|" + "---|" * len(known)


def chart(entries: Mapping[str, Entry]) -> Chart | None:
    """All models as points: told by all dimensions across, by the best single one upwards."""
    systems = {card.name: card.system for card in list_models()}
    points: dict[str, list[tuple[float, float]]] = {}
    for name, entry in entries.items():
        if "verdict" in entry.found.values:
            figures = entry.found.tables[0].row(SUMMARY).figures
            place = (max(0.0, figures["r2"].mean), max(0.0, figures["best"].mean))
            points.setdefault(systems.get(name, "others"), []).append(place)
    if not points:
        return None
    level = Series("as much from one", [(0.0, 0.0), (1.0, 1.0)], marks=False, dash=True,
                   colour="#444444")  # fmt: skip
    series = [
        # There are more systems than colours of charts.
        Series(system, found, line=False, colour="" if place < len(COLOURS) else _LAST)
        for place, (system, found) in enumerate(sorted(points.items()))
    ]
    return Chart(
        "Factors told by all dimensions, and by one alone (mean R2)",
        "all dimensions, linear", "best single dimension", [*series, level],
    )  # fmt: skip
