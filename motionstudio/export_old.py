"""Exports: from rendered frames to films, pictures, fields and numbers. No window needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.core.clip import FrameSource
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float, Motion, Rendered
from motionstudio.core.picture import Transform, as_shown, convert_channels
from motionstudio.core.warp import resize_field

Tick = Callable[[float], bool]
_GAP = 4


class ExportKind(StrEnum):
    """What can be written."""

    MP4 = "mp4"
    GIF = "gif"
    PNG = "png"
    NPZ = "npz"
    CSV = "csv"
    NIFTI = "nifti"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _TITLES[self]

    @property
    def suffix(self) -> str:
        """Suffix of the file; empty for a folder."""
        return _SUFFIXES[self]

    @property
    def is_film(self) -> bool:
        """Whether it has a rate."""
        return self in (ExportKind.MP4, ExportKind.GIF)

    @property
    def has_pictures(self) -> bool:
        """Whether generated pictures go into it, so that frames must be rendered."""
        return self is not ExportKind.CSV


_TITLES = {
    ExportKind.MP4: "Film (MP4, H.264)",
    ExportKind.GIF: "Animation (GIF)",
    ExportKind.PNG: "Picture sequence (PNG)",
    ExportKind.NPZ: "Frames, displacement and motion (NPZ)",
    ExportKind.CSV: "Motion matrix as a table (CSV)",
    ExportKind.NIFTI: "Displacement field (NIfTI)",
}
_SUFFIXES = {
    ExportKind.MP4: ".mp4",
    ExportKind.GIF: ".gif",
    ExportKind.PNG: "",
    ExportKind.NPZ: ".npz",
    ExportKind.CSV: ".csv",
    ExportKind.NIFTI: ".nii.gz",
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person chose.

    Attributes:
        kind: what to write. ``path``: file, or folder of a picture sequence.
        first, last: frames, both included; last None: to the end.
        native: at the source's own resolution; else at the model's.
        fps: even frame times instead of the true ones, or None.
        loop: whether a GIF starts again.
        side_by_side: the true frame to the left of the generated one.
    """

    kind: ExportKind
    path: Path
    first: int = 0
    last: int | None = None
    native: bool = True
    fps: float | None = None
    loop: bool = True
    side_by_side: bool = False

    def frames(self, count: int) -> range:
        """The frames to export out of ``count``.

        Raises:
            MotionStudioError: the range holds no frame.
        """
        stop = count if self.last is None else min(self.last + 1, count)
        chosen = range(max(self.first, 0), stop)
        if not len(chosen):
            raise MotionStudioError("The range holds no frame.", "Choose a longer range.")
        return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """Everything that goes into an export, as values.

    Attributes:
        options: what a person chose.
        motion: the whole motion, edits applied; its rows are frames.
        transform: from source to model, for the model's size.
        truth: (T, H, W, C) true frames, for side by side.
        names: names of the dimensions; empty: z0, z1, ...
        edited: (R,) bool rows that people changed, or None.
        spacing: (row, column) mm of a pixel, or None.
    """

    options: ExportOptions
    motion: Motion
    transform: Transform
    truth: FrameSource | None = None
    names: tuple[str, ...] = ()
    edited: NDArray[np.bool_] | None = None
    spacing: tuple[float, float] | None = None


def write_export(export: Export, rendered: Rendered | None, tick: Tick) -> Path:
    """Write an export; the file appears whole or not at all.

    Args:
        export: what to write.
        rendered: frames ``export.options.frames(T)`` at the source's resolution; None where the
            kind needs no pictures.
        tick: told the fraction done; answers False to cancel.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to, or there is no field to write.
        Cancelled: the tick answered False.
        ValueError: pictures are needed and missing.
    """
    options = export.options
    if options.kind is ExportKind.CSV:
        return _write_table(export)
    if rendered is None:
        raise ValueError(f"write_export: {options.kind} needs rendered frames, got None")
    sized = rendered if options.native else at_model_size(rendered, export.transform)
    if options.kind is ExportKind.NIFTI:
        return io.write_displacement_nifti(
            sized, options.path, spacing=export.spacing if options.native else None, tick=tick
        )
    if options.side_by_side and export.truth is not None:
        sized = side_by_side(sized, export)
    motion = export.motion if options.kind is ExportKind.NPZ else None
    return io.write_clip(
        sized, options.path, motion=motion, fps=options.fps, loop=options.loop, tick=tick
    )


def at_model_size(rendered: Rendered, transform: Transform) -> Rendered:
    """The same frames as small as the model sees them, nothing cut off; fields in new pixels."""
    height, width = rendered.frames.shape[1:3]
    factor = max(transform.scale)
    size = (max(1, round(height * factor)), max(1, round(width * factor)))
    shrink = Transform.fit((height, width), size, mode="crop")
    frames = np.stack([_shrunk(frame, shrink) for frame in rendered.frames])
    return replace(
        rendered,
        frames=frames,
        displacement=_resized(rendered.displacement, size),
        inverse=_resized(rendered.inverse, size),
    )


def side_by_side(rendered: Rendered, export: Export) -> Rendered:
    """True frames to the left of the generated ones, with a narrow gap; fields are left out."""
    if export.truth is None:
        raise ValueError("side_by_side: expected true frames, got None")
    count, height, width, channels = rendered.frames.shape
    native = Transform.fit(export.transform.frame_size, (height, width), mode="crop")
    frames = np.zeros((count, height, 2 * width + _GAP, channels), np.uint8)
    for row, index in enumerate(export.options.frames(len(export.truth))):
        true = as_shown(np.asarray(export.truth[index]), export.transform.range)
        if true.shape[:2] != (height, width):
            true = _shrunk(true, native)
        frames[row, :, :width] = convert_channels(true, channels)
        frames[row, :, width + _GAP :] = rendered.frames[row]
    return replace(rendered, frames=frames, displacement=None, inverse=None)


def _write_table(export: Export) -> Path:
    return io.write_latents_csv(
        export.motion,
        export.options.path,
        names=export.names or None,
        edited=export.edited,
    )


def _shrunk(frame: NDArray[np.uint8], shrink: Transform) -> NDArray[np.uint8]:
    unit = shrink.apply(frame[np.newaxis])[0]
    return np.asarray(np.rint(np.moveaxis(unit, 0, -1) * 255), np.uint8)


def _resized(field: Float | None, size: tuple[int, int]) -> Float | None:
    if field is None:
        return None
    resized: Any = resize_field(field, *size)
    return np.asarray(resized, np.float32)
