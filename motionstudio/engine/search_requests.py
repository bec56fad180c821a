"""Where the same motion is found again, and what the laws of composition say of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.motion import Float
from motionstudio.core.motion_windows import Span
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A clip that is looked into.

    Attributes:
        id: names it for whoever asks.
        clip_key, clip, transform: as in ``EncodeRequest``.
    """

    id: str
    clip_key: str
    clip: Clip
    transform: Transform


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A motion that is looked for: spans of a clip, one after the other.

    Attributes:
        of: the clip.
        spans: composed in this order, whether or not they hang together.
        backward: whether each is walked backwards, the last one first.
    """

    of: Searched
    spans: tuple[Span, ...]
    backward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SearchRequest(Request):
    """Find a motion again; answered by ``Progress`` and ``Found``.

    Attributes:
        phrase: what is looked for; windows of its own clip that overlap it are left out.
        pool: clips to look into.
        count: matches wanted.
        side: longer side of their pictures.
    """

    topic: ClassVar[str] = "search"
    lane: Lane = Lane.EXPLORE
    phrase: Phrase
    pool: tuple[Searched, ...]
    count: int = 5
    side: int = 96


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Where a motion was found.

    Attributes:
        id: of the clip.
        span: its frames.
        likeness: cosine, 1 for the same.
        pictures: (n, h, w, C) uint8, the frames of the span, at most 24 of them.
    """

    id: str
    span: Span
    likeness: float
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found(Response):
    """The best matches, best first, of ``windows`` that were compared."""

    matches: tuple[Match, ...]
    windows: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LawsRequest(Request):
    """Hold a motion against the laws of composition; answered by ``Laws``.

    Attributes:
        of: the clip. ``span``: the motion in it.
        length: frames of the windows that are compared with each other.
        count: recompositions. ``seed``: of their choice.
    """

    topic: ClassVar[str] = "laws"
    lane: Lane = Lane.EXPLORE
    of: Searched
    span: Span
    length: int
    count: int = 12
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laws(Response):
    """What was found; distances are ``1 - cos``: 0 the same, 2 the opposite.

    Attributes:
        spread: mean and largest distance of random recompositions of the span to the plain one.
        home: distance of going there and back to standing still.
        reverse: distance of the way back to the way there.
        spans: n windows of the clip. ``likeness``: (n, n) float32 cosines between them.
        measured: the same by name, for people who copy it.
    """

    spread: tuple[float, float]
    home: float
    reverse: float
    spans: tuple[Span, ...]
    likeness: Float

    @property
    def measured(self) -> Mapping[str, float]:
        """The figures by name."""
        mean, most = self.spread
        return {
            "recomposed, mean": mean, "recomposed, most": most, "there and back": self.home,
            "reverse": self.reverse,
        }  # fmt: skip
