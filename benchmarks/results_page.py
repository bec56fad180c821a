"""``docs/results.md`` and its pictures, written from measured figures and from nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import (
    ablation_words,
    factors,
    films,
    results_charts,
    results_head,
    results_reasons,
    results_verdicts,
    strips,
)
from benchmarks.measured import Entry, Found
from benchmarks.sections import Section
from motionstudio.evaluation.paper import Claim
from motionstudio.evaluation.table import Table
from motionstudio.models.registry import list_models

PAGE = Path("docs/results.md")
PICTURES = PAGE.parent / "pictures" / "results"
CHAPTERS = {
    "paper": "What the papers claim",
    "tracking": "GenLMM beside registration",
    "interpolation": "Missing frames",
    "transport": "Motion on another subject",
    "animation": "Animation of figures",
    "film": "Film strips",
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

FOLD = 8
"""Tables of more rows than this together are folded wherever they are."""

WIDE = 11
"""Columns of figures beyond which a table is told in parts, so that it fits beside its rows."""

_LISTED = 3
"""Sequences of a list that are named in a note; of the others there are only counts."""

HEAD = """# Results

Written by `python -m benchmarks.results` from the files in `benchmarks/measured`; not by hand.
`±` is the standard error over cases; in charts it is the bar. Ours is blue or bold, what is true
by construction green, rivals grey.
"""
_POOLED = ("real/labels",)
"""Sections whose cases are not independent: their sentences compare hearts, not slices."""

_VERDICTS = {True: "holds", False: "**does not hold**", None: "not tried"}
_SERVED = {
    "tracking": "A pair network after VoxelMorph, trained on the same data with as many steps, "
    "stands beside all of these in [Ablations](#ablations), where everything is trained alike.",
    "tasks": "Charts serve all tables of this chapter.",
    "paper": "Where a claim's tables are those of a later chapter, its pictures are there too; "
    "pictures of four systems at work: [Film strips](#film-strips).",
}


def write(
    everything: Sequence[Section], kept: Mapping[str, Entry], fresh: Mapping[str, bool]
) -> Path:
    """Write the page and its pictures.

    Args:
        everything: all sections, in order.
        kept: entries by section; those without one are listed at the end.
        fresh: whether an entry is of the weights that are there now.
    """
    shown = {
        chapter: here
        for chapter in CHAPTERS
        if (here := [s for s in everything if _chapter_of(s) == chapter and s.name in kept])
    }
    sizes = {card.size for card in list_models()}
    parts = [HEAD, results_head.screen(kept, everything, sizes), _contents(shown)]
    for chapter, here in shown.items():
        parts.append(f"## {CHAPTERS[chapter]}\n")
        parts += [f"{_SERVED[chapter]}\n"] if chapter in _SERVED else []
        parts += _chapter(chapter, here, kept, fresh)
    missing = [s.name for s in everything if s.name not in kept]
    if missing:
        parts.append("## Not measured yet\n\n" + ", ".join(f"`{name}`" for name in missing) + "\n")
    text = "\n".join(parts).rstrip() + "\n"
    for old in PICTURES.glob("*.svg"):
        # Charts are drawn anew each time; what is left over belongs to figures that are gone.
        if old.relative_to(PAGE.parent).as_posix() not in text:
            old.unlink()
    PAGE.write_text(text, encoding="utf-8")
    return PAGE


def _chapter_of(section: Section) -> str:
    return section.name.partition("/")[0]


def _contents(shown: Mapping[str, Sequence[Section]]) -> str:
    lines = [f"- [{CHAPTERS[chapter]}](#{anchor(CHAPTERS[chapter])})" for chapter in shown]
    return "\n".join(["### Contents\n", *lines, ""])


def anchor(heading: str) -> str:
    """As the sites that show Markdown make it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _chapter(
    chapter: str, here: Sequence[Section], kept: Mapping[str, Entry], fresh: Mapping[str, bool]
) -> Iterable[str]:
    if chapter == "factors":
        yield from _factors(here, kept, fresh)
        return
    found = {s.name: kept[s.name].found for s in here}
    yield from _drawn(results_charts.chapter_pictures(chapter, found))
    for section in here:
        yield from _section(section, kept, fresh, chapter in FOLDED)


def _factors(
    here: Sequence[Section], kept: Mapping[str, Entry], fresh: Mapping[str, bool]
) -> Iterable[str]:
    named = {s.name.partition("/")[2]: kept[s.name] for s in here}
    yield "`python -m benchmarks.results --only factors/`\n"
    chart = factors.chart(named)
    yield from _drawn([("factors", chart)] if chart is not None else [])
    yield factors.summary(named)
    parts = [part for section in here for part in _section(section, kept, fresh, False)]
    yield from _folded(parts)


