"""Live pictures: a camera or a looping video, of which only the newest one matters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.registry import read_clip

Image = NDArray[np.uint8]


class Capture(Protocol):
    """A source of live pictures; ``read`` waits for the next one."""

    def read(self) -> Image | None:
        """(H, W, 3) uint8 RGB, or None when nothing more will come."""

    def close(self) -> None:
        """Give the device back."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """A picture with the time at which it came.

    Attributes:
        picture: (H, W, 3) uint8. ``time``: seconds of the clock. ``number``: counted from 0.
    """

    picture: Image
    time: float
    number: int


@dataclass(frozen=True, slots=True)
class Framing:
    """The square part of a live picture that is used.

    Attributes:
        mirror: left and right swapped, as in a mirror.
        zoom: 1 for the largest square, 2 for half of its side.
        pan: (x, y) in [-1, 1]: the square moved to the border that there is.
    """

    mirror: bool = False
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.zoom < 1 or max(abs(self.pan[0]), abs(self.pan[1])) > 1:
            raise ValueError(
                f"Framing: expected zoom >= 1 and pan in [-1, 1], got {self.zoom} and {self.pan}"
            )

    def apply(self, picture: Image) -> Image:
        """(S, S, 3): the square."""
        height, width = picture.shape[:2]
        side = max(1, round(min(height, width) / self.zoom))
        x = round((width - side) * (1 + self.pan[0]) / 2)
        y = round((height - side) * (1 + self.pan[1]) / 2)
        square = picture[y : y + side, x : x + side]
        return np.ascontiguousarray(square[:, ::-1] if self.mirror else square)


class Camera:
    """A camera by its number.

    Args:
        index: as ``list_cameras`` gives it.

    Raises:
        MotionStudioError: there is none, or another program holds it.
    """

    def __init__(self, index: int) -> None:
        import cv2

        self._device = cv2.VideoCapture(index)
        if not self._device.isOpened():
            self._device.release()
            raise MotionStudioError(
                f"Camera {index} cannot be opened.",
                "Connect it, close other programs that use it, or allow access to it.",
            )

    def read(self) -> Image | None:
        """The next picture of the camera."""
        import cv2

        worked, picture = self._device.read()
        if not worked:
            return None
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        """Release the camera."""
        self._device.release()


class ClipCapture:
    """A clip played as if it were a camera, at its own rate, again from the start at its end.

    Args:
        path: of the clip.
        sleep: waits for seconds; the clip is not faster than its times.
        clock: seconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clip = read_clip(path)
        self._sleep, self._clock = sleep, clock
        self._start: float | None = None
        self._next = 0

    def read(self) -> Image | None:
        """The frame whose time has come next."""
        clip, now = self._clip, self._clock()
        if self._start is None:
            self._start = now
        laps, frame = divmod(self._next, len(clip))
        period = float(clip.times[-1]) + 1 / clip.fps
        wait = self._start + laps * period + float(clip.times[frame]) - now
        if wait > 0:
            self._sleep(wait)
        self._next += 1
        picture = np.asarray(clip.frames[frame])
        if picture.dtype != np.uint8:
            low, high = float(picture.min()), float(picture.max())
            picture = np.rint((picture - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
        return np.repeat(picture, 3, 2) if picture.shape[2] == 1 else picture

    def close(self) -> None:
        """Nothing to give back."""


class NewestFrame:
    """Reads a capture in a thread of its own and keeps only the newest picture.

    However slowly pictures are taken out, none is older than the capture's latest.

    Args:
        capture: closed when the reader stops.
        clock: seconds.
    """

    def __init__(self, capture: Capture, clock: Callable[[], float] = time.monotonic) -> None:
        self._capture, self._clock = capture, clock
        self._changed = threading.Condition()
        self._frame: LiveFrame | None = None
        self._count = 0
        self._ended = False
        self._problem: MotionStudioError | None = None
        self._thread = threading.Thread(target=self._read, name="capture", daemon=True)
        self._thread.start()

    def take(self, timeout: float = 1.0) -> LiveFrame | None:
        """The newest picture that was not taken yet, waited for up to ``timeout`` seconds.

        None: nothing new came in time, or the capture has ended.

        Raises:
            MotionStudioError: the capture failed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._ended, timeout)
            if self._problem is not None:
                raise self._problem
            frame, self._frame = self._frame, None
            return frame

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        with self._changed:
            return self._ended and self._frame is None

    def close(self) -> None:
        """Stop reading and give the device back; waits for the thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def _read(self) -> None:
        try:
            while not self._stopped():
                picture = self._capture.read()
                if picture is None or not self._put(picture):
                    break
        except MotionStudioError as error:
            self._problem = error
        finally:
            self._capture.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _stopped(self) -> bool:
        with self._changed:
            return self._ended

    def _put(self, picture: Image) -> bool:
        with self._changed:
            if self._ended:
                return False
            self._frame = LiveFrame(picture, self._clock(), self._count)
            self._count += 1
            self._changed.notify_all()
            return True


def list_cameras(limit: int = 4) -> list[int]:
    """Numbers of the cameras that answer, below ``limit``; each is opened for a moment."""
    found = []
    for index in range(limit):
        try:
            Camera(index).close()
        except MotionStudioError:
            continue
        found.append(index)
    return found
