"""Speed: processor time per frame of the model and of its peers, in one run on one machine."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import Domain, looked_at, subjects
from motionstudio.evaluation.model_calls import Stopwatch, encode_sample, fields
from motionstudio.evaluation.peers import PEERS, elsewhere_note
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Column, Row, Scores, Table
from motionstudio.models.base import MotionModel

BOTH = "model, encode + decode"


def speed(model: MotionModel, domain: Domain, count: int, tell: Tell) -> Table:
    """Processor milliseconds per frame, one torch thread, the first call left out."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        scores = _collect(model, list(subjects(domain, model.card.size, count)), domain, tell)
    finally:
        torch.set_num_threads(threads)
    for peer in PEERS:
        if not peer.installed:
            scores.remark(peer.name, peer.absent)
    return Table(
        "speed",
        f"Processor time per frame at {model.card.size} x {model.card.size}",
        (Column("ms", "CPU ms/frame", 2, True), Column("ratio", "times the model's")),
        _with_ratios(scores.rows()),
        "Summed over threads. The model's share of encoding is that of a clip with every frame."
        + elsewhere_note(),
    )


def _collect(model: MotionModel, samples: Sequence[Sample], domain: Domain, tell: Tell) -> Scores:
    scores = Scores()
    # The first call pays for loading and for choosing kernels.
    fields(model, encode_sample(model, samples[0]), samples[0].frames[0], [1])
    for sample in each(tell, samples, len(samples), "speed: subject"):
        count, rows = len(sample.frames), looked_at(domain, sample)
        with Stopwatch() as encoding:
            motion = encode_sample(model, sample)
        with Stopwatch() as decoding:
            fields(model, motion, sample.frames[0], range(1, count))
        encode, decode = encoding.milliseconds / count, decoding.milliseconds / (count - 1)
        scores.add(BOTH, {"ms": encode + decode})
        scores.add("model, encode", {"ms": encode})
        scores.add("model, decode", {"ms": decode})
        for peer in PEERS[1:]:
            if peer.installed:
                with Stopwatch() as watch:
                    for t in rows:
                        peer.register(sample.frames[0], sample.frames[t])
                scores.add(peer.name, {"ms": watch.milliseconds / len(rows)})
    return scores


def _with_ratios(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    own = next(row for row in rows if row.name == BOTH).figures["ms"].mean
    out = []
    for row in rows:
        figures = dict(row.figures)
        if "ms" in figures and own > 0:
            figure = figures["ms"]
            scale = 1 / own
            figures["ratio"] = type(figure)(figure.mean * scale, figure.error * scale, figure.count)
        out.append(Row(row.name, figures, row.remark))
    return tuple(out)
