"""Makes motions: encodes clips, fits motions to them, draws new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from motionstudio.core.clip import Clip
from motionstudio.core.draws import Draw, Mode
from motionstudio.core.motion import Decoded, Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.core.warp import warp
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_clip, check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.keys import content_key
from motionstudio.engine.live_fit import LiveFit, root_mean
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.reference import ReferenceOrder
from motionstudio.engine.requests import EncodeRequest, RefineRequest, SampleRequest
from motionstudio.models.base import Capability, MotionModel, RefinementKeeper, Unsupported


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
        return motion if request.refined is None else self._kept(request, motion, model)

    def _kept(self, request: EncodeRequest, motion: Motion, model: MotionModel) -> Motion:
        """``motion`` with what refining found before, where the model can carry it over."""
        if request.refined is None or not isinstance(model, RefinementKeeper):
            return motion
        order = ReferenceOrder(len(request.clip), request.reference, request.cyclic)
        kept = model.keep_refinement(order.forth(motion), order.forth(request.refined))
        return order.back(kept, request.clip.times, request.kept)

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

        Emits ``Refining`` a few times for every frame.

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
        squares = self._squares(model, start, native, request.reference, call)
        live = LiveFit(order, start, squares, call)
        rows = None if request.frames is None else order.rows_of(request.frames)
        fitted = self._device.run(
            lambda _: model.refine(
                order.forth(start),
                frames,
                steps=request.steps,
                rows=rows,
                watch=live.watch,
                tick=live.tick,
            ),
            call.tell,
            chunked=False,
            gradients=True,
        )
        motion = order.back(fitted, start.times, start.kept)
        after = self._squares(model, motion, native, request.reference, call)
        return motion, live.before, root_mean(after)

    def sample(self, request: SampleRequest, call: Call) -> Motion:
        """A new motion for a picture, which is frame ``request.reference`` of it.

        Raises:
            MotionStudioError: the model cannot treat the motion as a cycle.
            Unsupported: the model cannot sample.
        """
        model = self._device.model(request.model, call.tell)
        _require(model, Capability.SAMPLE)
        order = ReferenceOrder(len(request.times), request.reference, request.cyclic)

        def drawn(draw: Draw) -> Motion:
            source = self._prepared.source(request.source, request.transform, model.card.channels)
            return self._device.run(
                lambda _: model.sample(
                    source,
                    order.times(request.times, request.period),
                    seed=draw.seed,
                    temperature=draw.temperature,
                    mode=draw.mode,
                    cyclic=request.cyclic,
                    period=order.period(request.times, request.period),
                ),
                call.tell,
                chunked=False,
            )

        motion = drawn(Draw(request.seed, request.temperature, _mode(request.mode)))
        for draw in request.varied:
            deviation = drawn(draw).mean - drawn(replace(draw, temperature=0.0)).mean
            motion = replace(motion, mean=motion.mean + deviation)
        kept = np.arange(len(request.times)) == request.reference
        return order.back(motion, request.times, kept)

    def _frames(
        self, key: str, clip: Clip, transform: Transform, model: MotionModel, call: Call
    ) -> Float:
        return self._prepared.clip(key, clip, transform, model.card.channels, call.check)

    def _squares(
        self, model: MotionModel, motion: Motion, frames: Float, reference: int, call: Call
    ) -> dict[int, float]:
        """Mean square difference of each decoded kept frame to the true one."""
        squares: dict[int, float] = {}
        kept = [int(t) for t in np.flatnonzero(motion.kept) if t != reference]
        while kept:
            call.check()
            decoded = self._some(model, motion, frames[reference], kept, call)
            for row, t in enumerate(kept[: _count(decoded)]):
                generated = _generated(decoded, row, frames[reference])
                squares[t] = float(np.mean((generated - frames[t]) ** 2))
            kept = kept[_count(decoded) :]
        return squares

    def _some(
        self, model: MotionModel, motion: Motion, source: Float, rows: Sequence[int], call: Call
    ) -> Decoded:
        return self._device.run(lambda n: model.decode(motion, source, rows[:n]), call.tell)


def _mode(mode: str) -> Mode:
    if mode == "learned":
        return "learned"
    if mode == "prior":
        return "prior"
    raise ValueError(f"SampleRequest: expected mode learned or prior, got {mode!r}")


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
