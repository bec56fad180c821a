"""What ``render`` takes about what is written and how it looks; the window's dialog in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.core.errors import MotionStudioError

if TYPE_CHECKING:
    from motionstudio.export import ExportKind, ExportOptions, Panel


class Kind(StrEnum):
    """Kinds of exports, see ``motionstudio.export.ExportKind``."""

    MP4 = "mp4"
    WEBM = "webm"
    GIF = "gif"
    APNG = "apng"
    PNG = "png"
    STILL = "still"
    NPZ = "npz"
    FIELDS = "fields"
    NIFTI = "nifti"
    JACOBIAN = "jacobian"
    SUMMARY = "summary"
    TRACKS = "tracks"
    CSV = "csv"
    LATENTS = "latents"
    SAFETENSORS = "safetensors"


KindOption = Annotated[
    Kind | None,
    typer.Option("--kind", help="What is written; else what the suffix of --out says."),
]
Frames = Annotated[
    str | None,
    typer.Option("--frames", metavar="A-B", help="First and last frame, both included."),
]
Fps = Annotated[
    float | None,
    typer.Option("--fps", help="Even times at this rate instead of the true ones."),
]
Plays = Annotated[
    int,
    typer.Option("--plays", help="How often it plays; 0: for ever (GIF, APNG), else once."),
]
PingPong = Annotated[bool, typer.Option("--ping-pong", help="Append the way back.")]
Upsample = Annotated[
    int,
    typer.Option(
        "--upsample", metavar="1|2|4|8", help="Pictures for each frame, drawn by the model."
    ),
]
Scale = Annotated[
    int, typer.Option("--scale", metavar="25-400", help="Percent of the size of pictures.")
]
Panels = Annotated[
    str,
    typer.Option(
        "--panels",
        help="Side by side, from the left, with commas: generated, original, source, driver, "
        "difference, "
        "magnitude, jacobian, grid.",
    ),
]
BurnNumber = Annotated[bool, typer.Option("--burn-number", help="Write frame numbers into it.")]
BurnDrops = Annotated[bool, typer.Option("--burn-drops", help="Mark dropped frames.")]
Titles = Annotated[bool, typer.Option("--titles", help="Write over each picture what it is.")]
BurnAi = Annotated[
    bool, typer.Option("--burn-ai", help="Write into the pictures that they are AI-generated.")
]
CropOnly = Annotated[bool, typer.Option("--crop-only", help="Only the part that the model sees.")]
WithSound = Annotated[
    bool, typer.Option("--sound/--no-sound", help="Sound of the driving clip, where it fits.")
]


class By(StrEnum):
    """Who makes pictures where the model draws them itself."""

    MODEL = "model"
    FIELD = "field"


RenderBy = Annotated[
    By,
    typer.Option(
        "--render-by", help="What the model draws, or the source moved by its motion field."
    ),
]
Border = Annotated[
    float,
    typer.Option(
        "--border", min=0, max=50, help="Soft border of the crop, percent of its shorter side."
    ),
]
AiMark = Annotated[
    bool,
    typer.Option("--ai-mark/--no-ai-mark", help="Say in the file that it is AI-generated."),
]
Quality = Annotated[
    int, typer.Option("--quality", help="Of video, 0 (largest file) to 51 (smallest).")
]


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """The flags as typed."""

    kind: Kind | None = None
    frames: str | None = None
    fps: float | None = None
    plays: int = 0
    ping_pong: bool = False
    upsample: int = 1
    scale: int = 100
    panels: str = "generated"
    burn_number: bool = False
    burn_drops: bool = False
    ai_mark: bool = True
    quality: int = 18
    titles: bool = False
    burn_ai: bool = False
    crop_only: bool = False
    sound: bool = True


def options_of(flags: ExportFlags, out: Path, *, native: bool = True) -> ExportOptions:
    """The options that the window's dialog would give for the same choices.

    Raises:
        MotionStudioError: a flag does not make sense, in one sentence.
    """
    from motionstudio.export import LARGEST, SMALLEST, ExportOptions, why_not

    kind = kind_of(flags.kind, out)
    if reason := why_not(kind):
        raise MotionStudioError(f"{out.name} cannot be written: {reason}")
    if not SMALLEST <= flags.scale <= LARGEST:
        raise MotionStudioError(
            f"--scale {flags.scale} is outside {SMALLEST} to {LARGEST} percent."
        )
    if flags.upsample not in (1, 2, 4, 8) or flags.plays < 0:
        raise MotionStudioError("--upsample takes 1, 2, 4 or 8; --plays is not below 0.")
    if not 0 <= flags.quality <= 51:
        raise MotionStudioError(f"--quality {flags.quality} is outside 0 to 51.")
    first, last = _frames(flags.frames)
    return ExportOptions(
        kind,
        out,
        first=first,
        last=last,
        native=native,
        scale=flags.scale if kind.is_picture else 100,
        fps=flags.fps,
        plays=flags.plays,
        ping_pong=flags.ping_pong,
        upsampling=flags.upsample,
        panels=_panels(flags.panels),
        number=flags.burn_number,
        drops=flags.burn_drops,
        mark_ai=flags.ai_mark,
        quality=flags.quality,
        titles=flags.titles,
        show_ai=flags.burn_ai,
        crop_only=flags.crop_only,
        sound=flags.sound,
    )


def kind_of(chosen: Kind | None, out: Path) -> ExportKind:
    """What is written: as chosen, else what the suffix says.

    Raises:
        MotionStudioError: nothing is written under this suffix.
    """
    from motionstudio.export import ExportKind

    if chosen is not None:
        return ExportKind(chosen.value)
    suffix = ".nii.gz" if out.name.lower().endswith(".nii.gz") else out.suffix.lower()
    known = {
        "": ExportKind.PNG, ".mp4": ExportKind.MP4, ".m4v": ExportKind.MP4,
        ".mov": ExportKind.MP4, ".mkv": ExportKind.MP4, ".webm": ExportKind.WEBM,
        ".gif": ExportKind.GIF, ".apng": ExportKind.APNG, ".png": ExportKind.STILL,
        ".npz": ExportKind.NPZ, ".nii": ExportKind.NIFTI, ".nii.gz": ExportKind.NIFTI,
        ".csv": ExportKind.CSV, ".safetensors": ExportKind.SAFETENSORS,
    }  # fmt: skip
    if suffix not in known:
        raise MotionStudioError(
            f"{out.name} has the unknown suffix {suffix}.",
            f"Known are {', '.join(name for name in known if name)}, and none for a PNG sequence.",
        )
    return known[suffix]


def _frames(text: str | None) -> tuple[int, int | None]:
    if text is None:
        return 0, None
    first, dash, last = text.partition("-")
    try:
        low = int(first)
        high = int(last) if last else (None if dash else low)
    except ValueError:
        low, high = 0, -1
    if high is not None and not 0 <= low <= high:
        raise MotionStudioError(f"--frames '{text}' is no range.", "Write A-B, as 10-40, or A-.")
    return low, high


def _panels(text: str) -> tuple[Panel, ...]:
    from motionstudio.export import Panel

    try:
        return tuple(Panel(name.strip()) for name in text.split(","))
    except ValueError as error:
        known = ", ".join(panel.value for panel in Panel)
        raise MotionStudioError(f"--panels '{text}' names no panel.", f"There are {known}.") from (
            error
        )
