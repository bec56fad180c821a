"""The question where the keypoints of a picture are, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Picture, Request
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeypointsRequest(Request):
    """Find the keypoints of a picture at rest; answered by ``KeypointsFound``.

    Attributes:
        source: the picture; ``transform`` belongs to it.
    """

    topic: ClassVar[str] = "keypoints"
    lane: Lane = Lane.ANALYSIS
    source: Picture
    transform: Transform


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeypointsFound(Response):
    """Keypoints of a picture (T = 1)."""

    track: KeypointTrack
