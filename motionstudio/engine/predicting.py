"""Asks models how a clip goes on, and measures that against what really follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.metrics import rmse_each
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.call import Call
from motionstudio.engine.device import Device
from motionstudio.engine.predict_requests import FuturesReady, PredictRequest
from motionstudio.engine.preparation import Preparation
from motionstudio.models.base import Capability, Unsupported
from motionstudio.models.prediction import Futures, Predictor

S = TypeVar("S", bound=np.generic)

# Showing what is made costs time as well: not more often than eyes follow.
_SHOW_EVERY_S = 0.04


class FutureMaker:
    """Answers ``PredictRequest``.

    Args:
        device: runs the model calls.
        prepared: clips as the models see them.
        clock: seconds of a monotonic clock.
    """

    def __init__(
        self,
        device: Device,
        prepared: Preparation,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device, self._prepared, self._clock = device, prepared, clock

    def predict(self, request: PredictRequest, call: Call) -> FuturesReady:
        """The complete futures; what is made on the way is emitted now and then.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model is shown too few frames.
            Unsupported: the model does not continue sequences.
        """
        model = self._device.model(request.model, call.tell)
        if Capability.PREDICT not in model.card.capabilities or not isinstance(model, Predictor):
            raise Unsupported(Capability.PREDICT, model.card.title)
        predictor, card = model, model.card
        if len(request.past) < card.context_needed:
            raise MotionStudioError(
                f"{card.title} continues sequences of at least {card.context_needed} frames, but "
                f"was shown {len(request.past)}.",
                "Begin later in the clip.",
            )
        frames = self._prepared.clip(
            request.clip_key, request.clip, request.transform, card.channels, call.check
        )
        meter = _Meter(request, frames, call)
        found = self._device.run(
            lambda _: predictor.predict(
                frames[list(request.past)],
                request.count,
                futures=request.futures,
                seed=request.seed,
                temperature=request.temperature,
                reveal=_now_and_then(meter.show, self._clock),
                tick=call.tick("continuing the clip"),
            ),
            call.tell,
            chunked=False,
        )
        return meter.measured(found, last=True)


class _Meter:
    """Holds futures against what really follows, all at the model's size.

    Args:
        request: says which frames follow.
        frames: (T, C, S, S) float32 of the whole clip.
        call: takes partial answers.
    """

    def __init__(self, request: PredictRequest, frames: Float, call: Call) -> None:
        self._transform, self._call = request.transform, call
        self._levels = _levels(request)
        self._past = _inside(frames[list(request.past)], request.transform)
        self._truth = _inside(frames[list(request.truth)], request.transform)
        self._past_shown = self._pictures(self._past)
        self._copied = rmse_each(self._past[-1:], self._truth)

    def show(self, futures: Futures) -> None:
        """Emit what is made already."""
        self._call.emit(self.measured(futures, last=False))

    def measured(self, futures: Futures, *, last: bool) -> FuturesReady:
        """The answer for these futures."""
        seen = _inside(futures.frames, self._transform)
        known = None if futures.known is None else _inside(futures.known, self._transform)
        errors = self._errors(seen, known)
        return FuturesReady(
            ticket=self._call.ticket,
            pictures=self._pictures(seen),
            known=None if known is None or known.all() else known,
            truth=self._pictures(self._truth),
            errors=errors,
            copied=self._copied,
            past=self._past_shown,
            last=last,
        )

    def _errors(self, seen: Float, known: NDArray[np.bool_] | None) -> Float:
        """(N, M) of futures as far as they are made; NaN beyond."""
        count = min(seen.shape[1], len(self._truth))
        errors = np.full((len(seen), len(self._truth)), np.nan, np.float32)
        errors[:, :count] = rmse_each(seen[:, :count], self._truth[None, :count])
        if known is not None:
            errors[:, :count][~known[:, :count].all(axis=(-2, -1))] = np.nan
        return errors

    def _pictures(self, planes: NDArray[np.generic]) -> NDArray[np.uint8]:
        """(..., C, h, w) in [0, 1] as (..., h, w, C) uint8, in the levels of the source."""
        low, high = self._levels
        unit = np.moveaxis(np.asarray(planes, np.float32), -3, -1) * (high - low) + low
        return np.ascontiguousarray(np.rint(unit.clip(0, 1) * 255).astype(np.uint8))


def _levels(request: PredictRequest) -> tuple[float, float]:
    """What 0 and 1 of the model are when shown: 8-bit frames are shown as they are."""
    if np.dtype(request.clip.frames.dtype) != np.uint8:
        return 0.0, 1.0
    low, high = request.transform.range
    return low / 255, high / 255


def _now_and_then(
    show: Callable[[Futures], None], clock: Callable[[], float]
) -> Callable[[Futures], None]:
    shown = -_SHOW_EVERY_S

    def reveal(futures: Futures) -> None:
        nonlocal shown
        if (now := clock()) - shown >= _SHOW_EVERY_S:
            shown = now
            show(futures)

    return reveal


def _inside(planes: NDArray[S], transform: Transform) -> NDArray[S]:
    """The last two axes without what was padded."""
    top, left, rows, columns = transform.content
    return planes[..., top : top + rows, left : left + columns]
