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
    """Nats of each whole frame, as ``models.scoring.Score`` has them.

    Attributes:
        bound, weighted, floor: (T,) float32. ``samples``: latents drawn for each frame; 0: exact.
        given: frames at the beginning that have none before them to be told from.
        saved: (T,) float32, nats that the clip would cost less without a frame, or None.
        floor_known: the floor is that of this very clip, which its generator knows.
    """

    bound: Float
    weighted: Float
    floor: Float
    samples: int
    given: int = 0
    saved: Float | None = None
    floor_known: bool = False
