"""Prediction: the second half of a sequence from the first, beside what needs no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from motionstudio.core.motion import Float
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few
from motionstudio.evaluation.columns import PICTURES
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.material import Material, encode, made, picture_figures
from motionstudio.evaluation.peers import dis_flow
from motionstudio.evaluation.table import Column, mean_of
from motionstudio.models.base import Capability, MotionModel
from motionstudio.models.prediction import Predictor

FUTURES = 4
LONGEST = 8
MEAN, BEST = "model, mean of the futures' errors", f"model, best of {FUTURES} futures"
HELD, FLOW = "last frame held", "last flow (DIS) goes on"
_COLUMNS = (
    PICTURES[0],
    Column("first", "RMSE, first frame", 4, better="less"),
    Column("last", "RMSE, last frame", 4, better="less"),
    *PICTURES[1:],
)
_NOTE = f"The first half is known; up to {LONGEST} frames after it are compared."
_DRAWN = (
    "The best of several futures is chosen knowing the truth: it shows what the model holds "
    "possible, not what it would have said."
)


def _sheets(model: MotionModel) -> Mapping[str, Sheet]:
    note = _NOTE if model.card.one_future else f"{_NOTE} {_DRAWN}"
    return {"": Sheet("Sequences continued", _COLUMNS, (MEAN,), note)}


def split(frames: int, frames_min: int) -> tuple[int, int]:
    """How many of ``frames`` are known, and how many after them are compared; none: 0."""
    known = max(frames // 2, frames_min, 2)
    return known, max(0, min(LONGEST, frames - known))


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    """Futures of a model that does not draw them are all equal, and only one is measured."""
    item = case.item
    known, count = split(len(item.frames), model.card.frames_min)
    if count < 1:
        return
    truth = item.frames[known : known + count]
    futures = predicted(model, item, known, count, case.seed + case.place)
    yield Found(MEAN, mean_of([_figures(item, one, truth) for one in futures]))
    if len(futures) > 1:
        yield Found(BEST, _figures(item, _best(futures, truth), truth))


def _beside(case: Case) -> Iterator[Found]:
    item = case.item
    known, count = split(len(item.frames), 2)
    if count < 1:
        return
    truth, past = item.frames[known : known + count], item.frames[:known]
    yield Found(HELD, _figures(item, np.repeat(past[-1:], count, 0), truth))
    yield Found(FLOW, _figures(item, _flowing(past, count), truth))


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    item = case.item
    known, count = split(len(item.frames), model.card.frames_min)
    truth, shown = item.frames[known : known + count], few(range(count))
    futures = predicted(model, item, known, count, case.seed + case.place)
    name = BEST if len(futures) > 1 else "model"
    return {
        "the clip": truth[shown],
        name: _best(futures, truth)[shown],
        FLOW: _flowing(item.frames[:known], count)[shown],
    }


def predicted(model: MotionModel, item: Material, known: int, count: int, seed: int) -> Float:
    """(N, count, C, S, S) futures: those that the model draws, or its rows beyond the known."""
    if isinstance(model, Predictor):
        drawn = model.predict(item.frames[:known], count, futures=FUTURES, seed=seed).frames
        return drawn[:1] if bool(np.all(drawn == drawn[:1])) else drawn
    kept = np.arange(known + count) < known
    part = Material(item.name, item.frames[: known + count], item.times[: known + count])
    motion = encode(model, part, kept)
    return made(model, motion, item.frames[0], range(known, known + count))[None]


def _best(futures: Float, truth: Float) -> Float:
    errors = [float(np.square(one - truth).mean()) for one in futures]
    return np.asarray(futures[int(np.argmin(errors))])


def _flowing(past: Float, count: int) -> Float:
    """The last frame bent further and further by the flow between the last two."""
    step = dis_flow(past[-2], past[-1])
    return np.stack([warp_picture(past[-1], (k + 1) * step) for k in range(count)])


def _figures(item: Material, made_: Float, truth: Float) -> dict[str, float]:
    found = [picture_figures(item, a, b) for a, b in zip(made_, truth, strict=True)]
    return {**mean_of(found), "first": found[0]["rmse"], "last": found[-1]["rmse"]}


PREDICTION = ClipTask(
    "prediction",
    Capability.PREDICT,
    "does not continue sequences",
    _sheets,
    _own,
    _beside,
    _shown,
    frames=3,
)
