"""How labelled shapes of one picture move together in many futures: asked, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Picture, Request
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpreadRequest(Request):
    """Draw next pictures of one picture; answered by ``SpreadReady``, the last one complete.

    Attributes:
        source, transform: as in ``DecodeRequest``.
        labels: (H, W) uint8 of the same picture, 0 the background.
        count: futures that are drawn.
        seed: equal seeds give equal futures.
        temperature: 1 for the spread that was learned, 0 for the most likely future.
    """

    topic: ClassVar[str] = "spread"
    lane: Lane = Lane.EXPLORE
    source: Picture
    transform: Transform
    labels: NDArray[np.uint8]
    count: int = 200
    seed: int = 0
    temperature: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpreadReady(Response):
    """Where the shapes went.

    Attributes:
        labels: K labels that are large enough to be followed.
        steps: (N, K, 2) float64 (dx, dy) in pixels of the picture; NaN where a shape is gone.
        last: whether these are all.
    """

    labels: tuple[int, ...]
    steps: NDArray[np.float64]
    last: bool