def _section(
    section: Section, kept: Mapping[str, Entry], fresh: Mapping[str, bool], fold: bool
) -> Iterable[str]:
    entry = kept[section.name]
    found = entry.found
    if not (found.tables or found.claims or "sheet" in found.values):
        return
    yield f"### {section.title}\n\n{entry.source}\n"
    if not fresh[section.name]:
        yield "**Measured on older weights than those that are there now.**\n"
    if found.claims:
        yield _claims(found.claims)
        why = results_reasons.told(section.name.partition("/")[2], found.claims)
        yield from [why] if why else []
    told = [*results_verdicts.verdicts_of(section.name, found), *_told(section, found)]
    if told:
        yield "\n".join(f"- {line}" for line in told) + "\n"
    yield from _sheet(section.name, found)
    yield from _drawn(results_charts.pictures_of(section.name, found))
    known = [table for table in found.tables if any(row.figures for row in table.rows)]
    tables = ["\n".join((_demoted(_narrow(table)), *_paired(section, table))) for table in known]
    long = sum(len(table.rows) for table in known) > FOLD
    yield from _folded(tables) if fold or long else tables
    if found.notes and not told:
        yield " ".join(_short(note[:1].upper() + note[1:]) for note in found.notes) + "\n"


def _narrow(table: Table) -> str:
    """Markdown of a table, with few columns at a time."""
    used = [c for c in table.columns if any(c.key in row.figures for row in table.rows)]
    if len(used) <= WIDE:
        return table.markdown()
    many = math.ceil(len(used) / WIDE)
    size = math.ceil(len(used) / many)
    parts = [tuple(used[start : start + size]) for start in range(0, len(used), size)]
    measured = tuple(row for row in table.rows if not row.remark)
    texts = [replace(table, columns=part, rows=measured, note="").markdown()
             for part in parts[:-1]]  # fmt: skip
    texts.append(replace(table, columns=parts[-1]).markdown())
    return "\n\n".join([texts[0], *(text.partition("\n\n")[2] for text in texts[1:])])


def _short(note: str) -> str:
    """A note in which long lists of sequences are cut; how many they are is told."""
    head, colon, names = note.rpartition(": ")
    listed = names.rstrip(".").split(", ")
    if len(listed) <= _LISTED + 1 or not all(name.endswith(")") for name in listed):
        return note
    return f"{head}{colon}{', '.join(listed[:_LISTED])} and {len(listed) - _LISTED} more."


def _paired(section: Section, table: Table) -> Iterable[str]:
    """Lines below a table, and the empty one that ends them."""
    lines = list(results_verdicts.paired_lines(table)) if section.name not in _POOLED else []
    yield from (f"\n{line}" for line in lines)
    yield ""


def _claims(claims: Sequence[Claim]) -> str:
    """Verdicts first; the source stands once above where all claims share it."""
    sources = list(dict.fromkeys(claim.source for claim in claims))
    lines = [f"{sources[0]}.\n"] if len(sources) == 1 else []
    lines += ["| | claim | ours | paper |", "|---|---|---|---|"]
    for c in claims:
        said = f"{c.claim} ({c.note})" if c.note else c.claim
        said = said if len(sources) == 1 else f"{c.source}: {said}"
        paper = f"{c.paper} (*recalled*)" if c.recalled else c.paper
        cells = (_VERDICTS[c.holds], said, c.ours, paper)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _told(section: Section, found: Found) -> tuple[str, ...]:
    """What ablations tell: from their runs, so that it can be told otherwise without measuring."""
    runs = found.values.get("runs", {}) if _chapter_of(section) == "ablations" else {}
    return ablation_words.verdicts(runs) if runs else ()


def _folded(tables: Sequence[str]) -> list[str]:
    if not tables:
        return []
    many = f"{len(tables)} tables" if len(tables) > 1 else "Table"
    return [f"<details><summary>{many}</summary>\n", *tables, "</details>\n"]


def _demoted(table: str) -> str:
    return "#" + table if table.startswith("### ") else table


def _sheet(section: str, found: Found) -> Iterable[str]:
    if "sheet" in found.values:
        place = (PICTURES / found.values["sheet"]).relative_to(PAGE.parent).as_posix()
        caption = {**strips.CAPTIONS, **films.CAPTIONS}[section]
        yield f"![{caption}]({place})\n\n*{caption}.*\n"


def _drawn(pictures: Iterable[results_charts.Picture]) -> Iterable[str]:
    for name, chart in pictures:
        path = chart.write(PICTURES / f"{name}.svg")
        yield f"![{chart.title}]({path.relative_to(PAGE.parent).as_posix()})\n"
