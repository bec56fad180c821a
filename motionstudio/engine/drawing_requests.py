"""Small pictures of a drawing in the making."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motionstudio.engine.requests import ThumbnailRequest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CanvasesRequest(ThumbnailRequest):
    """Make small pictures of the canvases after each glimpse; answers as for its base.

    Attributes:
        rows: all glimpses of a picture in the order in which they draw, or of several, one after
            another.
        every: 1 for the canvas after each glimpse; the number of glimpses of a picture for the
            finished pictures alone.
    """

    topic: ClassVar[str] = "canvases"
    every: int = 1
