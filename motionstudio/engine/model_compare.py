"""Answers ``ModelsRequest``: one clip under several models, and under fillers without a model."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.between_pictures import blend, flow_between
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.metrics import rmse_each
from motionstudio.core.motion import Float, RowKind
from motionstudio.engine.call import Call
from motionstudio.engine.model_requests import BLEND, ModelShown, ModelsRequest
from motionstudio.engine.motions import MotionMaker
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.requests import EncodeRequest, ThumbnailRequest
from motionstudio.engine.thumbnails import ThumbnailMaker
from motionstudio.models.base import Unsupported

Images = NDArray[np.uint8]


class ModelComparer:
    """Shows a clip as each of several models makes it.

    Args:
        motions: encodes.
        thumbnails: decodes.
        prepared: the true frames.
    """

    def __init__(
        self, motions: MotionMaker, thumbnails: ThumbnailMaker, prepared: Preparation
    ) -> None:
        self._motions, self._thumbnails, self._prepared = motions, thumbnails, prepared

    def compare(self, request: ModelsRequest, call: Call) -> Iterator[ModelShown]:
        """One answer for each model and rival; a model that cannot do it says so.

        Raises:
            Cancelled: the call was cancelled between two pictures.
        """
        for encoding in request.encodings:
            call.check()
            try:
                yield self._by_model(request, encoding, call)
            except MotionStudioError as error:
                yield _failed(call, encoding.model, f"{error.message} {error.hint}".strip())
            except Unsupported:
                yield _failed(call, encoding.model, f"{encoding.model} cannot encode clips.")
        for rival in request.rivals:
            yield self._by_rival(request, rival, call)

    def _by_model(self, request: ModelsRequest, encoding: EncodeRequest, call: Call) -> ModelShown:
        motion = self._motions.encode(encoding, call)
        if motion.rows is not RowKind.FRAME:
            raise MotionStudioError(f"The rows of {encoding.model} are no frames.")
        small = ThumbnailRequest(
            lane=request.lane,
            subject=request.subject,
            revision=request.revision,
            model=encoding.model,
            rows=motion.mean,
            source=request.source,
            transform=encoding.transform,
            side=max(request.shown.model_size),
            model_hash=motion.model_hash,
            state=motion.state,
        )
        made = [picture for _, picture in self._thumbnails.pictures(small, call)]
        truth = self._truth(request, encoding, made[0].shape[-1], call)
        pictures = np.stack([_fitted(picture, truth.shape[1:3]) for picture in made])
        return _shown(call, encoding.model, pictures, truth, motion.mean)

    def _by_rival(self, request: ModelsRequest, rival: str, call: Call) -> ModelShown:
        encoding = request.encodings[0]
        truth = self._truth(request, encoding, request.source.frame.shape[-1], call)
        kept, times = np.flatnonzero(encoding.kept), encoding.clip.times
        pictures = truth.copy()
        fill = blend if rival == BLEND else flow_between
        for index in np.flatnonzero(~encoding.kept):
            call.check()
            place = int(np.searchsorted(kept, index))
            before, after = kept[max(0, place - 1)], kept[min(place, len(kept) - 1)]
            apart = times[after] - times[before]
            share = float((times[index] - times[before]) / apart) if apart > 0 else 0.0
            between = fill(_planes(truth[before]), _planes(truth[after]), share)
            pictures[index] = np.rint(np.moveaxis(between, 0, -1).clip(0, 1) * 255)
        return _shown(call, rival, pictures, truth, None)

    def _truth(
        self, request: ModelsRequest, encoding: EncodeRequest, channels: int, call: Call
    ) -> Images:
        frames = self._prepared.clip(
            encoding.clip_key, encoding.clip, request.shown, channels, call.check
        )
        y, x, height, width = request.shown.content
        part = np.moveaxis(frames, 1, -1)[:, y : y + height, x : x + width]
        return np.asarray(np.rint(part * 255), np.uint8)


def _shown(
    call: Call, name: str, pictures: Images, truth: Images, rows: Float | None
) -> ModelShown:
    errors = rmse_each(pictures, truth) / np.float32(255)
    return ModelShown(
        ticket=call.ticket, name=name, pictures=pictures, truth=truth, errors=errors, rows=rows
    )


def _failed(call: Call, name: str, why: str) -> ModelShown:
    none = np.zeros((0, 1, 1, 1), np.uint8)
    return ModelShown(
        ticket=call.ticket, name=name, pictures=none, truth=none,
        errors=np.zeros(0, np.float32), failure=why,
    )  # fmt: skip


def _fitted(picture: Images, size: tuple[int, ...]) -> Images:
    height, width = size
    if picture.shape[:2] == (height, width):
        return picture
    resized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized.reshape(height, width, picture.shape[2]), np.uint8)


def _planes(picture: Images) -> Float:
    planes = np.moveaxis(picture, -1, 0).astype(np.float32)
    return np.asarray(planes / np.float32(255), np.float32)
