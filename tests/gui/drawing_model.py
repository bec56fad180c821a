"""A small model that draws its pictures and has maps, as models with keypoints do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from motionstudio.core.motion import Decoded, Float, Motion
from motionstudio.models.base import Capability, ModelCard
from tests.gui.small_model import SmallModel, small_card

MAPS = ("heat maps", "sparse motions", "masks", "occlusion")
GREY = 0.5
POINTS, SIDE = 3, 12
_CAN = (
    Capability.ENCODE | Capability.DECODE | Capability.EDIT | Capability.INBETWEEN
    | Capability.DISPLACEMENT
)  # fmt: skip


def drawing_card(name: str = "drawing", channels: int = 1) -> ModelCard:
    """Its card."""
    card = small_card(name, channels, _CAN)
    return card.model_copy(update={"overlays": MAPS, "draws": True, "hash": "drawing"})


class DrawingModel(SmallModel):
    """Draws plain grey; half of the source is hidden; every row's maps tell which row it is."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self.asked: list[tuple[int, tuple[str, ...], bool]] = []

    def decode(self, motion: Motion, source: Any, rows: Sequence[int], **others: Any) -> Decoded:
        """Grey pictures with the small model's field."""
        bent = super().decode(motion, source, rows, **others)
        frames = np.full((len(rows), *source.shape), GREY, np.float32)
        hidden = np.zeros((len(rows), 1, SIDE, SIDE), np.float32)
        hidden[..., SIDE // 2 :] = 1
        return replace(bent, frames=frames, inverse=None, overlays={"occlusion": hidden})

    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """Maps that are ``row / 100`` everywhere, or the mean of ``frame``."""
        self.asked.append((row, tuple(names), frame is not None))
        level = row / 100 if frame is None else float(frame.mean())
        shapes = {
            "heat maps": (POINTS, SIDE, SIDE),
            "sparse motions": (POINTS + 1, len(source), SIDE, SIDE),
            "masks": (POINTS + 1, SIDE, SIDE),
            "occlusion": (1, SIDE, SIDE),
        }
        wanted = {*names, "masks"} if "sparse motions" in names else set(names)
        return {name: np.full(shapes[name], level, np.float32) for name in sorted(wanted)}
