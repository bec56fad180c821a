"""What the tasks ask of a model, and the processor time that it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.datasets import Sample
from motionstudio.evaluation.syn_elsewhere import borrowed_seconds
from motionstudio.models.base import Capability, MotionModel


class Stopwatch:
    """Processor time of a ``with`` block, summed over threads, registrations elsewhere included.

    Contention distorts it less than wall time. ``milliseconds`` is set when the block ends.
    """

    milliseconds: float = 0.0

    def __enter__(self) -> Self:
        self._start = _spent()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.milliseconds = 1000 * (_spent() - self._start)


def _spent() -> float:
    return time.process_time() + borrowed_seconds()


def can(model: MotionModel, capability: Capability) -> bool:
    """Whether the checkpoint has ``capability``."""
    return capability in model.card.capabilities


def encode_sample(
    model: MotionModel, sample: Sample, kept: NDArray[np.bool_] | None = None
) -> Motion:
    """The motion of a generated sequence; ``kept`` (T,), None: all frames."""
    seen = np.ones(len(sample.frames), np.bool_) if kept is None else kept
    return model.encode(sample.frames, seen, sample.times, cyclic=closed(model, sample))


def closed(model: MotionModel, sample: Sample) -> bool:
    """Whether the sequence is one period and the model can use that."""
    return sample.cyclic and can(model, Capability.CYCLIC)


def fields(model: MotionModel, motion: Motion, source: Float, frames: Sequence[int]) -> Float:
    """Backward displacement (n, 2, S, S) of ``frames`` on ``source`` (C, S, S).

    Where rows are not frames, that of the row which shows the frame.

    Raises:
        ValueError: the model gives no displacement.
    """
    rows = [int(row) for row in rows_of_frames(motion)[list(frames)]]
    found = model.decode(motion, source, rows).displacement
    if found is None:
        raise ValueError(f"fields: expected a model with displacement, got {model.card.name}")
    return found


def refined(
    model: MotionModel, motion: Motion, frames: Float, rows: Sequence[int], steps: int
) -> Motion:
    """``motion`` with ``rows`` fitted to their frames; the others stay roughly as they were.

    Fitting costs the same for every row, and only those that are looked at need it.
    """
    wanted = np.zeros(len(motion.kept), np.bool_)
    wanted[[0, *rows]] = True
    fitted = model.refine(replace(motion, kept=wanted & motion.kept), frames, steps=steps)
    mean = motion.mean.copy()
    mean[list(rows)] = fitted.mean[list(rows)]
    return replace(fitted, mean=mean, kept=motion.kept)
