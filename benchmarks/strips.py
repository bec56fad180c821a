"""Rows of pictures for the page of results, of generated subjects that no recipe trains on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from motionstudio.core.between_pictures import blend, flow_between
from motionstudio.core.motion import Float
from motionstudio.datasets import Sample
from motionstudio.evaluation.animation import pictures
from motionstudio.evaluation.domains import DOMAINS, looked_at, pairs, subjects, warp_picture
from motionstudio.evaluation.model_calls import encode_sample
from motionstudio.evaluation.peers import dis_flow
from motionstudio.models.base import MotionModel

LABEL, GAP, GAIN = 150, 2, 3.0
_SMALLEST = 64
CAPTIONS = {
    "tracking/heart": "Three generated hearts at end-systole: what is left is shown three times as "
    "strong on grey, so that plain grey is perfect",
    "transport/heart": "The motion of A on B, three pairs: the model beside the truth and beside "
    "A's field copied",
    "interpolation/heart": "Withheld frames of one generated heart, one of six kept: filled in by "
    "the model, and blended between kept frames",
}
"""What a sheet of pictures shows, by section."""

Picture = NDArray[np.uint8]
_HEART = DOMAINS["heart"]
_STRIDE = 6


def tracking(model: MotionModel, path: Path) -> Path:
    """A heart at its extreme: frame 0 bent by the model and by DIS, and what is left."""
    rows: dict[str, list[Float]] = {}
    for sample in subjects(_HEART, model.card.size, 3):
        t = looked_at(_HEART, sample)[0]
        truth, first = sample.frames[t], sample.frames[0]
        own = pictures(model, encode_sample(model, sample), first, [t])[0]
        flow = warp_picture(first, dis_flow(first, truth))
        made = {"frame 0": first, "end-systole": truth, "model, as encoded": own, "DIS": flow}
        left = {f"left by {name}": difference(made[name], truth)
                for name in ("frame 0", "model, as encoded", "DIS")}  # fmt: skip
        add(rows, {**made, **left})
    return save(rows, path)


def transport(model: MotionModel, path: Path) -> Path:
    """A's motion on B beside the copy of A's field and the truth."""
    rows: dict[str, list[Float]] = {}
    for a, b in pairs(_HEART, model.card.size, 3):
        t = looked_at(_HEART, a)[0]
        own = pictures(model, encode_sample(model, a), b.frames[0], [t])[0]
        copied = warp_picture(b.frames[0], a.displacement[t])
        made = {"A, end-systole": a.frames[t], "B, frame 0": b.frames[0],
                "B in truth": b.frames[t], "model, z of A on B": own,
                "copy of A's field": copied}  # fmt: skip
        left = {
            f"left by {name}": difference(made[name], b.frames[t])
            for name in ("model, z of A on B", "copy of A's field")
        }
        add(rows, {**made, **left})
    return save(rows, path)


def missing(model: MotionModel, path: Path) -> Path:
    """Withheld frames of one heart: filled in, and blended between the kept ones."""
    sample = next(subjects(_HEART, model.card.size, 1))
    kept = np.arange(len(sample.frames)) % _STRIDE == 0
    shown = [t for t in range(1, 2 * _STRIDE) if not kept[t]][::3]
    few = encode_sample(model, sample, kept)
    own = pictures(model, few, sample.frames[0], shown)
    rows: dict[str, list[Float]] = {}
    for place, t in enumerate(shown):
        truth = sample.frames[t]
        made = {"withheld": truth, "model, filled in": own[place], **_between(sample, t)}
        left = {f"left by {n}": difference(p, truth) for n, p in made.items() if n != "withheld"}
        add(rows, {**made, **left})
    return save(rows, path)


def _between(sample: Sample, t: int) -> dict[str, Float]:
    start = t - t % _STRIDE
    ends = sample.frames[start], sample.frames[start + _STRIDE]
    share = (t - start) / _STRIDE
    return {"linear blending": blend(*ends, share), "flow blending": flow_between(*ends, share)}


def difference(made: Float, truth: Float) -> Float:
    """What differs, three times as strong, on mid-grey."""
    return np.clip(0.5 + GAIN * (made - truth) / 2, 0, 1)


def add(rows: dict[str, list[Float]], column: Mapping[str, Float]) -> None:
    """Put a column of pictures (C, S, S) under the others; names are rows."""
    for name, picture in column.items():
        rows.setdefault(name, []).append(picture)


def save(rows: Mapping[str, list[Float]], path: Path) -> Path:
    """Write rows of pictures with their names in front; small ones are magnified."""
    lines = [_line(name, cells) for name, cells in rows.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = np.concatenate(lines, 0)
    grey = bool((whole[..., :1] == whole).all())
    # Noise does not compress: 24 greys are enough for the eye and a third of the bytes.
    shown = Image.fromarray(whole).quantize(24 if grey else 96)
    shown.save(path, optimize=True)
    return path


def _line(name: str, cells: list[Float]) -> Picture:
    zoom = max(1, round(_SMALLEST / cells[0].shape[1]))
    height = zoom * cells[0].shape[1]
    label = Image.new("RGB", (LABEL, height + GAP), (255, 255, 255))
    font = ImageFont.load_default(12)
    ImageDraw.Draw(label).text((4, height / 2 - 8), name, fill=(0, 0, 0), font=font)
    edges = ((0, GAP), (GAP, 0), (0, 0))
    padded = [np.pad(_shown(cell, zoom), edges, constant_values=255) for cell in cells]
    return np.concatenate([np.asarray(label), *padded], 1)


def _shown(picture: Float, zoom: int) -> Picture:
    """(C, S, S) as (zoom S, zoom S, 3) bytes."""
    bright = np.rint(np.clip(np.moveaxis(picture, 0, -1), 0, 1) * 255).astype(np.uint8)
    colour = bright if bright.shape[-1] == 3 else np.repeat(bright[..., :1], 3, -1)
    return np.repeat(np.repeat(colour, zoom, 0), zoom, 1)
