"""``motionstudio encode``: from a clip to its latent motion matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.options import (
    AsJson,
    Device,
    Fit,
    FitOption,
    Slice,
    check_frame,
    parse_range,
)
from motionstudio.cli.output import say, show, show_json
from motionstudio.core.counting import counted

if TYPE_CHECKING:
    from motionstudio.core.motion import Motion

ClipPath = Annotated[
    Path,
    typer.Argument(
        metavar="CLIP",
        help="Video, animated image, folder of pictures, NIfTI, DICOM or numpy arrays.",
    ),
]
ModelName = Annotated[
    str, typer.Option("--model", "-m", help="Model by name (motionstudio models) or folder.")
]
Drop = Annotated[
    str,
    typer.Option(
        "--drop",
        metavar="FRAMES",
        help="Frames that the model must not see and fills in, such as 3,7-9: counted from 0 "
        "after --range, both ends of a range included.",
    ),
]
Reference = Annotated[
    int,
    typer.Option("--reference", help="Frame that the motion starts from, counted after --range."),
]
Cyclic = Annotated[
    bool | None,
    typer.Option(
        "--cyclic/--open",
        help="Whether the clip is one period that closes on itself; else as the file says.",
    ),
]
Range = Annotated[
    str | None,
    typer.Option(
        "--range", metavar="START:STOP:STRIDE", help="Part of the clip, as in Python: 10:40:2."
    ),
]
Out = Annotated[
    Path,
    typer.Option("--out", "-o", help="Where the motion goes: .npz, or .safetensors and .json for a "
                 "motion template."),
]  # fmt: skip


def encode(  # noqa: PLR0913 - one parameter for each option
    clip: ClipPath,
    model: ModelName = "heart",
    drop: Drop = "",
    slice_index: Slice = None,
    reference: Reference = 0,
    cyclic: Cyclic = None,
    range_: Range = None,
    fit: FitOption = Fit.LETTERBOX,
    out: Out = Path("motion.npz"),
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Encode a clip into its latent motion matrix, one row a frame.

    The file holds mean, std, kept, times, and the model's name and hash. Dropped frames
    are filled in by the model. Animate a picture with it: motionstudio render.
    """
    from motionstudio import io
    from motionstudio.core.kept import parse
    from motionstudio.io.motion_file import TEMPLATE_SUFFIXES
    from motionstudio.io.template_file import Template, save_template

    sequence = io.read_clip(clip, slice_index=slice_index)
    for warning in sequence.warnings:
        say(f"note: {warning}")
    part = sequence if range_ is None else parse_range(range_, sequence)
    check_frame("--reference", reference, part)
    kept = parse(drop, len(part), reference=reference)
    from motionstudio import api
    from motionstudio.cli.computing import ready_device
    from motionstudio.models.registry import find_checkpoint

    # Before torch is imported: a wrong name should be said at once.
    find_checkpoint(model)
    loaded = api.load_model(model, device=ready_device(device))
    motion = api.encode(loaded, part, kept, cyclic, reference, fit=fit.value)
    names = loaded.card.dim_names
    if out.suffix.lower() in TEMPLATE_SUFFIXES:
        save_template(Template(out.stem, motion, reference, part.period, names), out)
    else:
        io.save_motion(motion, out)
    _report(motion, out, as_json)


def _report(motion: Motion, out: Path, as_json: bool) -> None:
    from motionstudio.core.kept import describe, dropped_frames

    filled = [int(row) for row in motion.filled.nonzero()[0]]
    if as_json:
        show_json(
            {
                "motion": str(out),
                "rows": len(motion.mean),
                "dims": motion.dims,
                "dropped": list(dropped_frames(motion.kept)),
                "filled": filled,
                "cyclic": motion.cyclic,
                "model": motion.model,
                "model_hash": motion.model_hash,
            }
        )
        return
    dropped = describe(motion.kept)
    left_out = f"; frames {dropped} dropped and filled in" if dropped else ""
    show(
        f"{out}: {counted(len(motion.mean), 'row')} x {counted(motion.dims, 'dimension')}{left_out}"
    )
