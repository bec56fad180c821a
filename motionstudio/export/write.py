"""From rendered frames to one file, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.core.clip import Clip, FrameSource
from motionstudio.core.motion import Float, Motion, Rendered
from motionstudio.core.picture import Transform
from motionstudio.core.upsampling import Positions, positions_of
from motionstudio.core.warp import resize_field
from motionstudio.export.fields import (
    jacobians,
    summary_rows,
    write_fields_npz,
    write_summary,
    write_tracks,
)
from motionstudio.export.film import Material, film
from motionstudio.export.kinds import ExportKind
from motionstudio.export.options import ExportOptions
from motionstudio.io.array_write import write_scalar_nifti
from motionstudio.io.latents_write import write_latents_npz, write_latents_safetensors
from motionstudio.io.provenance import Provenance, write_sidecar
from motionstudio.io.sound import Sound

Tick = Callable[[float], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """Everything that goes into an export, as values.

    Attributes:
        options: what a person chose.
        motion: the motion as rendered, edits applied, rows in between included.
        transform: from source to model, for the model's size.
        truth: (T, H, W, C) true frames, for panels.
        source: (H, W, C) the picture that is animated, for panels.
        names: names of the dimensions; empty: z0, z1, ...
        edited: (T,) bool rows that people changed, or None.
        spacing: (row, column) mm of a pixel, or None.
        places: positions and frames of ``motion``; None: its rows are the frames.
        original: the motion without rows in between, for latents; None: ``motion``.
        provenance: how the file comes about, or None to say nothing.
        driver: the clip that drives the motion, for its panel, or None.
        followed: (T,) its frame for each frame, or None.
        sound: what a film lets hear, or None.
    """

    options: ExportOptions
    motion: Motion
    transform: Transform
    truth: FrameSource | None = None
    source: NDArray[Any] | None = None
    names: tuple[str, ...] = ()
    edited: NDArray[np.bool_] | None = None
    spacing: tuple[float, float] | None = None
    places: Positions | None = None
    original: Motion | None = None
    provenance: Provenance | None = None
    driver: Clip | None = None
    followed: NDArray[np.intp] | None = None
    sound: Sound | None = None

    @property
    def layout(self) -> Positions:
        """Positions and frames of the motion."""
        return self.places or positions_of(self.latents, 1)

    @property
    def latents(self) -> Motion:
        """The motion whose rows are the clip's frames."""
        return self.original or self.motion

    @property
    def positions(self) -> range:
        """The positions that are rendered.

        Raises:
            MotionStudioError: the range holds no frame.
        """
        return self.options.positions(self.layout)


def write_export(export: Export, rendered: Rendered | None, tick: Tick) -> Path:
    """Write an export; the file appears whole or not at all.

    Args:
        export: what to write.
        rendered: ``export.positions`` at the source's resolution; None where the kind needs no
            pictures.
        tick: told the fraction done; answers False to cancel.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to, or there is no field to write.
        Cancelled: the tick answered False.
        ValueError: pictures are needed and missing.
    """
    kind = export.options.kind
    if not kind.has_pictures:
        path = _write_latents(export)
    elif rendered is None:
        raise ValueError(f"write_export: {kind} needs rendered frames, got None")
    else:
        native = export.options.native
        sized = rendered if native else at_model_size(rendered, export.transform)
        path = (
            _write_film(export, sized, tick)
            if kind.is_picture
            else _write_numbers(export, sized, tick)
        )
    if export.provenance is not None and not kind.holds_metadata:
        write_sidecar(export.provenance, path)
    return path


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


def _write_film(export: Export, sized: Rendered, tick: Tick) -> Path:
    options = export.options
    material = Material(
        sized,
        export.layout,
        export.positions,
        export.latents.kept,
        export.transform,
        export.truth,
        export.source,
        export.driver,
        export.followed,
    )
    return io.write_clip(
        film(material, options),
        options.path,
        quality=options.quality,
        plays=options.plays,
        provenance=export.provenance,
        sound=export.sound,
        tick=tick,
    )


def _write_numbers(export: Export, sized: Rendered, tick: Tick) -> Path:
    options, made = export.options, export.provenance
    spacing = _spacing(export, sized)
    match options.kind:
        case ExportKind.NIFTI:
            return io.write_displacement_nifti(
                sized, options.path, spacing=spacing, tick=tick, provenance=made
            )
        case ExportKind.JACOBIAN:
            maps = jacobians(sized, lambda done: tick(0.8 * done))
            return write_scalar_nifti(
                maps, sized.times, options.path, spacing=spacing, name="Jacobian", tick=tick,
                provenance=made,
            )  # fmt: skip
        case ExportKind.FIELDS:
            return write_fields_npz(sized, options.path, spacing, made, tick)
        case ExportKind.SUMMARY:
            names, kept = _frames(export)
            return write_summary(summary_rows(sized, names, kept, tick), options.path)
        case ExportKind.TRACKS:
            return write_tracks(sized, options.path, spacing, tick)
        case _:
            return io.write_clip(
                sized, options.path, motion=export.motion, provenance=made, tick=tick
            )


def _write_latents(export: Export) -> Path:
    motion, path = export.latents, export.options.path
    names = export.names or None
    if export.options.kind is ExportKind.CSV:
        return io.write_latents_csv(motion, path, names=names, edited=export.edited)
    write = (
        write_latents_npz if export.options.kind is ExportKind.LATENTS
        else write_latents_safetensors
    )  # fmt: skip
    return write(motion, path, names=names, edited=export.edited, provenance=export.provenance)


def _frames(export: Export) -> tuple[list[str], NDArray[np.bool_]]:
    """Name and kept or not of every rendered picture; those in between as fractions."""
    layout, kept = export.layout, export.latents.kept
    names, seen = [], []
    for position in export.positions:
        frame, part = layout.frame_of(position)
        names.append(str(frame) if part == 0 else f"{frame + part / layout.factor:g}")
        seen.append(bool(kept[frame]) and part == 0)
    return names, np.array(seen)


def _spacing(export: Export, sized: Rendered) -> tuple[float, float] | None:
    """(row, column) mm of a pixel at the size that is written."""
    if export.spacing is None:
        return None
    height, width = export.transform.frame_size
    rows, columns = sized.frames.shape[1:3]
    return export.spacing[0] * height / rows, export.spacing[1] * width / columns


def _shrunk(frame: NDArray[np.uint8], shrink: Transform) -> NDArray[np.uint8]:
    unit = shrink.apply(frame[np.newaxis])[0]
    return np.asarray(np.rint(np.moveaxis(unit, 0, -1) * 255), np.uint8)


def _resized(field: Float | None, size: tuple[int, int]) -> Float | None:
    if field is None:
        return None
    resized: Any = resize_field(field, *size)
    return np.asarray(resized, np.float32)
