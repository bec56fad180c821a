"""Refinement: how far fitting z to the frames takes the model, and what it costs."""

from __future__ import annotations

from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import Domain, Truth, case_of, columns, looked_at, subjects
from motionstudio.evaluation.model_calls import Stopwatch, encode_sample, fields, refined
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Column, Scores, Table, mean_of
from motionstudio.models.base import MotionModel

STEPS = (0, 20, 60, 120)


def refinement(model: MotionModel, domain: Domain, count: int, tell: Tell) -> Table:
    """End-point error and more after 0, 20, 60 and 120 steps, on the frames of tracking."""
    scores = Scores()
    for sample in each(tell, subjects(domain, model.card.size, count), count, "refine: subject"):
        _fit(scores, model, domain, sample)
    return Table(
        "refine",
        f"Refinement of z against the frames ({domain.generator}, {scores.count} subjects)",
        (*columns(domain), Column("ms", "CPU ms/frame", 0)),
        scores.rows(),
    )


def _fit(scores: Scores, model: MotionModel, domain: Domain, sample: Sample) -> None:
    rows = looked_at(domain, sample)
    truths = [Truth.of(domain, sample, t) for t in rows]
    motion = encode_sample(model, sample)
    for steps in STEPS:
        with Stopwatch() as watch:
            better = refined(model, motion, sample.frames, rows, steps) if steps else motion
        found = fields(model, better, sample.frames[0], rows)
        measured = [t.measure(u) for u, t in zip(found, truths, strict=True)]
        values = {**mean_of(measured), "dice extreme": measured[0]["dice"]}
        if steps:
            values["ms"] = watch.milliseconds / len(rows)
        scores.add(f"{steps} steps" if steps else "as encoded", values, case_of(sample))
