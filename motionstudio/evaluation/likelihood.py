"""Likelihood: nats of frames that were never trained on, beside frames that nobody would make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.metrics import bits_per_value
from motionstudio.core.motion import Float
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few, nobody
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.table import Column
from motionstudio.models.base import Capability, MotionModel
from motionstudio.models.scoring import Scorer

SAMPLES = 20
MOST_FRAMES = 8
TRUE = "the frames"
_COLUMNS = (
    Column("bound", "-ELBO, nats/frame", 1, True, "nats", "less"),
    Column("weighted", f"-IW bound, {SAMPLES} samples", 1, True, "nats", "less"),
    Column("floor", "floor", 1, unit="nats"),
    Column("bits", "bits/pixel value", 3, unit="bits", better="less"),
)
_NOTE = (
    "Fewer nats are more likely. Nats of a density can be negative, and do not compare with "
    "those of models that draw pixels. The floor is what perfect decoding would cost."
)


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


def _padded(items: Sequence[Material]) -> str:
    """That nats, unlike figures of pictures, are of padding, too."""
    padded = sum(item.content is not None and item.seen(item.frames).shape != item.frames.shape
                 for item in items)  # fmt: skip
    if not padded:
        return ""
    many = "1 sequence is" if padded == 1 else f"{padded} sequences are"
    return f"{many} not square: nats are of the whole square, padding included."


def _sheets(_model: MotionModel) -> Mapping[str, Sheet]:
    return {"": Sheet("Likelihood", _COLUMNS, (TRUE,), _NOTE)}


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    """Nats for each frame, at most ``MOST_FRAMES`` of a sequence.

    Raises:
        MotionStudioError: the model tells no likelihood.
    """
    if not isinstance(model, Scorer):
        raise MotionStudioError(f"{model.card.name} tells no likelihood.")
    for name, changed in ODD.items():
        frames = changed(case.item.frames)[:MOST_FRAMES]
        found = model.score(frames, samples=SAMPLES, seed=case.seed)
        # A first frame that others are told from has no likelihood of its own.
        told = np.isfinite(found.bound)
        if not told.any():
            return
        weighted = float(-found.weighted[told].mean())
        figures = {
            "bound": float(-found.bound[told].mean()),
            "weighted": weighted,
            "floor": float(found.floor[told].mean()),
            "bits": bits_per_value(weighted, frames[0].size),
        }
        yield Found(name, figures)


def _shown(_model: MotionModel, case: Case) -> Mapping[str, Float]:
    frames = case.item.frames[few(range(min(MOST_FRAMES, len(case.item.frames))))]
    return {name: changed(frames) for name, changed in ODD.items()}


LIKELIHOOD = ClipTask(
    "likelihood",
    Capability.LIKELIHOOD,
    "tells no likelihood",
    _sheets,
    _own,
    nobody,
    _shown,
    remark=_padded,
)
