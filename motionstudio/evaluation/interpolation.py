"""Interpolation: frames are withheld from the model, and only those are measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.datasets import Sample
from motionstudio.evaluation.cubic_in_time import cubic_in_time
from motionstudio.evaluation.domains import Domain, Truth, case_of, columns, subjects
from motionstudio.evaluation.model_calls import closed, encode_sample, fields
from motionstudio.evaluation.peers import in_time
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Scores, Table, called, mean_of
from motionstudio.models.base import MotionModel

STRIDES = (2, 3, 6, 8)
FILLED = "model, frames dropped"
UNDROPPED = "model, nothing dropped"
OWN_LINEAR = "own fields, linear in time"
TRUE_LINEAR = "true fields, linear in time"
KEPT_LINEAR = "kept frames alone, linear in time"
KEPT_CUBIC = "kept frames alone, cubic in time"
GAPS_LINEAR = "kept frames with gaps, linear in time"
BLIND = (KEPT_LINEAR, KEPT_CUBIC, GAPS_LINEAR)
"""Rivals that know no more of a clip than a person who lacks the missing frames."""

_NOTE = (
    "Linear and cubic in time: from the displacement of the kept frames, after which in a closed "
    "cycle frame 0 comes again. *Kept frames alone*: the model's own, encoded as a clip of "
    "nothing else, as by a person who lacks the others; *with gaps*: the model's own, encoded as "
    "in its own row; *own fields*: the model's own, made with every frame in sight, which no such "
    "person has."
)


def interpolation(
    model: MotionModel, domain: Domain, count: int, tell: Tell, rivals: Sequence[MotionModel] = ()
) -> tuple[Table, ...]:
    """One table for each share of kept frames.

    Args:
        model: the checkpoint.
        domain: kind of test subject.
        count: how many.
        tell: progress.
        rivals: further checkpoints measured alike, e.g. one trained without temporal dropout.
    """
    scores = {stride: Scores() for stride in STRIDES}
    samples = subjects(domain, model.card.size, count)
    for sample in each(tell, samples, count, "interpolation: subject"):
        own = fields(model, encode_sample(model, sample), sample.frames[0], _all(sample))
        for stride, table in scores.items():
            _compare(table, model, domain, sample, own, stride)
            for rival in rivals:
                _fill(table, rival, domain, sample, stride, called(FILLED, rival.card.name))
    return tuple(
        Table(
            "interpolation",
            f"Every {_ordinal(stride)} frame kept, missing frames only "
            f"({domain.generator}, {table.count} subjects)",
            columns(domain),
            table.rows(),
            _NOTE,
            (FILLED,),
        )
        for stride, table in scores.items()
    )


def _all(sample: Sample) -> range:
    return range(len(sample.frames))


def _ordinal(stride: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(stride, f"{stride}th")


def kept_frames(count: int, stride: int) -> NDArray[np.bool_]:
    """(count,) True for frames 0, stride, 2 stride, ..."""
    return np.asarray(np.arange(count) % stride == 0)


def _compare(
    table: Scores, model: MotionModel, domain: Domain, sample: Sample, own: Float, stride: int
) -> None:
    kept = kept_frames(len(sample.frames), stride)
    missing = np.flatnonzero(~kept)
    truths = [Truth.of(domain, sample, int(t)) for t in missing]
    known, period = np.flatnonzero(kept), _period(sample)
    gaps = fields(model, encode_sample(model, sample, kept), sample.frames[0], _all(sample))
    table.add(FILLED, _averaged(gaps[missing], truths), case_of(sample))
    ways = [(GAPS_LINEAR, gaps, in_time), (OWN_LINEAR, own, in_time),
            (TRUE_LINEAR, sample.displacement, in_time)]  # fmt: skip
    if len(known) >= max(2, model.card.frames_min):
        alone = _alone(model, sample, known)
        ways = [(KEPT_LINEAR, alone, in_time), (KEPT_CUBIC, alone, cubic_in_time), *ways]
    for name, seen, between in ways:
        filled = between(seen, known, sample.times, period)[missing]
        table.add(name, _averaged(filled, truths), case_of(sample))
    table.add(UNDROPPED, _averaged(own[missing], truths), case_of(sample))


def _alone(model: MotionModel, sample: Sample, known: NDArray[np.intp]) -> Float:
    """(T, 2, S, S) displacement of the kept frames where the clip is nothing else; others 0."""
    period = _period(sample)
    motion = model.encode(
        np.ascontiguousarray(sample.frames[known]), np.ones(len(known), np.bool_),
        sample.times[known], cyclic=closed(model, sample), period=period,
    )  # fmt: skip
    found = np.zeros_like(sample.displacement)
    found[known] = fields(model, motion, sample.frames[0], range(len(known)))
    return found


def _fill(
    table: Scores, model: MotionModel, domain: Domain, sample: Sample, stride: int, name: str
) -> None:
    kept = kept_frames(len(sample.frames), stride)
    missing = np.flatnonzero(~kept)
    motion = encode_sample(model, sample, kept)
    found = fields(model, motion, sample.frames[0], [int(t) for t in missing])
    truths = [Truth.of(domain, sample, int(t)) for t in missing]
    table.add(name, _averaged(found, truths), case_of(sample))


def _period(sample: Sample) -> float | None:
    """Seconds until frame 0 comes again, or None for an open clip."""
    if not sample.cyclic:
        return None
    return float(sample.times[-1] - sample.times[0] + np.median(np.diff(sample.times)))


def _averaged(found: Float, truths: Sequence[Truth]) -> dict[str, float]:
    return mean_of(
        [truth.measure(u, outlines=False) for u, truth in zip(found, truths, strict=True)]
    )
