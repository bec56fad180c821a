"""Likelihood: nats of frames that were never trained on, beside frames that nobody would make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.metrics import bits_per_value
from motionstudio.core.motion import Float
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.base import MotionModel
from motionstudio.models.scoring import Scorer

SAMPLES = 20
MOST_FRAMES = 8
TRUE = "the frames"


def _shuffled(frames: Float) -> Float:
    flat = frames.reshape(*frames.shape[:2], -1)
    order = np.random.default_rng(0).permutation(flat.shape[-1])
    return np.ascontiguousarray(flat[..., order].reshape(frames.shape))


ODD: Mapping[str, Callable[[Float], Float]] = {
    TRUE: lambda frames: frames,
    "upside down": lambda frames: np.ascontiguousarray(frames[..., ::-1, :]),
    "inverted": lambda frames: 1 - frames,
    "pixels shuffled": _shuffled,
}
"""The frames, and what a model of them should find less likely; fewer nats are more likely."""


def likelihood_of(model: MotionModel, items: Sequence[Material], title: str, tell: Tell) -> Table:
    """Nats for each frame, at most ``MOST_FRAMES`` of a sequence.

    Raises:
        MotionStudioError: the model tells no likelihood.
    """
    if not isinstance(model, Scorer):
        raise MotionStudioError(f"{model.card.name} tells no likelihood.")
    scores = Scores()
    for number, item in enumerate(items):
        for name, changed in ODD.items():
            frames = changed(item.frames)[:MOST_FRAMES]
            found = model.score(frames, samples=SAMPLES, seed=0)
            bound, weighted = float(-found.bound.mean()), float(-found.weighted.mean())
            figures = {
                "bound": bound,
                "weighted": weighted,
                "floor": float(found.floor.mean()),
                "bits": bits_per_value(weighted, frames[0].size),
            }
            scores.add(name, figures)
        tell(f"likelihood: {number + 1} of {len(items)}")
    columns = (
        Column("bound", "-ELBO, nats/frame", 1, True),
        Column("weighted", f"-IW bound, {SAMPLES} samples", 1, True),
        Column("floor", "floor", 1),
        Column("bits", "bits/pixel value", 3),
    )
    note = (
        "Fewer nats are more likely. Nats of a density can be negative, and do not compare with "
        "those of models that draw pixels. The floor is what perfect decoding would cost."
    )
    return Table("likelihood", f"Likelihood ({title})", columns, scores.rows(), note)
