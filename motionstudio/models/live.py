"""What a live driver may ask of a model beside the common protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import torch

from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.motion import Float
from motionstudio.models.base import MotionModel, Tick, always


@runtime_checkable
class KeypointModel(MotionModel, Protocol):
    """A model that tells where a picture is, each picture by itself."""

    def keypoints(self, frames: Float, *, tick: Tick = always) -> KeypointTrack:
        """Keypoints of (n, C, S, S) pictures, each found alone."""


@runtime_checkable
class StagedModel(Protocol):
    """A model that knows how long the parts of its last picture took."""

    @property
    def stages(self) -> Mapping[str, float]:
        """Milliseconds by name of the part, e.g. ``motion`` and ``generator``."""


class Stages:
    """A stop watch for the parts of one picture; on a GPU it waits for each part to be done.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._spent: dict[str, float] = {}

    @property
    def spent(self) -> Mapping[str, float]:
        """Milliseconds by name, of the last time that each part was done."""
        return dict(self._spent)

    @contextmanager
    def part(self, name: str, device: torch.device) -> Iterator[None]:
        """Time a block."""
        start = self._clock()
        yield
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        self._spent[name] = 1000 * (self._clock() - start)
