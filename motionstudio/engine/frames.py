"""Makes pictures of a motion: looks up what was made before, decodes the rest in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Decoded, RowKind
from motionstudio.core.picture_rows import START
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_draws, check_motion, check_size
from motionstudio.engine.device import NO_MEMORY, Device, is_out_of_memory
from motionstudio.engine.gallery import FrameKey, Gallery, Painted, answer
from motionstudio.engine.painter import Painter
from motionstudio.engine.planner import Pace
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.requests import DecodeRequest, Scale
from motionstudio.engine.responses import FrameReady
from motionstudio.models.base import Capability, MotionModel, RefinementKeeper

_MADE_ROOM = "Memory ran out: cached pictures were dropped to make room."
_LEFT_OUT = (
    "The motion was refined on another picture, crop or range of intensities: what refining added "
    "to its rows is left out here."
)
_TOLD = 16
_SMALLER = "Memory is short: pictures are shown at half their size."


@dataclass(frozen=True, slots=True)
class _Job:
    request: DecodeRequest
    model: MotionModel
    call: Call
    size: tuple[int, int] | None

    def key(self, frame: int) -> FrameKey:
        r = self.request
        return FrameKey.of(r.motion, r.source, r.transform, frame, r.rendering)

    def decoded_key(self, key: FrameKey) -> FrameKey:
        """What decoding depends on: not on how the picture is made of it."""
        return replace(key, rendering=None)

    @property
    def inverse(self) -> bool:
        wanted = self.request.inverse
        return wanted and Capability.INVERSE in self.model.card.capabilities


class FrameMaker:
    """Decodes and paints frames; only what is in no cache is computed.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
        painter: paints at the source's own resolution.
        gallery: final pictures.
        limit: bytes of decoded fields kept.
        clock: seconds, for the running estimate of what a picture costs.
    """

    def __init__(
        self,
        device: Device,
        prepared: Preparation,
        painter: Painter,
        gallery: Gallery,
        *,
        limit: int,
        clock: Callable[[], float],
    ) -> None:
        self.pace = Pace()
        self._device = device
        self._prepared = prepared
        self._painter = painter
        self._gallery = gallery
        self._fields: ByteCache[FrameKey, Decoded] = ByteCache(limit)
        self._clock = clock
        self._told: dict[tuple[int, str, object], object] = {}

    def clear(self) -> None:
        """Forget the decoded fields."""
        self._fields.clear()

    def frames(
        self, request: DecodeRequest, call: Call, *, size: tuple[int, int] | None = None
    ) -> Iterator[FrameReady]:
        """The pictures of ``request``, one by one, in its order.

        Args:
            request: what to make.
            call: how to tell and when to stop.
            size: (H, W) of other pictures than the source's own size; those are not kept.

        Raises:
            Cancelled: the call was cancelled between two pictures.
            MotionStudioError: the motion does not belong to the model, or ``size`` squeezes.
            ValueError: a frame lies outside the motion, or ``transform`` is another picture's.
        """
        model = self._device.model(request.model, call.tell)
        check_draws(model.card)
        check_motion(request.motion, model.card)
        _check(request)
        if size is not None:
            check_size(size, request.transform.frame_size)
        job = _Job(request, model, call, size)
        self._say_what_is_left_out(job)
        ahead: dict[int, Decoded] = {}
        for position, frame in enumerate(request.frames):
            call.check()
            yield self._frame(job, position, ahead)
            ahead.pop(frame, None)

    def _say_what_is_left_out(self, job: _Job) -> None:
        """Once for each motion: that its refinement belongs to another picture."""
        request, model, state = job.request, job.model, job.request.motion.state
        if not state or not isinstance(model, RefinementKeeper):
            return
        key = (id(state), request.source.key, request.transform)
        if key in self._told:
            return
        self._told[key] = state  # Kept, so that its id is nobody else's.
        while len(self._told) > _TOLD:
            del self._told[next(iter(self._told))]
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        if model.leaves_out(request.motion, source):
            job.call.tell(_LEFT_OUT)

    def _frame(self, job: _Job, position: int, ahead: dict[int, Decoded]) -> FrameReady:
        request, frame = job.request, job.request.frames[position]
        key = job.key(frame)
        if job.size is None and request.scale is not Scale.HALF:
            made = self._gallery.get(key, fields=request.fields, inverse=job.inverse)
            if made is not None:
                return answer(job.call.ticket, frame, key, made, Scale.FULL, preview=False)
        decoded = self._at_hand(job, key) or ahead.get(frame)
        if decoded is None and frame == START:
            decoded = self._untouched(job)
        scale = self._scale(request, decoded is not None)
        fast = decoded is None and scale is Scale.HALF and self.pace.decode_is_slow
        if decoded is None:
            ahead.update(self._decode(job, position, fast))
            decoded = ahead.pop(frame) if fast else ahead[frame]
        painted, scale = self._paint_somehow(job, decoded, key, scale)
        preview = scale is Scale.HALF
        return answer(job.call.ticket, frame, key, painted, scale, preview=preview)

    def _scale(self, request: DecodeRequest, decoded: bool) -> Scale:
        if request.scale is not Scale.AUTO:
            return request.scale
        height, width = request.transform.frame_size
        return self.pace.scale_for(height * width, decoded=decoded)

    def _at_hand(self, job: _Job, key: FrameKey) -> Decoded | None:
        decoded = self._fields.get(job.decoded_key(key))
        lacking = decoded is None or (job.inverse and decoded.inverse is None)
        return None if lacking else decoded

    def _decode(self, job: _Job, position: int, fast: bool) -> dict[int, Decoded]:
        """One model call, for the frame at ``position`` and those after it that fit a chunk."""
        request, model = job.request, job.model
        keys = self._missing(job, position, 1 if fast else self._device.chunk)
        rows = tuple(keys)

        def call(chunk: int) -> Decoded:
            source = self._prepared.source(request.source, request.transform, model.card.channels)
            return model.decode(
                request.motion, source, rows[:chunk], inverse=job.inverse, fast=fast
            )

        start = self._clock()
        made = dict(zip(rows, _singles(self._device.run(call, job.call.tell)), strict=False))
        self.pace.saw_decode((self._clock() - start) * 1e3 / len(made))
        if not fast:
            for frame, decoded in made.items():
                self._fields.put(job.decoded_key(keys[frame]), decoded, _nbytes(decoded))
        return made

    def _untouched(self, job: _Job) -> Decoded:
        """The source as the model sees it, or moved by nothing."""
        request, card = job.request, job.model.card
        source = self._prepared.source(request.source, request.transform, card.channels)
        if Capability.DISPLACEMENT not in card.capabilities:
            return Decoded(frames=source[np.newaxis])
        still = np.zeros((1, 2, *source.shape[1:]), np.float32)
        return Decoded(None, still, still.copy() if job.inverse else None)

    def _missing(self, job: _Job, position: int, limit: int) -> dict[int, FrameKey]:
        first, *later = job.request.frames[position:]
        keys = {first: job.key(first)}
        for frame in later:
            if len(keys) == limit:
                break
            if frame == START:
                continue
            key = job.key(frame)
            if self._at_hand(job, key) is None:
                keys[frame] = key
        return keys

    def _paint_somehow(
        self, job: _Job, decoded: Decoded, key: FrameKey, scale: Scale
    ) -> tuple[Painted, Scale]:
        """A picture of the wanted size; of half the size where memory runs out twice."""
        for tell in (_MADE_ROOM, _SMALLER):
            # Stepping down happens outside the except block: there the traceback would still
            # hold the arrays that must go.
            try:
                return self._paint(job, decoded, key, scale), scale
            except (RuntimeError, MemoryError, cv2.error) as error:
                if not is_out_of_memory(error):
                    raise
                if job.size is not None and tell is _SMALLER:
                    raise MotionStudioError(*NO_MEMORY) from None
            self._device.make_room()
            job.call.tell(tell)
        return self._paint(job, decoded, key, Scale.HALF), Scale.HALF

    def _paint(self, job: _Job, decoded: Decoded, key: FrameKey, scale: Scale) -> Painted:
        request = job.request
        if scale is Scale.HALF:
            return self._painter.preview(
                decoded, request.source, request.transform, request.rendering
            )
        start = self._clock()
        painted = self._painter.paint(
            decoded,
            request.source,
            request.transform,
            size=job.size,
            fields=request.fields,
            inverse=job.inverse,
            rendering=request.rendering,
        )
        if job.size is None:
            height, width = request.transform.frame_size
            self.pace.saw_paint((self._clock() - start) * 1e3, height * width)
            self._gallery.put(key, painted)
        return painted


def _check(request: DecodeRequest) -> None:
    count = len(request.motion.mean)
    first = START if request.motion.rows is RowKind.PAIR else 0
    outside = [frame for frame in request.frames if not first <= frame < count]
    if outside:
        raise ValueError(f"DecodeRequest: expected frames in [0, {count}), got {outside}")
    size = request.source.frame.shape[:2]
    if size != request.transform.frame_size:
        raise ValueError(
            f"DecodeRequest: expected a source of {request.transform.frame_size} pixels, got {size}"
        )


def _singles(decoded: Decoded) -> list[Decoded]:
    """The rows of ``decoded``, each with a first axis of 1 and memory of its own."""
    parts = (decoded.frames, decoded.displacement, decoded.inverse)
    count = next(len(part) for part in parts if part is not None)
    singles: list[Decoded] = []
    for row in range(count):
        frames, u, back = (None if part is None else part[row : row + 1].copy() for part in parts)
        overlays = {n: part[row : row + 1].copy() for n, part in decoded.overlays.items()}
        singles.append(Decoded(frames, u, back, overlays))
    return singles


def _nbytes(decoded: Decoded) -> int:
    parts = (decoded.frames, decoded.displacement, decoded.inverse)
    held = [*(part for part in parts if part is not None), *decoded.overlays.values()]
    return sum(part.nbytes for part in held)
