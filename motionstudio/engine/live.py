"""Serves a live driver: where it is, and the source as it moves; every call is one picture.

Which picture counts and what its pose means is decided by whoever asks: nothing waits here, and
nothing is kept but what belongs to a source or to the driver's reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.live_drive import LivePose
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.engine import live_requests as live
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_size
from motionstudio.engine.device import Device
from motionstudio.engine.painter import Painter
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.requests import Request
from motionstudio.engine.responses import Response
from motionstudio.models.base import Capability, ModelCard, MotionModel, Unsupported
from motionstudio.models.live import KeypointModel, StagedModel

Image = NDArray[np.uint8]
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_STEP = 0.04
# The machine does other things as well: more rounds where they cost little.
_FEWEST, _MOST, _ENOUGH_MS = 2, 12, 800.0


class LiveMaker:
    """Poses of a driver and pictures of a source.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
        painter: paints at the source's own resolution.
        clock: seconds, of the stages.
    """

    def __init__(
        self,
        device: Device,
        prepared: Preparation,
        painter: Painter,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._device, self._prepared, self._painter = device, prepared, painter
        self._clock = clock

    def answer(self, request: Request, call: Call) -> Response | None:
        """The answer to a request of a live driver; None for any other request.

        Raises:
            MotionStudioError: there is no such model, or no memory.
            Unsupported: its rows are not made frame by frame.
        """
        match request:
            case live.SourceRequest():
                return self._source(request, call)
            case live.PoseRequest():
                return self._pose(request, call)
            case live.DrivenRequest():
                return self._driven(request, call)
            case live.GainRequest():
                return self._gain(request, call)
            case _:
                return None

    def _source(self, request: live.SourceRequest, call: Call) -> live.SourceReady:
        model = self._model(request, call)
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        rest = None
        if isinstance(model, KeypointModel):
            found = model
            rest = self._device.run(
                lambda _: found.keypoints(source[np.newaxis]), call.tell, chunked=False
            )
        return live.SourceReady(
            ticket=call.ticket, rest=rest, model_hash=model.card.hash,
            device=self._device.choice.name,
        )  # fmt: skip

    def _pose(self, request: live.PoseRequest, call: Call) -> live.PoseReady:
        model, spent = self._model(request, call), {}
        start = self._clock()
        seen = prepared(request.picture, model.card)
        pose = self._device.run(
            lambda _: _pose_of(model, seen, request.reference), call.tell, chunked=False
        )
        spent["detector"] = 1000 * (self._clock() - start)
        return live.PoseReady(
            ticket=call.ticket, pose=pose, moment=request.moment, number=request.number,
            milliseconds=spent,
        )  # fmt: skip

    def _driven(self, request: live.DrivenRequest, call: Call) -> live.DrivenReady:
        model = self._model(request, call)
        if request.size is not None:
            check_size(request.size, request.transform.frame_size)
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        start = self._clock()
        decoded = self._decode(model, request.row, source, request.fast, call)
        done = self._clock()
        painted = self._painter.paint(
            decoded, request.source, request.transform, size=request.size, fields=False
        )
        spent = _stages(model, 1000 * (done - start))
        spent["paint"] = 1000 * (self._clock() - done)
        return live.DrivenReady(
            ticket=call.ticket, picture=painted.picture, moment=request.moment,
            number=request.number, milliseconds=spent,
        )  # fmt: skip

    def _gain(self, request: live.GainRequest, call: Call) -> live.GainReady:
        """The best of some rounds that alternate, after one that warms both up."""
        model = self._model(request, call)
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        row = np.zeros(model.card.dims, np.float32)
        best = {False: np.inf, True: np.inf}
        rounds, spent = 0, 0.0
        while rounds <= _FEWEST or (rounds <= _MOST and spent < _ENOUGH_MS):
            for fast in best:
                call.check()
                start = self._clock()
                self._decode(model, row, source, fast, call)
                taken = 1000 * (self._clock() - start)
                spent += taken
                if rounds:
                    best[fast] = min(best[fast], taken)
            rounds += 1
        return live.GainReady(ticket=call.ticket, plain=best[False], fast=best[True])

    def _decode(
        self, model: MotionModel, row: Float, source: Float, fast: bool, call: Call
    ) -> Decoded:
        motion = one_row(row, model.card)
        return self._device.run(
            lambda _: model.decode(motion, source, [len(motion.mean) - 1], fast=fast),
            call.tell,
            chunked=False,
        )

    def _model(self, request: Request, call: Call) -> MotionModel:
        model = self._device.model(request.model, call.tell)
        if Capability.FRAMEWISE not in model.card.capabilities:
            raise Unsupported(Capability.FRAMEWISE, model.card.name)
        return model


def prepared(picture: Image, card: ModelCard) -> Float:
    """A square picture (h, h, 3) uint8 as the model sees it: (C, S, S) float32 in [0, 1]."""
    side = card.size
    how = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.float32) / 255
    if card.channels == 1:
        return np.ascontiguousarray((small @ _LUMA)[np.newaxis])
    return np.ascontiguousarray(np.moveaxis(small, -1, 0))


def one_row(row: Float, card: ModelCard) -> Motion:
    """A motion of rest and one moved frame, its row 1."""
    times, known = np.array([0.0, _STEP]), np.ones(2, np.bool_)
    return Motion(
        np.stack([np.zeros_like(row), row]), None, known, times, RowKind.FRAME,
        np.stack([times, times], 1), ~known, model=card.name, model_hash=card.hash,
    )  # fmt: skip


def _pose_of(model: MotionModel, seen: Float, reference: Image | None) -> LivePose:
    if isinstance(model, KeypointModel):
        return LivePose(model.keypoints(seen[np.newaxis]))
    # By the contract rows of frames are relative to the first one, which is what drives.
    first = seen if reference is None else prepared(reference, model.card)
    times = np.array([0.0, _STEP])
    motion = model.encode(np.stack([first, seen]), np.ones(2, np.bool_), times)
    return LivePose(None, motion.mean[1])


def _stages(model: MotionModel, whole: float) -> dict[str, float]:
    """Milliseconds of the parts of a picture where the model tells them, else of all of it."""
    known = dict(model.stages) if isinstance(model, StagedModel) else {}
    return known or {"generator": whole}
