"""Stand-ins of a live window: a model with keypoints, a camera that a test winds by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.motion import Float
from motionstudio.engine.requests import Request
from motionstudio.engine.responses import Response
from motionstudio.models.base import Capability, Tick, always
from tests.gui.small_model import SmallModel, small_card

LIVE = (
    Capability.ENCODE | Capability.DECODE | Capability.EDIT | Capability.DISPLACEMENT
    | Capability.INBETWEEN | Capability.FRAMEWISE
)  # fmt: skip
_CORNERS = 0.5 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)


class LiveModel(SmallModel):
    """Four keypoints about the brightest part of a picture; its rows are their places."""

    def __init__(self, name: str, channels: int) -> None:
        super().__init__(small_card(name, channels, LIVE))
        self.seen = 0

    def keypoints(self, frames: Float, *, tick: Tick = always) -> KeypointTrack:
        """(n, 4, 2): corners about the centre of what is bright."""
        self.seen += len(frames)
        side = frames.shape[-1]
        axis = (np.arange(side) / (side - 1) * 2 - 1).astype(np.float32)
        weight = frames.mean(1) ** 4 + 1e-6
        total = weight.sum((1, 2))
        x = (weight.sum(1) @ axis) / total
        y = (weight.sum(2) @ axis) / total
        centre = np.stack([x, y], -1)[:, np.newaxis]
        return KeypointTrack((centre + _CORNERS).astype(np.float32))


class WoundCamera:
    """A camera that gives a picture whenever the test winds it."""

    position = None
    spent = 1.0

    def __init__(self) -> None:
        self._next = threading.Semaphore(0)
        self._places: list[int] = []
        self._problem: MotionStudioError | None = None
        self._stopped = False
        self.closed = threading.Event()

    def wind(self, *places: int) -> None:
        """Give pictures of a bright square at these columns."""
        self._places += places
        self._next.release(len(places))

    def unplug(self) -> None:
        """Give no more."""
        self._problem = MotionStudioError("The camera gives no more pictures.", "Plug it in.")
        self._next.release()

    def read(self) -> np.ndarray | None:
        self._next.acquire()
        if self._stopped:
            return None
        if not self._places and self._problem is not None:
            raise self._problem
        return picture(self._places.pop(0))

    def stop(self) -> None:
        self._stopped = True
        self._next.release()

    def close(self) -> None:
        self.closed.set()


def picture(place: int) -> np.ndarray:
    """(48, 64, 3) uint8: a bright square at a column."""
    found = np.full((48, 64, 3), 20, np.uint8)
    found[16:32, place : place + 16] = 250
    return found


class HandEngine(QObject):
    """An engine whose answers a test gives; it remembers what waits."""

    responseReady = Signal(object)

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        super().__init__()
        self._answer = answer
        self.waiting: list[Request] = []
        self.posted: list[Request] = []

    def post(self, request: Request) -> None:
        self.posted.append(request)
        self.waiting.append(request)

    def start(self) -> None:
        """Nothing to start."""

    def shutdown(self, ms: int = 0) -> bool:
        """Nothing runs."""
        return True

    def serve(self, response: Any = None) -> Request:
        """Answer what waits longest, by ``response`` where one is given."""
        request = self.waiting.pop(0)
        self.responseReady.emit(response(request) if response else self._answer(request))
        return request
