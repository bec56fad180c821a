"""Small models whose rows are no frames: pairs of frames, and glimpses of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard
from tests.gui.small_model import DIMS, SmallModel, small_card

GLIMPSES = 3
_CAN = (
    Capability.ENCODE | Capability.DECODE | Capability.EDIT | Capability.DISPLACEMENT
    | Capability.INVERSE | Capability.INBETWEEN
)  # fmt: skip


def row_card(kind: RowKind) -> ModelCard:
    """The card of a small grey model with such rows."""
    update = {"rows": kind, "hash": f"small-{kind.value}"}
    return small_card("heart", 1, _CAN).model_copy(update=update)


class PairModel(SmallModel):
    """A row for each two neighbouring frames: what the second one is, seen from frame 0."""

    def encode(self, frames: Float, *args: Any, **options: Any) -> Motion:
        """T - 1 rows."""
        plain = super().encode(frames, *args, **options)
        times = plain.times
        return replace(
            plain,
            mean=plain.mean[1:],
            std=None if plain.std is None else plain.std[1:],
            rows=RowKind.PAIR,
            row_times=np.stack([times[:-1], times[1:]], 1),
            filled=plain.filled[1:],
        )


class GlimpseModel(SmallModel):
    """Three rows for each frame; each adds to what those before it drew of that frame."""

    def encode(self, frames: Float, *args: Any, **options: Any) -> Motion:
        """3 T rows."""
        plain = super().encode(frames, *args, **options)
        share = np.array([0.5, 0.3, 0.2], np.float32)[None, :, None]
        return replace(
            plain,
            mean=(plain.mean[:, None] * share).reshape(-1, DIMS),
            std=None,
            rows=RowKind.GLIMPSE,
            row_times=np.repeat(plain.row_times, GLIMPSES, axis=0),
            filled=np.repeat(plain.filled, GLIMPSES),
        )

    def decode(self, motion: Motion, source: Float, rows: Sequence[int], **options: Any) -> Decoded:
        """The sum of the glimpses of a frame up to each row."""
        drawn = motion.mean.reshape(-1, GLIMPSES, DIMS).cumsum(1).reshape(-1, DIMS)
        return super().decode(replace(motion, mean=drawn), source, rows, **options)
