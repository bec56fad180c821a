"""The typer application: every command with its help; serves words, knows no exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionstudio import doctor as doctor_report
from motionstudio.cli import studio as window
from motionstudio.cli.animate import animate
from motionstudio.cli.batch import batch
from motionstudio.cli.encode import encode
from motionstudio.cli.evaluate import evaluate
from motionstudio.cli.examples import example
from motionstudio.cli.import_checkpoint import import_checkpoint
from motionstudio.cli.inspect import inspect
from motionstudio.cli.models import models
from motionstudio.cli.options import AsJson
from motionstudio.cli.output import show
from motionstudio.cli.render import render
from motionstudio.cli.train import train
from motionstudio.own_version import own_version

_EPILOG = (
    "A file alone opens the studio on it. Results go to stdout, progress and notes to stderr. "
    "Exit code: 0; 1 for a fault of the program, or a broken installation (doctor); 2 for what you "
    "can mend; 130 after Ctrl-C. Frames and dimensions are counted from 0."
)

app = typer.Typer(
    name="motionstudio",
    help="See and shape motion in the latent space of generative models.",
    epilog=_EPILOG,
    add_completion=False,
    rich_markup_mode="markdown",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ClipPaths = Annotated[
    list[Path] | None, typer.Argument(metavar="[CLIP]...", help="What to open; else the sample.")
]
ClipPath = Annotated[
    Path | None, typer.Argument(metavar="[CLIP]", help="What it opens; else the sample.")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for pictures, film and matrix.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        show(f"motionstudio {own_version()}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


@app.command(epilog=example("studio"))
def studio(clips: ClipPaths = None) -> None:
    """Open the window (what runs without a command); without a display, run the tour."""
    raise typer.Exit(window.open_window([str(path) for path in clips or []]))


@app.command(epilog=example("tour"))
def tour(clip: ClipPath = None, out: Out = window.TOUR_FOLDER) -> None:
    """Run the window's main job without a screen: open, encode, edit, drop frames, export.

    Writes a picture of each step, a film and the latent matrix.
    """
    raise typer.Exit(window.run_tour(clip, out))


for _command in (models, inspect, encode, render, train, evaluate, animate, batch):
    app.command(epilog=example(_command.__name__))(_command)
app.command("import-checkpoint", epilog=example("import-checkpoint"))(import_checkpoint)


@app.command(epilog=example("doctor"))
def doctor(
    as_json: AsJson = False,
    licences: Annotated[
        bool, typer.Option("--licences", help="List the licences of everything installed.")
    ] = False,
) -> None:
    """Tell what is installed, which GPU there is, what is amiss and the command that mends it."""
    words = ["--licences"] if licences else ["--json"] if as_json else []
    raise typer.Exit(doctor_report.main(words))
