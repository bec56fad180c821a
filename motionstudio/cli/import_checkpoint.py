"""``motionstudio import-checkpoint``: from an official file to a checkpoint of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.output import say
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import user_data_dir

if TYPE_CHECKING:
    from motionstudio.core.motion import Float

FilePath = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Official FOMM file, such as vox-cpk.pth.tar, not unpacked; or .safetensors.",
    ),
]
Name = Annotated[
    str | None, typer.Option("--name", "-n", help="Name of the checkpoint; else the file's.")
]
Params = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Its YAML file; needed only where it is unusual."),
]
Size = Annotated[
    int, typer.Option("--size", help="Side of the pictures that it was trained on, pixels.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder of checkpoints; else your own.")
]
_CHECKED = 4


def import_checkpoint(
    file: FilePath,
    name: Name = None,
    config: Params = None,
    size: Size = 256,
    out: Out = None,
) -> None:
    """Bring an official FOMM checkpoint into the studio's list of models.

    Nothing in the file is executed. The sampler's corner convention, on which published and later
    files differ, is found by making pictures from themselves.
    """
    from motionstudio.cli.computing import ready_device
    from motionstudio.models.fomm_import import import_official

    chosen = name or file.name.partition(".")[0]
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", chosen):
        raise MotionStudioError(
            f"The name {chosen} does not do for a folder.", "Use letters, digits, - and _."
        )
    folder = (out or user_data_dir() / "checkpoints") / chosen
    if folder.exists():
        raise MotionStudioError(
            f"There is a checkpoint {chosen} already.", "Give another --name, or remove it."
        )
    ready_device("cpu")
    card, check = import_official(file, folder, chosen, _pictures(size), config, size)
    kind = "aligned" if check.align_corners else "unaligned (torch 1.3 and later)"
    say(
        f"Corners of the sampler: {kind}; a picture made from itself differs by "
        f"{check.aligned:.4f} with aligned corners and {check.unaligned:.4f} without."
    )
    say(f"{card.name} is in {folder}: {card.dims} dimensions, {card.size} x {card.size} pixels.")


def _pictures(size: int) -> Float:
    """(n, 3, size, size) generated pictures, the same every time."""
    import numpy as np

    from motionstudio.datasets import make

    params = {"size": size, "frames_only": True}
    return np.stack([make("figures", params, 0, index).frames[0] for index in range(_CHECKED)])
