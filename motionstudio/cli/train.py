"""``motionstudio train``: from a recipe to a checkpoint; what is interrupted goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.data_folder import NONE_FOUND, find_data
from motionstudio.cli.options import Data, Device
from motionstudio.cli.output import say
from motionstudio.cli.stopping import Stopper
from motionstudio.core.errors import MotionStudioError

if TYPE_CHECKING:
    from motionstudio.training.recipe import Recipe

RecipePath = Annotated[
    Path,
    typer.Argument(
        metavar="RECIPE",
        help="A recipe.toml, a checkpoint's folder that has one, or a checkpoint's name.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Another value for this run, such as --set seed=3 or --set stages.0.steps=500; may "
        "be given several times.",
    ),
]
Work = Annotated[
    Path | None,
    typer.Option("--work", help="Folder of the resumable state; else runs/NAME."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder of the checkpoint; else WORK/NAME."),
]
JsonLines = Annotated[
    bool, typer.Option("--json", help="Print one JSON object a line for each event.")
]

Controlled = Annotated[
    bool,
    typer.Option(
        "--controlled",
        help="Tell events in WORK/events.jsonl and obey WORK/order.txt, as the window's runs do.",
    ),
]
Measure = Annotated[
    bool,
    typer.Option(
        "--measure",
        help="Only make a few steps, and print as JSON what the run would cost on this device.",
    ),
]


def train(
    recipe: RecipePath,
    settings: Settings = None,
    data: Data = None,
    work: Work = None,
    out: Out = None,
    device: Device = None,
    as_json: JsonLines = False,
    controlled: Controlled = False,
    measure: Measure = False,
) -> None:
    """Train a model by a recipe, and write its checkpoint.

    A run saves its state every few minutes. Ctrl-C saves it too, and the same command goes on from
    there to the same result. Real clips that a recipe names and that are absent are said and
    left out. The checkpoint can be used at once: --model WORK/NAME.
    """
    from motionstudio.training.recipe import read_recipe

    chosen = read_recipe(_recipe_file(recipe), _overrides(settings or []))
    folder = find_data(data)
    place = work or Path("runs") / chosen.name
    if measure or controlled:
        from motionstudio.cli.controlled_run import measure_run, obey

        do = measure_run if measure else obey
        do(chosen, place, out or place / chosen.name, folder, device)
        return
    named = ready = None
    with Stopper() as stopper:
        from motionstudio.cli.computing import ready_device
        from motionstudio.cli.training_events import watcher
        from motionstudio.training.events import Said
        from motionstudio.training.loop import train as run

        named = ready_device(device)
        with watcher(chosen, as_json) as tell:
            if folder is None and _wants_clips(chosen):
                tell(Said(f"{NONE_FOUND} Training on the generated part alone."))
            ready = run(
                chosen,
                place,
                out or place / chosen.name,
                data=folder,
                device=named,
                tell=tell,
                stop=stopper,
            )
    if stopper.asked:
        say(f"Stopped. The state is saved in {place}; the same command goes on from there.")
        raise typer.Exit(130)
    say(f"The checkpoint is in {ready}.")


def _recipe_file(named: Path) -> Path:
    if named.is_dir():
        return named / "recipe.toml"
    if named.exists() or named.suffix or len(named.parts) > 1:
        return named
    from motionstudio.models.registry import find_checkpoint

    return find_checkpoint(named.name) / "recipe.toml"


def _overrides(settings: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not (key.strip() and equals):
            raise MotionStudioError(
                f"--set {setting} is not KEY=VALUE.", "Write --set stages.0.steps=500, for example."
            )
        found[key.strip()] = value.strip()
    return found


def _wants_clips(recipe: Recipe) -> bool:
    return any(source.kind != "generator" for source in recipe.data)
