"""How a clip may go on: what is asked, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictRequest(Request):
    """Continue a clip in several ways; answered by ``FuturesReady``, the last one complete.

    Attributes:
        clip_key, clip, transform: as in ``EncodeRequest``.
        past: indices of the frames that the model is shown, in order of time.
        truth: indices of frames that really follow, to measure against; may be fewer than
            ``count``, or none.
        count: frames of each future.
        futures: how many.
        seed: equal seeds give equal futures.
        temperature: 1 for the spread that was learned, 0 for the most likely future.
    """

    topic: ClassVar[str] = "predict"
    lane: Lane = Lane.EXPLORE
    clip_key: str
    clip: Clip
    transform: Transform
    past: tuple[int, ...]
    truth: tuple[int, ...]
    count: int
    futures: int = 1
    seed: int = 0
    temperature: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FuturesReady(Response):
    """Futures of a clip at the model's own size, without what was padded.

    Attributes:
        pictures: (N, K, h, w, C) uint8; before the last answer K may be less than asked for.
        known: (N, K, h, w) bool, pixels that are made already; None: all are.
        truth: (M, h, w, C) uint8, M <= K, the frames that really follow.
        errors: (N, M) float32 RMSE to the truth, intensities in [0, 1]; NaN while not made.
        copied: (M,) float32 RMSE of the last frame that was shown, copied: the reference line.
        past: (P, h, w, C) uint8, the frames that the model was shown.
        last: whether this is everything.
    """

    pictures: NDArray[np.uint8]
    known: NDArray[np.bool_] | None
    truth: NDArray[np.uint8]
    errors: Float
    copied: Float
    past: NDArray[np.uint8]
    last: bool

    def whole(self, number: int) -> int:
        """How many frames of a future are whole, from its first on: fewer where it was stopped."""
        if self.known is None:
            return int(self.pictures.shape[1])
        whole = self.known[number].all((1, 2))
        return len(whole) if whole.all() else int(np.argmin(whole))
