"""``motionstudio inspect``: what a file, a checkpoint or a motion holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.cli.inspect_project import project_record
from motionstudio.cli.models import card_record, pictures_text
from motionstudio.cli.options import AsJson, Slice
from motionstudio.cli.output import show, show_json
from motionstudio.cli.render_project import is_project

if TYPE_CHECKING:
    from motionstudio.core.clip import Clip
    from motionstudio.core.motion import Motion
    from motionstudio.io.info import ClipInfo
    from motionstudio.models.base import ModelCard

Thing = Annotated[
    str,
    typer.Argument(
        metavar="FILE|CHECKPOINT",
        help="A clip (file or folder), a motion.npz, a project, or a model by name or folder.",
    ),
]


def inspect(thing: Thing, slice_index: Slice = None, as_json: AsJson = False) -> None:
    """Tell what a clip, a motion.npz, a project or a model holds.

    Of a clip: format, frames, size, type, times, spacing, labels, slices, and one sentence for
    each odd thing about the file. Of a model: its whole card.
    """
    record = _record(thing, slice_index)
    if as_json:
        show_json(record)
        return
    for name, value in record.items():
        for line in _lines(value):
            show(f"{name.replace('_', ' '):<16}{line}")
            name = ""


def _record(thing: str, slice_index: int | None) -> dict[str, object]:
    from motionstudio import io
    from motionstudio.models.checkpoint import CARD, read_card

    path = Path(thing)
    if is_project(path):
        return project_record(path)
    if (path / CARD).exists():
        return _card(read_card(path))
    if not path.exists() and path.name == thing and not path.suffix:
        from motionstudio.models.registry import find_checkpoint

        return _card(read_card(find_checkpoint(thing)))
    if _holds_motion(path):
        return _motion(io.load_motion(path))
    return _clip(io.probe(path), io.read_clip(path, slice_index=slice_index))


def _holds_motion(path: Path) -> bool:
    from motionstudio.io.template_file import is_template

    return path.is_file() and is_template(path)


def _card(card: ModelCard) -> dict[str, object]:
    return {"kind": "model", "pictures": pictures_text(card), **card_record(card)}


def _motion(motion: Motion) -> dict[str, object]:
    from motionstudio.core.kept import dropped_frames

    return {
        "kind": "motion",
        "frames": len(motion.kept),
        "rows": len(motion.mean),
        "row_kind": motion.rows.value,
        "dims": motion.dims,
        "seconds": float(motion.times[-1] - motion.times[0]),
        "dropped": list(dropped_frames(motion.kept)),
        "filled": [int(row) for row in motion.filled.nonzero()[0]],
        "cyclic": motion.cyclic,
        "has_std": motion.std is not None,
        "model": motion.model,
        "model_hash": motion.model_hash,
    }


def _clip(info: ClipInfo, clip: Clip) -> dict[str, object]:
    import numpy as np

    labelled = clip.masks is not None
    valid = clip.mask_valid if clip.mask_valid is not None else np.full(len(clip), labelled)
    return {
        "kind": "clip",
        "format": info.kind,
        "name": clip.name,
        "frames": len(clip),
        "height": clip.size[0],
        "width": clip.size[1],
        "channels": clip.channels,
        "dtype": str(clip.frames.dtype),
        "fps": clip.fps,
        "seconds": float(clip.times[-1]),
        "even_times": bool(np.allclose(np.diff(clip.times), 1 / clip.fps, rtol=0.01)),
        "times": [float(second) for second in clip.times],
        "spacing_mm": list(clip.spacing) if clip.spacing is not None else None,
        "cyclic": clip.cyclic,
        "labels": sorted(int(v) for v in np.unique(clip.masks)) if clip.masks is not None else None,
        "labelled_frames": [int(t) for t in np.flatnonzero(valid)],
        "slices": info.slices,
        "slice_label": info.slice_label,
        "strip_frames": info.strip_frames,
        "provenance": dict(clip.provenance),
        "warnings": list(dict.fromkeys((*info.warnings, *clip.warnings))),
    }


def _lines(value: object) -> list[str]:
    """A value for people; long lists of numbers are cut in the middle."""
    if value is None or value in ("", [], {}):
        return ["-"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, float):
        return [f"{value:.6g}"]
    if isinstance(value, dict):
        return [f"{key}: {_lines(inner)[0]}" for key, inner in value.items()]
    if isinstance(value, list):
        if any(isinstance(item, str) and " " in item for item in value):
            return [str(item) for item in value]
        texts = [_lines(item)[0] for item in value]
        short = len(texts) <= 8 or isinstance(value[0], str)
        return [", ".join(texts if short else [*texts[:4], "...", *texts[-2:]])]
    return str(value).splitlines()
