"""Small models that see motion and draw no pictures: a row a frame, or one for each prefix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from motionstudio.core.errors import Cancelled
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard, Tick, Unsupported, always
from motionstudio.models.recomposer import Links
from tests.gui.small_model import SmallModel, small_card


def viewing_card(kind: RowKind, name: str = "heart", *, composes: bool = False) -> ModelCard:
    """The card of a small grey model that only looks."""
    can = Capability.ENCODE | Capability.EMBED
    if composes:
        can |= Capability.COMPOSE
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


class ComposingModel(ViewingModel):
    """Sees by how much the grey of four quarters changes; chains add up, so its laws are exact."""

    @property
    def identity(self) -> Float:
        """Nothing moved."""
        return np.eye(1, 5, 4, dtype=np.float32)[0]

    def recompose(self, frames: Float, chains: Sequence[Links], *, tick: Tick = always) -> Float:
        """(n, 5) unit vectors: the change of each quarter, and how little that is."""
        half = frames.shape[-1] // 2
        quarters = np.stack(
            [
                frames[:, 0, :half, :half], frames[:, 0, :half, half:],
                frames[:, 0, half:, :half], frames[:, 0, half:, half:],
            ],
            1,
        ).mean((2, 3))  # fmt: skip
        found = []
        for number, chain in enumerate(chains):
            if not tick(number / len(chains)):
                raise Cancelled
            moved = sum((quarters[b] - quarters[a] for a, b in chain), np.zeros(4))
            vector = np.append(moved * 40, 0.05)
            found.append(vector / np.linalg.norm(vector))
        return np.array(found, np.float32)
