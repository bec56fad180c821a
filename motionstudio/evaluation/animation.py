"""Reconstruction and animation by the measures of Siarohin et al. 2019: L1, AKD, MKR, AED.

The paper finds keypoints and identities with external networks. Here both are known: keypoints
are the centres of the labelled parts of a generated subject, and identity is the colours of its
parts. Where a part went in a made picture is found by dense inverse search from the true one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.metrics import (
    appearance_distance,
    keypoint_distance,
    mean_difference,
    missing_rate,
    rmse,
)
from motionstudio.core.motion import Float, Motion
from motionstudio.core.warp import warp
from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import Domain, case_of, looked_at, pairs, warp_picture
from motionstudio.evaluation.model_calls import encode_sample
from motionstudio.evaluation.peers import dis_flow
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Column, Scores, Table, called, mean_of
from motionstudio.models.base import MotionModel

LOST = 0.12
"""Mean absolute difference of a part's colours, after registration, above which it is missing."""

_NEAR = 2
OWN, DRIVEN = "model, its own motion", "model, driven by A"

_COLUMNS = (
    Column("l1", "L1", 4, True, better="less"),
    Column("rmse near", "RMSE near the figure", 4, True, better="less"),
    Column("akd", "AKD px, true parts", 3, True, "px", "less"),
    Column("mkr", "MKR, true parts", 3, better="less"),
    Column("aed", "AED, true colours", 4, better="less"),
)
_NOTE = (
    "Keypoints and identity are those of the generator, not of networks: centres and colours of "
    "the labelled parts. AKD is per coordinate, AED the sum of squared differences, as in the "
    "official scripts. Figures of the paper are of other data and cannot be compared."
)


def reconstruction(
    model: MotionModel,
    domain: Domain,
    count: int,
    tell: Tell,
    rivals: Sequence[MotionModel] = (),
) -> Table:
    """Test subjects made from their own first frame and motion; ``rivals`` are measured alike."""
    scores = Scores()
    both = pairs(domain, model.card.size, count)
    for a, _ in each(tell, both, count, "reconstruction: subject"):
        rows = looked_at(domain, a)
        methods = {
            "first frame held": np.repeat(a.frames[:1], len(rows), 0),
            "true field (ceiling of warping)": _warped(a.frames[0], a.displacement, rows),
        }
        for one in (model, *rivals):
            name = OWN if one is model else called(OWN, one.card.name)
            methods[name] = pictures(one, encode_sample(one, a), a.frames[0], rows)
        _score(scores, methods, a, rows)
    title = f"Reconstruction from the first frame ({domain.generator}, {scores.count} subjects)"
    return Table("reconstruction", title, _COLUMNS, scores.rows(), _NOTE, (OWN,))


def animation(
    model: MotionModel,
    domain: Domain,
    count: int,
    tell: Tell,
    rivals: Sequence[MotionModel] = (),
) -> Table:
    """Subject B driven by subject A, against B exactly rendered in that motion."""
    scores = Scores()
    both = pairs(domain, model.card.size, count)
    for a, b in each(tell, both, count, "animation: pair"):
        rows = looked_at(domain, b)
        methods = {
            "first frame held": np.repeat(b.frames[:1], len(rows), 0),
            "copy of A's true field": _warped(b.frames[0], a.displacement, rows),
            "true field of B (ceiling of warping)": _warped(b.frames[0], b.displacement, rows),
        }
        for one in (model, *rivals):
            name = DRIVEN if one is model else called(DRIVEN, one.card.name)
            methods[name] = pictures(one, encode_sample(one, a), b.frames[0], rows)
        _score(scores, methods, b, rows)
    title = f"B driven by A ({domain.generator}, {scores.count} pairs)"
    return Table("reconstruction", title, _COLUMNS, scores.rows(), _NOTE, (DRIVEN,))


def pictures(model: MotionModel, motion: Motion, source: Float, rows: Sequence[int]) -> Float:
    """(n, C, S, S): what the model makes, or its displacement applied to the source.

    Raises:
        ValueError: the model makes neither.
    """
    decoded = model.decode(motion, source, rows)
    if decoded.frames is not None:
        return decoded.frames
    if decoded.displacement is None:
        raise ValueError(f"pictures: expected frames or displacement from {model.card.name}")
    return np.stack([warp_picture(source, u) for u in decoded.displacement])


def measure(made: Float, true: Float, labels: NDArray[np.uint8]) -> dict[str, float]:
    """Every measure of one made picture beside the true one.

    Args:
        made: (C, S, S) float32 in [0, 1].
        true: the same shape.
        labels: (S, S) parts of the true picture, 0 for the background.

    Returns:
        ``l1``, ``rmse near``, ``akd`` (pixels), ``mkr`` and ``aed``; see docs/evaluation.md.
    """
    # true(p) ~ made(p + flow(p)): where the material of the true picture went in the made one.
    flow = dis_flow(made, true)
    back = np.moveaxis(warp(np.ascontiguousarray(np.moveaxis(made, 0, -1)), flow), -1, 0)
    parts = [labels == label for label in np.unique(labels[labels > 0])]
    lost = np.array([mean_difference(back, true, part) > LOST for part in parts], np.bool_)
    shifts = np.array([flow[:, part].mean(1) for part in parts])
    colours = np.array([_colour(back, part) - _colour(true, part) for part in parts])
    return {
        "l1": mean_difference(made, true),
        "rmse near": rmse(made, true, _near(labels)),
        "akd": keypoint_distance(shifts, np.zeros_like(shifts), lost),
        "mkr": missing_rate(lost),
        "aed": appearance_distance(colours.ravel(), np.zeros(colours.size)),
    }


def _colour(picture: Float, part: NDArray[np.bool_]) -> Float:
    return np.asarray(picture[:, part].mean(1))


def _near(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    kernel = np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)
    return cv2.dilate((labels > 0).astype(np.uint8), kernel) > 0


def _warped(source: Float, fields: Float, rows: Sequence[int]) -> Float:
    return np.stack([warp_picture(source, fields[t]) for t in rows])


def _score(scores: Scores, methods: dict[str, Float], sample: Sample, rows: Sequence[int]) -> None:
    assert sample.labels is not None
    for name, made in methods.items():
        pairs_ = zip(made, rows, strict=True)
        each_ = [measure(p, sample.frames[t], sample.labels[t]) for p, t in pairs_]
        scores.add(name, mean_of(each_), case_of(sample))
