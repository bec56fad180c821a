"""What a live driver asks of the engine, and what it is answered; the newest wins in each topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.live_drive import LivePose
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Picture, Request
from motionstudio.engine.responses import Response

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceRequest(Request):
    """Get a source ready to be driven; answered by ``SourceReady``.

    Attributes:
        source: the picture that is animated; ``transform`` belongs to it.
    """

    topic: ClassVar[str] = "live source"
    lane: Lane = Lane.PREVIEW
    source: Picture
    transform: Transform


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceReady(Response):
    """A source that can be driven.

    Attributes:
        rest: its own keypoints (T = 1), of models that have any.
        model_hash: of the weights in use.
        device: where its model computes.
    """

    rest: KeypointTrack | None
    model_hash: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoseRequest(Request):
    """Find where the driver is; answered by ``PoseReady``.

    Attributes:
        picture: (h, h, 3) uint8, the square part of the driver that counts.
        reference: (h', h', 3) uint8 of the driver's reference, for models without keypoints.
        moment: seconds at which ``picture`` was taken; ``number``: of the picture.
    """

    topic: ClassVar[str] = "live pose"
    lane: Lane = Lane.PREVIEW
    picture: Image
    moment: float
    number: int
    reference: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoseReady(Response):
    """Where the driver is.

    Attributes:
        pose: what the model says.
        moment, number: as they were asked.
        milliseconds: wall time by stage.
    """

    pose: LivePose
    moment: float
    number: int
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrivenRequest(Request):
    """Make the picture of one row on a source; answered by ``DrivenReady``.

    Attributes:
        row: (D,) float32.
        source, transform: as in ``SourceRequest``.
        size: (H, W) of the result, or None for the source's own.
        fast: permits pictures of lower precision.
        moment, number: of the driver's picture that it comes from.
    """

    topic: ClassVar[str] = "live picture"
    lane: Lane = Lane.PREVIEW
    row: Float
    source: Picture
    transform: Transform
    size: tuple[int, int] | None = None
    fast: bool = False
    moment: float = 0.0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrivenReady(Response):
    """The source as it moves now.

    Attributes:
        picture: (H, W, C) uint8.
        moment, number: as they were asked.
        milliseconds: wall time by stage.
    """

    picture: Image
    moment: float
    number: int
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GainRequest(Request):
    """Measure what pictures of lower precision save; answered by ``GainReady``.

    Its lane lets pictures of the driver come in between.

    Attributes:
        source, transform: as in ``SourceRequest``.
    """

    topic: ClassVar[str] = "live gain"
    lane: Lane = Lane.ANALYSIS
    source: Picture
    transform: Transform


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GainReady(Response):
    """Milliseconds of a picture as it is, and of one of lower precision."""

    plain: float
    fast: float

    @property
    def gain(self) -> float:
        """How many times faster."""
        return self.plain / max(self.fast, 1e-6)
