"""Live pictures: only the newest counts, framing is a square, the end and failures are said."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.cameras import Camera, CameraInfo, linux_cameras
from motionstudio.io.capture import ClipCapture, Framing, NewestFrame, bounded


class Scripted:
    """A capture that gives a picture whenever the test lets it."""

    position = None
    spent = 2.0

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

    def stop(self) -> None:
        self.allowed.release()

    def close(self) -> None:
        self.closed.set()


def test_only_the_newest_picture_is_given() -> None:
    capture = Scripted(3)
    reader = NewestFrame(lambda: capture, clock=lambda: 7.0)
    capture.allowed.release(4)
    assert capture.closed.wait(5)
    frame = reader.take(5)
    assert frame is not None
    assert (frame.number, frame.time, frame.spent) == (2, 7.0, 2.0)
    assert int(frame.picture[0, 0, 0]) == 2
    assert reader.newest == 2
    assert reader.close()
    assert reader.take() is None
    assert reader.ended


def test_it_is_told_of_every_picture_and_of_the_end() -> None:
    capture, told = Scripted(2), threading.Semaphore(0)
    reader = NewestFrame(lambda: capture, tell=told.release)
    capture.allowed.release(3)
    for _ in range(3):
        assert told.acquire(timeout=5)
    assert reader.close()


def test_a_failing_camera_is_reported_after_its_last_picture() -> None:
    capture = Scripted(1, MotionStudioError("The camera was unplugged."))
    reader = NewestFrame(lambda: capture)
    capture.allowed.release(2)
    assert capture.closed.wait(5)
    assert reader.take(5) is not None
    with pytest.raises(MotionStudioError, match="unplugged"):
        reader.take(5)
    assert reader.close()


def test_what_cannot_be_opened_is_reported_to_whoever_waits() -> None:
    def busy() -> Scripted:
        raise MotionStudioError("The camera is busy.")

    def gone() -> Scripted:
        raise OSError("no such file")

    for make, words in ((busy, "busy"), (gone, "no such file")):
        reader = NewestFrame(make)
        with pytest.raises(MotionStudioError, match=words):
            reader.take(5)
        assert reader.close()


def test_closing_gives_the_device_back() -> None:
    capture = Scripted(100)
    reader = NewestFrame(lambda: capture)
    capture.allowed.release(2)
    assert reader.take(5) is not None
    assert reader.close()
    assert capture.closed.is_set()
    assert not any(t.name == "capture" for t in threading.enumerate())


def test_a_reader_waits_for_the_one_before_it_to_give_the_device_back() -> None:
    first, opened = Scripted(100), []
    reader = NewestFrame(lambda: first)
    first.allowed.release()
    assert reader.take(5) is not None

    def second() -> Scripted:
        opened.append(first.closed.is_set())
        return Scripted(0)

    after = NewestFrame(second, before=reader)
    after.take(0)
    assert reader.close()
    after.close(0)
    capture = after.capture
    if capture is not None:
        capture.stop()
    assert after.close()
    assert opened == [True]


def test_framing_cuts_a_square_where_it_was_asked_for() -> None:
    picture = np.arange(6 * 10 * 3, dtype=np.uint8).reshape(6, 10, 3)
    np.testing.assert_array_equal(Framing().apply(picture), picture[:, 2:8])
    np.testing.assert_array_equal(Framing(pan=(-1, 0)).apply(picture), picture[:, :6])
    np.testing.assert_array_equal(Framing(pan=(1, 0)).apply(picture), picture[:, 4:])
    np.testing.assert_array_equal(Framing(mirror=True).apply(picture), picture[:, 2:8][:, ::-1])
    assert Framing(zoom=2).apply(picture).shape == (3, 3, 3)
    with pytest.raises(ValueError, match="zoom >= 1"):
        Framing(zoom=0.5)


def test_the_square_of_a_mirrored_picture_is_where_it_is_seen() -> None:
    picture = np.arange(6 * 10 * 3, dtype=np.uint8).reshape(6, 10, 3)
    framing = Framing(mirror=True, zoom=1.5, pan=(-0.5, 0.25))
    y, x, side = framing.box(6, 10)
    shown = picture[:, ::-1]
    np.testing.assert_array_equal(framing.apply(picture), shown[y : y + side, x : x + side])


def test_large_pictures_are_made_small_enough_for_a_window() -> None:
    assert bounded(np.zeros((1080, 1920, 3), np.uint8)).shape == (540, 960, 3)
    small = np.zeros((48, 64, 3), np.uint8)
    assert bounded(small) is small


def clip(count: int = 3, fps: float = 10.0) -> Clip:
    frames = np.arange(count, dtype=np.uint8)[:, None, None, None]
    return Clip(frames.repeat(8, 1).repeat(8, 2), uniform_times(count, fps))


def test_a_clip_plays_at_its_own_rate_and_starts_again() -> None:
    now, waits = [100.0], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    capture = ClipCapture(clip(), wait=wait, clock=lambda: now[0])
    found = [(capture.read(), capture.position) for _ in range(5)]
    assert [position for _, position in found] == [0, 1, 2, 0, 1]
    assert all(p is not None and p.shape == (8, 8, 3) for p, _ in found)
    assert [int(p[0, 0, 0]) for p, _ in found if p is not None] == [0, 1, 2, 0, 1]
    np.testing.assert_allclose(waits, 0.1)


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def test_a_clip_that_is_read_late_does_not_race_to_catch_up() -> None:
    now = [0.0]
    capture = ClipCapture(
        clip(), clock=lambda: now[0], wait=lambda s: now.__setitem__(0, now[0] + s)
    )
    capture.read()
    now[0] += 3600
    capture.read()
    before = now[0]
    capture.read()
    assert now[0] - before == pytest.approx(0.1)


def test_a_paused_clip_shows_what_is_sought_and_goes_on_from_there() -> None:
    now = [0.0]
    capture = ClipCapture(
        clip(5), clock=lambda: now[0], wait=lambda s: now.__setitem__(0, now[0] + s)
    )
    capture.read()
    capture.pause(True)
    for frame in (3, 99, 1):
        capture.seek(frame)
        capture.read()
        assert capture.position == min(frame, 4)
    capture.pause(False)
    capture.read()
    assert capture.position == 2


def test_a_paused_clip_waits_until_it_is_stopped() -> None:
    capture = ClipCapture(clip())
    capture.pause(True)
    reader = NewestFrame(lambda: capture)
    assert reader.close()
    assert capture.read() is None


def test_intensities_of_a_clip_go_through_one_range() -> None:
    frames = np.stack([np.full((8, 8, 1), v, np.float32) for v in (0.0, 50.0, 100.0)])
    frames[:, :2] = 100
    capture = ClipCapture(
        Clip(frames, uniform_times(3, 10)), clock=lambda: 0.0, wait=lambda _s: None
    )
    capture.seek(1)
    picture = capture.read()
    assert picture is not None
    assert 120 < int(picture[-1, 0, 0]) < 135


def test_a_camera_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(MotionStudioError, match="Camera 63 cannot be opened"):
        Camera(63)
    with pytest.raises(MotionStudioError, match="Desk camera cannot be opened"):
        Camera(63, "Desk camera")


def test_cameras_have_the_names_that_the_system_gives_them(tmp_path: Path) -> None:
    for number, name, index in (
        (0, "Front", "0"),
        (1, "Front", "1"),
        (10, "", "0"),
        (2, "Back", "0"),
    ):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "name").write_text(f"{name}\n")
        (node / "index").write_text(index)
    (tmp_path / "video_other").mkdir()
    assert linux_cameras(tmp_path) == (
        CameraInfo(0, "Front"), CameraInfo(2, "Back"), CameraInfo(10, "Camera 10"),
    )  # fmt: skip
    assert linux_cameras(tmp_path / "none") == ()
