"""Frames made again from their rows, on any sequences and by any model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from motionstudio.core.motion import Float
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few
from motionstudio.evaluation.columns import PICTURES
from motionstudio.evaluation.material import encode, made, mean_figures
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.table import MODEL
from motionstudio.models.base import Capability, MotionModel

HELD, AVERAGE = "first frame held", "mean of the other pictures"


def _frames(case: Case) -> list[int]:
    """Every frame but the first; of a single picture itself."""
    return list(range(1, len(case.item.frames))) or [0]


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    item, frames = case.item, _frames(case)
    if len(item.frames) == 1 and can(model, Capability.DISPLACEMENT) and not model.card.draws:
        # It would be bent by nothing, and be found to be perfect.
        return
    found = made(model, encode(model, item), item.frames[0], frames)
    yield Found(MODEL, mean_figures(item, found, item.frames[frames]))


def _beside(case: Case) -> Iterator[Found]:
    item, frames = case.item, _frames(case)
    if len(item.frames) > 1:
        held = np.repeat(item.frames[:1], len(frames), 0)
        yield Found(HELD, mean_figures(item, held, item.frames[frames]))
        return
    others = [o.frames for o in case.items if o is not item and len(o.frames) == 1]
    if others:
        yield Found(AVERAGE, mean_figures(item, np.mean(others, 0), item.frames))


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    item, frames = case.item, few(_frames(case))
    found = made(model, encode(model, item), item.frames[0], frames)
    return {"the clip": item.frames[frames], MODEL: found}


RECONSTRUCTION = ClipTask(
    "reconstruction",
    Capability.ENCODE | Capability.DECODE,
    "makes no pictures of its rows",
    lambda _model: {"": Sheet("Frames made again", PICTURES)},
    _own,
    _beside,
    _shown,
)
