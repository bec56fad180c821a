"""``motionstudio evaluate``: a model measured beside classical methods."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from motionstudio.cli.data_folder import NONE_FOUND, find_data, is_library
from motionstudio.cli.options import AsJson
from motionstudio.cli.output import say, show
from motionstudio.core.errors import MotionStudioError


class Task(StrEnum):
    """What can be measured; the names of ``motionstudio.evaluation.TASKS``."""

    TRACKING = "tracking"
    INTERPOLATION = "interpolation"
    TRANSPORT = "transport"
    SIMULATION = "simulation"
    RECONSTRUCTION = "reconstruction"
    PREDICTION = "prediction"
    LIKELIHOOD = "likelihood"
    REAL = "real"
    REFINE = "refine"
    SPEED = "speed"


ModelName = Annotated[
    str | None,
    typer.Argument(
        metavar="[MODEL]", help="Model by name or folder, else heart; with --paper a system."
    ),
]
TaskName = Annotated[Task | None, typer.Option("--task", help="One task; else all of them.")]
Subjects = Annotated[
    int,
    typer.Option(
        "--subjects", min=1, help="How many generated test subjects, or at most how many clips."
    ),
]
Data = Annotated[
    Path | None,
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
        help="A second model beside the first in interpolation, transport and reconstruction, "
        "such as one trained without temporal dropout.",
    ),
]


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


def evaluate(
    model: ModelName = None,
    task: TaskName = None,
    data: Data = None,
    subjects: Subjects = 20,
    rival: Rival = None,
    card: ToCard = False,
    of_paper: OfPaper = False,
    as_json: AsJson = False,
) -> None:
    """Measure a model on subjects never trained on, beside classical methods on the same pairs.

    Peers: no motion, OpenCV DIS flow, SimpleITK demons, and ANTs SyN when it is installed.
    Runs on one thread of the CPU, so that times compare. docs/evaluation.md says how a folder of
    clips with labels is laid out.
    """
    clips, folder = _where(data)
    if of_paper:
        _paper(model, folder, subjects, as_json)
        return
    model = model or "heart"
    if folder is None and clips is None and task in (None, Task.REAL):
        if task is Task.REAL:
            raise MotionStudioError(NONE_FOUND, "The task real needs it.")
        say(f"{NONE_FOUND} The task real is left out.")
    from motionstudio.models.registry import find_checkpoint, load_model

    # Before torch is imported: a wrong name should be said at once.
    names = [model, *([rival] if rival else [])]
    for name in names:
        find_checkpoint(name)
    import torch

    from motionstudio import evaluation
    from motionstudio.evaluation.card_metrics import note_on_card

    torch.set_num_threads(1)
    first, *others = [load_model(name) for name in names]
    chosen = task.value if task is not None else None
    report = evaluation.evaluate(first, chosen, folder, subjects, say, rivals=others, clips=clips)
    if card and clips is None:
        words = ["motionstudio evaluate", model, *([f"--task {task.value}"] if task else [])]
        command = " ".join([*words, f"--subjects {subjects}", *(["--data DATA"] if folder else [])])
        note_on_card(find_checkpoint(model), report, command)
    show(report.json() if as_json else report.text())


def _where(data: Path | None) -> tuple[Path | None, Path | None]:
    """What ``--data`` names: one's own clips, or the folder of the project's real clips."""
    if data is not None and data.exists() and not is_library(data):
        return data, None
    return None, find_data(data)


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
