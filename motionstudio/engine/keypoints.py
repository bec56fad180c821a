"""Finds the keypoints of a picture, of models that have any."""

from __future__ import annotations

from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.call import Call
from motionstudio.engine.device import Device
from motionstudio.engine.keypoint_requests import KeypointsFound, KeypointsRequest
from motionstudio.engine.preparation import Preparation
from motionstudio.models.live import KeypointModel


class KeypointMaker:
    """Answers ``KeypointsRequest``.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device = device
        self._prepared = prepared

    def find(self, request: KeypointsRequest, call: Call) -> KeypointsFound:
        """The keypoints of the picture.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model has no keypoints.
        """
        model = self._device.model(request.model, call.tell)
        if not isinstance(model, KeypointModel):
            raise MotionStudioError(f"{model.card.title} has no keypoints.")
        finding = model
        picture = self._prepared.source(request.source, request.transform, model.card.channels)
        track = self._device.run(
            lambda _: finding.keypoints(picture[None], tick=lambda _: not call.cancelled()),
            call.tell,
            chunked=False,
        )
        return KeypointsFound(ticket=call.ticket, track=track)
