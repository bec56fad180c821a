"""Tracking: the model beside its peers, frame 0 against the extreme frame and four others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from motionstudio.core.motion import Float, Motion
from motionstudio.datasets import Sample
from motionstudio.evaluation.columns import TIME
from motionstudio.evaluation.domains import Domain, Truth, case_of, columns, looked_at, subjects
from motionstudio.evaluation.model_calls import Stopwatch, can, encode_sample, fields, refined
from motionstudio.evaluation.peers import PEERS, elsewhere_note
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Scores, Table, called, mean_of
from motionstudio.models.base import Capability, MotionModel

REFINE_STEPS = 60
ENCODED, REFINED = "model, as encoded", "model, refined"
CEILING = "true field (ceiling)"


def tracking(
    model: MotionModel,
    domain: Domain,
    count: int,
    tell: Tell,
    *,
    refine: bool = True,
    rivals: Sequence[MotionModel] = (),
) -> Table:
    """Every method on the same frame pairs of ``count`` test subjects.

    Processor time of the model is that of encoding the whole clip, divided by its frames, and of
    decoding one; of a peer that of registering one pair.
    """
    scores = Scores()
    samples = subjects(domain, model.card.size, count)
    for sample in each(tell, samples, count, "tracking: subject"):
        rows = looked_at(domain, sample)
        truths = [Truth.of(domain, sample, t) for t in rows]
        found = [
            *_peers(sample, rows, truths),
            *_model(model, sample, rows, truths, refine),
            *(
                (called(name, rival.card.name), figures)
                for rival in rivals
                for name, figures in _model(rival, sample, rows, truths, refine)
            ),
        ]
        for name, figures in found:
            scores.add(name, figures, case_of(sample))
    for peer in PEERS:
        if not peer.installed:
            scores.remark(peer.name, peer.absent)
    return Table(
        "tracking",
        f"Tracking, frame 0 to t ({domain.generator}, {scores.count} subjects never trained on)",
        (*columns(domain), TIME),
        scores.rows(),
        "Mean over subjects, ± standard error. EPE counts inside the organ, where frame 0 shows "
        "it. An RMSE below the ceiling's means that noise was chased." + elsewhere_note(),
        (ENCODED, REFINED),
    )


Rows = Iterator[tuple[str, dict[str, float]]]
"""Figures by the names of methods."""


def _peers(sample: Sample, rows: Sequence[int], truths: Sequence[Truth]) -> Rows:
    yield CEILING, _averaged([sample.displacement[t] for t in rows], truths)
    for peer in PEERS:
        if not peer.installed:
            continue
        with Stopwatch() as watch:
            found = [peer.register(sample.frames[0], sample.frames[t]) for t in rows]
        yield peer.name, _averaged(found, truths, watch.milliseconds / len(rows))


def _model(
    model: MotionModel,
    sample: Sample,
    rows: Sequence[int],
    truths: Sequence[Truth],
    refine: bool,
) -> Rows:
    with Stopwatch() as watch:
        motion = encode_sample(model, sample)
    share = watch.milliseconds / len(sample.frames)
    yield ENCODED, _decoded(model, motion, sample, rows, truths, share)
    if refine and can(model, Capability.REFINE):
        with Stopwatch() as watch:
            better = refined(model, motion, sample.frames, rows, REFINE_STEPS)
        share += watch.milliseconds / len(rows)
        yield REFINED, _decoded(model, better, sample, rows, truths, share)


def _decoded(
    model: MotionModel,
    motion: Motion,
    sample: Sample,
    rows: Sequence[int],
    truths: Sequence[Truth],
    before: float,
) -> dict[str, float]:
    with Stopwatch() as watch:
        found = fields(model, motion, sample.frames[0], rows)
    return _averaged(found, truths, before + watch.milliseconds / len(rows))


def _averaged(
    found: Sequence[Float] | Float, truths: Sequence[Truth], milliseconds: float | None = None
) -> dict[str, float]:
    measured = [truth.measure(np.asarray(u)) for u, truth in zip(found, truths, strict=True)]
    out = {**mean_of(measured), "dice extreme": measured[0]["dice"]}
    return out if milliseconds is None else {**out, "ms": milliseconds}
