"""What a run leaves for people and programs: index.json, index.csv and means per model."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from motionstudio.batch.scheduler import Entry
from motionstudio.batch.study import Study
from motionstudio.core.intervals import interval_of
from motionstudio.io.atomic import whole_file

INDEX, TABLE, SUMMARY, FAULTS = "index.json", "index.csv", "summary.csv", "faults.log"
FORMAT = 1


def write_index(study: Study, entries: Sequence[Entry], output: Path) -> Path:
    """Write the index, the tables and, where something failed, ``faults.log``.

    Each appears whole or not at all.

    Returns:
        The path of ``index.json``.

    Raises:
        MotionStudioError: the folder cannot be written to.
    """
    plain: dict[str, Any] = {
        "format": FORMAT,
        "study": study.model_dump(mode="json"),
        "results": [_entry(entry) for entry in entries],
        "means": means(entries),
    }
    path = output / INDEX
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(plain, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    with whole_file(output / TABLE) as temporary:
        _write_table(entries, temporary)
    with whole_file(output / SUMMARY) as temporary:
        _write_summary(plain["means"], entries, temporary)
    _write_faults(entries, output / FAULTS)
    return path


def means(entries: Sequence[Entry]) -> dict[str, dict[str, dict[str, float]]]:
    """For each model, apart for its transfers, each figure's mean, its spread and its count.

    ``low`` and ``high`` are the interval of ``core.intervals``; of one clip there is none.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for entry in entries:
        if entry.outcome is None:
            continue
        columns = found.setdefault(_group(entry), {})
        for name, value in entry.outcome.figures.items():
            columns.setdefault(name, []).append(value)
    return {
        group: {name: _mean(values) for name, values in columns.items() if name != "frames"}
        for group, columns in found.items()
    }


def _group(entry: Entry) -> str:
    task = entry.planned.task
    model = task.name.partition("/")[0]
    return model if task.driver is None else f"{model}, transfers"


def _mean(values: Sequence[float]) -> dict[str, float]:
    count = len(values)
    spread = float(np.std(values, ddof=1) / np.sqrt(count)) if count > 1 else 0.0
    found = {"mean": float(np.mean(values)), "standard error": spread, "count": float(count)}
    interval = interval_of(values)
    return found if interval is None else {**found, "low": interval.low, "high": interval.high}


def _entry(entry: Entry) -> dict[str, Any]:
    task, outcome = entry.planned.task, entry.outcome
    model, _, name = task.name.partition("/")
    return {
        "name": name,
        "model": model,
        "model_hash": task.model_hash,
        "paths": list(task.clip.paths),
        "slice": task.clip.slice,
        "driver": list(task.driver.paths) if task.driver is not None else [],
        "state": _state(entry),
        "problem": entry.failure,
        "attempts": entry.attempts,
        "folder": task.name,
        **({} if outcome is None else outcome.plain()),
    }


def _state(entry: Entry) -> str:
    if entry.failure:
        return "failed" if entry.outcome is None else "done in part"
    return "not done" if entry.outcome is None else "done"


def _write_table(entries: Sequence[Entry], path: Path) -> None:
    made = [entry.outcome.figures for entry in entries if entry.outcome is not None]
    columns = list(dict.fromkeys(name for figures in made for name in figures))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["name", "model", "state", *columns])
        for entry in entries:
            plain = _entry(entry)
            figures = entry.outcome.figures if entry.outcome is not None else {}
            cells = [f"{figures[name]:.6g}" if name in figures else "" for name in columns]
            writer.writerow([plain["name"], plain["model"], plain["state"], *cells])


def _write_summary(
    found: dict[str, dict[str, dict[str, float]]], entries: Sequence[Entry], path: Path
) -> None:
    """One line for each model and figure, then one for each result that lacks something."""
    columns = ("mean", "low", "high", "standard error", "count")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["model", "figure", "mean", "low 95 %", "high 95 %", "standard error",
                         "clips", "problem"])  # fmt: skip
        for model, figures in found.items():
            for name, values in figures.items():
                cells = [f"{values[key]:.6g}" if key in values else "" for key in columns]
                writer.writerow([model, name, *cells, ""])
        for entry in entries:
            if entry.failure:
                name = entry.planned.task.name.partition("/")[2]
                problem = f"{name}: {entry.failure}"
                writer.writerow([_group(entry), "", *[""] * len(columns), problem])


def _write_faults(entries: Sequence[Entry], path: Path) -> None:
    """What failed in this run, and where the program did; an older log goes."""
    failed = [f"{e.planned.task.name}: {e.failure}\n{e.trace}" for e in entries if e.failure]
    path.unlink(missing_ok=True)
    if failed:
        with whole_file(path) as temporary:
            temporary.write_text("\n".join(failed), encoding="utf-8")
