"""What is measured of each ablation, and of registration on the same small hearts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from motionstudio.core.metrics import dice, endpoint_error
from motionstudio.core.motion import Float
from motionstudio.core.warp import warp_labels
from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import DOMAINS, Truth, looked_at, pairs
from motionstudio.evaluation.interpolation import kept_frames
from motionstudio.evaluation.model_calls import Stopwatch, encode_sample, fields
from motionstudio.evaluation.table import mean_of
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model

HEART = DOMAINS["heart"]
SIZE = 64
STRIDE = 6
SUBJECTS = 20
TRACKED = ("epe", "dice", "rmse", "folds", "gradient")
"""What is compared with registration, besides time."""


def measured(folder: Path, count: int = SUBJECTS) -> dict[str, float]:
    """Means over ``count`` test subjects of what the checkpoint in ``folder`` does; kept there."""
    kept = folder / f"measured-{count}-subjects.json"
    if kept.exists():
        found: dict[str, float] = json.loads(kept.read_text())
        return found
    model = load_model(folder)
    rows = [_measure(model, a, b, n) for n, (a, b) in enumerate(pairs(HEART, SIZE, count))]
    found = mean_of(rows)
    kept.write_text(json.dumps(found, indent=2))
    return found


def registered(
    register: Callable[[Float, Float], Float], count: int = SUBJECTS
) -> list[dict[str, float]]:
    """What a method for pairs of pictures does on the same subjects, one mapping for each."""
    found = []
    for sample, _ in pairs(HEART, SIZE, count):
        rows = looked_at(HEART, sample)
        with Stopwatch() as watch:
            each = [register(sample.frames[0], sample.frames[t]) for t in rows]
        found.append({**tracked(each, sample, rows), "ms": watch.milliseconds / len(rows)})
    return found


def true_fields(count: int = SUBJECTS) -> list[dict[str, float]]:
    """The same of the exact fields: what nobody can beat but by chasing noise."""
    found = []
    for sample, _ in pairs(HEART, SIZE, count):
        rows = looked_at(HEART, sample)
        found.append(tracked([sample.displacement[t] for t in rows], sample, rows))
    return found


def tracked(
    found: Sequence[Float] | Float, sample: Sample, rows: Sequence[int]
) -> dict[str, float]:
    """Means over ``rows`` of ``TRACKED``."""
    each = [
        Truth.of(HEART, sample, t).measure(np.asarray(u), outlines=False)
        for u, t in zip(found, rows, strict=True)
    ]
    mean = mean_of(each)
    return {key: mean[key] for key in TRACKED}


def mean_error(found: Float, sample: Sample, rows: Sequence[int]) -> float:
    """Mean end-point error over ``rows``, pixels."""
    each = [
        endpoint_error(u, sample.displacement[t], Truth.of(HEART, sample, t).region)
        for u, t in zip(found, rows, strict=True)
    ]
    return float(np.nanmean(each))


def _measure(model: MotionModel, a: Sample, b: Sample, number: int) -> dict[str, float]:
    rows = looked_at(HEART, a)
    with Stopwatch() as encoding:
        own = encode_sample(model, a)
    with Stopwatch() as decoding:
        decoded = fields(model, own, a.frames[0], rows)
    kept = kept_frames(len(a.frames), STRIDE)
    missing = [int(t) for t in np.flatnonzero(~kept)]
    few = encode_sample(model, a, kept)
    drawn = model.sample(a.frames[0], a.times, seed=number, mode="prior", cyclic=a.cyclic)
    prior = fields(model, drawn, a.frames[0], rows)
    carried = fields(model, own, b.frames[0], rows)
    still = np.zeros_like(a.displacement)
    return {
        **tracked(decoded, a, rows),
        "ms": encoding.milliseconds / len(a.frames) + decoding.milliseconds / len(rows),
        "identity": mean_error(still[rows], a, rows),
        "epe missing": mean_error(fields(model, few, a.frames[0], missing), a, missing),
        "epe seen": mean_error(fields(model, own, a.frames[0], missing), a, missing),
        "epe transport": mean_error(carried, b, rows),
        "dice transport": _wall(carried, b, rows),
        "prior amplitude": _length(prior) / max(_length(a.displacement[rows]), 1e-6),
        "spread": float(np.mean(own.std[1:])) if own.std is not None else float("nan"),
    }


def _wall(found: Float, sample: Sample, rows: Sequence[int]) -> float:
    """Mean Dice of the wall, whose labels are carried by ``found``."""
    assert sample.labels is not None
    first, rest = sample.labels[0], [sample.labels[t] for t in rows]
    return float(
        np.mean([dice(warp_labels(first, u), t, (2,)) for u, t in zip(found, rest, strict=True)])
    )


def _length(u: Float) -> float:
    return float(np.hypot(u[:, 0], u[:, 1]).mean())
