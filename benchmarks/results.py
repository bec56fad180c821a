"""Writes ``docs/results.md``: ``python -m benchmarks.results [--only WORD] [--seconds N]``.

Sections whose figures are missing, of other weights, or of fewer cases than asked for are measured
and kept in ``benchmarks/measured``; then the page and its pictures are written from what is there.
``--render`` measures nothing. ``--cases N`` caps the cases of every section, for a loaded machine;
without it each section is measured as fully as it deserves.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks import measured, results_page
from benchmarks.measured import Entry
from benchmarks.sections import Asked, Section, sections
from motionstudio.core.errors import MotionStudioError
from motionstudio.doctor import find_data
from motionstudio.evaluation.syn_elsewhere import VARIABLE, borrowed_seconds
from motionstudio.models.registry import list_models


def stale(section: Section, kept: Entry | None, hashes: Mapping[str, str], cases: int) -> bool:
    """Whether a section must be measured: never, of other weights, or on too few cases."""
    return kept is None or dict(kept.hashes) != dict(hashes) or kept.cases < cases


def hashes_of(section: Section) -> dict[str, str]:
    """The weights that a section is about, by checkpoint."""
    known = {card.name: card.hash for card in list_models()}
    return {name: known[name] for name in section.models}


def measure(section: Section, data: Path | None, cases: int) -> Entry | None:
    """Measure a section and keep it; None, and a sentence, where it cannot be."""
    start = _spent()
    try:
        found = section.measure(Asked(data, cases, _tell))
    except MotionStudioError as error:
        _tell(f"{section.name} is left out: {error}")
        return None
    entry = Entry(
        section=section.name,
        command=f"python -m benchmarks.results --only {section.name} --cases {cases}",
        hashes=hashes_of(section),
        cases=cases,
        commit=measured.commit(),
        hardware=measured.hardware(),
        date=measured.today(),
        seconds=round(_spent() - start, 1),
        found=found,
    )
    measured.write(entry)
    return entry


def _spent() -> float:
    """Processor seconds so far, child processes and registrations elsewhere included."""
    return sum(os.times()[:4]) + borrowed_seconds()


def main() -> int:
    chosen = _arguments()
    torch.set_num_threads(1)
    if chosen.ants:
        os.environ[VARIABLE] = chosen.ants
    data, start = chosen.data or find_data(), time.monotonic()
    everything = sections()
    wanted = [s for s in everything if any(word in s.name for word in chosen.only or [""])]
    for section in [] if chosen.render else wanted:
        if time.monotonic() - start > chosen.seconds:
            _tell(f"{section.name} and what follows is left for the next run")
            break
        cases = min(section.cases, chosen.cases or section.cases)
        if chosen.again or stale(section, measured.read(section.name), hashes_of(section), cases):
            _tell(f"--- {section.name}, {cases} cases")
            measure(section, data, cases)
    kept = {s.name: entry for s in everything if (entry := measured.read(s.name)) is not None}
    now = {section.name: hashes_of(section) for section in everything}
    fresh = {name: dict(entry.hashes) == now[name] for name, entry in kept.items()}
    path = results_page.write(everything, kept, fresh)
    _tell(f"{path} is written, {len(kept)} of {len(everything)} sections")
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="WORD", help="sections with it in their name")
    parser.add_argument("--cases", type=int, help="at most so many cases for each figure")
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="begin no section after so many")  # fmt: skip
    parser.add_argument("--again", action="store_true", help="measure what is fresh, too")
    parser.add_argument("--render", action="store_true", help="write the page only")
    parser.add_argument("--data", type=Path, help="folder of the real clips")
    parser.add_argument("--ants", metavar="PYTHON", help="a Python that has antspyx, for SyN")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
