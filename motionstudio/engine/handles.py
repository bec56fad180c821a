"""Solves rows for points that people drag: native pixels in and out."""

from __future__ import annotations

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.handles import HandleGoals
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.fit_requests import SolveRequest
from motionstudio.engine.fit_responses import Solved
from motionstudio.engine.preparation import Preparation
from motionstudio.models.base import Capability, HandleModel, Unsupported


class HandleMaker:
    """Answers ``SolveRequest``.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device = device
        self._prepared = prepared

    def solve(self, request: SolveRequest, call: Call) -> Solved:
        """The row that brings the points nearest to their targets.

        Raises:
            Cancelled: a newer target came.
            MotionStudioError: the row is the reference's, or the motion another model's.
            Unsupported: the model cannot be solved for points.
        """
        solving, transform = self._able_model(request, call), request.transform
        goals = HandleGoals(
            transform.points_to_model(request.points).astype(np.float32),
            transform.points_to_model(request.targets).astype(np.float32),
            request.weights.astype(np.float32),
        )
        solution = self._device.run(
            lambda _: solving.solve(
                request.motion,
                self._prepared.source(request.source, transform, solving.card.channels),
                request.row,
                goals,
                start=request.start,
                dims=request.dims,
                steps=request.steps,
                prior_weight=request.prior_weight,
                tick=lambda _progress: not call.cancelled(),
            ),
            call.tell,
            chunked=False,
            gradients=True,
        )
        return Solved(
            ticket=call.ticket,
            row=request.row,
            values=solution.row,
            reached=transform.points_to_native(solution.reached),
            folded=solution.folded,
            steps=solution.steps,
        )

    def _able_model(self, request: SolveRequest, call: Call) -> HandleModel:
        model = self._device.model(request.model, call.tell)
        if Capability.HANDLES not in model.card.capabilities or not isinstance(model, HandleModel):
            raise Unsupported(Capability.HANDLES, model.card.title)
        check_motion(request.motion, model.card)
        if request.row == request.reference:
            raise MotionStudioError(
                f"Frame {request.row} is the picture itself and cannot move.",
                "Go to another frame to drag it.",
            )
        return model
