"""Several drawn motions at once, each with small pictures to choose by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from motionstudio.core.motion import RowKind
from motionstudio.engine.call import Call
from motionstudio.engine.fit_requests import VariationsRequest
from motionstudio.engine.fit_responses import VariationReady
from motionstudio.engine.motions import MotionMaker
from motionstudio.engine.requests import SampleRequest, ThumbnailRequest
from motionstudio.engine.thumbnails import ThumbnailMaker


class VariationMaker:
    """Answers ``VariationsRequest``.

    Args:
        motions: draws.
        thumbnails: makes small pictures.
    """

    def __init__(self, motions: MotionMaker, thumbnails: ThumbnailMaker) -> None:
        self._motions = motions
        self._thumbnails = thumbnails

    def variations(self, request: VariationsRequest, call: Call) -> Iterator[VariationReady]:
        """The variations one by one, in the order of the request.

        Raises:
            Cancelled: the call was cancelled between two pictures.
            Unsupported: the model cannot draw motions.
        """
        for place, draws in enumerate(request.draws):
            call.check()
            motion = self._motions.sample(_sample(request, place), call)
            rows = _evenly(len(motion.mean), request.frames)
            # What steps make depends on all steps before: none of them may be left out.
            alone = motion.rows is RowKind.FRAME
            small = ThumbnailRequest(
                lane=request.lane,
                subject=request.subject,
                revision=request.revision,
                model=request.model,
                rows=motion.mean[rows] if alone else motion.mean,
                source=request.source,
                transform=request.transform,
                side=request.side,
                model_hash=motion.model_hash,
                state=motion.state,
                kind=motion.rows,
            )
            pictures = [picture for _, picture in self._thumbnails.pictures(small, call)]
            if not alone:
                pictures = [pictures[row] for row in rows]
            yield VariationReady(
                ticket=call.ticket,
                place=place,
                draws=draws,
                motion=motion,
                pictures=np.stack(pictures),
            )


def _sample(request: VariationsRequest, place: int) -> SampleRequest:
    first, *later = request.draws[place]
    return SampleRequest(
        lane=request.lane,
        subject=request.subject,
        revision=request.revision,
        model=request.model,
        source=request.source,
        transform=request.transform,
        times=request.times,
        seed=first.seed,
        temperature=first.temperature,
        mode=first.mode,
        varied=tuple(later),
        reference=request.reference,
        cyclic=request.cyclic,
        period=request.period,
    )


def _evenly(count: int, most: int) -> list[int]:
    """At most ``most`` indices of ``count``, evenly spread, so that a cycle still closes."""
    stride = max(1, int(np.ceil(count / max(1, most))))
    return list(range(0, count, stride))
