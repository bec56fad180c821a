"""``motionstudio evaluate``: a model measured beside classical methods."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.data_folder import NONE_FOUND, find_data, is_library
from motionstudio.cli.options import AsJson
from motionstudio.cli.output import say, show
from motionstudio.cli.stopping import Stopper
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.own_version import own_version

if TYPE_CHECKING:
    from motionstudio.evaluation.evaluate import Evaluated
    from motionstudio.evaluation.report import Problem, Report


class Task(StrEnum):
    """What can be measured; the names of ``motionstudio.evaluation.TASKS``."""

    TRACKING = "tracking"
    INTERPOLATION = "interpolation"
    TRANSPORT = "transport"
    SIMULATION = "simulation"
    RECONSTRUCTION = "reconstruction"
    PREDICTION = "prediction"
    LIKELIHOOD = "likelihood"
    FACTORS = "factors"
    REAL = "real"
    REFINE = "refine"
    SPEED = "speed"


ModelName = Annotated[
    str | None,
    typer.Argument(
        metavar="[MODEL]", help="Model by name or folder, else heart; with --paper a system."
    ),
]
TaskNames = Annotated[
    list[Task] | None,
    typer.Option("--task", help="One task; may be given several times. Else all of them."),
]
Subjects = Annotated[
    int | None,
    typer.Option(
        "--subjects",
        "--cases",
        min=1,
        help="How many generated test subjects, else 20; or at most how many clips, else all.",
    ),
]
Data = Annotated[
    list[Path] | None,
    typer.Option(
        "--data",
        help="Your own clip, or a folder of clips with or without labels, to measure on; or the "
        "folder of the project's real clips (else MOTIONSTUDIO_DATA, else ../shared/data of a "
        "checkout).",
    ),
]
Rival = Annotated[
    str | None,
    typer.Option(
        "--rival",
        help="A second model with the same pictures beside the first, such as one trained without "
        "temporal dropout; differences are told with their intervals.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Also write a folder: report.md, report.json, figures.csv with every clip, "
        "differences.csv, charts and film strips of the worst, median and best clip.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Of everything that a model draws; same seed, same.")
]
OnDevice = Annotated[
    str | None,
    typer.Option("--device", help="cpu, cuda or mps; else the CPU on one thread, so that times "
                 "compare."),
]  # fmt: skip
ToCard = Annotated[
    bool, typer.Option("--card", help="Also write the model's own figures onto its card.toml.")
]
OfPaper = Annotated[
    bool,
    typer.Option(
        "--paper",
        help="Claims of the sources beside our figures instead; --subjects times 10 "
        "cases for each.",
    ),
]


def evaluate(  # noqa: PLR0913 - one parameter for each option
    model: ModelName = None,
    task: TaskNames = None,
    data: Data = None,
    subjects: Subjects = None,
    rival: Rival = None,
    out: Out = None,
    seed: Seed = 0,
    device: OnDevice = None,
    card: ToCard = False,
    of_paper: OfPaper = False,
    as_json: AsJson = False,
) -> None:
    """Measure a model on clips or subjects never trained on, beside classical methods.

    Ctrl-C ends after the clip under way and shows what was measured. Exit code 2 where clips
    could not be measured; they are listed at the end. docs/evaluation.md says how a folder of
    clips with labels is laid out, and what every figure and field of the JSON is.
    """
    clips, folder = _where(data or [])
    if of_paper:
        if clips is not None:
            raise MotionStudioError(
                "--paper measures what sources claim, on their kinds of data and not on your "
                "clips.",
                "Leave --paper out, or --data.",
            )
        _paper(model, folder, subjects or 20, as_json)
        return
    model, tasks = model or "heart", [one.value for one in task or []]
    _check_data(folder, clips, tasks)
    if out is not None:
        from motionstudio.evaluation.report_folder import check_folder

        check_folder(out)
    found = _measured(
        [model, *([rival] if rival else [])], tasks, folder, subjects, clips, seed, device,
        pictures=out is not None,
    )  # fmt: skip
    if card and clips is None and not found.report.stopped:
        _note(model, tasks, found.report, subjects, folder)
    _hand_out(found, out, as_json)


def _where(named: list[Path]) -> tuple[Path | None, Path | None]:
    """What ``--data`` names: one's own clips, or the folder of the project's real clips.

    Raises:
        MotionStudioError: it names nothing that exists, or several things.
    """
    if len(named) > 1:
        raise MotionStudioError(
            f"--data is given {len(named)} times, and measures one clip or one folder.",
            "Put the clips, or links to them, into one folder.",
        )
    if not named:
        return None, find_data(None)
    if not named[0].exists():
        raise MotionStudioError(
            f"--data names {named[0]}, which does not exist.", "Correct the path."
        )
    return (None, named[0]) if is_library(named[0]) else (named[0], None)


def _check_data(folder: Path | None, clips: Path | None, tasks: list[str]) -> None:
    if folder is None and clips is None and (not tasks or Task.REAL in tasks):
        if tasks == [Task.REAL]:
            raise MotionStudioError(NONE_FOUND, "The task real needs it.")
        say(f"{NONE_FOUND} The task real is left out.")


def _measured(
    names: list[str],
    tasks: list[str],
    folder: Path | None,
    subjects: int | None,
    clips: Path | None,
    seed: int,
    device: str | None,
    *,
    pictures: bool,
) -> Evaluated:
    from motionstudio.models.registry import find_checkpoint, load_model

    # Before torch is imported: a wrong name should be said at once.
    for name in names:
        find_checkpoint(name)
    import torch

    from motionstudio.cli.computing import ready_device
    from motionstudio.evaluation.evaluate import evaluated
    from motionstudio.evaluation.progress import Watch

    chosen = ready_device(device) if device is not None else "cpu"
    torch.set_num_threads(1)
    first, *others = [load_model(name, chosen) for name in names]
    soon = "Stopping after this clip; Ctrl-C again stops at once."
    with Stopper(soon, "Stopped at once; nothing is shown.") as stopper:
        watch = Watch(say, stopper, time.monotonic)
        found = evaluated(
            first, tasks, folder, subjects, watch,
            rivals=others, clips=clips, seed=seed, pictures=pictures,
        )  # fmt: skip
    report = replace(found.report, about={**found.report.about, "device": chosen})
    return replace(found, report=report)


def _note(
    model: str, tasks: list[str], report: Report, subjects: int | None, folder: Path | None
) -> None:
    from motionstudio.evaluation.card_metrics import note_on_card
    from motionstudio.models.registry import find_checkpoint

    words = ["motionstudio evaluate", model, *(f"--task {name}" for name in tasks)]
    many = [f"--subjects {subjects or 20}", *(["--data DATA"] if folder else [])]
    note_on_card(find_checkpoint(model), report, " ".join([*words, *many]))


def _hand_out(found: Evaluated, out: Path | None, as_json: bool) -> None:
    """Show the report, write its folder, and end with what went wrong.

    Raises:
        Cancelled: a person stopped it.
        MotionStudioError: clips could not be measured.
    """
    report = found.report
    show(report.json() if as_json else report.text())
    if out is not None:
        from motionstudio.evaluation.report_folder import write_report

        command = shlex.join(["motionstudio", *sys.argv[1:]])
        say(f"Written to {write_report(found, out, command, own_version())}.")
    if report.stopped:
        raise Cancelled
    if report.problems:
        raise _failed(report.problems, out)


def _failed(problems: tuple[Problem, ...], out: Path | None) -> MotionStudioError:
    clips = list(dict.fromkeys(problem.clip for problem in problems))
    names = ", ".join(clips[:5]) + (f" and {len(clips) - 5} more" if len(clips) > 5 else "")
    of_program = any(problem.trace for problem in problems)
    where = f"{out / 'faults.log'} says" if out is not None else "--out FOLDER writes down"
    return MotionStudioError(
        f"Not everything could be measured: {names}.",
        f"Some of it is a fault of the program: {where} where." if of_program else
        "The reasons are above; the other clips were measured.",
    )  # fmt: skip


def _paper(system: str | None, folder: Path | None, subjects: int, as_json: bool) -> None:
    """Print what the sources say beside what we measure, of one system or of all."""
    import torch

    from motionstudio.evaluation.paper import SYSTEMS, paper

    torch.set_num_threads(1)
    if folder is None:
        say(f"{NONE_FOUND} Claims that need it are not tried.")
    systems = (system,) if system is not None else SYSTEMS
    report = paper(systems, data=folder, count=10 * subjects, tell=say)
    show(report.json() if as_json else report.text())
