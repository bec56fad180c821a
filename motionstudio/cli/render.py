"""``motionstudio render``: a picture animated with a saved motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motionstudio.cli import export_flags as flags
from motionstudio.cli.options import Device, Fit, FitOption, Slice, check_frame
from motionstudio.cli.output import progress, say, show
from motionstudio.cli.render_project import is_project, render_project
from motionstudio.core.errors import MotionStudioError

if TYPE_CHECKING:
    from motionstudio.core.clip import Clip
    from motionstudio.core.motion import Motion, Rendered
    from motionstudio.core.picture import Transform
    from motionstudio.engine.responses import FrameReady
    from motionstudio.export import Export, ExportOptions

# Share of the progress bar that rendering takes; writing takes the rest.
_RENDERING = 0.8

MotionPath = Annotated[
    Path,
    typer.Argument(
        metavar="MOTION.npz|PROJECT.motion", help="What encode wrote, or the window saved."
    ),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        "-s",
        help="Picture that is animated, or a clip with --frame; a project has its own.",
    ),
]
SubjectName = Annotated[
    str | None,
    typer.Option("--subject", help="Subject of a project to render; else all of them."),
]
FrameNumber = Annotated[
    int | None,
    typer.Option(
        "--frame",
        help="Frame of the source, counted from 0; else the motion's own reference frame where "
        "the source is as long as the motion, else frame 0.",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        help=".mp4 .mov .mkv .webm .gif .apng .png .npz .nii.gz .csv .safetensors; no suffix: PNG "
        "folder.",
    ),
]
Size = Annotated[
    str,
    typer.Option(
        "--size",
        metavar="native|model|N",
        help="The source's own size, as the model sees it, or N pixels on the longer side.",
    ),
]
Fields = Annotated[
    Path | None,
    typer.Option(
        "--fields",
        help=".npz for displacement (T,2,H,W) float32: (dx, dy) in pixels of the frames written, "
        "backward, as warping needs it.",
    ),
]
Inverse = Annotated[
    bool,
    typer.Option("--inverse", help="Add inverse to --fields: where material of the source goes."),
]
ModelName = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Model by name or folder; else the one the motion names."),
]


def render(  # noqa: PLR0913 - one parameter for each option
    motion: MotionPath,
    source: Source = None,
    out: Out = Path("out.mp4"),
    frame: FrameNumber = None,
    slice_index: Slice = None,
    size: Size = "native",
    fields: Fields = None,
    inverse: Inverse = False,
    fit: FitOption = Fit.LETTERBOX,
    model: ModelName = None,
    device: Device = None,
    kind: flags.KindOption = None,
    frames: flags.Frames = None,
    fps: flags.Fps = None,
    plays: flags.Plays = 0,
    ping_pong: flags.PingPong = False,
    upsample: flags.Upsample = 1,
    scale: flags.Scale = 100,
    panels: flags.Panels = "generated",
    burn_number: flags.BurnNumber = False,
    burn_drops: flags.BurnDrops = False,
    ai_mark: flags.AiMark = True,
    quality: flags.Quality = 18,
    titles: flags.Titles = False,
    burn_ai: flags.BurnAi = False,
    crop_only: flags.CropOnly = False,
    sound: flags.WithSound = True,
    subject: SubjectName = None,
) -> None:
    """Animate a picture with a motion and write the film, at the picture's own resolution.

    Of a project it writes what the window would export.
    """
    from motionstudio import io
    from motionstudio.export import write_export

    _check_options(size, fields, inverse)
    wanted = flags.ExportFlags(
        kind, frames, fps, plays, ping_pong, upsample, scale, panels, burn_number, burn_drops,
        ai_mark, quality, titles, burn_ai, crop_only, sound,
    )  # fmt: skip
    if is_project(motion):
        _check_project_options(source, frame, slice_index, fields, model)
        render_project(motion, out, wanted, subject=subject, size=size, device=device)
        return
    if source is None or subject is not None:
        raise MotionStudioError(
            f"{motion.name} is a motion without a picture.", "Name the picture with --source."
        )
    options = flags.options_of(wanted, out)
    saved = io.load_motion(motion)
    name = model or saved.model
    if not name:
        raise MotionStudioError(
            f"{motion.name} does not say which model made it.", "Name the model with --model."
        )
    clip = io.read_clip(source, slice_index=slice_index)
    number = _reference(saved, clip) if frame is None else frame
    check_frame("--frame", number, clip)
    pictures = options.kind.has_pictures or fields is not None
    studio = _Studio(name, fit, device, pictures=pictures)
    with progress("rendering") as tick:
        export = studio.export(saved, clip, number, options)
        rendered = studio.render(
            export, size, fields=fields is not None, inverse=inverse, tick=tick
        )
        write_export(export, rendered, lambda done: tick(_RENDERING + (1 - _RENDERING) * done))
    show(str(out))
    if fields is not None:
        _write_fields(rendered, fields)
        show(str(fields))


def _check_project_options(*given: object) -> None:
    if any(value is not None for value in given):
        raise MotionStudioError(
            "A project has its own pictures, models and frames.",
            "Leave --source, --frame, --slice, --fields and --model out; --kind fields writes "
            "fields.",
        )


def _check_options(size: str, fields: Path | None, inverse: bool) -> None:
    if size not in ("native", "model") and not (size.isascii() and size.isdigit() and int(size)):
        raise MotionStudioError(
            f"'{size}' is no size.", "Write native, model, or pixels of the longer side, as 512."
        )
    if inverse and fields is None:
        raise MotionStudioError("--inverse goes into a file of fields.", "Name it with --fields.")
    if fields is not None and fields.suffix != ".npz":
        raise MotionStudioError(f"{fields.name} does not end in .npz.", "Fields go into an .npz.")


def _reference(motion: Motion, clip: Clip) -> int:
    """The motion's reference frame where ``clip`` is as long as the motion, else 0."""
    if len(clip) != len(motion.kept) or len(motion.mean) != len(motion.kept):
        return 0
    still = [row for row, values in enumerate(motion.mean) if not values.any()]
    return still[0] if len(still) == 1 else 0


