"""Makes motions: encodes clips, fits motions to them, draws new ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from motionstudio.core.clip import Clip
from motionstudio.core.motion import Decoded, Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.core.warp import warp
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_clip, check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.keys import content_key
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.reference import ReferenceOrder
from motionstudio.engine.requests import EncodeRequest, RefineRequest, SampleRequest
from motionstudio.models.base import Capability, MotionModel, Unsupported


class MotionMaker:
    """Encodes, refines and samples; an encoding made before is looked up.

    Args:
        device: runs the model calls.
        prepared: clips as the models see them.
        limit: bytes of encoded motions kept.
    """

    def __init__(self, device: Device, prepared: Preparation, *, limit: int) -> None:
        self._device = device
        self._prepared = prepared
        self._encoded: ByteCache[object, Motion] = ByteCache(limit)

    def clear(self) -> None:
        """Forget the encoded motions."""
        self._encoded.clear()

    def encode(self, request: EncodeRequest, call: Call) -> Motion:
        """The motion of a clip; rows in the order of its frames, the reference's zero.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model cannot encode this clip.
        """
        model = self._device.model(request.model, call.tell)
        check_clip(request.clip, request.kept, request.reference, request.cyclic, model.card)
        key = (
            model.card.hash or model.card.name,
            request.clip_key,
            request.transform,
            content_key(request.kept, request.clip.times),
            request.reference,
            request.cyclic,
            request.period,
        )
        motion = self._encoded.get(key)
        if motion is None:
            motion = self._encode(request, model, call)
            self._encoded.put(key, motion, _nbytes(motion))
        return motion

    def _encode(self, request: EncodeRequest, model: MotionModel, call: Call) -> Motion:
        order = ReferenceOrder(len(request.clip), request.reference, request.cyclic)
        frames = self._frames(request.clip_key, request.clip, request.transform, model, call)
        times = request.clip.times
        motion = self._device.run(
            lambda _: model.encode(
                _in_order(frames, order),
                request.kept[order.indices],
                order.times(times, request.period),
                cyclic=request.cyclic,
                period=order.period(times, request.period),
                tick=call.tick("encoding"),
            ),
            call.tell,
            chunked=False,
        )
        return order.back(motion, times, request.kept)

    def refine(self, request: RefineRequest, call: Call) -> tuple[Motion, float, float]:
        """The motion fitted to the kept frames, with the error before and after.

        Returns:
            The motion and two root mean square differences to the kept frames, intensities in
            [0, 1], at the model's size.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the motion does not belong to the model.
            Unsupported: the model cannot be fitted.
        """
        model = self._device.model(request.model, call.tell)
        _require(model, Capability.REFINE)
        start = request.motion
        check_motion(start, model.card)
        check_clip(request.clip, start.kept, request.reference, start.cyclic, model.card)
        order = ReferenceOrder(len(request.clip), request.reference, start.cyclic)
        native = self._frames(request.clip_key, request.clip, request.transform, model, call)
        frames = _in_order(native, order)
        before = self._error(model, start, native, request.reference, call)
        fitted = self._device.run(
            lambda _: model.refine(
                order.forth(start), frames, steps=request.steps, tick=call.tick("refining")
            ),
            call.tell,
            chunked=False,
            gradients=True,
        )
        motion = order.back(fitted, start.times, start.kept)
        return motion, before, self._error(model, motion, native, request.reference, call)

    def sample(self, request: SampleRequest, call: Call) -> Motion:
        """A new motion for a picture, which is frame ``request.reference`` of it.

        Raises:
            MotionStudioError: the model cannot treat the motion as a cycle.
            Unsupported: the model cannot sample.
        """
        model = self._device.model(request.model, call.tell)
        _require(model, Capability.SAMPLE)
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        order = ReferenceOrder(len(request.times), request.reference, request.cyclic)
        motion = self._device.run(
            lambda _: model.sample(
                source,
                order.times(request.times),
                seed=request.seed,
                temperature=request.temperature,
                mode=request.mode,
                cyclic=request.cyclic,
            ),
            call.tell,
            chunked=False,
        )
        kept = np.arange(len(request.times)) == request.reference
        return order.back(motion, request.times, kept)

    def _frames(
        self, key: str, clip: Clip, transform: Transform, model: MotionModel, call: Call
    ) -> Float:
        return self._prepared.clip(key, clip, transform, model.card.channels, call.check)

    def _error(
        self, model: MotionModel, motion: Motion, frames: Float, reference: int, call: Call
    ) -> float:
        """Root mean square difference of the decoded kept frames to the true ones."""
        squares: list[float] = []
        kept = [int(t) for t in np.flatnonzero(motion.kept) if t != reference]
        while kept:
            call.check()
            decoded = self._some(model, motion, frames[reference], kept, call)
            for row, t in enumerate(kept[: _count(decoded)]):
                generated = _generated(decoded, row, frames[reference])
                squares.append(float(np.mean((generated - frames[t]) ** 2)))
            kept = kept[_count(decoded) :]
        return float(np.sqrt(np.mean(squares))) if squares else 0.0

    def _some(
        self, model: MotionModel, motion: Motion, source: Float, rows: Sequence[int], call: Call
    ) -> Decoded:
        return self._device.run(lambda n: model.decode(motion, source, rows[:n]), call.tell)


def _in_order(frames: Float, order: ReferenceOrder) -> Float:
    if order.reference == 0:
        return frames
    ordered: Float = frames[order.indices]
    return ordered


def _require(model: MotionModel, capability: Capability) -> None:
    if capability not in model.card.capabilities:
        raise Unsupported(capability, model.card.title)


def _count(decoded: Decoded) -> int:
    parts = (decoded.frames, decoded.displacement)
    return next(len(part) for part in parts if part is not None)


def _generated(decoded: Decoded, row: int, source: Float) -> Float:
    """(C, S, S) at the model's size."""
    if decoded.frames is not None:
        made: Float = decoded.frames[row]
        return made
    if decoded.displacement is None:
        raise ValueError("decode: expected a displacement or frames, got neither")
    picture = warp(np.ascontiguousarray(np.moveaxis(source, 0, -1)), decoded.displacement[row])
    generated: Float = np.moveaxis(picture, -1, 0)
    return generated


def _nbytes(motion: Motion) -> int:
    arrays = [motion.mean, *motion.state.values()]
    if motion.std is not None:
        arrays.append(motion.std)
    return sum(array.nbytes for array in arrays)
