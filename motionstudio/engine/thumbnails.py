"""Small pictures of any latent rows on a subject: for strips, grids and hovering."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.warp import warp
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.call import Call
from motionstudio.engine.checks import check_draws, check_motion
from motionstudio.engine.device import Device
from motionstudio.engine.drawing_requests import CanvasesRequest
from motionstudio.engine.keys import row_key
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.requests import ThumbnailRequest
from motionstudio.models.base import MotionModel

Image = NDArray[np.uint8]
_Key = tuple[str, str, object, str, int]


class ThumbnailMaker:
    """Decodes latent rows that need not belong to any motion, at the model's own size.

    Args:
        device: runs the model calls.
        prepared: sources as the models see them.
        limit: bytes of small pictures kept.
    """

    def __init__(self, device: Device, prepared: Preparation, *, limit: int) -> None:
        self._device = device
        self._prepared = prepared
        self._made: ByteCache[_Key, Image] = ByteCache(limit)

    def clear(self) -> None:
        """Forget the small pictures."""
        self._made.clear()

    def pictures(self, request: ThumbnailRequest, call: Call) -> Iterator[tuple[int, Image]]:
        """Index of a row and its (h, w, C) uint8 picture, in the order of the rows.

        Raises:
            Cancelled: the call was cancelled between two pictures.
            MotionStudioError: the rows do not belong to the model.
        """
        model = self._device.model(request.model, call.tell)
        motion = _as_motion(request)
        check_draws(model.card)
        check_motion(motion, model.card)
        source = self._prepared.source(request.source, request.transform, model.card.channels)
        ahead: dict[int, Image] = {}
        for index in _wanted(request):
            call.check()
            key = self._key(request, motion, index)
            picture = self._made.get(key)
            if picture is None and index not in ahead:
                ahead = self._decode(request, motion, model, source, index, call)
            if picture is None:
                picture = ahead.pop(index)
                self._made.put(key, picture, picture.nbytes)
            yield index, picture

    def _decode(
        self,
        request: ThumbnailRequest,
        motion: Motion,
        model: MotionModel,
        source: Float,
        first: int,
        call: Call,
    ) -> dict[int, Image]:
        wanted = [index for index in _wanted(request) if index >= first]
        decoded = self._device.run(
            lambda count: model.decode(motion, source, tuple(wanted[:count])), call.tell
        )
        parts = decoded.frames if decoded.frames is not None else decoded.displacement
        count = 0 if parts is None else len(parts)
        return {
            wanted[place]: _small(_picture(decoded, place, source), request)
            for place in range(count)
        }

    def _key(self, request: ThumbnailRequest, motion: Motion, index: int) -> _Key:
        model = motion.model_hash or motion.model
        values = row_key(motion, index)
        return model, request.source.key, request.transform, values, request.side


def _wanted(request: ThumbnailRequest) -> range:
    """Indices of the rows whose pictures are asked for."""
    every = request.every if isinstance(request, CanvasesRequest) else 1
    return range(every - 1, len(request.rows), every)


def _as_motion(request: ThumbnailRequest) -> Motion:
    count = len(request.rows)
    times = np.arange(count, dtype=np.float64)
    return Motion(
        mean=request.rows,
        std=None,
        kept=np.ones(count, np.bool_),
        times=times,
        rows=RowKind.GLIMPSE if isinstance(request, CanvasesRequest) else request.kind,
        row_times=np.stack([times, times], axis=1),
        filled=np.zeros(count, np.bool_),
        model=request.model,
        model_hash=request.model_hash,
        state=request.state,
    )


def _picture(decoded: Decoded, place: int, source: Float) -> Float:
    """(S, S, C) at the model's size."""
    if decoded.frames is not None:
        return np.asarray(np.moveaxis(decoded.frames[place], 0, -1))
    if decoded.displacement is None:
        raise ValueError("decode: expected a displacement or frames, got neither")
    shown = np.ascontiguousarray(np.moveaxis(source, 0, -1))
    return np.asarray(warp(shown, decoded.displacement[place]))


def _small(picture: Float, request: ThumbnailRequest) -> Image:
    """Without the padding around the subject, its longer side at most ``request.side``."""
    y, x, height, width = request.transform.content
    part = picture[y : y + height, x : x + width]
    factor = min(1.0, request.side / max(part.shape[:2]))
    if factor < 1.0:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        resized = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
        part = np.asarray(resized.reshape(size[1], size[0], part.shape[2]), np.float32)
    return np.asarray(np.rint(part.clip(0, 1) * 255), np.uint8)
