"""Asks models how likely they find the frames of a clip."""

from __future__ import annotations

import numpy as np

from motionstudio.core.clip import FLOOR, Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.engine.call import Call
from motionstudio.engine.device import Device
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.score_requests import Scored, ScoreRequest
from motionstudio.models.scoring import Scorer


class ScoreMaker:
    """Answers ``ScoreRequest``.

    Args:
        device: runs the model calls.
        prepared: clips as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device = device
        self._prepared = prepared

    def score(self, request: ScoreRequest, call: Call) -> Scored:
        """The bounds of every frame.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model does not say how likely frames are.
        """
        model = self._device.model(request.model, call.tell)
        if not isinstance(model, Scorer):
            raise MotionStudioError(f"{model.card.title} does not say how likely frames are.")
        scorer, channels = model, model.card.channels
        frames = self._prepared.clip(
            request.clip_key, request.clip, request.transform, channels, call.check
        )
        found = self._device.run(
            lambda _: scorer.score(
                frames, samples=request.samples, seed=request.seed, tick=call.tick("scoring")
            ),
            call.tell,
            chunked=False,
        )
        known = None if found.samples else _known_floor(request.clip)
        return Scored(
            ticket=call.ticket,
            bound=found.bound,
            weighted=found.weighted,
            floor=found.floor if known is None else known,
            samples=found.samples,
            given=found.given,
            saved=found.saved,
            floor_known=known is not None,
        )


def _known_floor(clip: Clip) -> Float | None:
    """(T,) what is left to chance in each frame of a clip of ours that knows it."""
    known = clip.factors.get(FLOOR)
    return None if known is None else np.asarray(known, np.float32)
