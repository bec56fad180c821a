"""Options that several commands share, and what their texts mean."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.core.errors import MotionStudioError

if TYPE_CHECKING:
    from motionstudio.core.clip import Clip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of the real clips. Else MOTIONSTUDIO_DATA, else ../shared/data of a checkout.",
    ),
]
Slice = Annotated[
    int | None,
    typer.Option(
        "--slice",
        help="Slice of a volume, or clip of an archive, counted from 0 (inspect tells how many "
        "there are); else the middle slice, the first clip.",
    ),
]
Device = Annotated[
    str | None,
    typer.Option("--device", help="cpu, cuda or mps; else the best one that computes."),
]


class Fit(StrEnum):
    """How a picture that is not square is put before the model."""

    LETTERBOX = "letterbox"
    CROP = "crop"


FitOption = Annotated[
    Fit,
    typer.Option(
        "--fit",
        help="letterbox shows the model everything, crop the largest centred square. Give encode "
        "and render the same.",
    ),
]


def parse_range(text: str, clip: Clip) -> Clip:
    """The part of ``clip`` that ``START:STOP:STRIDE`` names, as in Python.

    Args:
        text: START is included and STOP is not; an empty part means the clip's own; negative
            numbers count from the end.
        clip: T frames.

    Raises:
        MotionStudioError: the text is no range, or no frame lies in it.
    """
    from motionstudio.core.clip_view import frame_range

    parts = text.split(":")
    try:
        numbers = [int(part) if part.strip() else None for part in parts]
        if not 2 <= len(parts) <= 3:
            raise ValueError
    except ValueError as error:
        raise MotionStudioError(
            f"'{text}' is no range of frames.", "Write START:STOP or START:STOP:STRIDE, as 10:40:2."
        ) from error
    stride = numbers[2] if len(numbers) > 2 and numbers[2] is not None else 1
    if stride < 1:
        raise MotionStudioError(f"The stride in '{text}' is below 1.", "Frames run forward.")
    start, stop, _ = slice(numbers[0], numbers[1]).indices(len(clip))
    if start >= stop:
        raise MotionStudioError(
            f"No frame of {clip.name} lies in '{text}'; its frames are 0 to {len(clip) - 1}.",
            "Choose another range.",
        )
    return frame_range(clip, start, stop, stride)


def check_frame(option: str, number: int, clip: Clip) -> None:
    """Raise unless ``clip`` has the frame ``number``.

    Raises:
        MotionStudioError: naming the option and the frames there are.
    """
    if not 0 <= number < len(clip):
        raise MotionStudioError(
            f"{option} names frame {number}; the frames of {clip.name} are 0 to {len(clip) - 1}.",
            "Frames are counted from 0.",
        )
