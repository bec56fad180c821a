"""Asks models that compose motion where a motion is found again, and what its laws are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.motion_windows import (
    Links,
    Span,
    best_apart,
    chain,
    links_of,
    recompositions,
    walk,
    windows,
)
from motionstudio.core.picture import as_shown
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.call import Call
from motionstudio.engine.device import Device
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.responses import Progress
from motionstudio.engine.search_requests import (
    Found,
    Laws,
    LawsRequest,
    Match,
    Phrase,
    Searched,
    SearchRequest,
)
from motionstudio.models.recomposer import Recomposer

_TEMPOS = (1.0, 0.7, 1.4)
_SHOWN = 24
_MOST_WINDOWS = 96
_KEPT = 32 * 2**20


class SearchMaker:
    """Answers ``SearchRequest`` and ``LawsRequest``.

    Args:
        device: runs the model calls.
        prepared: clips as the models see them.
    """

    def __init__(self, device: Device, prepared: Preparation) -> None:
        self._device, self._prepared = device, prepared
        self._known: ByteCache[object, Float] = ByteCache(_KEPT)

    def clear(self) -> None:
        """Forget what windows became."""
        self._known.clear()

    def search(self, request: SearchRequest, call: Call) -> Found:
        """The windows of the pool that are most like the phrase.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model does not compose motion.
        """
        wanted = self._phrase(request, request.phrase, call)
        length = sum(len(span) for span in request.phrase.spans)
        places: list[tuple[int, Span]] = []
        scores: list[Float] = []
        for number, one in enumerate(request.pool):
            words = f"looking into {one.clip.name}"
            call.emit(Progress(ticket=call.ticket, fraction=number / len(request.pool), text=words))
            spans = self._spans(request.phrase, one, length)
            if spans:
                found = self._embedded(request, one, tuple(chain(span) for span in spans), call)
                scores.append(found @ wanted)
                places.extend((number, span) for span in spans)
        if not places:
            return Found(ticket=call.ticket, matches=(), windows=0)
        together = np.concatenate(scores)
        best = best_apart(together, places, request.count)
        matches = tuple(
            self._match(request, places[index], float(together[index]), call) for index in best
        )
        return Found(ticket=call.ticket, matches=matches, windows=len(places))

    def laws(self, request: LawsRequest, call: Call) -> Laws:
        """How well a span keeps the laws of composition, and which windows are alike.

        Raises:
            Cancelled: the call was cancelled.
            MotionStudioError: the model does not compose motion.
        """
        span, count = request.span, len(request.of.clip)
        there = walk(span)
        chains = (
            links_of(there),
            links_of(there[::-1]),
            links_of(there + there[-2::-1]),
            *recompositions(span, request.count, request.seed),
        )
        found = self._embedded(request, request.of, chains, call)
        plain, back, home, others = found[0], found[1], found[2], found[3:]
        apart = 1 - others @ plain
        step = max(1, -(-(count - request.length + 1) // _MOST_WINDOWS))
        spans = windows(count, min(request.length, count), step)
        rows = self._embedded(request, request.of, tuple(chain(one) for one in spans), call)
        return Laws(
            ticket=call.ticket,
            spread=(float(apart.mean()), float(apart.max())),
            home=float(1 - home @ self._model(request, call).identity),
            reverse=float(1 - back @ plain),
            spans=spans,
            likeness=(rows @ rows.T).astype(np.float32),
        )

    def _phrase(self, request: SearchRequest, phrase: Phrase, call: Call) -> Float:
        parts = [chain(span, backward=phrase.backward) for span in phrase.spans]
        if phrase.backward:
            parts = parts[::-1]
        links = tuple(link for part in parts for link in part)
        wanted: Float = self._embedded(request, phrase.of, (links,), call)[0]
        return wanted

    def _spans(self, phrase: Phrase, one: Searched, length: int) -> tuple[Span, ...]:
        """Windows of several tempos, those left out that the phrase itself covers."""
        count, found = len(one.clip), dict[Span, None]()
        for tempo in _TEMPOS:
            frames = max(2, round(length * tempo))
            if frames <= max(count, length):
                found.update(dict.fromkeys(windows(count, frames, max(1, frames // 6))))
        if one.id != phrase.of.id:
            return tuple(found)
        own = phrase.spans
        return tuple(s for s in found if not any(s.overlaps(each) >= 0.5 for each in own))

    def _embedded(
        self,
        request: SearchRequest | LawsRequest,
        one: Searched,
        chains: tuple[Links, ...],
        call: Call,
    ) -> Float:
        """(n, E) unit vectors of chains over the frames of a clip."""
        key = (request.model, one.clip_key, one.transform, chains)
        known = self._known.get(key)
        if known is not None:
            return known
        model, frames = self._model(request, call), self._frames(request, one, call)
        found: Float = self._device.run(
            lambda _: model.recompose(frames, chains, tick=lambda _: not call.cancelled()),
            call.tell,
            chunked=False,
        )
        self._known.put(key, found, found.nbytes)
        return found

    def _model(self, request: SearchRequest | LawsRequest, call: Call) -> Recomposer:
        model = self._device.model(request.model, call.tell)
        if not isinstance(model, Recomposer):
            raise MotionStudioError(
                f"{model.card.title} does not compose motion.",
                "Choose a model that does, such as motion_search.",
            )
        return model

    def _frames(self, request: SearchRequest | LawsRequest, one: Searched, call: Call) -> Float:
        channels = self._device.model(request.model, call.tell).card.channels
        return self._prepared.clip(one.clip_key, one.clip, one.transform, channels, call.check)

    def _match(
        self, request: SearchRequest, place: tuple[int, Span], score: float, call: Call
    ) -> Match:
        one, span = request.pool[place[0]], place[1]
        frames = np.unique(np.rint(np.linspace(span.start, span.stop, min(_SHOWN, len(span)))))
        pictures = []
        for frame in frames.astype(int).tolist():
            call.check()
            shown = as_shown(np.asarray(one.clip.frames[frame]), one.transform.range)
            pictures.append(_small(shown, request.side))
        return Match(one.id, span, score, np.stack(pictures))


def _small(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    made = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return made.reshape(size[1], size[0], picture.shape[2])
