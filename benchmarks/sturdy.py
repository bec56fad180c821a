"""Sections of the page of results about robustness: files, attacks, faults and a long session."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.fuzz_readers import READERS, run_all
from benchmarks.measured import Found
from benchmarks.robustness import attack, real_files
from benchmarks.soak import GROWTH
from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.table import Column, Figure, Row, Table
from tests.robustness.targets import TARGETS

COUNTED = (
    Column("tried", "tried", 0),
    Column("refused", "refused with a sentence", 0),
    Column("opened", "opened", 0),
    Column("failed", "failures", 0),
)
_SHARE = 40.0
"""Seconds for a real file at the most, so that large ones leave time to the others."""

_EVERY = 6
"""Of the rounds of a long session so many stand for one line of the page; all are in the file."""


def soak(minutes: int) -> Found:
    """A session of so many minutes in a process of its own.

    Raises:
        MotionStudioError: it ended before its time.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "soak.json"
        words = ["-m", "benchmarks.soak", "--minutes", str(minutes), "--log", str(log)]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        if not log.exists():
            raise MotionStudioError("The long session broke off.", done.stderr[-500:])
        return of_log(json.loads(log.read_text(encoding="utf-8")), minutes)


def of_log(log: Mapping[str, Any], minutes: int) -> Found:
    """The table of a long session from its log."""
    readings = log["readings"]
    chosen = [n for n in range(len(readings)) if n % _EVERY == 0 or n == len(readings) - 1]
    rows = [
        Row(f"round {n + 1}", {key: Figure(float(readings[n][key]), 0.0, 1) for key in readings[n]})
        for n in chosen
    ]
    columns = (
        Column("seconds", "s", 0),
        Column("memory", "resident MiB", 0),
        Column("files", "open files", 0),
        Column("objects", "Qt objects", 0),
        Column("cached", "of it in caches, MiB", 0),
        Column("clips", "clips after closing", 0),
    )
    warm, end = (readings[n]["memory"] for n in (len(readings) // 3, -1))
    cached = [readings[n]["cached"] for n in (len(readings) // 3, -1)]
    warned = [f"{text} ({count} times)" for text, count in log["said"].items()]
    note = (
        f"{len(readings)} rounds in {minutes} minutes with {len(log['models'])} models of all "
        f"nine systems and {len(log['panes'])} panes; all readings are in the file of figures. "
        f"From {warm:.0f} MiB after the first third to {end:.0f} MiB at the end, where "
        f"{GROWTH:.0f} more are allowed; pictures in bounded caches went from {cached[0]:.0f} to "
        f"{cached[1]:.0f} MiB meanwhile. {log['problem'] or 'Files and objects do not grow.'} "
        f"Warned meanwhile: {' '.join(warned) or 'nothing.'}"
    )
    table = Table("soak", f"{minutes} minutes in the window", columns, tuple(rows), note)
    return Found((table,), values=dict(log))


def files(rounds: int, tell: Callable[[str], None]) -> Found:
    """Every kind of file that is read, damaged so many times each."""
    made = {}
    for name in TARGETS:
        made[name] = attack(name, rounds)
        tell(f"{name}: {dict(made[name])}")
    title = "Files that the program writes, and generated clips"
    return Found((_counts("files", title, made),))


def real(rounds: int, data: Path | None, tell: Callable[[str], None]) -> Found:
    """Real clips, each damaged so many times, or as often as its share of the time allows.

    Raises:
        MotionStudioError: there is no folder of data.
    """
    found: dict[str, Counter[str]] = {}
    for path in real_files(data):
        # The folder too: two data sets may name their files alike.
        name = f"{path.parent.name}/{path.name}"
        found[name] = attack(str(path), rounds, seconds=_SHARE)
        tell(f"{name}: {dict(found[name])}")
    if not found:
        raise MotionStudioError("The real clips are not in the data folder.")
    title = f"Real clips, one of each format in each data set: {len(found)} files"
    said = f"Each is damaged {rounds} times, or as often as {_SHARE:.0f} s allow. "
    return Found((_counts("real", title, found, said),))


def guided(seconds: int, tell: Callable[[str], None]) -> Found:
    """Readers under a fuzzer that is guided by coverage, so many seconds each.

    Seconds are of the processor: what else runs on the machine takes nothing from the last ones.

    Raises:
        MotionStudioError: the fuzzer is not installed.
    """
    if importlib.util.find_spec("atheris") is None:
        raise MotionStudioError(
            "The package atheris is not installed.", "benchmarks/fuzz_readers.py says how."
        )
    counts = {}
    for name, found in run_all(READERS, seconds):
        counts[name] = Counter(found["counts"])
        tell(f"{name}: {dict(counts[name])}")
    title = f"{len(counts)} readers under atheris (libFuzzer), {seconds} s of the processor each"
    said = "Reading one form may take 5 s of the processor and a GiB more than before. "
    return Found((_counts("guided", title, counts, said),))


def _counts(task: str, title: str, counts: Mapping[str, Counter[str]], said: str = "") -> Table:
    everything = sum(counts.values(), Counter[str]())
    rows = [
        Row(name, {c.key: Figure(float(found[c.key]), 0.0, 1) for c in COUNTED})
        for name, found in {**counts, "all": everything}.items()
    ]
    note = said + (
        "A failure is anything but a clip or one plain sentence: another exception, a crash, a "
        "hang of 30 s, more than 12 GiB."
    )
    return Table(task, title, COUNTED, tuple(rows), note)


def malicious(tell: Callable[[str], None]) -> Found:
    """Every attack in a process of its own: what is said, in which time, with which memory."""
    return _each("attack", tell)


def faults(tell: Callable[[str], None]) -> Found:
    """Every fault of disks, processes and devices: what is said."""
    return _each("fault", tell)


def _each(kind: str, tell: Callable[[str], None]) -> Found:
    """A line of the table for each that was tried.

    Raises:
        MotionStudioError: they could not be tried.
    """
    rows, survived = [], 0
    command = [sys.executable, "-m", "benchmarks.sturdy_child", kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MotionStudioError("Nothing could be tried.", done.stderr[-500:])
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"name"')]
    for told in map(json.loads, lines):
        survived += bool(told["good"])
        if not told["good"]:
            tell(f"{told['name']}: {told['said']}")
        figures = {k: Figure(float(told[k]), 0.0, 1) for k in ("mebibytes", "seconds") if k in told}
        # A line without figures would be a remark of the table.
        figures = figures or {"seconds": Figure(0.0, 0.0, 1)}
        rows.append(Row(f"{told['name']}: {told['said']}", figures))
    columns = (Column("mebibytes", "memory, MiB", 0), Column("seconds", "s", 1))
    title = {"attack": "Files made to do harm", "fault": "What fails under the program"}[kind]
    note = f"{len(rows)} tried, {survived} met as they must be, {len(rows) - survived} failures. "
    note += {
        "attack": (
            "After the colon stands the sentence that refuses the file. Memory is what the process "
            "took more than before it read the file."
        ),
        "fault": (
            "After the colon stands what is read. Counts as met: a sentence is said, the old file "
            "is whole, nothing half is left, and the next try works. Disks are real ones of 1 MiB."
        ),
    }[kind]
    return Found((Table(kind, title, columns, tuple(rows), note),))
