"""Requests for pictures and fields that overlays need beside the picture on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import DecodeRequest, Lane, Picture, Request


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldsRequest(DecodeRequest):
    """Frames whose fields are to be measured; answered like ``DecodeRequest``."""

    topic: ClassVar[str] = "fields"
    lane: Lane = Lane.ANALYSIS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GhostsRequest(DecodeRequest):
    """Frames that show through as ghosts; answered like ``DecodeRequest``."""

    topic: ClassVar[str] = "ghosts"
    lane: Lane = Lane.ANALYSIS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapsRequest(Request):
    """Maps that a model can lay over one picture; answered by ``MapsReady``.

    Attributes:
        motion, source, transform: as in ``DecodeRequest``.
        row: of the motion.
        names: some of the card's ``overlays``.
        truth: (H, W, C) true frame whose heat maps are wanted as well, or None.
    """

    topic: ClassVar[str] = "maps"
    lane: Lane = Lane.PREVIEW
    motion: Motion
    source: Picture
    transform: Transform
    row: int
    names: tuple[str, ...]
    truth: NDArray[Any] | None = None
