"""A remote engine inside the process: a link that counts and can be cut, frames and questions."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.picture import Transform
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.keys import content_key
from motionstudio.engine.remote_choice import RemoteKeeper, SwitchingHandler
from motionstudio.engine.remote_link import LinkLost, Reach, RemoteState
from motionstudio.engine.remote_server import RemoteServer
from motionstudio.engine.requests import DecodeRequest, EncodeRequest, Lane, Picture, Request
from motionstudio.engine.responses import Response
from tests.models import tiny

COUNT, SIDE = 5, 200


class Wire:
    """A link inside the process that counts what passes; it can be cut."""

    def __init__(self, server: RemoteServer) -> None:
        self.server = server
        self.calls: list[str] = []
        self.sent: list[int] = []
        self.models = 0
        self.cut = ""
        self.closed = False
        self.before: Callable[[str], None] = lambda _method: None

    def call(self, method: str, *values: Any) -> Any:
        self.before(method)
        if self.cut:
            raise LinkLost(self.cut)
        self.calls.append(method)
        if method == "take_content":
            self.sent += [array.nbytes for array in values[0].values()]
        self.models += method == "take_model"
        arrived = pickle.loads(pickle.dumps(values, protocol=5))
        return pickle.loads(pickle.dumps(getattr(self.server, method)(*arrived), protocol=5))

    def close(self) -> None:
        self.closed = True


class Lazy:
    """Frames that are read from nowhere, counted."""

    def __init__(self, frames: np.ndarray) -> None:
        self._frames = frames
        self.reads = 0

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._frames.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._frames.dtype

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: Any, /) -> np.ndarray:
        self.reads += 1
        return np.asarray(self._frames[index])


FRAMES = np.moveaxis((tiny.pictures(COUNT, size=SIDE) * 240).astype(np.uint8), 1, -1)
FRAMES += np.arange(COUNT, dtype=np.uint8)[:, None, None, None]  # No two are alike.
CLIP = Clip(FRAMES, uniform_times(COUNT, 20.0))
TRANSFORM = Transform.fit((SIDE, SIDE), 32)


def encode(clip: Clip = CLIP, drop: int | None = None) -> EncodeRequest:
    return EncodeRequest(
        subject="s", revision=1, model="fresh", clip_key="clip", clip=clip, transform=TRANSFORM,
        kept=np.arange(COUNT) != (-1 if drop is None else drop),
    )  # fmt: skip


def decode(motion: Any, frames: tuple[int, ...] = (3, 1)) -> DecodeRequest:
    return DecodeRequest(
        lane=Lane.SCRUB, subject="s", revision=1, model="fresh", motion=motion,
        source=Picture(content_key(FRAMES[0]), FRAMES[0]), transform=TRANSFORM, frames=frames,
        inverse=True,
    )  # fmt: skip


def ask(handler: Any, request: Request) -> list[Response]:
    out: list[Response] = []
    handler.handle(request, out.append, lambda: False)
    return out


class Desk:
    """A switching handler whose remote side can be cut and mended."""

    def __init__(self, wire: Callable[[], Wire], local: Any) -> None:
        self.states: list[RemoteState] = []
        self._changed = threading.Condition()
        self.problem = ""
        self.wires: list[Wire] = []
        self._make = wire
        self.keeper = RemoteKeeper(Gallery(), self._dial, self._hear, again=0.01, ping=0.01)
        self.handler = SwitchingHandler(local, self.keeper)

    def _dial(self, _address: str) -> Wire:
        if self.problem:
            raise LinkLost(self.problem)
        self.wires.append(self._make())
        return self.wires[-1]

    def _hear(self, state: RemoteState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait(self, reach: Reach) -> RemoteState:
        with self._changed:
            assert self._changed.wait_for(lambda: self._last.reach is reach, 20)
            return self._last

    @property
    def _last(self) -> RemoteState:
        return self.states[-1] if self.states else RemoteState()
