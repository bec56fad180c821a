"""``motionstudio batch``: a whole study, on this machine or on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.options import Data
from motionstudio.cli.output import say, show, show_json, show_table
from motionstudio.core.counting import counted
from motionstudio.core.errors import Cancelled, MotionStudioError

if TYPE_CHECKING:
    from motionstudio.batch.crew import Crew
    from motionstudio.batch.events import Event
    from motionstudio.batch.planning import Planned
    from motionstudio.batch.scheduler import Entry

StudyPath = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="Which clips, which models, what to make.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the study, as fit=crop."),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder of the results; else as in the study.")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", "-w", min=1, help="Processes, or actors; else as in the study."),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Work on a Ray cluster: host:6379, auto, ray://host:10001, or local for one on this "
        "machine.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be done, and do nothing.")]
JsonLines = Annotated[
    bool, typer.Option("--json", help="Print events as JSON lines, or the plan as JSON.")
]


def batch(
    study: StudyPath,
    overrides: Overrides = None,
    out: Out = None,
    workers: Workers = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
    data: Data = None,
    as_json: JsonLines = False,
) -> None:
    """Encode, render, transfer and measure whole studies.

    What is done already, of the same clips, weights and options, is left alone; a killed worker
    loses nothing. Exit code 2 where clips failed.
    """
    from motionstudio.batch.belonging import check_owner
    from motionstudio.batch.planning import plan
    from motionstudio.batch.running import run
    from motionstudio.batch.study import read_study
    from motionstudio.cli.data_folder import find_data
    from motionstudio.cli.stopping import Stopper

    wanted = read_study(study, _pairs(overrides or []))
    if workers is not None:
        wanted = wanted.model_copy(update={"workers": workers})
    beside = study.absolute().parent
    output = (out if out is not None else beside / wanted.output).absolute()
    found = find_data(data)
    planned = plan(wanted, output, [beside, *([found] if found is not None else [])])
    check_owner(wanted, output)
    if dry_run:
        _show_plan(planned, output, as_json)
        return
    make, where = _crew(cluster, wanted.workers, output)
    # Ray prints what it thinks of dead workers: that must not stand among the results.
    watcher = _watcher(len(planned), as_json)
    with Stopper() as stopper, watcher as tell, redirect_stdout(sys.stderr):
        entries = run(wanted, planned, output, make, where=where, tell=tell, cancelled=stopper)
    if not as_json:
        _show_means(entries)
        _say_left_behind(planned, output)
        show(str(output / "index.json"))
    if stopper.asked and any(entry.outcome is None and not entry.failure for entry in entries):
        raise Cancelled
    if failed := [entry for entry in entries if entry.failure]:
        raise MotionStudioError(_failures(failed, output), "The same command tries them again.")


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise MotionStudioError(f"--set {text} has no value.", "Write --set key=value.")
        pairs[key.strip()] = value.strip()
    return pairs


def _crew(address: str | None, wanted: int, output: Path) -> tuple[Callable[[int], Crew], str]:
    if address is not None:
        from motionstudio.batch.cluster import NEEDED, RayCrew, installed

        if not installed():
            raise MotionStudioError(*NEEDED)
        place = "on a cluster of this machine" if address == "local" else f"on {address}"
        return lambda left: RayCrew(address, wanted, left, output), place
    from motionstudio.batch.local import LocalCrew, command, sensible_count

    count = wanted or sensible_count()
    return lambda left: LocalCrew(min(count, left), command(output)), "on this machine"


def _show_plan(planned: Sequence[Planned], output: Path, as_json: bool) -> None:
    if as_json:
        show_json(
            [
                {
                    "name": one.task.name,
                    "state": "to do" if one.outcome is None else "done",
                    "paths": list(one.task.clip.paths),
                    "slice": one.task.clip.slice,
                    "driver": list(one.task.driver.paths) if one.task.driver else [],
                    "key": one.task.key,
                    "makes": _makes(one),
                }
                for one in planned
            ]
        )
        return
    rows = [
        (one.task.name, "to do" if one.outcome is None else "done", ", ".join(_makes(one)))
        for one in planned
    ]
    show_table(("result", "state", "makes"), rows)
    left = sum(one.outcome is None for one in planned)
    say(f"{counted(len(planned), 'result')} in {output}, {left} still to do. Nothing was done.")


def _makes(one: Planned) -> list[str]:
    task = one.task
    written = task.transfer or task.render
    formats = [kind.value for kind in written.formats] if written is not None else []
    return [
        *(["motion"] if task.motions else []),
        *task.measure,
        *(f"evaluate {name}" for name in task.evaluate),
        *formats,
    ]


def _show_means(entries: Sequence[Entry]) -> None:
    from motionstudio.batch.index import means

    rows = [
        (group, name, f"{found['mean']:.4g}", _interval(found), f"{found['count']:.0f}")
        for group, columns in means(entries).items()
        for name, found in columns.items()
    ]  # fmt: skip
    if rows:
        show_table(("model", "figure", "mean", "95 % interval", "clips"), rows)


def _say_left_behind(planned: Sequence[Planned], output: Path) -> None:
    from motionstudio.batch.belonging import left_behind

    names = left_behind(planned, output)
    if names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        say(
            f"{counted(len(names), 'older result')} in {output.name} that the study no longer asks "
            f"for: {', '.join(names[:5])}{more}. Delete what you do not need."
        )


def _interval(found: dict[str, float]) -> str:
    return f"{found['low']:.4g} to {found['high']:.4g}" if "low" in found else "-"


def _failures(failed: Sequence[Entry], output: Path) -> str:
    lost = [one for one in failed if one.outcome is None]
    partly = [one for one in failed if one.outcome is not None]
    parts = [_named(lost, "not made")] if lost else []
    parts += [_named(partly, "made, but not all of it")] if partly else []
    if any(one.trace for one in failed):
        parts.append(f"Where the program failed is in {output / 'faults.log'}.")
    return " ".join(parts)


def _named(failed: Sequence[Entry], how: str) -> str:
    names = "; ".join(f"{one.planned.task.name} ({one.failure})" for one in failed[:5])
    more = f"; and {len(failed) - 5} more, see faults.log" if len(failed) > 5 else ""
    what = f"{counted(len(failed), 'result')} {'was' if len(failed) == 1 else 'were'}"
    return f"{what} {how}: {names}{more}."


@contextmanager
def _watcher(total: int, as_json: bool) -> Iterator[Callable[[Event], None]]:
    """What receives events: JSON lines, a bar on a terminal, lines elsewhere."""
    from motionstudio.batch import events

    if as_json:
        results = sys.stdout

        def tell_line(event: Event) -> None:
            # A reader that has gone does not stop the work.
            with suppress(BrokenPipeError):
                results.write(events.to_line(event) + "\n")
                results.flush()

        yield tell_line
        return

    def tell(event: Event) -> None:
        if text := events.sentence(event):
            say(text)

    if not sys.stderr.isatty():
        yield tell
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("results", total=total)

        def tell_bar(event: Event) -> None:
            if text := events.sentence(event):
                bar.console.print(text, markup=False, highlight=False)
            bar.update(task, completed=event.done + event.failed)

        yield tell_bar
