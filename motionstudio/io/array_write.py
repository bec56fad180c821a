"""Numbers out: NPZ of everything, NIfTI of pictures and fields, CSV of latents."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence as Items
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float, Motion, Rendered, RowKind, plain_dim_name
from motionstudio.io.atomic import Tick, advance, always, whole_file
from motionstudio.io.limits import check_bytes
from motionstudio.io.motion_file import beside_pictures
from motionstudio.io.provenance import Provenance

_DISPLACEMENT_INTENT = "NIFTI_INTENT_DISPVECT"


def write_npz(
    pictures: Clip | Rendered,
    path: Path,
    motion: Motion | None,
    tick: Tick = always,
    provenance: Provenance | None = None,
) -> None:
    """Write frames, times, and what else there is, under names that ``read_clip`` knows.

    Args:
        pictures: frames keep their type.
        path: .npz file.
        motion: adds what ``load_motion`` needs to read it from this file.
        tick: progress and cancellation.
        provenance: goes in as JSON under its name.

    Raises:
        MotionStudioError: the frames do not fit into memory.
        Cancelled: the tick answered False.
    """
    check_bytes(path, int(np.prod(pictures.frames.shape)) * pictures.frames.dtype.itemsize)
    arrays: dict[str, Any] = {"times": pictures.times}
    if isinstance(pictures, Clip):
        arrays |= _clip_arrays(pictures)
    else:
        fields = {"displacement": pictures.displacement, "inverse": pictures.inverse}
        arrays |= {name: field for name, field in fields.items() if field is not None}
    if motion is not None:
        arrays |= beside_pictures(motion, pictures.times)
    if provenance is not None:
        arrays["provenance"] = np.str_(json.dumps(provenance.entries()))
    arrays["frames"] = np.asarray(pictures.frames[:])
    advance(tick, 0.5)
    np.savez_compressed(path, **arrays)
    advance(tick, 1.0)


def _clip_arrays(clip: Clip) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    if clip.spacing is not None:
        arrays["spacing_mm"] = np.array(clip.spacing)
    if clip.masks is not None:
        arrays["masks"] = clip.masks
    if clip.mask_valid is not None:
        arrays["mask_valid"] = clip.mask_valid
    if clip.factors:
        arrays["factors"] = np.stack(list(clip.factors.values()), axis=1)
        arrays["factor_names"] = np.array(list(clip.factors))
    if clip.cyclic:
        arrays["cyclic"] = np.bool_(True)
    return arrays


def write_nifti(
    pictures: Clip | Rendered,
    path: Path,
    tick: Tick = always,
    provenance: Provenance | None = None,
) -> None:
    """Write frames as 2D+t: x, y, 1, t in their own type; pixel distances where known.

    Raises:
        MotionStudioError: the frames are in colour or of a type that NIfTI has not.
        Cancelled: the tick answered False.
    """
    if pictures.frames.shape[3] != 1:
        raise MotionStudioError(
            f"{path.name} cannot be written: NIfTI here holds grey pictures, these are in colour.",
            "Export NPZ, a video or a PNG sequence.",
        )
    frames = np.asarray(pictures.frames[:])[..., 0]
    volume = np.transpose(frames, (2, 1, 0))[:, :, np.newaxis]
    spacing = pictures.spacing if isinstance(pictures, Clip) else None
    _save_nifti(volume, path, spacing, pictures.times, "NIFTI_INTENT_NONE", provenance)
    advance(tick, 1.0)


def write_displacement_nifti(
    rendered: Rendered,
    path: str | Path,
    *,
    spacing: tuple[float, float] | None = None,
    inverse: bool = False,
    tick: Tick = always,
    provenance: Provenance | None = None,
) -> Path:
    """Write the displacement field as NIfTI: x, y, 1, t and the two components (dx, dy).

    Args:
        rendered: with the field that is wanted.
        path: .nii or .nii.gz.
        spacing: (row, column) mm; the field is then in mm, else in pixels of 1 mm.
        inverse: the field that says where material goes, instead of the backward one.
        tick: progress and cancellation.
        provenance: a few words of it go into the header.

    Returns:
        The path written.

    Raises:
        MotionStudioError: there is no such field, or the place cannot be written to.
    """
    path = Path(path)
    field = rendered.inverse if inverse else rendered.displacement
    if field is None:
        raise MotionStudioError("This motion has no displacement field to write.")
    row, column = spacing or (1.0, 1.0)
    scaled = field * np.array([column, row], np.float32)[:, np.newaxis, np.newaxis]
    volume = np.transpose(scaled, (3, 2, 0, 1))[:, :, np.newaxis]
    with whole_file(path) as temporary:
        _save_nifti(volume, temporary, spacing, rendered.times, _DISPLACEMENT_INTENT, provenance)
        advance(tick, 1.0)
    return path


def write_scalar_nifti(
    values: Float,
    times: NDArray[np.float64],
    path: str | Path,
    *,
    spacing: tuple[float, float] | None = None,
    name: str = "",
    tick: Tick = always,
    provenance: Provenance | None = None,
) -> Path:
    """Write a map over time as NIfTI: x, y, 1, t.

    Args:
        values: (T, H, W) float32.
        times: (T,) seconds.
        path: .nii or .nii.gz.
        spacing: (row, column) mm of a pixel, or None.
        name: what the values are, up to 15 letters.
        tick: progress and cancellation.
        provenance: a few words of it go into the header.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to.
        Cancelled: the tick answered False.
    """
    path = Path(path)
    volume = np.transpose(values, (2, 1, 0))[:, :, np.newaxis]
    with whole_file(path) as temporary:
        _save_nifti(volume, temporary, spacing, times, "NIFTI_INTENT_ESTIMATE", provenance, name)
        advance(tick, 1.0)
    return path


def _save_nifti(
    volume: NDArray[Any],
    path: Path,
    spacing: tuple[float, float] | None,
    times: NDArray[np.float64],
    intent: str,
    provenance: Provenance | None = None,
    name: str = "",
) -> None:
    # Slow to import, and the window is up before it is needed.
    import nibabel as nib

    row, column = spacing or (1.0, 1.0)
    kind = volume.dtype
    if kind == np.bool_ or kind.kind not in "uif":
        raise MotionStudioError(f"{path.name} cannot be written: NIfTI has no type {kind}.")
    image = nib.Nifti1Image(volume, np.diag([column, row, 1.0, 1.0]), dtype=kind)
    image.header.set_xyzt_units("mm", "sec")
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    zooms = [column, row, 1.0, step, 1.0][: volume.ndim]
    image.header.set_zooms(zooms)
    image.header.set_intent(intent, name=name)
    if provenance is not None:
        image.header["descrip"] = provenance.short()
    nib.save(image, path)


def write_latents_csv(
    motion: Motion,
    path: str | Path,
    *,
    names: Items[str] | None = None,
    edited: NDArray[np.bool_] | None = None,
) -> Path:
    """Write the latent motion matrix as CSV: one line for each of its rows.

    Columns: ``frame`` (or ``row``), ``time_s`` (of the frame, or where the row starts),
    ``kept``, ``filled``, ``edited`` (1 or 0; ``kept`` is empty where rows are not frames), then
    one column for each dimension.

    Args:
        motion: the matrix.
        path: .csv file.
        names: D names of the dimensions; None: z0, z1, ...
        edited: (R,) bool; None: none.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to.
        ValueError: ``names`` or ``edited`` do not fit the matrix.
    """
    path = Path(path)
    rows, dims = motion.mean.shape
    headings = list(names) if names is not None else [plain_dim_name(d) for d in range(dims)]
    changed = np.zeros(rows, np.bool_) if edited is None else edited
    if len(headings) != dims or changed.shape != (rows,):
        raise ValueError(
            f"write_latents_csv: expected {dims} names and edited of shape ({rows},), "
            f"got {len(headings)} and {changed.shape}"
        )
    per_frame = motion.rows is RowKind.FRAME and len(motion.kept) == rows
    first = "frame" if per_frame else "row"
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow([first, "time_s", "kept", "filled", "edited", *headings])
        for row in range(rows):
            time = motion.times[row] if per_frame else motion.row_times[row, 0]
            kept = int(motion.kept[row]) if per_frame else ""
            flags = [kept, int(motion.filled[row]), int(changed[row])]
            lines.writerow([row, repr(float(time)), *flags, *(str(v) for v in motion.mean[row])])
    return path
