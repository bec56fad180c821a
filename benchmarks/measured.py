"""Measured figures as files: what was found, by which command, of which weights, on which machine.

``docs/results.md`` is written from these files. Figures are measured again when the weights of a
checkpoint change, or when more cases are asked for than they were measured on. Figures that are
printed with their error are kept case by case, too, so that verdicts compare the same cases.
"""

from __future__ import annotations

import json
import math
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from motionstudio.evaluation.paper import Claim
from motionstudio.evaluation.table import Column, Figure, Of, Row, Table

FOLDER = Path(__file__).parent / "measured"
_MEASURING = ("motionstudio", "checkpoints", "benchmarks", ":!benchmarks/measured")
"""What figures come from: changes there make a commit's name an inexact one."""

_DIGITS = 4
"""Significant ones of the figure of a single case."""

_PLAIN = r'(?:-?[\d.]+(?:e[+-]?\d+)?|null|"[^"\\\n]{0,40}")'
_FLAT = re.compile(rf'[\[{{]\s+(?:(?:"[^"\n]*": )?{_PLAIN},?\s+)+[\]}}]')
_BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """What one section measured.

    Attributes:
        tables, claims: as they are printed.
        values: numbers that pictures are drawn from.
        notes: plain sentences about what was left out.
    """

    tables: tuple[Table, ...] = ()
    claims: tuple[Claim, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """``Found`` with where it comes from.

    Attributes:
        section: name of the section; ``command`` makes it again.
        hashes: of the weights, by checkpoint. ``cases``: how many for each figure.
        commit, hardware, date, seconds: of the measurement.
    """

    section: str
    command: str
    hashes: Mapping[str, str]
    cases: int
    commit: str
    hardware: str
    date: str
    seconds: float
    found: Found

    @property
    def source(self) -> str:
        """One line for the page."""
        weights = ", ".join(f"{name} {digest[:8]}" for name, digest in self.hashes.items())
        # Older entries did not count child processes: better no figure than "0 s".
        spent = f"{self.seconds:.0f} s of the processor" if self.seconds >= 1 else ""
        made = f"commit {self.commit} · {self.date} · {self.hardware}"
        # Without the word a fresh clone finds the figures kept and measures nothing.
        command = f"`{self.command} --again`"
        return " · ".join(part for part in (command, made, spent, weights) if part)


def write(entry: Entry, folder: Path = FOLDER) -> Path:
    """Keep an entry; the same section's older one is replaced."""
    folder.mkdir(exist_ok=True)
    plain = asdict(entry)
    plain["found"]["tables"] = [_plain(table) for table in entry.found.tables]
    path = folder / f"{entry.section.replace('/', '-')}.json"
    path.write_text(_compact(json.dumps(plain, indent=1)) + "\n", encoding="utf-8")
    return path


def read(section: str, folder: Path = FOLDER) -> Entry | None:
    """The kept entry of a section, or None."""
    path = folder / f"{section.replace('/', '-')}.json"
    if not path.exists():
        return None
    plain = json.loads(path.read_text(encoding="utf-8"))
    found = plain.pop("found")
    tables = tuple(_table(table) for table in found["tables"])
    claims = tuple(Claim(**claim) for claim in found["claims"])
    return Entry(**plain, found=Found(tables, claims, found["values"], tuple(found["notes"])))


def commit() -> str:
    """The short name of the commit that is checked out; a plus where files differ from it."""
    name = _git("rev-parse", "--short", "HEAD")
    return name + ("+" if _git("status", "--porcelain", "--", *_MEASURING) else "")


def hardware() -> str:
    """Processor and libraries, in words."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _lines(Path("/proc/cpuinfo"))
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    return f"{cpu}, one thread, torch {torch.__version__}"


def today() -> str:
    """The date in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines() if path.exists() else []


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _compact(text: str) -> str:
    """JSON with lists and mappings of nothing but numbers and short words on one line each."""
    return _FLAT.sub(lambda found: _BREAK.sub(" ", found[0]), text)


def _plain(table: Table) -> dict[str, Any]:
    names = list(dict.fromkeys(of.case for row in table.rows for of in row.cases))
    keys = [column.key for column in table.columns if column.with_error]
    return {**asdict(table), "cases": names, "rows": [{
        "name": r.name, "remark": r.remark,
        "figures": {k: asdict(f) for k, f in r.figures.items()},
        "cases": _singles(r, keys, names),
    } for r in table.rows]}  # fmt: skip


def _singles(row: Row, keys: list[str], names: list[str]) -> dict[str, list[float | None]]:
    """By column one figure for each of ``names``; None where there is none."""
    found: dict[tuple[str, str], float] = {}
    for of in row.cases:
        found |= {(key, of.case): v for key, v in of.figures.items() if math.isfinite(v)}
    listed = {key: [_rounded(found.get((key, name))) for name in names] for key in keys}
    return {key: values for key, values in listed.items() if set(values) - {None}}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _table(plain: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in plain["columns"])
    # Entries of before single cases were kept have none.
    names, main = plain.get("cases", []), tuple(plain.get("main", ()))
    rows = tuple(
        Row(r["name"], {k: Figure(**f) for k, f in r["figures"].items()}, r["remark"],
            _cases(r.get("cases", {}), names))
        for r in plain["rows"]
    )  # fmt: skip
    return Table(plain["task"], plain["title"], columns, rows, plain["note"], main)


def _cases(singles: Mapping[str, list[float | None]], names: list[str]) -> tuple[Of, ...]:
    found = []
    for place, name in enumerate(names):
        here = {key: values[place] for key, values in singles.items()}
        figures = {key: value for key, value in here.items() if value is not None}
        found += [Of(name, figures)] if figures else []
    return tuple(found)
