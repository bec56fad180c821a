"""Live pictures: a camera or a looping clip, of which only the newest picture matters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import as_shown, convert_channels, intensity_range

Image = NDArray[np.uint8]
Open = Callable[[], "Capture"]
Wait = Callable[[float], None]
LONGEST = 960
"""Pixels of the longer side that live pictures have at most."""
_LONG = 60.0


class Capture(Protocol):
    """A source of live pictures, read in one thread; ``stop`` may come from another."""

    @property
    def position(self) -> int | None:
        """Frame of the picture that was read last, where there is such a thing."""

    @property
    def spent(self) -> float:
        """Milliseconds that the picture read last took once it was there: unpacking, colours."""

    def read(self) -> Image | None:
        """Wait for the next picture: (H, W, 3) uint8 RGB, or None when nothing more will come."""

    def stop(self) -> None:
        """Let a ``read`` that waits come back soon."""

    def close(self) -> None:
        """Give the device back; called in the thread that reads."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """A picture with the time at which it came.

    Attributes:
        picture: (H, W, 3) uint8.
        time: seconds of the clock.
        number: counted from 0.
        position: frame of the clip that it is, or None.
        spent: milliseconds from its being there to its being here.
    """

    picture: Image
    time: float
    number: int
    position: int | None = None
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Framing:
    """The square part of a live picture that is used.

    Attributes:
        mirror: left and right swapped, as in a mirror.
        zoom: 1 for the largest square, 2 for half of its side.
        pan: (x, y) in [-1, 1] of the picture as shown: the square moved to a border.
    """

    mirror: bool = False
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.zoom < 1 or max(abs(self.pan[0]), abs(self.pan[1])) > 1:
            raise ValueError(
                f"Framing: expected zoom >= 1 and pan in [-1, 1], got {self.zoom} and {self.pan}"
            )

    def box(self, height: int, width: int) -> tuple[int, int, int]:
        """(y, x, side) of the square in a picture as shown, mirrored where it is."""
        side = max(1, round(min(height, width) / self.zoom))
        x = round((width - side) * (1 + self.pan[0]) / 2)
        y = round((height - side) * (1 + self.pan[1]) / 2)
        return y, x, side

    def apply(self, picture: Image) -> Image:
        """(S, S, 3): the square."""
        height, width = picture.shape[:2]
        y, x, side = self.box(height, width)
        if self.mirror:
            x = width - x - side
        square = picture[y : y + side, x : x + side]
        return np.ascontiguousarray(square[:, ::-1] if self.mirror else square)


class ClipCapture:
    """A clip played as if it were a camera, at its own rate, again from the start at its end.

    Args:
        clip: any; its intensities are shown through one range.
        clock: seconds.
        wait: waits for seconds at most; None: until then, or until something changes.
    """

    def __init__(
        self,
        clip: Clip,
        *,
        clock: Callable[[], float] = time.perf_counter,
        wait: Wait | None = None,
    ) -> None:
        self._clip, self._clock = clip, clock
        self._changed = threading.Condition()
        self._wait = wait or self._wait_for_change
        # Pictures of 8 bits are shown as they are: nothing need be read to know how.
        plain = clip.frames.dtype == np.uint8
        self._range = (0.0, 255.0) if plain else intensity_range(clip)
        self._start: float | None = None
        self._next, self._frame = 0, 0
        self._paused = self._stopped = self._sought = False
        self._spent = 0.0

    def __len__(self) -> int:
        return len(self._clip)

    @property
    def position(self) -> int | None:
        """Frame that was read last."""
        return self._frame

    @property
    def spent(self) -> float:
        """Milliseconds that reading the last frame took."""
        return self._spent

    def pause(self, on: bool) -> None:
        """Stay at a frame, or go on from there."""
        with self._changed:
            self._paused, self._start = on, None
            self._changed.notify_all()

    def seek(self, frame: int) -> None:
        """Go on from another frame; a paused clip shows it."""
        with self._changed:
            self._next = min(max(frame, 0), len(self._clip) - 1)
            self._sought, self._start = True, None
            self._changed.notify_all()

    def stop(self) -> None:
        """End: ``read`` gives None from now on."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def read(self) -> Image | None:
        """The frame whose time has come next; None after ``stop``."""
        with self._changed:
            while (delay := self._delay()) > 0 and not self._stopped:
                self._wait(delay)
            if self._stopped:
                return None
            if self._start is None:
                self._start = self._clock() - float(self._clip.times[self._next])
            self._frame, self._sought = self._next, False
            self._next = (self._next + 1) % len(self._clip)
            if self._next == 0:
                self._start += self._period
            frame = self._frame
        start = self._clock()
        picture = as_shown(np.asarray(self._clip.frames[frame]), self._range)
        colour = np.ascontiguousarray(convert_channels(picture, 3))
        self._spent = 1000 * (self._clock() - start)
        return colour

    def close(self) -> None:
        """Nothing to give back."""

    def _delay(self) -> float:
        """Seconds until the next frame is due."""
        if self._sought:
            return 0.0
        if self._paused:
            return _LONG
        if self._start is None:
            return 0.0
        delay = self._start + float(self._clip.times[self._next]) - self._clock()
        if delay < -self._period:
            # Far behind, as after a sleep of the machine: go on from here, do not race.
            self._start = None
            return 0.0
        return delay

    @property
    def _period(self) -> float:
        return float(self._clip.times[-1]) + 1 / self._clip.fps

    def _wait_for_change(self, seconds: float) -> None:
        self._changed.wait(seconds)


