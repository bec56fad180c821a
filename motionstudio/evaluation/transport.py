"""Transport: the motion of subject A on the anatomy of subject B, against its exact rendering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from motionstudio.core.motion import Float, Motion
from motionstudio.core.phase import phases
from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import (
    Domain,
    Truth,
    case_of,
    columns,
    looked_at,
    pairs,
    subjects,
    warp_picture,
)
from motionstudio.evaluation.model_calls import encode_sample, fields
from motionstudio.evaluation.peers import shifted
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Column, Scores, Table, called, mean_of
from motionstudio.models.base import MotionModel
from motionstudio.models.layers import local_correlation

TRANSPORTED = "model, z of A on B"
ALIGNED = "copy of A's true field, centres aligned"


def transport(
    model: MotionModel,
    domain: Domain,
    count: int,
    tell: Tell,
    rivals: Sequence[MotionModel] = (),
) -> Table:
    """``count`` pairs of test subjects that make one motion; everything is measured on B.

    ``rivals`` are further checkpoints that are measured alike.
    """
    scores = Scores()
    both = pairs(domain, model.card.size, count)
    for a, b in each(tell, both, count, "transport: pair"):
        rows = looked_at(domain, a)
        truths = [Truth.of(domain, b, t) for t in rows]
        offset = tuple(_centre(domain, b) - _centre(domain, a))
        true_a = [a.displacement[t] for t in rows]
        methods: dict[str, Sequence[Float]] = {
            "true field (ceiling)": [b.displacement[t] for t in rows],
            "identity": [np.zeros_like(u) for u in true_a],
            "copy of A's true field": true_a,
            ALIGNED: [shifted(u, (float(offset[0]), float(offset[1]))) for u in true_a],
            TRANSPORTED: list(fields(model, encode_sample(model, a), b.frames[0], rows)),
            "model, z of B itself on B": list(
                fields(model, encode_sample(model, b), b.frames[0], rows)
            ),
        }
        for rival in rivals:
            carried = fields(rival, encode_sample(rival, a), b.frames[0], rows)
            methods[called(TRANSPORTED, rival.card.name)] = list(carried)
        for name, found in methods.items():
            measured = [t.measure(u) for u, t in zip(found, truths, strict=True)]
            figures = {**mean_of(measured), "dice extreme": measured[0]["dice"]}
            scores.add(name, figures, case_of(b))
    return Table(
        "transport",
        f"Transport of A's motion to B ({domain.generator}, {scores.count} pairs never trained on)",
        columns(domain),
        scores.rows(),
        "The baseline that matters is the aligned copy: it is given A's true field and the true "
        "centres of both, the model is given pictures.",
        (TRANSPORTED,),
    )


def _centre(domain: Domain, sample: Sample) -> Float:
    """(x, y) of the organ's centre in frame 0: of its inner parts where it has several."""
    assert sample.labels is not None
    inner = domain.organ[:2] if len(domain.groups) > 1 else domain.organ
    rows, columns_ = np.nonzero(np.isin(sample.labels[0], inner))
    return np.array([columns_.mean(), rows.mean()], np.float32)


def shuffle_tests(model: MotionModel, domain: Domain, count: int, tell: Tell) -> Table:
    """Whether z says how and the first frame says where: replace either by another subject's.

    Local correlation of the warped frame 0 with frame t. If a shuffled z costs nothing, the
    posterior has collapsed; if another's first frame in the decoder costs nothing, the decoder
    ignores the anatomy and transport merely copies motion in place.
    """
    known = list(subjects(domain, model.card.size, count))
    motions = [encode_sample(model, sample) for sample in known]
    scores = Scores()
    for number, sample in enumerate(each(tell, known, len(known), "shuffle tests: subject")):
        other = (number + 1) % len(known)
        rows = looked_at(domain, sample)
        own = motions[number]
        borrowed = _at_times_of(own, motions[other])
        first = sample.frames[0]
        methods = {
            "own z, own first frame": fields(model, own, first, rows),
            "shuffled z": fields(model, borrowed, first, rows),
            "another's first frame in the decoder": fields(
                model, own, known[other].frames[0], rows
            ),
            "identity": np.zeros((len(rows), 2, *first.shape[1:]), np.float32),
        }
        own_value = _correlation(sample, methods["own z, own first frame"], rows)
        for name, found in methods.items():
            value = _correlation(sample, found, rows)
            scores.add(name, {"lcc": value, "loss": own_value - value}, case_of(sample))
    return Table(
        "transport",
        f"Shuffle tests ({domain.generator}, {scores.count} subjects)",
        (
            Column("lcc", "LCC", 4, True),
            Column("loss", "lost against own", 4, True),
        ),
        scores.rows(),
        "A test is passed when the loss is several standard errors above zero.",
    )


def _correlation(sample: Sample, found: Float, rows: Sequence[int]) -> float:
    warped = np.stack([warp_picture(sample.frames[0], u) for u in found])
    target = np.ascontiguousarray(sample.frames[list(rows)])
    return float(local_correlation(torch.from_numpy(warped), torch.from_numpy(target)).mean())


def _at_times_of(motion: Motion, other: Motion) -> Motion:
    """The rows of ``other`` at the phases of ``motion``, so that lengths may differ."""
    here = phases(motion.times, False)
    there = phases(other.times, False)
    mean = np.stack([np.interp(here, there, values) for values in other.mean.T], 1)
    return replace(motion, mean=mean.astype(np.float32))
