"""A report as a folder for a paper: a page, tables for other programs, charts and film strips."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.compared import differences
from motionstudio.evaluation.dot_chart import dot_chart
from motionstudio.evaluation.evaluate import Evaluated
from motionstudio.evaluation.on_clips import Strip
from motionstudio.evaluation.report import Report
from motionstudio.evaluation.strip_pictures import draw_strips
from motionstudio.evaluation.table import Column, Table

PAGE, PLAIN, FIGURES, COMPARED, FAULTS, PICTURES = (
    "report.md", "report.json", "figures.csv", "differences.csv", "faults.log", "pictures",
)  # fmt: skip


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than an older report, before hours are spent.

    Raises:
        MotionStudioError: it does, or it cannot be made.
    """
    if folder.is_file():
        raise MotionStudioError(f"{folder} is a file.", "Choose a folder for --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strange = any(folder.iterdir()) and not (folder / PLAIN).exists()
    except OSError as error:
        raise MotionStudioError(
            f"The folder {folder} cannot be written to: {error.strerror or error}.",
            "Choose another folder for --out.",
        ) from error
    if strange:
        raise MotionStudioError(
            f"{folder} holds something that is no report.", "Choose another folder for --out."
        )


def write_report(found: Evaluated, folder: Path, command: str, version: str) -> Path:
    """Write everything into ``folder``; files of an older report are replaced.

    Args:
        found: what was measured.
        folder: for which ``check_folder`` was asked.
        command: that measured it, for the page.
        version: of the program.

    Returns:
        The page.

    Raises:
        MotionStudioError: the folder cannot be written to.
    """
    try:
        return _write(found, folder, command, version)
    except OSError as error:
        raise MotionStudioError(
            f"The report could not be written to {folder}: {error.strerror or error}.",
            "Make room, or choose another folder for --out.",
        ) from error


def _write(found: Evaluated, folder: Path, command: str, version: str) -> Path:
    report = found.report
    pictures = folder / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    for old in (*pictures.glob("*.svg"), *pictures.glob("*.png")):
        old.unlink()
    (folder / PLAIN).write_text(report.json() + "\n", encoding="utf-8")
    _csv(folder / FIGURES, _figure_rows(report))
    _csv(folder / COMPARED, _difference_rows(report))
    traces = [f"{p.text()}\n{p.trace}" for p in report.problems if p.trace]
    (folder / FAULTS).unlink(missing_ok=True)
    if traces:
        (folder / FAULTS).write_text("\n".join(traces), encoding="utf-8")
    shown = [*_charts(report, pictures), *_strips(found.strips, pictures)]
    page = folder / PAGE
    page.write_text(_page(report, shown, command, version), encoding="utf-8")
    return page


def _page(report: Report, pictures: Sequence[Path], command: str, version: str) -> str:
    rivals = report.about.get("rivals", [])
    names = [f"{r['model']} ({r['hash']})" for r in rivals] if isinstance(rivals, list) else []
    head = [
        f"# {report.model} on {report.about.get('data', '')}",
        f"Weights {report.model_hash}{', beside ' + ', '.join(names) if names else ''}; seed "
        f"{report.about.get('seed')}, {report.about.get('device', 'cpu')}, MotionStudio {version}.",
        f"```\n{command}\n```",
        "Figures are defined in docs/evaluation.md; ± is the standard error over clips. Every "
        f"clip's figures are in [{FIGURES}]({FIGURES}).",
    ]
    sheets = [f"![{path.stem}]({PICTURES}/{path.name})" for path in pictures]
    parts = [*head, report.markdown(), *_clips(report), *(["## Pictures"] if sheets else []),
             *sheets]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _clips(report: Report) -> list[str]:
    """Each clip's ranking figures, by method."""
    parts = []
    for table in report.tables:
        columns = [c for c in table.columns if c.with_error]
        rows = [(row, one) for row in table.rows if row.name in table.main for one in row.cases]
        if not rows or not columns:
            continue
        head = ["clip", "method", *(c.heading for c in columns)]
        lines = [_cells(head), "|" + "---|" * len(head)]
        for row, one in rows:
            values = [
                f"{one.figures[c.key]:.{c.digits}f}" if c.key in one.figures else "-"
                for c in columns
            ]
            lines.append(_cells([one.case, row.name, *values]))
        parts.append("\n".join([f"### Each clip: {table.title}", "", *lines]))
    return parts


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _figure_rows(report: Report) -> Iterator[Sequence[object]]:
    yield ("task", "table", "method", "clip", "figure", "unit", "value")
    for table in report.tables:
        columns = {column.key: column for column in table.columns}
        for row in table.rows:
            for one in row.cases:
                for key, value in one.figures.items():
                    unit = columns[key].unit if key in columns else ""
                    shown = f"{value:.9g}" if math.isfinite(value) else ""
                    yield (table.task, table.title, row.name, one.case, key, unit, shown)


def _difference_rows(report: Report) -> Iterator[Sequence[object]]:
    yield ("task", "table", "method", "rival", "figure", "unit", "mean", "low", "high", "clips",
           "verdict")  # fmt: skip
    for table in report.tables:
        for one in differences(table):
            found = one.interval
            yield (table.task, table.title, one.method, one.rival, one.column.key, one.column.unit,
                   f"{found.mean:.9g}", f"{found.low:.9g}", f"{found.high:.9g}", found.count,
                   one.verdict)  # fmt: skip


def _csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _charts(report: Report, folder: Path) -> Iterator[Path]:
    """One for each table and each figure that is printed with its error."""
    for number, table in enumerate(report.tables, 1):
        for column in table.columns:
            methods = _known(table, column) if column.with_error else {}
            if not methods:
                continue
            path = folder / f"{number:02d}_{table.task}_{column.key.replace(' ', '_')}.svg"
            chart = dot_chart(table.title, column.heading, methods, table.main)
            path.write_text(chart, encoding="utf-8")
            yield path


def _known(table: Table, column: Column) -> dict[str, list[float]]:
    found = {
        row.name: [
            one.figures[column.key]
            for one in row.cases
            if math.isfinite(one.figures.get(column.key, math.nan))
        ]
        for row in table.rows
    }
    return {name: values for name, values in found.items() if values}


def _strips(strips: Sequence[Strip], folder: Path) -> Iterator[Path]:
    for task in dict.fromkeys(one.task for one in strips):
        mine = [one for one in strips if one.task == task]
        yield draw_strips(mine, folder / f"clips_{task}.png")
