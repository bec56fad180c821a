"""How far pictures differ over samples of the posterior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.picture import as_shown
from motionstudio.core.warp import warp
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.fit_requests import UncertaintyRequest
from motionstudio.engine.fit_responses import UncertaintyReady
from motionstudio.engine.painter import Painter
from motionstudio.engine.preparation import Preparation


class UncertaintyMaker:
    """Answers ``UncertaintyRequest``: one sample after the other, so memory stays bounded.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
        painter: pastes the pictures of models that do not warp.
    """

    def __init__(self, device: Device, prepared: Preparation, painter: Painter) -> None:
        self._device = device
        self._prepared = prepared
        self._painter = painter

    def measure(self, request: UncertaintyRequest, call: Call) -> UncertaintyReady:
        """The std of every pixel of one frame over posterior samples.

        Raises:
            Cancelled: the call was cancelled between two samples.
            MotionStudioError: the motion has no std, or belongs to another model.
        """
        model = self._device.model(request.model, call.tell)
        check_motion(request.motion, model.card)
        base = as_shown(request.source.frame, request.transform.range).astype(np.float32)
        mean, squares = np.zeros_like(base), np.zeros_like(base)
        for place, motion in enumerate(posterior_samples(request)):
            call.check()
            picture = self._picture(motion, request, base, call)
            # Welford's update: no sample has to be kept.
            away = picture - mean
            mean += away / (place + 1)
            squares += away * (picture - mean)
        variance = squares.mean(2) / (request.count - 1)
        return UncertaintyReady(
            ticket=call.ticket,
            frame=request.frame,
            std=np.sqrt(variance, dtype=np.float32),
            count=request.count,
        )

    def _picture(
        self, motion: Motion, request: UncertaintyRequest, base: Float, call: Call
    ) -> Float:
        """(H, W, C) grey levels of the frame in one sample."""
        model = self._device.model(request.model, call.tell)
        row = 0 if motion.rows is RowKind.FRAME else request.frame

        def decode(_chunk: int) -> Decoded:
            source = self._prepared.source(request.source, request.transform, model.card.channels)
            return model.decode(motion, source, [row])

        decoded = self._device.run(decode, call.tell)
        if decoded.frames is None and decoded.displacement is not None:
            u = request.transform.field_to_native(decoded.displacement)[0]
            return np.asarray(warp(base, u), np.float32)
        painted = self._painter.paint(decoded, request.source, request.transform, fields=False)
        return painted.picture.astype(np.float32)


def posterior_samples(request: UncertaintyRequest) -> list[Motion]:
    """``request.count`` motions around the mean; where rows are frames, only the frame's row.

    Raises:
        MotionStudioError: the motion has no std.
        ValueError: fewer than 2 samples, or a frame outside the motion.
    """
    motion, count = request.motion, request.count
    if motion.std is None:
        raise MotionStudioError("This motion has no uncertainty: it was not found from a clip.")
    if count < 2 or not 0 <= request.frame < len(motion.mean):
        raise ValueError(
            f"UncertaintyRequest: expected count >= 2 and a frame in [0, {len(motion.mean)}), "
            f"got {count} and {request.frame}"
        )
    noise = np.random.default_rng(request.seed).standard_normal((count, *motion.mean.shape))
    drawn: NDArray[np.float32] = (motion.mean + motion.std * noise).astype(np.float32)
    if motion.rows is not RowKind.FRAME:
        return [replace(motion, mean=one, std=None) for one in drawn]
    row = slice(request.frame, request.frame + 1)
    one_row = replace(
        motion,
        mean=motion.mean[row],
        std=None,
        filled=motion.filled[row],
        row_times=motion.row_times[row],
    )
    return [replace(one_row, mean=one[row]) for one in drawn]
