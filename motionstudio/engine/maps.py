"""Makes the maps that a model can lay over its pictures; only those that are looked at."""

from __future__ import annotations

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.overlay_requests import MapsRequest
from motionstudio.engine.overlay_responses import MapsReady
from motionstudio.engine.preparation import Preparation
from motionstudio.models.base import OverlayModel


class MapMaker:
    """Answers ``MapsRequest``.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device = device
        self._prepared = prepared

    def maps(self, request: MapsRequest, call: Call) -> MapsReady:
        """The maps of one row.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model has no such maps, or the motion is another model's.
        """
        model = self._device.model(request.model, call.tell)
        card = model.card
        lacking = [name for name in request.names if name not in card.overlays]
        if lacking or not isinstance(model, OverlayModel):
            raise MotionStudioError(f"{card.title} has no {' nor '.join(lacking) or 'maps'}.")
        check_motion(request.motion, card)
        asked = model
        source = self._prepared.source(request.source, request.transform, card.channels)

        def made(names: tuple[str, ...], frame: Float | None) -> dict[str, Float]:
            call.check()
            return self._device.run(
                lambda _: asked.overlays(request.motion, source, request.row, names, frame=frame),
                call.tell,
                chunked=False,
            )

        maps = made(request.names, None) if request.names else {}
        truth: dict[str, Float] = {}
        if request.truth is not None and "heat maps" in card.overlays:
            frame = request.transform.apply(request.truth[np.newaxis], card.channels)[0]
            truth = made(("heat maps",), frame)
        return MapsReady(ticket=call.ticket, row=request.row, maps=maps, truth=truth)