class _Studio:
    """An engine for one model; nothing is kept between frames."""

    def __init__(self, name: str, fit: Fit, device: str | None, *, pictures: bool) -> None:
        from motionstudio.engine.checks import check_draws
        from motionstudio.models.checkpoint import read_card
        from motionstudio.models.registry import find_checkpoint

        # Before torch is imported: a wrong name should be said at once.
        self._card = read_card(find_checkpoint(name))
        if pictures:
            check_draws(self._card)
        from motionstudio.cli.computing import ready_device
        from motionstudio.engine.gallery import Gallery
        from motionstudio.engine.runner import Budget, Runner
        from motionstudio.engine.sync import SyncEngine
        from motionstudio.models.device import DeviceChoice

        choice = DeviceChoice(ready_device(device), "as named")
        budget = Budget(motions=0, fields=0)
        runner = Runner(device=choice, gallery=Gallery(0), budget=budget)
        self._engine = SyncEngine(runner, notice=say)
        self._name, self._fit = name, fit

    def export(self, motion: Motion, clip: Clip, number: int, options: ExportOptions) -> Export:
        """What is written of frame ``number`` of ``clip`` animated with ``motion``."""
        import numpy as np

        from motionstudio.core.picture import Transform, intensity_range
        from motionstudio.core.upsampling import positions_of, upsample_motion
        from motionstudio.export import Export, Panel
        from motionstudio.export.of_subject import needs_truth, provenance_of

        truth = clip.frames if len(clip) == len(motion.times) else None
        if needs_truth(options) and truth is None:
            raise MotionStudioError(
                f"The motion has {len(motion.times)} frames and {clip.name} has {len(clip)}, so "
                "there are no original frames to show.",
                "Leave original and difference out of --panels.",
            )
        if Panel.DRIVER in options.panels:
            raise MotionStudioError(
                "A saved motion has no pictures of its driving clip.",
                "Leave driver out of --panels, or render a project.",
            )
        factor = options.upsampling if options.kind.has_pictures else 1
        return Export(
            options,
            upsample_motion(motion, factor, period=clip.period) if factor > 1 else motion,
            Transform.fit(
                clip.size, self._card.size, mode=self._fit.value, range=intensity_range(clip)
            ),
            truth=truth,
            source=np.asarray(clip.frames[number]),
            spacing=clip.spacing,
            places=positions_of(motion, factor),
            original=motion,
            provenance=provenance_of(self._card, options),
        )

    def render(
        self,
        export: Export,
        size: str,
        *,
        fields: bool,
        inverse: bool,
        tick: Callable[[float], bool],
    ) -> Rendered | None:
        """The pictures that ``export`` needs; None where it needs none."""
        import numpy as np

        from motionstudio.core.picture_rows import pictures_of_frames
        from motionstudio.engine.gather import gather
        from motionstudio.engine.keys import content_key
        from motionstudio.engine.requests import Picture
        from motionstudio.models.base import Capability

        options, motion, positions = export.options, export.motion, export.positions
        source = np.asarray(export.source)
        if not options.kind.has_pictures and not fields:
            return None
        drawn = any(panel.needs_field for panel in options.panels)
        numbers = not options.kind.is_picture
        rows = pictures_of_frames(motion)
        frames = self._engine.stream(
            motion,
            Picture(content_key(source), source),
            export.transform,
            model=self._name,
            size=_pixels(size, export.transform),
            fields=fields or drawn or numbers,
            inverse=inverse
            or ((drawn or numbers) and Capability.INVERSE in self._card.capabilities),
            frames=tuple(int(rows[position]) for position in positions),
        )
        times = motion.times[positions.start : positions.stop]
        return gather(_watched(frames, len(positions), tick), times - times[0])


def _pixels(size: str, transform: Transform) -> tuple[int, int] | None:
    """(H, W) of the frames, or None for the source's own size."""
    if size == "native":
        return None
    height, width = transform.frame_size
    x, y = transform.scale
    if size != "model":
        y = x = int(size) / max(height, width)
    return max(1, round(height * y)), max(1, round(width * x))


def _watched(
    frames: Iterator[FrameReady], count: int, tick: Callable[[float], bool]
) -> Iterator[FrameReady]:
    for number, ready in enumerate(frames, start=1):
        tick(_RENDERING * number / count)
        yield ready


def _write_fields(rendered: Rendered | None, path: Path) -> None:
    import numpy as np

    from motionstudio.io.atomic import whole_file

    if rendered is None:
        raise MotionStudioError(f"{path.name} was not written: nothing was rendered.")
    found = {"displacement": rendered.displacement, "inverse": rendered.inverse}
    arrays: dict[str, Any] = {name: field for name, field in found.items() if field is not None}
    if not arrays:
        raise MotionStudioError(
            f"{path.name} was not written: the model gives no displacement.", "Leave --fields out."
        )
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, times=rendered.times, **arrays)
