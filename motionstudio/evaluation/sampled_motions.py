"""How the futures that a method draws of correlated shapes agree with the law of their motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.shape_motion import correlation, shape_motions
from motionstudio.core.warp import warp
from motionstudio.datasets import Sample, make
from motionstudio.datasets.correlated_shapes import REACH, SHAPES, law
from motionstudio.evaluation.peers import farneback
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import MotionModel
from motionstudio.models.prediction import Predictor

Double = NDArray[np.float64]
Draw = Callable[[Float, int, int], Float]
"""Picture (C, S, S), how many and a seed -> next pictures (N, C, S, S)."""

GENERATOR = "correlated_shapes"
SEED, FIRST_TEST = 16, 1_000_000
EACH = 10
BINS = 21
SMOOTHING = 1e-3
_DRAWN = 200_000
_CLEAR = 3
_ENOUGH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """(n, 2) steps (dx, dy) in pixels of each shape, in the order of ``SHAPES``."""

    circle: Double
    square: Double
    triangle: Double

    @property
    def together(self) -> Double:
        """(n, 2) how far circle and triangle went along the ways that the law gives them."""
        return np.stack([self.circle[:, 1], self.triangle.mean(1)], 1)


def clear_samples(size: int, count: int, first: int = FIRST_TEST) -> list[Sample]:
    """Pairs that no recipe trains on, whose shapes are whole and do not touch."""
    return list(_first(count, filter(_is_clear, _samples(size, first))))


def _samples(size: int, first: int) -> Iterator[Sample]:
    index = first
    while True:
        yield make(GENERATOR, {"size": size}, SEED, index)
        index += 1


def _first(count: int, samples: Iterator[Sample]) -> Iterator[Sample]:
    for _ in range(count):
        yield next(samples)


def _is_clear(sample: Sample) -> bool:
    """Whether each shape is in sight, with room around it."""
    assert sample.labels is not None
    labels = sample.labels[0]
    wide = np.ones((2 * _CLEAR + 1,) * 2, np.uint8)
    for number in range(1, len(SHAPES) + 1):
        here = labels == number
        near = cv2.dilate(here.astype(np.uint8), wide) > 0
        if here.sum() < _ENOUGH or (near & (labels > 0) & ~here).any():
            return False
    return True


def of_model(model: MotionModel) -> Draw:
    """Futures that a model predicts."""
    if not isinstance(model, Predictor):
        raise TypeError(f"of_model: {model.card.name} predicts nothing")
    predictor = model

    def draw(picture: Float, count: int, seed: int) -> Float:
        return predictor.predict(picture[None], 1, futures=count, seed=seed).frames[:, 0]

    return draw


def flow_transfer(size: int, count: int = 200) -> Draw:
    """The flow between two frames of a training pair, whichever, moves the picture."""
    pairs = [make(GENERATOR, {"size": size}, SEED, index).frames for index in range(count)]
    fields = [farneback(pair[0], pair[1]) for pair in pairs]

    def draw(picture: Float, count: int, seed: int) -> Float:
        chosen = np.random.default_rng(seed).integers(len(fields), size=count)
        planes = np.ascontiguousarray(np.moveaxis(picture, 0, -1))
        moved = [warp(planes, fields[number]) for number in chosen]
        return np.moveaxis(np.stack(moved), -1, 1)

    return draw


def steps_of(draw: Draw, samples: Sequence[Sample]) -> Steps:
    """Steps of the shapes in ``EACH`` futures of each picture."""
    found = []
    for seed, sample in enumerate(samples):
        assert sample.labels is not None
        futures = draw(sample.frames[0], EACH, seed)
        found.append(shape_motions(sample.frames[0], sample.labels[0], futures).steps)
    return Steps(*np.moveaxis(np.concatenate(found), 1, 0))


def true_steps(samples: Sequence[Sample]) -> Steps:
    """The same measured where one true future of each picture is known."""
    found = []
    for sample in samples:
        assert sample.labels is not None
        known = shape_motions(sample.frames[0], sample.labels[0], sample.frames[1:2])
        found.append(known.steps)
    return Steps(*np.moveaxis(np.concatenate(found), 1, 0))


def law_steps(size: int) -> Steps:
    """Many steps drawn from the law itself."""
    reach = REACH * size
    u, w = np.random.default_rng(SEED).uniform(-reach, reach, (2, _DRAWN))
    return Steps(*(law(shape, u, w) for shape in SHAPES))


def motion_divergence(true: Double, sampled: Double, reach: float) -> float:
    """KL(true || sampled) in nats of 2-D histograms over [-reach, reach], 21 x 21 bins.

    Steps beyond the edge count in the outermost bins, those of shapes that are gone nowhere.
    """
    p, q = _histogram(true, reach), _histogram(sampled, reach)
    p, q = p / p.sum(), (q + SMOOTHING) / (q + SMOOTHING).sum()
    some = p > 0
    return float((p[some] * np.log(p[some] / q[some])).sum())


def _histogram(steps: Double, reach: float) -> Double:
    known = steps[np.isfinite(steps).all(1)]
    inside = np.clip(known, -reach * (1 - 1e-9), reach * (1 - 1e-9))
    edges = np.linspace(-reach, reach, BINS + 1)
    counts = np.histogram2d(inside[:, 0], inside[:, 1], bins=[edges, edges])[0]
    return np.asarray(counts / max(len(known), 1), np.float64)


def motion_table(size: int, methods: Mapping[str, Steps]) -> Table:
    """Divergences and correlations of each method's steps."""
    truth, reach = law_steps(size), REACH * size
    columns = (
        *(Column(shape, f"KL {shape}", 2) for shape in SHAPES),
        Column("together", "KL circle and triangle", 2),
        Column("correlated", "r circle, triangle", 2),
        Column("free", "r circle, square", 2),
    )
    rows = [
        Row(name, {k: Figure(v, 0.0, 1) for k, v in _figures(s, truth, reach).items()})
        for name, s in methods.items()
    ]
    return Table(
        "motions",
        "Steps of shapes in drawn futures against the law they move by",
        columns,
        tuple(rows),
        f"KL(law || drawn) in nats, {BINS} x {BINS} bins over the law's range, {SMOOTHING:g} added "
        f"to each share; {EACH} futures of each picture; steps are told from colours. r: "
        "correlation of the steps along the law's ways; of no meaning where shapes stand still.",
    )


def _figures(steps: Steps, truth: Steps, reach: float) -> dict[str, float]:
    found = {
        shape: motion_divergence(getattr(truth, shape), getattr(steps, shape), reach)
        for shape in SHAPES
    }
    found["together"] = motion_divergence(truth.together, steps.together, reach)
    found["correlated"] = correlation(steps.together[:, 0], steps.together[:, 1])
    found["free"] = correlation(steps.circle[:, 1], steps.square[:, 0])
    return {key: value for key, value in found.items() if np.isfinite(value)}
