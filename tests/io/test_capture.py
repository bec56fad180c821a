"""Live pictures: only the newest counts, framing is a square, the end and failures are said."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.capture import Camera, ClipCapture, Framing, NewestFrame


class Scripted:
    """A capture that gives a picture whenever the test lets it."""

    def __init__(self, count: int, problem: MotionStudioError | None = None) -> None:
        self.count, self.problem = count, problem
        self.given = 0
        self.allowed = threading.Semaphore(0)
        self.closed = threading.Event()

    def read(self) -> np.ndarray | None:
        self.allowed.acquire()
        if self.given == self.count:
            if self.problem is not None:
                raise self.problem
            return None
        self.given += 1
        return np.full((4, 6, 3), self.given - 1, np.uint8)

    def close(self) -> None:
        self.closed.set()


def test_only_the_newest_picture_is_given() -> None:
    capture = Scripted(3)
    reader = NewestFrame(capture, clock=lambda: 7.0)
    capture.allowed.release(4)
    assert capture.closed.wait(5)
    frame = reader.take()
    assert frame is not None
    assert (frame.number, frame.time) == (2, 7.0)
    assert int(frame.picture[0, 0, 0]) == 2
    assert reader.take(0) is None
    assert reader.ended
    reader.close()


def test_a_failing_camera_is_reported_to_whoever_waits() -> None:
    capture = Scripted(0, MotionStudioError("The camera was unplugged."))
    reader = NewestFrame(capture)
    capture.allowed.release()
    with pytest.raises(MotionStudioError, match="unplugged"):
        reader.take(5)
    reader.close()
    assert capture.closed.is_set()


def test_closing_gives_the_device_back() -> None:
    capture = Scripted(100)
    reader = NewestFrame(capture)
    capture.allowed.release(2)
    assert reader.take(5) is not None
    capture.allowed.release(50)
    reader.close()
    assert capture.closed.is_set()
    assert not any(t.name == "capture" for t in threading.enumerate())


def test_framing_cuts_a_square_where_it_was_asked_for() -> None:
    picture = np.arange(6 * 10 * 3, dtype=np.uint8).reshape(6, 10, 3)
    np.testing.assert_array_equal(Framing().apply(picture), picture[:, 2:8])
    np.testing.assert_array_equal(Framing(pan=(-1, 0)).apply(picture), picture[:, :6])
    np.testing.assert_array_equal(Framing(pan=(1, 0)).apply(picture), picture[:, 4:])
    np.testing.assert_array_equal(Framing(mirror=True).apply(picture), picture[:, 2:8][:, ::-1])
    assert Framing(zoom=2).apply(picture).shape == (3, 3, 3)
    with pytest.raises(ValueError, match="zoom >= 1"):
        Framing(zoom=0.5)


def test_a_clip_plays_at_its_own_rate_and_starts_again(tmp_path: Path) -> None:
    frames = np.arange(3, dtype=np.uint8)[:, None, None].repeat(8, 1).repeat(8, 2)
    np.savez(tmp_path / "clip.npz", frames=frames, fps=10.0)
    now, waits = [100.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    capture = ClipCapture(tmp_path / "clip.npz", sleep=sleep, clock=lambda: now[0])
    found = [capture.read() for _ in range(5)]
    assert [int(p[0, 0, 0]) for p in found if p is not None] == [0, 1, 2, 0, 1]
    assert all(p is not None and p.shape == (8, 8, 3) for p in found)
    np.testing.assert_allclose(waits, 0.1)
    capture.close()


def test_a_camera_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(MotionStudioError, match="Camera 63 cannot be opened"):
        Camera(63)
