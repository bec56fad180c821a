"""Draws the sheet of the documentation: test figures driven by others, beside the truth.

``python -m benchmarks.fomm_sheet docs/pictures/fomm.png``: for each pair of generated figures that
no recipe trains on, the driver with its keypoints, and below it the other figure: as FOMM makes
it, as the GenLMM model makes it, and as it truly looks in that movement.
"""

from __future__ import annotations

import argparse
import colorsys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from motionstudio.core.motion import Float
from motionstudio.datasets import Sample
from motionstudio.evaluation.animation import pictures
from motionstudio.evaluation.domains import DOMAINS, pairs
from motionstudio.evaluation.model_calls import encode_sample
from motionstudio.models.base import MotionModel
from motionstudio.models.fomm_model import FOMMModel
from motionstudio.models.registry import load_model

SCALE, FRAMES, LABEL = 2, 6, 92
Picture = NDArray[np.uint8]


def sheet(model: FOMMModel, rival: MotionModel, count: int) -> Image.Image:
    """The sheet for the first ``count`` pairs of test figures."""
    blocks = [_block(model, rival, a, b) for a, b in pairs(DOMAINS["figures"], 64, count)]
    return Image.fromarray(np.concatenate(blocks, 0))


def _block(model: FOMMModel, rival: MotionModel, a: Sample, b: Sample) -> Picture:
    rows = [int(t) for t in np.linspace(0, len(a.frames) - 1, FRAMES + 1)[:-1]]
    lines = {
        "A, the driver": a.frames[rows],
        "B by FOMM": pictures(model, encode_sample(model, a), b.frames[0], rows),
        "B by GenLMM": pictures(rival, encode_sample(rival, a), b.frames[0], rows),
        "B in truth": b.frames[rows],
    }
    points = model.keypoints(a.frames[rows]).value
    drawn = [
        _line(name, frames, points if not place else None)
        for place, (name, frames) in enumerate(lines.items())
    ]
    return np.concatenate([*drawn, np.full((8, drawn[0].shape[1], 3), 255, np.uint8)], 0)


def _line(name: str, frames: Float, points: Float | None) -> Picture:
    label = Image.new("RGB", (LABEL, 64 * SCALE), "white")
    font = ImageFont.load_default(12)
    ImageDraw.Draw(label).text((4, 32 * SCALE - 8), name, fill="black", font=font)
    cells = [_cell(f, None if points is None else points[i]) for i, f in enumerate(frames)]
    return np.concatenate([np.asarray(label), *cells], 1)


def _cell(frame: Float, points: Float | None) -> Picture:
    shown = np.rint(np.clip(np.moveaxis(frame, 0, -1), 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(shown.repeat(SCALE, 0).repeat(SCALE, 1))
    draw = ImageDraw.Draw(image)
    for k, (x, y) in enumerate([] if points is None else (points + 1) * (63 / 2) + 0.5):
        red, green, blue = colorsys.hsv_to_rgb(k / 10, 1, 1)
        colour = (round(255 * red), round(255 * green), round(255 * blue))
        place = (x * SCALE - 3, y * SCALE - 3, x * SCALE + 3, y * SCALE + 3)
        draw.ellipse(place, fill=colour, outline="black")
    return np.asarray(image)


def main() -> None:
    """Read the arguments and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", default="figures_fomm")
    parser.add_argument("--rival", default="figures")
    parser.add_argument("--pairs", type=int, default=4)
    chosen = parser.parse_args()
    model = load_model(chosen.model)
    assert isinstance(model, FOMMModel)
    sheet(model, load_model(chosen.rival), chosen.pairs).save(chosen.out)


if __name__ == "__main__":
    main()
