"""Frames made again, and frames that were withheld, on any sequences and by any model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.between_pictures import blend, flow_between
from motionstudio.core.motion import Float
from motionstudio.evaluation.material import Material, encode, made, picture_figures
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table, mean_of
from motionstudio.models.base import MotionModel

STRIDES = (2, 4)
OWN, HELD, AVERAGE = "model", "first frame held", "mean of the other pictures"
FILLED, SEEN = "model, frames withheld", "model, nothing withheld"
COLUMNS = (
    Column("rmse", "RMSE", 4, True),
    Column("psnr", "PSNR dB", 2),
    Column("ssim", "SSIM", 3),
)
_BLENDED = (
    "Blending two noisy frames averages their noise, which alone lowers its RMSE: a sharp frame "
    "in the right place can score worse."
)
RIVALS: dict[str, Callable[[Float, Float, float], Float]] = {
    "nearest kept frame": lambda a, b, share: a if share < 0.5 else b,
    "linear blending": blend,
    "flow blending (DIS)": flow_between,
}


def reconstruction_of(
    model: MotionModel, items: Sequence[Material], title: str, tell: Tell
) -> Table:
    """Every frame but the first made from its row; single pictures from theirs."""
    scores = Scores()
    singles = [item for item in items if len(item.frames) == 1]
    for number, item in enumerate(items):
        frames = list(range(1, len(item.frames))) or [0]
        found = made(model, encode(model, item), item.frames[0], frames)
        scores.add(OWN, _mean(item, found, item.frames[frames]))
        if len(item.frames) > 1:
            held = np.repeat(item.frames[:1], len(frames), 0)
            scores.add(HELD, _mean(item, held, item.frames[frames]))
        elif len(singles) > 1:
            others = np.mean([s.frames for s in singles if s is not item], 0)
            scores.add(AVERAGE, _mean(item, others, item.frames))
        tell(f"reconstruction: {number + 1} of {len(items)}")
    return Table("reconstruction", f"Frames made again ({title})", COLUMNS, scores.rows())


def interpolation_of(
    model: MotionModel, items: Sequence[Material], title: str, tell: Tell
) -> tuple[Table, ...]:
    """One table for each share of kept frames; only withheld frames between two are measured."""
    tables = []
    for stride in STRIDES:
        scores = Scores()
        for item in items:
            _fill(scores, model, item, stride)
        tell(f"interpolation: one frame of {stride} kept")
        if scores.rows():
            text = f"One frame of {stride} kept, withheld ones only ({title})"
            tables.append(Table("interpolation", text, COLUMNS, scores.rows(), _BLENDED))
    return tuple(tables)


def _fill(scores: Scores, model: MotionModel, item: Material, stride: int) -> None:
    kept = np.arange(len(item.frames)) % stride == 0
    gaps = list(_gaps(item, kept))
    if not gaps:
        return
    missing = [frame for frame, *_ in gaps]
    truth = item.frames[missing]
    for name, seen in ((FILLED, kept), (SEEN, np.ones(len(kept), np.bool_))):
        found = made(model, encode(model, item, seen), item.frames[0], missing)
        scores.add(name, _mean(item, found, truth))
    for name, between in RIVALS.items():
        drawn = [between(item.frames[a], item.frames[b], share) for _, a, b, share in gaps]
        scores.add(name, _mean(item, np.stack(drawn), truth))


def _gaps(item: Material, kept: NDArray[np.bool_]) -> Iterator[tuple[int, int, int, float]]:
    """(withheld frame, kept one before, kept one after, share of the way) of every gap."""
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


def _mean(item: Material, found: Float, truth: Float) -> dict[str, float]:
    return mean_of([picture_figures(item, a, b) for a, b in zip(found, truth, strict=True)])
