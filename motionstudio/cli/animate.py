"""``motionstudio animate``: many pictures, many motions, one queue that can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionstudio.cli import transfer_flags as flags
from motionstudio.cli.export_flags import Border, By, RenderBy, WithSound
from motionstudio.cli.options import Device, Fit, FitOption
from motionstudio.cli.output import say, show
from motionstudio.core.strength import MOST

Sources = Annotated[
    list[Path], typer.Argument(metavar="PICTURE...", help="Pictures to animate, or folders.")
]
Drivers = Annotated[
    list[Path],
    typer.Option(
        "--motion", "-m", help="Clip or motion template that drives them; may be repeated."
    ),
]
ModelName = Annotated[str, typer.Option("--model", help="Model by name or folder.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the films.")]
Reference = Annotated[
    str,
    typer.Option(
        "--reference", metavar="FRAME|best", help="Frame of the motion that shows the picture's "
        "own pose; best finds it by the keypoints. [default: the first, or a template's own]",
    ),
]  # fmt: skip
Strength = Annotated[float, typer.Option("--strength", min=0, max=MOST, help="1 as it is, 0 none.")]
Keep = Annotated[bool, typer.Option("--keep-frames", help="Leave the PNG frames as well.")]


def animate(  # noqa: PLR0913 - one parameter for each option
    pictures: Sources,
    motion: Drivers,
    model: ModelName,
    out: Out = Path("animated"),
    reference: Reference = "",
    strength: Strength = 1.0,
    positions: flags.Places = flags.Way.RELATIVE,
    matrices: flags.Matrices = flags.Way.RELATIVE,
    adapt_scale: flags.AdaptScale = False,
    remove_head: flags.RemoveHead = False,
    head: flags.Head = None,
    weights: flags.Weights = "",
    off: flags.Off = "",
    fit: FitOption = Fit.LETTERBOX,
    keep_frames: Keep = False,
    sound: WithSound = True,
    render_by: RenderBy = By.MODEL,
    border: Border = 8.0,
    device: Device = None,
) -> None:
    """Animate every picture with every motion, and write a film of each.

    Frames are written as they come. After Ctrl-C, or a crash, the same command goes on where it
    stopped; films that are there already are left alone.
    """
    from motionstudio.cli.stopping import Stopper
    from motionstudio.models.checkpoint import read_card
    from motionstudio.models.registry import find_checkpoint

    card = read_card(find_checkpoint(model))
    frame, best = flags.reference_of(reference)
    how = flags.transfer_of(positions, matrices, adapt_scale, remove_head, head, weights, off)
    with Stopper() as stopper:
        from motionstudio.cli.computing import ready_device
        from motionstudio.core.rendering import Rendering
        from motionstudio.engine.gallery import Gallery
        from motionstudio.engine.runner import Budget, Runner
        from motionstudio.engine.sync import SyncEngine
        from motionstudio.jobs import Animator, JobSettings, plan
        from motionstudio.models.device import DeviceChoice

        jobs = plan(pictures, motion, out)
        out.mkdir(parents=True, exist_ok=True)
        choice = DeviceChoice(ready_device(device), "as named")
        budget = Budget(motions=0, fields=0)
        engine = SyncEngine(Runner(device=choice, gallery=Gallery(0), budget=budget))
        settings = JobSettings(frame, strength, fit.value, keep_frames, how, best, sound,
                               Rendering(render_by.value, feather=border / 100))  # fmt: skip
        animator = Animator(engine, model, card, settings, tell=say, cancelled=stopper)
        for number, job in enumerate(jobs):
            say(f"{number + 1} of {len(jobs)}: {job.source.name} by {job.driver.name}")
            animator.run(job)
            show(str(job.film))
