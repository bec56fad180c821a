"""Transport where no truth is known: the motion of one clip put on the next, and back again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from motionstudio.core.metrics import folded_share
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture_rows import START, pictures_of_frames
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few
from motionstudio.evaluation.columns import FOLDED, PICTURES, RMSE
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.material import FIELD_SIDE, encode, made, mean_figures
from motionstudio.evaluation.model_calls import can, fields
from motionstudio.evaluation.peers import dis_flow
from motionstudio.models.base import Capability, MotionModel

BACK, DIRECT, HELD = "model, there and back", "model, its own motion", "first frame held"
COPIED, OTHER = "copy of A's flow (DIS), there and back", "model, on the other"
_NOTE = (
    "Nobody knows what B looks like with the motion of A. So B is moved by A's motion, what comes "
    "out is encoded, and that motion moves A again: the closer to A's own frames, the less was "
    "lost on the way. The copy is A's flow bending B, and the flow of that bending A. It tells "
    "only what is lost, not whether the motion fits B's anatomy. Folded: of the field on B."
)


def _sheets(_model: MotionModel) -> Mapping[str, Sheet]:
    headings = (replace(RMSE, heading="RMSE to A"), *PICTURES[1:], FOLDED)
    return {"": Sheet("Motion put on the next clip", headings, (BACK,), _NOTE)}


def _later(case: Case) -> list[int]:
    return list(range(1, len(case.item.frames)))


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    a, frames = case.item, _later(case)
    motion, _, again = _there_and_back(model, case)
    for name, carried in ((BACK, again), (DIRECT, motion)):
        found = made(model, carried, a.frames[0], frames)
        yield Found(name, mean_figures(a, found, a.frames[frames]))
    if can(model, Capability.DISPLACEMENT):
        field = fields(model, motion, case.next.frames[0], frames)
        inside = case.next.seen(field)
        if min(inside.shape[-2:]) >= FIELD_SIDE:
            yield Found(OTHER, {"folds": 100 * folded_share(inside)})


def _there_and_back(model: MotionModel, case: Case) -> tuple[Motion, Float, Motion]:
    """A's motion, B in it (T, C, S, S), and the motion of that."""
    a, b = case.item, case.next
    motion = encode(model, a)
    moved = made(model, motion, b.frames[0], range(len(a.frames)))
    # Where rows are steps between frames none leads to the first: it is B itself.
    moved[pictures_of_frames(motion) == START] = b.frames[0]
    return motion, moved, encode(model, replace(a, frames=moved))


def _beside(case: Case) -> Iterator[Found]:
    a, frames = case.item, _later(case)
    truth = a.frames[frames]
    back = np.stack([_copied(a.frames[0], case.next.frames[0], a.frames[t]) for t in frames])
    yield Found(COPIED, mean_figures(a, back, truth))
    yield Found(HELD, mean_figures(a, a.frames[[0] * len(frames)], truth))


def _copied(first: Float, other: Float, frame: Float) -> Float:
    """``first`` bent by the flow of ``other`` bent by the flow from ``first`` to ``frame``."""
    moved = warp_picture(other, dis_flow(first, frame))
    return warp_picture(first, dis_flow(other, moved))


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    a, frames = case.item, few(_later(case))
    _, moved, again = _there_and_back(model, case)
    return {
        "A, the clip": a.frames[frames],
        "B in A's motion": moved[frames],
        BACK: made(model, again, a.frames[0], frames),
    }


TRANSPORT = ClipTask(
    "transport",
    Capability.ENCODE | Capability.DECODE | Capability.TRANSPORT,
    "cannot put a motion on another subject",
    _sheets,
    _own,
    _beside,
    _shown,
    frames=2,
    clips=2,
)
