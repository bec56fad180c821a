"""A model that knows the truth: whatever a task measures of it is known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from motionstudio.core.motion import Decoded, Motion, RowKind
from motionstudio.datasets import Sample
from motionstudio.models.base import Capability, ModelCard, always

SIZE = 48


class Oracle:
    """Recognises the clip by its first frame; a row holds the clip's number and the frame's.

    It decodes the true field of the clip that was encoded, whatever the source: transport by it
    is a plain copy.
    """

    def __init__(self, samples: Iterable[Sample], flags: Capability = Capability.NONE) -> None:
        self.samples = list(samples)
        usual = (
            Capability.ENCODE | Capability.DECODE | Capability.INBETWEEN | Capability.TRANSPORT
            | Capability.DISPLACEMENT | Capability.CYCLIC
        )  # fmt: skip
        self.card = ModelCard(
            name="oracle", system="oracle", title="Oracle", capabilities=usual | flags,
            rows=RowKind.FRAME, channels=self.samples[0].frames.shape[1], size=SIZE, dims=2,
        )  # fmt: skip
        self.seen: list[np.ndarray] = []

    def to(self, device: str) -> None:
        assert device == "cpu"

    def encode(
        self, frames: np.ndarray, kept: np.ndarray, times: np.ndarray, *, cyclic: bool = False,
        period: float | None = None, tick: Any = always,
    ) -> Motion:  # fmt: skip
        self.seen.append(kept.copy())
        number = next(
            i for i, s in enumerate(self.samples) if np.array_equal(s.frames[0], frames[0])
        )
        # A clip of some frames only is told by its times.
        own = np.searchsorted(self.samples[number].times, times - 1e-6)
        rows = np.stack([np.full(len(frames), number), own], 1)
        return Motion(
            rows.astype(np.float32), None, kept.copy(), times, RowKind.FRAME,
            np.stack([times, times], 1), ~kept, cyclic,
        )  # fmt: skip

    def decode(
        self, motion: Motion, source: np.ndarray, rows: Sequence[int], **_options: Any
    ) -> Decoded:
        chosen = motion.mean[list(rows)].round().astype(int)
        fields = [self.samples[number].displacement[t] for number, t in chosen]
        return Decoded(None, np.stack(fields))

    def sample(self, *_args: Any, **_options: Any) -> Motion:
        raise NotImplementedError

    def refine(self, motion: Motion, frames: np.ndarray, **_options: Any) -> Motion:
        self.seen.append(motion.kept.copy())
        return motion
