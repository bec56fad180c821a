"""Claims of the sources beside what we measure: the rows of ``motionstudio evaluate --paper``.

A system takes part by one line in ``_SYSTEMS``: a module with a function ``claims``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.progress import Tell, silent
from motionstudio.evaluation.report import plain_table
from motionstudio.evaluation.table import Table

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a source says and that can be tried at our size.

    Attributes:
        source: the paper, shortly.
        claim: what it says, one sentence.
        paper: its figure, or a dash where it has none.
        ours: what we measured.
        holds: whether it holds here; None where it could not be tried.
        recalled: the paper's figure is from memory and was not read again.
        note: what one must know to read the row.
    """

    source: str
    claim: str
    paper: str
    ours: str
    holds: bool | None
    recalled: bool = False
    note: str = ""


def untried(source: str, claim: str, what: str) -> Claim:
    """A claim that cannot be tried here, because ``what`` it needs is not at hand."""
    return Claim(source, claim, "-", f"{what} is not at hand", None)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one system has to say: claims, and the tables that they were read from."""

    claims: tuple[Claim, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperRun:
    """What the claims of a system are measured with.

    Attributes:
        data: folder of the real data, or None.
        count: cases for each figure.
        tell: receives a short plain sentence now and then.
    """

    data: Path | None
    count: int
    tell: Tell = silent


Measure = Callable[[PaperRun], Findings]

_SYSTEMS: Mapping[str, str] = {
    "genlmm": "motionstudio.evaluation.paper_genlmm:claims",
    "fomm": "motionstudio.evaluation.paper_fomm:claims",
    "vae": "motionstudio.evaluation.paper_vae:claims",
    "inbetween": "motionstudio.evaluation.paper_inbetween:claims",
    "draw": "motionstudio.evaluation.paper_draw:claims",
    "visual_dynamics": "motionstudio.evaluation.paper_visual_dynamics:claims",
    "vpn": "motionstudio.evaluation.paper_vpn:claims",
    "stae": "motionstudio.evaluation.paper_stae:claims",
    "recomposing": "motionstudio.evaluation.paper_recomposing:claims",
}

SYSTEMS = tuple(_SYSTEMS)
"""Systems whose claims can be measured."""

_HOLDS = {True: "holds", False: "does not hold", None: "not tried"}


@dataclass(frozen=True, slots=True)
class PaperReport:
    """Claims of all systems that were asked for, and the tables behind them."""

    claims: tuple[Claim, ...]
    tables: tuple[Table, ...]

    def text(self) -> str:
        """For a terminal: each claim in lines of its own, the tables below."""
        parts = [_lines(claim) for claim in self.claims]
        return "\n\n".join([*parts, *(table.text() for table in self.tables)])

    def markdown(self) -> str:
        """For a page."""
        head = "| source | claim | paper | ours | |\n|---|---|---|---|---|"
        cells = [
            (c.source, c.claim + _bracket(c.note), _figure(c), c.ours, _HOLDS[c.holds])
            for c in self.claims
        ]
        rows = ["| " + " | ".join(w.replace("|", "\\|") for w in row) + " |" for row in cells]
        return "\n\n".join(["\n".join([head, *rows]), *(t.markdown() for t in self.tables)])

    def json(self) -> str:
        """For other programs."""
        plain = {
            "claims": [asdict(claim) for claim in self.claims],
            "tables": [plain_table(table) for table in self.tables],
        }
        return json.dumps(plain, indent=2)


def paper(
    systems: Sequence[str] = SYSTEMS,
    *,
    data: Path | None = None,
    count: int = 200,
    tell: Tell = silent,
) -> PaperReport:
    """Measure the claims of ``systems``.

    Args:
        systems: some of ``SYSTEMS``.
        data: folder of the real data; claims that need it are else not tried, and say so.
        count: cases for each figure.
        tell: receives a short plain sentence now and then.

    Raises:
        MotionStudioError: a system has no claims here, or one of its checkpoints is missing.
    """
    unknown = [name for name in systems if name not in _SYSTEMS]
    if unknown:
        raise MotionStudioError(
            f"No claims of {unknown[0]} are measured.", f"There are those of {', '.join(SYSTEMS)}."
        )
    run = PaperRun(data, count, tell)
    found = [_measure(name)(run) for name in systems]
    return PaperReport(_joined(f.claims for f in found), _joined(f.tables for f in found))


def _measure(system: str) -> Measure:
    module, _, name = _SYSTEMS[system].partition(":")
    measure: Measure = getattr(import_module(module), name)
    return measure


def _joined(parts: Iterable[tuple[_T, ...]]) -> tuple[_T, ...]:
    return tuple(one for part in parts for one in part)


def _lines(claim: Claim) -> str:
    lines = [
        f"{claim.source}: {claim.claim}",
        f"  paper: {_figure(claim)}",
        f"  ours:  {claim.ours}",
        f"  {_HOLDS[claim.holds]}{_bracket(claim.note)}",
    ]
    return "\n".join(lines)


def _figure(claim: Claim) -> str:
    return f"{claim.paper} (recalled, not read again)" if claim.recalled else claim.paper


def _bracket(note: str) -> str:
    return f" ({note})" if note else ""
