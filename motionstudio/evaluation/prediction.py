"""Prediction: the second half of a sequence from the first, beside what needs no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from motionstudio.core.motion import Float
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.material import Material, encode, made, picture_figures
from motionstudio.evaluation.peers import dis_flow
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table, mean_of
from motionstudio.models.base import MotionModel
from motionstudio.models.prediction import Predictor

FUTURES = 4
LONGEST = 8
MEAN, BEST = "model, mean of the futures' errors", f"model, best of {FUTURES} futures"
HELD, FLOW = "last frame held", "last flow (DIS) goes on"


def prediction_of(
    model: MotionModel, items: Sequence[Material], title: str, tell: Tell, seed: int = 0
) -> Table | None:
    """At most ``LONGEST`` frames after the first half; None: no sequence is long enough.

    Futures of a model that does not draw them are all equal, and only one is measured.
    """
    scores = Scores()
    for number, item in enumerate(items):
        known = max(len(item.frames) // 2, model.card.frames_min, 2)
        count = min(LONGEST, len(item.frames) - known)
        if count < 1:
            continue
        truth = item.frames[known : known + count]
        futures = predicted(model, item, known, count, seed + number)
        _score(scores, item, {MEAN: futures}, truth)
        if len(futures) > 1:
            errors = [float(np.square(one - truth).mean()) for one in futures]
            _score(scores, item, {BEST: futures[[int(np.argmin(errors))]]}, truth)
        past = item.frames[:known]
        rivals = {HELD: np.repeat(past[-1:], count, 0)[None], FLOW: _flowing(past, count)[None]}
        _score(scores, item, rivals, truth)
        tell(f"prediction: {number + 1} of {len(items)}")
    if not scores.rows():
        return None
    columns = (
        Column("rmse", "RMSE", 4, True),
        Column("first", "RMSE, first frame", 4),
        Column("last", "RMSE, last frame", 4),
        Column("psnr", "PSNR dB", 2),
        Column("ssim", "SSIM", 3),
    )
    note = f"The first half is known; up to {LONGEST} frames after it are compared."
    return Table("prediction", f"Sequences continued ({title})", columns, scores.rows(), note)


def predicted(model: MotionModel, item: Material, known: int, count: int, seed: int) -> Float:
    """(N, count, C, S, S) futures: those that the model draws, or its rows beyond the known."""
    if isinstance(model, Predictor):
        drawn = model.predict(item.frames[:known], count, futures=FUTURES, seed=seed).frames
        return drawn[:1] if bool(np.all(drawn == drawn[:1])) else drawn
    kept = np.arange(known + count) < known
    part = Material(item.name, item.frames[: known + count], item.times[: known + count])
    motion = encode(model, part, kept)
    return made(model, motion, item.frames[0], range(known, known + count))[None]


def _flowing(past: Float, count: int) -> Float:
    """The last frame bent further and further by the flow between the last two."""
    step = dis_flow(past[-2], past[-1])
    return np.stack([warp_picture(past[-1], (k + 1) * step) for k in range(count)])


def _score(scores: Scores, item: Material, methods: Mapping[str, Float], truth: Float) -> None:
    for name, futures in methods.items():
        each = []
        for one in futures:
            found = [picture_figures(item, a, b) for a, b in zip(one, truth, strict=True)]
            ends = {"first": found[0]["rmse"], "last": found[-1]["rmse"]}
            each.append({**mean_of(found), **ends})
        scores.add(name, mean_of(each))
