"""Draws many futures of one picture and follows its labelled shapes into them."""

from __future__ import annotations

from functools import partial

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.shape_motion import ShapeMotions, shape_motions
from motionstudio.engine.call import Call
from motionstudio.engine.device import Device
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.spread_requests import SpreadReady, SpreadRequest
from motionstudio.models.base import Capability, Unsupported
from motionstudio.models.prediction import Predictor

_AT_ONCE = 20


class SpreadMaker:
    """Answers ``SpreadRequest``.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device, self._prepared = device, prepared

    def spread(self, request: SpreadRequest, call: Call) -> SpreadReady:
        """All futures; what is known on the way is emitted after every few of them.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: no labelled shape is large enough at the model's size.
            Unsupported: the model does not continue sequences.
        """
        model = self._device.model(request.model, call.tell)
        if Capability.PREDICT not in model.card.capabilities or not isinstance(model, Predictor):
            raise Unsupported(Capability.PREDICT, model.card.title)
        predictor = model
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        labels = request.transform.mask_to_model(request.labels[np.newaxis])[0]
        found: list[ShapeMotions] = []

        def part(number: int, count: int, _chunk: int) -> Float:
            made = predictor.predict(
                source[np.newaxis], 1, futures=count, temperature=request.temperature,
                seed=request.seed * 1000 + number,
            )  # fmt: skip
            return made.frames[:, 0]

        for number, start in enumerate(range(0, request.count, _AT_ONCE)):
            call.check()
            count = min(_AT_ONCE, request.count - start)
            pictures = self._device.run(partial(part, number, count), call.tell, chunked=False)
            found.append(shape_motions(source, labels, pictures))
            if not found[0].labels:
                raise MotionStudioError(
                    "The labelled shapes are too small to be followed at the model's size.",
                    "Crop the picture closer around them.",
                )
            if start + count < request.count:
                call.emit(_answer(request, call, found, last=False))
        return _answer(request, call, found, last=True)


def _answer(
    request: SpreadRequest, call: Call, found: list[ShapeMotions], *, last: bool
) -> SpreadReady:
    # Pixels of the picture itself, not of the model's.
    steps = np.concatenate([one.steps for one in found]) / np.array(request.transform.scale)
    return SpreadReady(ticket=call.ticket, labels=found[0].labels, steps=steps, last=last)
