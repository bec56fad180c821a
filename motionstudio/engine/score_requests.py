"""How likely a model finds the frames of a clip: what is asked, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motionstudio.core.clip import Clip
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreRequest(Request):
    """Score the frames of a clip, dropped ones included; answered by ``Scored``.

    Attributes:
        clip_key, clip, transform: as in ``EncodeRequest``.
        samples: latents drawn for each frame.
        seed: equal seeds give equal scores.
    """

    topic: ClassVar[str] = "score"
    lane: Lane = Lane.ANALYSIS
    clip_key: str
    clip: Clip
    transform: Transform
    samples: int
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored(Response):
    """Nats of each whole frame, as ``models.base.Score`` has them.

    Attributes:
        bound, weighted, floor: (T,) float32. ``samples``: latents drawn for each frame.
    """

    bound: Float
    weighted: Float
    floor: Float
    samples: int
