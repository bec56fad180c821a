"""Frames that were withheld, on any sequences and by any model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.between_pictures import blend, flow_between
from motionstudio.core.motion import Float
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few
from motionstudio.evaluation.columns import PICTURES
from motionstudio.evaluation.material import Material, encode, made, mean_figures
from motionstudio.models.base import Capability, MotionModel

STRIDES = (2, 4)
FILLED, SEEN = "model, frames withheld", "model, nothing withheld"
LINEAR, FLOW = "linear blending", "flow blending (DIS)"
_BLENDED = (
    "Blending two noisy frames averages their noise, which alone lowers its RMSE: a sharp frame "
    "in the right place can score worse."
)
RIVALS: dict[str, Callable[[Float, Float, float], Float]] = {
    "nearest kept frame": lambda a, b, share: a if share < 0.5 else b,
    LINEAR: blend,
    FLOW: flow_between,
}


def _sheets(_model: MotionModel) -> Mapping[str, Sheet]:
    return {
        str(stride): Sheet(
            f"One frame of {stride} kept, withheld ones only", PICTURES, (FILLED,), _BLENDED
        )
        for stride in STRIDES
    }


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    item = case.item
    for stride in STRIDES:
        kept = _kept(item, stride)
        missing = [frame for frame, *_ in gaps(item, kept)]
        if not missing:
            continue
        for name, seen in ((FILLED, kept), (SEEN, np.ones(len(kept), np.bool_))):
            found = made(model, encode(model, item, seen), item.frames[0], missing)
            yield Found(name, mean_figures(item, found, item.frames[missing]), str(stride))


def _beside(case: Case) -> Iterator[Found]:
    item = case.item
    for stride in STRIDES:
        between = list(gaps(item, _kept(item, stride)))
        truth = item.frames[[frame for frame, *_ in between]]
        for name in RIVALS if between else ():
            found = _drawn(item, between, name)
            yield Found(name, mean_figures(item, found, truth), str(stride))


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    item = case.item
    kept = _kept(item, STRIDES[-1])
    found = list(gaps(item, kept))
    between = [found[k] for k in few(range(len(found)))]
    missing = [frame for frame, *_ in between]
    return {
        f"withheld, one of {STRIDES[-1]} kept": item.frames[missing],
        FILLED: made(model, encode(model, item, kept), item.frames[0], missing),
        FLOW: _drawn(item, between, FLOW),
    }


Gap = tuple[int, int, int, float]
"""A withheld frame, the kept one before, the kept one after, the share of the way."""


def _kept(item: Material, stride: int) -> NDArray[np.bool_]:
    return np.asarray(np.arange(len(item.frames)) % stride == 0)


def _drawn(item: Material, between: list[Gap], name: str) -> Float:
    draw = RIVALS[name]
    return np.stack([draw(item.frames[a], item.frames[b], share) for _, a, b, share in between])


def gaps(item: Material, kept: NDArray[np.bool_]) -> Iterator[Gap]:
    """Every withheld frame between two kept ones; a closed period goes on at frame 0."""
    known = np.flatnonzero(kept)
    for frame in np.flatnonzero(~kept):
        before = int(known[known < frame][-1])
        later = known[known > frame]
        if len(later):
            after, end = int(later[0]), float(item.times[later[0]])
        elif item.cyclic:
            after, end = 0, _period(item)
        else:
            continue
        start = float(item.times[before])
        yield int(frame), before, after, (float(item.times[frame]) - start) / (end - start)


def _period(item: Material) -> float:
    if item.period is not None:
        return item.period
    return float(item.times[-1] + np.median(np.diff(item.times)))


INTERPOLATION = ClipTask(
    "interpolation",
    Capability.ENCODE | Capability.DECODE | Capability.INBETWEEN,
    "cannot fill in dropped frames",
    _sheets,
    _own,
    _beside,
    _shown,
    frames=3,
)
