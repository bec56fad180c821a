"""Small pictures of a drawing in the making."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motionstudio.engine.requests import ThumbnailRequest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CanvasesRequest(ThumbnailRequest):
    """Make small pictures of the canvases after each glimpse; answers as for its base.

    ``rows`` are all glimpses of one picture, in the order in which they draw.
    """

    topic: ClassVar[str] = "canvases"
