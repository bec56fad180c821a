"""Small models that see motion and draw no pictures: a row a frame, or one for each prefix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard, Unsupported
from tests.gui.small_model import SmallModel, small_card


def viewing_card(kind: RowKind, name: str = "heart") -> ModelCard:
    """The card of a small grey model that only looks."""
    can = Capability.ENCODE | Capability.EMBED
    update = {"rows": kind, "hash": f"viewing-{kind.value}"}
    return small_card(name, 1, can).model_copy(update=update)


class ViewingModel(SmallModel):
    """Encodes as the small model does, frame by frame or as sums over prefixes; that is all."""

    def encode(self, frames: Float, *args: Any, **options: Any) -> Motion:
        """T rows, or T - 1 of prefixes."""
        plain = super().encode(frames, *args, **options)
        if self.card.rows is RowKind.FRAME:
            return plain
        times = plain.times
        return replace(
            plain,
            mean=np.cumsum(plain.mean[1:], 0),
            std=None,
            rows=RowKind.PREFIX,
            row_times=np.stack([np.full(len(times) - 1, times[0]), times[1:]], 1),
            filled=plain.filled[1:],
        )

    def decode(self, motion: Motion, source: Float, rows: Sequence[int], **options: Any) -> Decoded:
        """Nothing is ever decoded."""
        raise Unsupported(Capability.DECODE, self.card.name)