class NewestFrame:
    """Reads a capture in a thread of its own and keeps only the newest picture.

    However slowly pictures are taken out, none is older than the capture's latest.

    Args:
        make: opens the capture, in that thread; it is closed when the reader stops.
        clock: seconds.
        tell: called in that thread whenever there is something new to take, or the end; quick.
        before: a reader whose device this one needs: it is waited for first.
    """

    def __init__(
        self,
        make: Open,
        clock: Callable[[], float] = time.perf_counter,
        tell: Callable[[], None] = lambda: None,
        before: NewestFrame | None = None,
    ) -> None:
        self._make, self._clock, self._tell, self._before = make, clock, tell, before
        self._changed = threading.Condition()
        self._capture: Capture | None = None
        self._frame: LiveFrame | None = None
        self._count = 0
        self._ended = False
        self._problem: MotionStudioError | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def take(self, timeout: float = 0.0) -> LiveFrame | None:
        """The newest picture that was not taken yet, waited for up to ``timeout`` seconds.

        None: nothing new came in time, or the capture has ended.

        Raises:
            MotionStudioError: the capture failed; said once all that came was taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._ended, timeout)
            frame, self._frame = self._frame, None
            if frame is None and self._problem is not None:
                raise self._problem
            return frame

    @property
    def capture(self) -> Capture | None:
        """What is read, once it is open."""
        with self._changed:
            return self._capture

    @property
    def newest(self) -> int:
        """Number of the newest picture, taken or not; -1 before the first."""
        with self._changed:
            return self._count - 1

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        with self._changed:
            return self._ended and self._frame is None

    def stop(self) -> None:
        """Read no more; the thread gives the device back by itself, nobody waits for that."""
        with self._changed:
            self._ended = True
            capture = self._capture
            self._changed.notify_all()
        if capture is not None:
            capture.stop()

    def close(self, seconds: float = 5.0) -> bool:
        """Stop, and wait for the thread; tells whether it has ended."""
        self.stop()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self._before is not None:
                self._before.close()
                self._before = None
            self._read(self._make())
        except MotionStudioError as error:
            self._problem = error
        except OSError as error:
            self._problem = MotionStudioError(f"The driver cannot be read: {error}.")
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
            self._tell()

    def _read(self, capture: Capture) -> None:
        try:
            with self._changed:
                self._capture = capture
            while not self._stopped():
                picture = capture.read()
                if picture is None or not self._put(bounded(picture), capture):
                    break
        finally:
            capture.close()

    def _stopped(self) -> bool:
        with self._changed:
            return self._ended

    def _put(self, picture: Image, capture: Capture) -> bool:
        with self._changed:
            if self._ended:
                return False
            self._frame = LiveFrame(
                picture, self._clock(), self._count, capture.position, capture.spent
            )
            self._count += 1
            self._changed.notify_all()
        self._tell()
        return True


def bounded(picture: Image, longest: int = LONGEST) -> Image:
    """A picture of which no side is longer than ``longest``, for windows that must keep up."""
    height, width = picture.shape[:2]
    if max(height, width) <= longest:
        return picture
    scale = longest / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
