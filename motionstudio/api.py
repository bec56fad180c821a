"""Functions for scripts and notebooks; the package offers them as its own names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import Motion, Rendered
from motionstudio.core.picture import Fit, Transform, intensity_range
from motionstudio.document.change import ProjectState
from motionstudio.document.project_file import read_project, write_project
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.requests import EncodeRequest
from motionstudio.engine.responses import Encoded
from motionstudio.engine.runner import Budget, Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.io import read_clip, write_clip
from motionstudio.models.base import Capability, MotionModel
from motionstudio.models.device import DeviceChoice
from motionstudio.models.registry import load_model as _load_model

__all__ = [
    "encode",
    "load_model",
    "load_project",
    "read_clip",
    "render",
    "save_project",
    "write_clip",
]

# Rows in one model call: on a GPU a single row would take as long as several.
_CHUNK = 16

Size = tuple[int, int] | Literal["native", "model"]


def load_model(name: str | Path, device: str = "cpu") -> MotionModel:
    """Load a checkpoint.

    Args:
        name: a name in ``checkpoints/``, or the path of a folder with ``card.toml``.
        device: ``cpu``, ``cuda`` or ``mps``; ``models.device.choose_device()`` names the best.

    Returns:
        The model; ``model.card`` tells its shapes, capabilities and figures.

    Raises:
        MotionStudioError: there is no such checkpoint, or it is damaged.
    """
    return _load_model(name, device=device)


def encode(
    model: MotionModel,
    clip: Clip,
    kept: ArrayLike | None = None,
    cyclic: bool | None = None,
    reference: int = 0,
    *,
    fit: Fit = "letterbox",
) -> Motion:
    """Encode a sequence into its latent motion matrix.

    Args:
        model: from ``load_model``.
        clip: T frames of any size and dtype; one range of intensities counts for all of them.
        kept: (T,) bool, False for frames that the model must not see and fills in; None: all.
        cyclic: whether the sequence is one closed period; None: as the clip says.
        reference: index of the frame that the motion starts from.
        fit: ``letterbox`` shows the model everything, ``crop`` the largest centred square.

    Returns:
        ``mean`` and ``std`` (R, D) float32, R = T and row ``reference`` zero for models with
        one row a frame; ``kept`` and ``filled`` (T,) bool.

    Raises:
        MotionStudioError: the clip has too few or too many frames, or the reference is dropped.
        ValueError: ``kept`` is not (T,) or ``reference`` lies outside the clip.
    """
    mask = np.ones(len(clip), np.bool_) if kept is None else np.asarray(kept, dtype=np.bool_)
    if mask.shape != (len(clip),) or not 0 <= reference < len(clip):
        raise ValueError(
            f"encode: expected kept of shape ({len(clip)},) and a reference in it, "
            f"got {mask.shape} and {reference}"
        )
    able = Capability.CYCLIC in model.card.capabilities
    closed = (bool(clip.cyclic) and able) if cyclic is None else cyclic
    request = EncodeRequest(
        subject="",
        revision=0,
        model=model.card.name,
        clip_key="clip",
        clip=clip,
        transform=_transform(model, clip, fit),
        kept=mask,
        reference=reference,
        cyclic=closed,
        period=clip.period if closed else None,
    )
    return _engine(model).ask(request, Encoded).motion


def render(
    model: MotionModel,
    motion: Motion,
    source: Clip | NDArray[Any],
    size: Size = "native",
    *,
    fields: bool = True,
    inverse: bool = False,
    fit: Fit = "letterbox",
) -> Rendered:
    """Animate a picture with a motion.

    Memory stays bounded for long clips and large pictures: frames are made one at a time, and
    an array of more than 512 MB (frames and displacement count apart) lives in a temporary
    file that goes when the array does. Without ``fields`` the displacement, 8 bytes a pixel,
    is not kept at all.

    Args:
        model: the model that made the motion.
        motion: from ``encode``, or one whose ``mean`` was edited.
        source: (H, W, C) or (H, W) picture of any dtype; or a clip, whose first frame is
            animated and whose range of intensities counts.
        size: ``native`` for the source's own size, ``model`` for the source as small or large
            as the model sees it, or (H, W) in the source's proportions.
        fields: whether ``displacement`` is returned.
        inverse: whether ``inverse`` is returned.
        fit: as in ``encode``.

    Returns:
        ``frames`` (T, H, W, C) uint8; ``displacement`` and ``inverse`` (T, 2, H, W) float32,
        pixels of ``frames``, or None where not asked for or the model does not warp.
        8-bit sources keep their intensities; others go through their percentile range.

    Raises:
        MotionStudioError: the motion was made by another model, ``size`` would squeeze the
            picture, or the disk is full.
        ValueError: ``source`` or ``size`` has another shape.
    """
    clip = source if isinstance(source, Clip) else _still(source)
    transform = _transform(model, clip, fit)
    return _engine(model).render(
        motion,
        np.asarray(clip.frames[0]),
        transform,
        model=model.card.name,
        size=_size(size, transform),
        fields=fields,
        inverse=inverse,
    )


def load_project(path: str | Path) -> ProjectState:
    """Read a project that the window saved.

    Args:
        path: a .motion file.

    Returns:
        The document: ``subjects`` with clip, dropped frames and ``track``, whose ``motion()`` is
        the edited motion. Subjects whose media are missing say so in ``media_problem``.

    Raises:
        MotionStudioError: it is no project, damaged, or of a newer version.
    """
    return read_project(Path(path)).state


def save_project(state: ProjectState, path: str | Path) -> Path:
    """Write a project that the window opens; the file appears whole or not at all.

    Args:
        state: from ``load_project``, or changed by commands of ``motionstudio.document``.
        path: ends in .motion; media are named from its folder.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    write_project(state, Path(path))
    return Path(path)


def _engine(model: MotionModel) -> SyncEngine:
    """An engine for one call: nothing is kept, and the model stays where it was loaded."""
    runner = Runner(
        load=lambda _name, _device: model,
        device=DeviceChoice("cpu", "as loaded"),
        gallery=Gallery(0),
        budget=Budget(motions=0, fields=0),
        chunk=_CHUNK,
    )
    return SyncEngine(runner)


def _transform(model: MotionModel, clip: Clip, fit: Fit) -> Transform:
    return Transform.fit(clip.size, model.card.size, mode=fit, range=intensity_range(clip))


def _still(source: NDArray[Any]) -> Clip:
    frame = source[..., np.newaxis] if source.ndim == 2 else source
    if frame.ndim != 3 or frame.shape[2] not in (1, 3):
        raise ValueError(f"render: expected a source (H, W) or (H, W, 1|3), got {source.shape}")
    return Clip(frames=frame[np.newaxis], times=uniform_times(1, 1.0), name="source")


def _size(size: object, transform: Transform) -> tuple[int, int] | None:
    if size == "native":
        return None
    if size == "model":
        height, width = transform.frame_size
        x, y = transform.scale
        return max(1, round(height * y)), max(1, round(width * x))
    if (
        not isinstance(size, tuple)
        or len(size) != 2
        or not all(isinstance(side, int) and side > 0 for side in size)
    ):
        raise ValueError(f"render: expected size native, model or (H, W), got {size!r}")
    return size
