"""``docs/results.md`` and its pictures, written from measured figures and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import factors
from benchmarks.charts import Chart, Series
from benchmarks.growth import WORDS, exponent
from benchmarks.measured import Entry
from benchmarks.sections import Section
from motionstudio.evaluation.paper import PaperReport
from motionstudio.evaluation.patients import EXPERT, FLOW, MODEL

PAGE = Path("docs/results.md")
PICTURES = PAGE.parent / "pictures" / "results"
CHAPTERS = {
    "paper": "What the papers claim",
    "tracking": "GenLMM beside registration",
    "interpolation": "Missing frames",
    "transport": "Motion on another subject",
    "animation": "Animation of figures",
    "real": "Real hearts",
    "factors": "Do dimensions mean something?",
    "groups": "Diagnoses",
    "ablations": "Ablations",
    "tasks": "Every model, every task that it can do",
    "speed": "Speed and growth",
    "robustness": "Robustness",
}
FOLDED = ("paper", "factors", "tasks")
"""Chapters whose tables are many: a click unfolds them."""

HEAD = """# Results

Written by `python -m benchmarks.results` from the files in `benchmarks/measured`; not by hand.
Under each heading stands the command that makes its figures again, the commit (a plus: with
changes not yet committed) and the machine that they come from, and the hashes of the weights.
`±` is the standard error over cases. Every model was trained once, from one seed: differences of
a few per cent mean nothing, whatever a verdict says. Papers' figures that were not read again are
marked *recalled*. What each figure means: [evaluation.md](evaluation.md); how to read those of
GenLMM: [systems/genlmm.md](systems/genlmm.md).
"""


def write(
    everything: Sequence[Section], kept: Mapping[str, Entry], fresh: Mapping[str, bool]
) -> Path:
    """Write the page and its pictures.

    Args:
        everything: all sections, in order.
        kept: entries by section; those without one are listed at the end.
        fresh: whether an entry is of the weights that are there now.
    """
    parts = [HEAD, _verdicts(kept)]
    for chapter, title in CHAPTERS.items():
        here = [s for s in everything if s.name.partition("/")[0] == chapter and s.name in kept]
        if here:
            parts.append(f"## {title}\n")
            parts += _chapter(chapter, here, kept, fresh)
    missing = [s.name for s in everything if s.name not in kept]
    if missing:
        parts.append("## Not measured yet\n\n" + ", ".join(f"`{name}`" for name in missing) + "\n")
    PAGE.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    return PAGE


def _verdicts(kept: Mapping[str, Entry]) -> str:
    """How many claims hold, by system."""
    lines = ["| system | claims tried | hold | do not hold | not tried |", "|---|---|---|---|---|"]
    for name, entry in kept.items():
        if name.startswith("paper/"):
            held = [claim.holds for claim in entry.found.claims]
            tried = len(held) - held.count(None)
            lines.append(f"| {name[6:]} | {tried} | {held.count(True)} | {held.count(False)} | "
                         f"{held.count(None)} |")  # fmt: skip
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _chapter(
    chapter: str, here: Sequence[Section], kept: Mapping[str, Entry], fresh: Mapping[str, bool]
) -> Iterable[str]:
    if chapter == "factors":
        named = {s.name.partition("/")[2]: kept[s.name] for s in here}
        yield "`python -m benchmarks.results --only factors/`\n"
        chart = factors.chart(named)
        if chart is not None:
            path = chart.write(PICTURES / "factors.svg").relative_to(PAGE.parent)
            yield f"![{chart.title}]({path.as_posix()})\n"
        yield factors.summary(named)
        parts = [part for section in here for part in _section(section, kept, fresh, False)]
        yield from _folded(parts)
        return
    for section in here:
        yield from _section(section, kept, fresh, chapter in FOLDED)


def _section(
    section: Section, kept: Mapping[str, Entry], fresh: Mapping[str, bool], fold: bool
) -> Iterable[str]:
    entry = kept[section.name]
    if not (entry.found.tables or entry.found.claims):
        return
    yield f"### {section.title}\n\n{entry.source}\n"
    if not fresh[section.name]:
        yield "**Measured on older weights than those that are there now.**\n"
    if entry.found.claims:
        yield PaperReport(entry.found.claims, ()).markdown() + "\n"
    yield from _pictures(section.name, entry.found.values)
    tables = [_demoted(table.markdown()) + "\n" for table in entry.found.tables]
    yield from _folded(tables) if fold else tables
    if entry.found.notes:
        yield " ".join(note[:1].upper() + note[1:] for note in entry.found.notes) + "\n"


def _folded(tables: Sequence[str]) -> list[str]:
    return ["<details><summary>Tables</summary>\n", *tables, "</details>\n"] if tables else []


def _demoted(table: str) -> str:
    return "#" + table if table.startswith("### ") else table


def _pictures(section: str, values: Mapping[str, Any]) -> list[str]:
    draw = _DRAWN.get(section)
    lines = []
    if "sheet" in values:
        place = (PICTURES / values["sheet"]).relative_to(PAGE.parent).as_posix()
        lines.append(f"![{section.partition('/')[0]} of generated hearts, three times the "
                     f"difference to the truth on grey]({place})\n")  # fmt: skip
    if draw is None or not values:
        return lines
    for name, chart in draw(values):
        path = chart.write(PICTURES / f"{name}.svg")
        lines.append(f"![{chart.title}]({path.relative_to(PAGE.parent).as_posix()})\n")
    return lines


def _ejection(values: Mapping[str, Any]) -> Iterable[tuple[str, Chart]]:
    truth, held = np.array(values[EXPERT]), np.array(values["held out"])
    for key, method in (("ejection", MODEL), ("ejection-dis", FLOW)):
        found = np.array(values[method])
        middle, away = (found + truth) / 2, found - truth
        bias, spread = away.mean(), 1.96 * away.std(ddof=1)
        ends = (float(middle.min()), float(middle.max()))
        lines = [
            Series("" if place else "bias, limits", [(e, float(y)) for e in ends], marks=False,
                   dash=bool(place), colour="#666666")
            for place, y in enumerate((bias, bias - spread, bias + spread))
        ]  # fmt: skip
        series = [
            Series(title, list(zip(middle[c].tolist(), away[c].tolist(), strict=True)), line=False)
            for title, c in (("seen in training", ~held), ("never trained on", held))
        ]
        title = f"Ejection fraction, {method} and expert (Bland-Altman)"
        up = "carried minus expert, points"
        yield key, Chart(title, "mean of both, %", up, [*series, *lines])


def _curves(values: Mapping[str, Any]) -> Iterable[tuple[str, Chart]]:
    for name, found in values.items():
        series = [
            Series(method, list(zip(found["times"], found[method], strict=True)), marks=False)
            for method in found
            if method != "times"
        ]
        title = f"Area of the LV cavity, {name}"
        yield f"area-{name.replace(' ', '-')}", Chart(title, "seconds", "share of first", series)


def _groups(values: Mapping[str, Any]) -> Iterable[tuple[str, Chart]]:
    points, groups = np.array(values["components"]), np.array(values["groups"])
    series = [
        Series(words, [(float(x), float(y)) for x, y in points[groups == group]], line=False)
        for group, words in values["words"].items()
    ]
    first, second = (100 * share for share in values["share"])
    yield "groups", Chart(
        "Motion between ED and ES of 26 patients", f"component 0 ({first:.0f} %)",
        f"component 1 ({second:.0f} %)", series,
    )  # fmt: skip


def _growth(values: Mapping[str, Any]) -> Iterable[tuple[str, Chart]]:
    for axis, points in values.items():
        sizes = [p[0] for p in points]
        series = []
        for place, name in ((1, "encoding s"), (2, "decoding s"), (3, "memory GiB")):
            costs = [p[place] / (1024 if place == 3 else 1) for p in points]
            slope = exponent(sizes, costs)
            known = [(s, c) for s, c in zip(sizes, costs, strict=True) if c > 0]
            series.append(Series(f"{name}, exponent {slope:.2f}", known))
        yield f"growth-{axis}", Chart(f"Cost over {WORDS[axis]}", WORDS[axis], "", series, log=True)


def _soak(values: Mapping[str, Any]) -> Iterable[tuple[str, Chart]]:
    points = [(r["seconds"] / 60, r["memory"]) for r in values["readings"]]
    series = [Series("resident memory", points)]
    yield "soak", Chart("Memory after every round of a long session", "minutes", "MiB", series)


_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], Iterable[tuple[str, Chart]]]] = {
    "real/ejection": _ejection,
    "real/curves": _curves,
    "groups/patients": _groups,
    "speed/growth": _growth,
    "robustness/soak": _soak,
}
