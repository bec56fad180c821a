"""What the spatio-temporal autoencoder can show on its way: flow, memory, next frame, its error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from torch import Tensor

from motionstudio.core.motion import Float, Motion, OverlayName

OVERLAYS: tuple[OverlayName, ...] = ("flow", "memory", "next frame", "next error")


class FlowModel(Protocol):
    """What the maps are made with."""

    def flow_of(self, motion: Motion, row: int) -> Tensor:
        """(1, 2, S, S) backward flow of the pair ``row``, pixels."""

    def hidden_of(self, motion: Motion, row: int) -> Tensor:
        """(1, M, g, g) the memory that a row stands for."""

    def taken(self, motion: Motion, frame: int) -> Tensor | None:
        """(1, C, S, S) a frame as it was taken in."""

    def next_frame(self, frame: Tensor, motion: Motion, row: int) -> Tensor:
        """(1, C, S, S) what the pair ``row`` makes of its first frame."""


class STAEOverlays:
    """Maps of one row.

    ``flow`` (2, S, S), backward, pixels; ``memory`` (M, g, g) in [-1, 1]; ``next frame``
    (C, S, S), predicted from the frame before as it really was; ``next error`` (1, S, S), that
    minus the true frame, NaN where the frame is not known.

    Args:
        model: makes flows.
        motion: whose row. ``row``: which.
    """

    def __init__(self, model: FlowModel, motion: Motion, row: int) -> None:
        self._model, self._motion, self._row = model, motion, row

    def maps(self, names: Sequence[str], frame: Float | None) -> dict[str, Float]:
        """Those of ``names`` that there are; ``frame``: the true one, else as taken in."""
        made: dict[str, Float] = {}
        if "flow" in names:
            made["flow"] = _plain(self._model.flow_of(self._motion, self._row))
        if "memory" in names:
            made["memory"] = _plain(self._model.hidden_of(self._motion, self._row))
        if {"next frame", "next error"} & set(names):
            made |= self._ahead(frame)
        return {name: array for name, array in made.items() if name in names}

    def _ahead(self, frame: Float | None) -> dict[str, Float]:
        before = self._model.taken(self._motion, self._row)
        if before is None:
            return {}
        made = _plain(self._model.next_frame(before, self._motion, self._row))
        known = bool(self._motion.kept[self._row + 1])
        after = self._model.taken(self._motion, self._row + 1)
        truth = frame if frame is not None else (None if after is None else _plain(after))
        error = np.full((1, *made.shape[1:]), np.nan, np.float32)
        if truth is not None and (known or frame is not None):
            error = (made - truth).mean(0, keepdims=True).astype(np.float32)
        return {"next frame": made, "next error": error}


def _plain(tensor: Tensor) -> Float:
    return np.asarray(tensor[0].cpu().numpy(), np.float32)
