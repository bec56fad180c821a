"""Film strips for the page of results: frames, ours, rivals, truth and what is left of each.

Only subjects of our own generators are shown, with indices that no recipe trains on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.strips import add, difference, save
from motionstudio.core.motion import Float
from motionstudio.evaluation.animation import pictures
from motionstudio.evaluation.between import BASELINES, Subject
from motionstudio.evaluation.domains import DOMAINS, looked_at, pairs, warp_picture
from motionstudio.evaluation.material import Material, generated
from motionstudio.evaluation.model_calls import encode_sample
from motionstudio.evaluation.prediction import predicted
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model
from motionstudio.training.recipe import GeneratorSource, read_recipe

CAPTIONS = {
    "film/figures": "A drives B, two pairs of generated figures at three moments: First order "
    "motion model, GenLMM and A's true field copied, beside the exact rendering",
    "film/teapots": "The frame between two that are twelve steps apart: with the straightening "
    "term, without it, cross-fading and optical flow",
    "film/shapes": "The next frames of coloured shapes, two known pictures each: three futures "
    "that Visual Dynamics draws, beside the one that came",
    "film/digits": "Stepping digits continued by the Video Pixel Network: two of its futures, a "
    "frame at a time, beside the clip that was cut",
}
"""What each film shows, by section."""

_MODELS = {
    "film/figures": ("figures_fomm", "figures"),
    "film/teapots": ("teapot_2dof_a100", "teapot_2dof_a0"),
    "film/shapes": ("shapes_vd",),
    "film/digits": ("digits_vpn",),
}
TITLES = {
    "film/figures": "Animation of figures", "film/teapots": "In-betweening of teapots",
    "film/shapes": "Futures of shapes", "film/digits": "Digits continued",
}  # fmt: skip
Rows = dict[str, list[Float]]


def models_of(section: str) -> tuple[str, ...]:
    """Checkpoints that a film needs."""
    return _MODELS[section]


def draw(section: str, folder: Path) -> str:
    """Draw the film of a section into ``folder``; its name."""
    found = _DRAWN[section](*(load_model(name) for name in _MODELS[section]))
    return save(found, folder / f"{section.replace('/', '-')}.png").name


def _figures(model: MotionModel, rival: MotionModel) -> Rows:
    rows: Rows = {}
    for a, b in pairs(DOMAINS["figures"], model.card.size, 2):
        moments = looked_at(DOMAINS["figures"], b)[:3]
        own = pictures(model, encode_sample(model, a), b.frames[0], moments)
        other = pictures(rival, encode_sample(rival, a), b.frames[0], moments)
        for place, t in enumerate(moments):
            made = {
                "First order motion": own[place],
                "GenLMM (figures)": other[place],
                "copy of A's field": warp_picture(b.frames[0], a.displacement[t]),
            }
            shown = {"A drives": a.frames[t], "B, frame 0": b.frames[0], "B in truth": b.frames[t]}
            _add(rows, {**shown, **made}, made, b.frames[t])
    return rows


def _teapots(model: MotionModel, plain: MotionModel) -> Rows:
    rows: Rows = {}
    subject = Subject("", "teapot", {"freedom": 2})
    for case in subject.triples(model.card.size, 8)[6]:
        ends, times = np.array([True, False, True]), np.arange(3, dtype=np.float64)
        made = {}
        for name, one in (("alpha 100", model), ("alpha 0", plain)):
            found = one.decode(one.encode(case, ends, times), case[0], [1]).frames
            assert found is not None
            made[name] = found[0]
        made |= {name: between(case[0], case[2], 0.5) for name, between in BASELINES.items()}
        shown = {"first": case[0], "last": case[2], "middle in truth": case[1]}
        _add(rows, {**shown, **made}, made, case[1])
    return rows


def _continued(model: MotionModel, item: Material, known: int, count: int, drawn: int) -> Rows:
    rows: Rows = {}
    futures = predicted(model, item, known, count, 1)[:drawn]
    for k in range(count):
        truth = item.frames[known + k]
        made = {f"future {n}": one[k] for n, one in enumerate(futures)}
        shown = {"last known": item.frames[known - 1], "what came": truth}
        add(rows, {**shown, **made})
    return rows


def _shapes(model: MotionModel) -> Rows:
    rows: Rows = {}
    for item in _items(model, 6):
        for name, found in _continued(model, item, 2, 1, 3).items():
            rows.setdefault(name, []).extend(found)
    return rows


def _digits(model: MotionModel) -> Rows:
    item = next(iter(_items(model, 1)))
    known = len(item.frames) // 2
    return _continued(model, item, known, min(8, len(item.frames) - known), 2)


def _items(model: MotionModel, count: int) -> Sequence[Material]:
    assert model.card.path is not None
    for source in read_recipe(model.card.path / "recipe.toml").data:
        if isinstance(source, GeneratorSource):
            return list(generated(source.generator, source.params, model.card, count))
    raise ValueError(f"films: expected a generator in the recipe of {model.card.name}")


def _add(rows: Rows, shown: Mapping[str, Float], made: Mapping[str, Float], truth: Float) -> None:
    left = {f"left by {name}": difference(one, truth) for name, one in made.items()}
    add(rows, {**shown, **left})


_DRAWN = {
    "film/figures": _figures,
    "film/teapots": _teapots,
    "film/shapes": _shapes,
    "film/digits": _digits,
}
