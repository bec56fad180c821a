"""How likely a model finds frames: the part of the protocol behind ``LIKELIHOOD``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from motionstudio.core.motion import Float
from motionstudio.models.base import Tick, always


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How likely a model finds frames, in nats for each whole frame.

    Attributes:
        bound: (T,) float32, evidence lower bound of the log likelihood; NaN, as the others, for
            frames of which the model says nothing: the first one where each follows another.
        weighted: (T,) float32, importance-weighted bound, at least as high in expectation.
        floor: (T,) float32, the negative log likelihood that remains when a frame is decoded
            perfectly: the entropy of grey pixels, or the constant of a density. Of a model that
            sees earlier frames: the mean of what is left to chance in those it was trained on.
        samples: latents drawn for each frame; 0: the likelihood is exact, and ``bound`` is it.
        per_pixel: (T, S, S) float32, negative log likelihood of each pixel, all channels
            together; None where it does not fall apart like this.
        given: frames at the beginning that have none before them to be told from.
        saved: (T,) float32, nats that frame t and the next few would cost less without frame t;
            0 for the first. None where frames are told one by one.
    """

    bound: Float
    weighted: Float
    floor: Float
    samples: int
    per_pixel: Float | None = None
    given: int = 0
    saved: Float | None = None


@runtime_checkable
class Scorer(Protocol):
    """A model that tells how likely frames are (``LIKELIHOOD``)."""

    def score(self, frames: Float, *, samples: int, seed: int, tick: Tick = always) -> Score:
        """Bounds of the log likelihood of each frame, on its own or given those before it.

        Args:
            frames: (T, C, S, S) float32 in [0, 1].
            samples: latents drawn for each frame, where any are.
            seed: equal seeds give equal scores.
            tick: progress and cancellation.
        """
        ...
