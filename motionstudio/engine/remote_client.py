"""A remote engine that serves like a local one: sends what is missing, hands out what comes."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.gallery import FrameKey, Gallery, Painted
from motionstudio.engine.remote_link import Link, LinkLost
from motionstudio.engine.remote_models import Identity, models_of
from motionstudio.engine.remote_packing import Packer, Parcel, Read
from motionstudio.engine.remote_source import source_key
from motionstudio.engine.requests import DecodeRequest, Request, Scale
from motionstudio.engine.responses import Done, Failed, FrameReady, ModelReady, Response, Ticket

MEDIA = 2**30
"""Bytes of media that one request may have."""
_TOGETHER = 8 * 2**20
_WAIT = 0.02
"""Seconds that a call waits for answers: so long may what is more urgent have to wait."""
_TRIES = 3
Emit = Callable[[Response], None]


class RemoteEngine:
    """Serves requests by a link.

    Args:
        link: to a ``RemoteServer``.
        gallery: where final pictures go, for whoever looks them up here.
        clock: seconds, for the latency.

    Raises:
        LinkLost: no answer comes, or another version of the program runs there.
    """

    def __init__(
        self, link: Link, gallery: Gallery, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._link, self._gallery, self._clock = link, gallery, clock
        self._packer = Packer(MEDIA)
        self._sent: set[str] = set()
        self._under_way = 0
        self._models: dict[str, Identity] = {}
        said = link.call("hello")
        if said["source"] != source_key():
            raise LinkLost("it runs another version of MotionStudio; update both alike")
        self._device = (str(said["device"]), str(said["reason"]))

    @property
    def device(self) -> tuple[str, str]:
        """Where it computes and why."""
        return self._device

    def latency(self) -> float:
        """Milliseconds of a call that does nothing, there and back.

        Raises:
            LinkLost: no answer comes.
        """
        start = self._clock()
        self._link.call("ping")
        return 1e3 * (self._clock() - start)

    def handle(self, request: Request, emit: Emit, cancelled: Callable[[], bool]) -> None:
        """Answer ``request``; see ``worker.Handler``.

        Raises:
            LinkLost: the other side is gone; answers that came were handed out.
            TooLarge: its media are larger than what is sent; nothing was begun.
        """
        self._under_way += 1
        try:
            self._handle(request, emit, cancelled)
        finally:
            self._under_way -= 1

    @property
    def serving(self) -> bool:
        """Whether a request is under way: a ping would have to wait for its calls."""
        return self._under_way > 0

    def _handle(self, request: Request, emit: Emit, cancelled: Callable[[], bool]) -> None:
        wanted = self._without_known(request, emit)
        if wanted is None:
            return
        try:
            self._bring_models(wanted)
        except MotionStudioError as error:
            failed = Failed(ticket=Ticket.of(request), message=error.message, hint=error.hint)
            emit(failed)
            return
        for response in self._served(wanted, cancelled):
            emit(self._own(wanted, response))

    def close(self) -> None:
        """Let go of the other side."""
        self._link.close()

    def _served(self, request: Request, cancelled: Callable[[], bool]) -> Iterator[Response]:
        packed, ended = self._begin(self._packer.pack(request))
        asked = False
        while True:
            for blob in packed:
                yield _unpacked(blob)
            if ended:
                return
            # Asking also serves what is more urgent, which the other side then puts first.
            if cancelled() and not asked:
                asked = True
                self._link.call("cancel", request.id)
            packed, ended = self._link.call("answers", request.id, _WAIT)

    def _begin(self, parcel: Parcel) -> tuple[list[bytes], bool]:
        new = tuple(key for key in parcel.contents if key not in self._sent)
        if new:
            self._send(self._link.call("lacking", new), parcel.contents)
            self._sent.update(new)
        for _ in range(_TRIES):
            missing, served = self._link.call("ask", parcel.blob, _WAIT)
            if not missing:
                return served[0], served[1]
            # It forgets what was used longest ago.
            self._send(missing, parcel.contents)
        raise LinkLost("it cannot keep the clip in its memory")

    def _send(self, keys: tuple[str, ...], contents: Mapping[str, Read]) -> None:
        together: dict[str, NDArray[Any]] = {}
        for key in keys:
            together[key] = contents[key]()
            if sum(array.nbytes for array in together.values()) >= _TOGETHER:
                self._link.call("take_content", together)
                together = {}
        if together:
            self._link.call("take_content", together)

    def _bring_models(self, request: Request) -> None:
        for name in models_of(request):
            if name in self._models:
                continue
            identity = Identity.of(name)
            if not self._link.call("has_model", name, identity.key):
                self._link.call("take_model", identity.key, identity.files())
            self._models[name] = identity

    def _without_known(self, request: Request, emit: Emit) -> Request | None:
        """Hand out pictures that are at hand here; what is left to ask for, or None."""
        if not isinstance(request, DecodeRequest) or request.scale is Scale.HALF:
            return request
        known = [
            found
            for frame in request.frames
            if (found := self._gallery.lookup(request, frame)) is not None
        ]
        if not known:
            return request
        for ready in known:
            emit(ready)
        there = {ready.frame for ready in known}
        left = tuple(frame for frame in request.frames if frame not in there)
        if left:
            return replace(request, frames=left)
        emit(Done(ticket=Ticket.of(request)))
        return None

    def _own(self, request: Request, response: Response) -> Response:
        """A response as this machine would have made it."""
        if isinstance(response, ModelReady):
            folder = self._models[request.model].folder
            return replace(response, card=response.card.model_copy(update={"path": folder}))
        if isinstance(response, FrameReady) and isinstance(request, DecodeRequest):
            self._keep(request, response)
        return response

    def _keep(self, request: DecodeRequest, ready: FrameReady) -> None:
        if ready.preview or ready.scale is not Scale.FULL:
            return
        key = FrameKey.of(
            request.motion, request.source, request.transform, ready.frame, request.rendering
        )
        painted = Painted(ready.picture, ready.displacement, ready.inverse, ready.overlays)
        self._gallery.put(key, painted)


def _unpacked(blob: bytes) -> Response:
    try:
        answer = pickle.loads(blob)
    except Exception as error:
        raise LinkLost("its answer is damaged") from error
    if not isinstance(answer, Response):
        raise LinkLost("its answer is damaged")
    return answer
