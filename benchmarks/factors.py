"""Sections on what dimensions mean: one for each model, and the table and chart of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from benchmarks.charts import Chart, Series
from benchmarks.measured import Entry, Found
from motionstudio.evaluation.factor_verdict import RULE, Verdict
from motionstudio.evaluation.factors import SUMMARY, measure_factors
from motionstudio.evaluation.known_factors import known_material
from motionstudio.evaluation.untrained import untrained
from motionstudio.models.registry import list_models, load_model

if TYPE_CHECKING:
    from benchmarks.sections import Asked

_HEADINGS = {
    "r2": "linear", "curved": "not linear", "best": "one dimension", "gap": "MIG",
    "d": "D", "c": "C", "untrained": "untrained", "pixels": "pixels", "flow": "flow",
}  # fmt: skip
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
    """A line for each model, in Markdown; empty where nothing is measured."""
    lines = []
    for name, entry in entries.items():
        if "verdict" not in entry.found.values:
            continue
        figures = entry.found.tables[0].row(SUMMARY).figures
        cells = [f"{figures[k].mean:.2f}" if k in figures else "-" for k in _HEADINGS]
        if "low" in figures:
            cells[0] += f" ({figures['low'].mean:.2f} to {figures['high'].mean:.2f})"
        words = Verdict(**entry.found.values["verdict"]).words
        lines.append(f"| {name} | {words} | {' | '.join(cells)} |")
    if not lines:
        return ""
    head = f"| model | verdict | {' | '.join(_HEADINGS.values())} |"
    rule = "|" + "---|" * (2 + len(_HEADINGS))
    title = "### What the dimensions of every model tell\n"
    return "\n".join([title, head, rule, *lines, "", _HELP, ""])


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
    series = [Series(system, found, line=False) for system, found in sorted(points.items())]
    return Chart(
        "Factors told by all dimensions, and by one alone (mean R2)",
        "all dimensions, linear", "best single dimension", [*series, level],
    )  # fmt: skip
