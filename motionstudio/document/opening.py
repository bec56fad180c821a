"""From a clip as read to a subject: which frames are used, and how they are framed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from motionstudio.core.clip import Clip
from motionstudio.core.clip_view import at_rate, frame_range
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.kept import all_kept
from motionstudio.core.picture import Box, Fit
from motionstudio.document.subject import Framing, MediaRef, Subject

FRAMES_BY_DEFAULT = 64


@dataclass(frozen=True, slots=True)
class OpenSettings:
    """What people choose when they open a clip.

    Attributes:
        start, stop: frames of the file in use, ``stop`` excluded; None: to the end.
        stride: every how many-th frame; None: 1, or larger where more than ``max_frames`` would
            be left (which is said in the subject's notes).
        max_frames: where the default stops; a stride that is given is never changed.
        mode, crop, angle: how pictures are brought to the model's square, see ``Framing``.
        slice_index: slice of a volume that was chosen on reading, for the record.
        cyclic: whether the sequence is one closed period; None: as the file says.
        fps: rate of the file's frames, before ``stride``, that replaces its own times, or None.
        crop_found: the crop was not chosen but found around what moves, which the notes say.
    """

    start: int = 0
    stop: int | None = None
    stride: int | None = None
    max_frames: int = FRAMES_BY_DEFAULT
    mode: Fit = "letterbox"
    crop: Box | None = None
    slice_index: int | None = None
    cyclic: bool | None = None
    fps: float | None = None
    crop_found: bool = False
    angle: float = 0.0


def suggested(settings: OpenSettings, part: Box | None) -> OpenSettings:
    """``settings`` with the part that moves as the crop; unchanged where there is no such part."""
    if part is None:
        return settings
    return replace(settings, mode="crop", crop=part, crop_found=True)


def default_stride(count: int, max_frames: int = FRAMES_BY_DEFAULT) -> int:
    """The smallest stride that leaves at most ``max_frames`` of ``count`` frames."""
    return max(1, -(-count // max_frames))


def frames_in_use(clip: Clip, media: MediaRef) -> Clip:
    """The part of ``clip``, as read, that ``media`` refers to; no frame is read.

    Raises:
        ValueError: a range or rate that the clip cannot have.
    """
    timed = clip if media.fps is None else at_rate(clip, media.fps)
    stop = len(clip) if media.stop is None else media.stop
    return frame_range(timed, media.start, stop, media.stride)


def subject_from_clip(
    clip: Clip,
    settings: OpenSettings | None = None,
    model: str = "",
    id: str | None = None,
    dim_names: tuple[str, ...] = (),
) -> Subject:
    """A subject of the chosen frames of ``clip``; no frame is read.

    Args:
        clip: as read.
        settings: None: everything by default, at most 64 frames.
        model: name of the checkpoint, or empty.
        id: unique id, or None: a new one.
        dim_names: what the checkpoint calls its dimensions, or empty.

    Returns:
        A subject without encoding, whose notes say how frames were chosen.

    Raises:
        MotionStudioError: a range, stride, crop or rate that the clip cannot have.
    """
    chosen = settings or OpenSettings()
    stop = len(clip) if chosen.stop is None else chosen.stop
    _check(clip, chosen, stop)
    stride = chosen.stride or default_stride(stop - chosen.start, chosen.max_frames)
    media = MediaRef(
        path="" if clip.path is None else str(clip.path),
        slice_index=chosen.slice_index,
        start=chosen.start,
        stop=chosen.stop,
        stride=stride,
        fps=chosen.fps,
    )
    used = frames_in_use(clip, media)
    cyclic = bool(used.cyclic) if chosen.cyclic is None else chosen.cyclic
    return Subject(
        id=id or uuid.uuid4().hex,
        name=clip.name,
        clip=used,
        media=media,
        framing=Framing(chosen.mode, chosen.crop, chosen.angle),
        kept=all_kept(len(used)),
        cyclic=cyclic,
        model=model,
        dim_names=dim_names,
        notes=_notes(clip, used, replace(chosen, stride=stride), automatic=chosen.stride is None),
    )


def _check(clip: Clip, settings: OpenSettings, stop: int) -> None:
    count = len(clip)
    if not 0 <= settings.start < stop <= count:
        raise MotionStudioError(
            f"'{clip.name}' has frames 0 to {count - 1}, so the range {settings.start} to "
            f"{stop - 1} cannot be used.",
            "Choose a first frame that comes before the last one, within the sequence.",
        )
    if settings.stride is not None and settings.stride < 1:
        raise MotionStudioError(
            f"Every {settings.stride}-th frame cannot be used.", "Choose a stride of 1 or more."
        )
    if settings.fps is not None and not 0 < settings.fps <= 10_000:
        raise MotionStudioError(
            f"A rate of {settings.fps} frames per second cannot be used.",
            "Choose a rate above 0 and up to 10000.",
        )
    if settings.crop is not None:
        _check_crop(clip, settings.crop)


def _check_crop(clip: Clip, crop: Box) -> None:
    y, x, height, width = crop
    rows, columns = clip.size
    inside = y >= 0 and x >= 0 and y + height <= rows and x + width <= columns
    if not inside or min(height, width) < 1:
        raise MotionStudioError(
            f"The crop of {width} x {height} pixels at ({x}, {y}) does not lie in the pictures of "
            f"'{clip.name}', which have {columns} x {rows}.",
            "Choose a crop inside the picture.",
        )


def _notes(clip: Clip, used: Clip, settings: OpenSettings, *, automatic: bool) -> tuple[str, ...]:
    notes = list(clip.warnings)
    if len(used) < len(clip):
        which = "every frame" if settings.stride == 1 else f"every {_ordinal(settings.stride or 1)}"
        why = f" (at most {settings.max_frames} by default)" if automatic else ""
        stop = len(clip) if settings.stop is None else settings.stop
        notes.append(
            f"{len(used)} of {len(clip)} frames are used: {which} from {settings.start} to "
            f"{stop - 1}{why if settings.stride != 1 else ''}."
        )
    if settings.crop_found and settings.crop is not None:
        notes.append(
            f"The model looks at the {settings.crop[3]} x {settings.crop[2]} pixels around what "
            "moves; the clip settings can show it everything."
        )
    if clip.cyclic and used.cyclic is False and settings.cyclic is None:
        notes.append("A part of the cycle was chosen, so the motion is no longer treated as one.")
    return tuple(notes)


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending} frame"
