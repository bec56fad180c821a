"""The live loop: the newest wins, nothing piles up, a slow decoder holds nobody back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import KeypointTrack
from motionstudio.core.live_drive import DriveSettings, LivePose
from motionstudio.core.picture import Transform
from motionstudio.engine import live_requests as live
from motionstudio.engine.requests import Picture, Request
from motionstudio.engine.responses import Cancelled, Failed, Response, Ticket
from motionstudio.gui.live.figures import FigureKeeper
from motionstudio.gui.live.loop import LiveLoop, LiveSource
from tests.gui.live.doubles import HandEngine, WoundCamera

LONG = 10_000
POINTS = np.array([[[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5]]], np.float32)


def answer(request: Request) -> Response:
    ticket = Ticket.of(request)
    match request:
        case live.SourceRequest():
            return live.SourceReady(
                ticket=ticket, rest=KeypointTrack(POINTS), model_hash="h", device="cpu"
            )
        case live.PoseRequest():
            x = np.argmax(request.picture[request.picture.shape[0] // 2, :, 0]) / 48
            found = LivePose(KeypointTrack((POINTS + np.float32(x)).astype(np.float32)))
            return live.PoseReady(
                ticket=ticket, pose=found, moment=request.moment, number=request.number,
                milliseconds={"detector": 3.0},
            )  # fmt: skip
        case live.DrivenRequest():
            return live.DrivenReady(
                ticket=ticket, picture=np.zeros((8, 8, 1), np.uint8), moment=request.moment,
                number=request.number, milliseconds={"generator": 9.0},
            )  # fmt: skip
        case live.GainRequest():
            return live.GainReady(ticket=ticket, plain=4.0, fast=2.0)
        case _:
            raise TypeError(type(request).__name__)


def source(subject: str = "s", model: str = "m") -> LiveSource:
    frame = np.zeros((8, 8, 1), np.uint8)
    return LiveSource(subject, 1, model, Picture("k", frame), Transform.fit((8, 8), 8), (8, 8))


class Bench:
    """A loop between two engines that are served by hand, and a camera that is wound by hand."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.detector, self.pictures = HandEngine(answer), HandEngine(answer)
        self.now = 0.0
        self.loop = LiveLoop(self.detector, self.pictures, self._tick)
        self.loop.drive.set(DriveSettings(adapt_scale=False))
        self.camera = WoundCamera()
        self.framed: list[int] = []
        self.shown: list[int] = []
        self.loop.framed.connect(lambda frame: self.framed.append(frame.number))
        self.loop.pictured.connect(lambda made: self.shown.append(made.number))

    def _tick(self) -> float:
        self.now += 0.01
        return self.now

    def begin(self) -> None:
        self.loop.set_source(source())
        self.detector.serve()
        self.loop.start(lambda: self.camera)

    def wind(self, *places: int) -> None:
        """Give pictures and wait until the newest one is seen."""
        newest = self.loop.newest + len(places)
        self.camera.wind(*places)
        self.qtbot.waitUntil(lambda: self.framed[-1:] == [newest], timeout=LONG)


@pytest.fixture
def bench(qtbot: Any) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.loop.shutdown()
    assert made.camera.closed.wait(5) or not made.framed


def test_one_picture_goes_all_the_way(bench: Bench) -> None:
    bench.begin()
    bench.wind(10)
    posed = bench.detector.serve()
    driven = bench.pictures.serve()
    assert isinstance(posed, live.PoseRequest)
    assert isinstance(driven, live.DrivenRequest)
    assert posed.picture.shape == (48, 48, 3)
    assert not driven.row.any(), "the first picture is the reference"
    assert bench.shown == [0]
    figures = bench.loop.figures.now
    assert dict(figures.stages) == {"capture": 1.0, "detector": 3.0, "generator": 9.0}
    assert figures.skipped == 0


def test_however_many_pictures_come_only_one_waits_and_it_is_the_newest(bench: Bench) -> None:
    bench.begin()
    for place in range(12):
        bench.wind(place)
        assert len(bench.detector.waiting) <= 1
        assert len(bench.pictures.waiting) <= 1
    first = bench.detector.serve()
    second = bench.detector.serve()
    assert isinstance(first, live.PoseRequest)
    assert isinstance(second, live.PoseRequest)
    assert (first.number, second.number) == (0, 11)
    assert bench.detector.waiting == []


def test_a_slow_decoder_holds_back_neither_the_driver_nor_its_keypoints(bench: Bench) -> None:
    bench.begin()
    bench.wind(0)
    bench.detector.serve()
    bench.loop.drive.record()
    for place in range(1, 9):
        bench.wind(place)
        bench.detector.serve()
        assert len(bench.pictures.waiting) == 1
    assert bench.loop.drive.recorded() is not None
    bench.pictures.serve()
    last = bench.pictures.serve()
    assert isinstance(last, live.DrivenRequest)
    assert last.number == 8, "the newest row comes next"
    assert bench.shown == [0, 8]
    assert bench.loop.figures.now.skipped == 7


def test_calibrating_makes_the_next_picture_rest(bench: Bench) -> None:
    bench.begin()
    for place in (0, 12):
        bench.wind(place)
        bench.detector.serve()
    assert bench.pictures.serve()
    moved = bench.pictures.serve()
    assert isinstance(moved, live.DrivenRequest)
    assert moved.row.any()
    bench.loop.calibrate()
    bench.wind(12)
    posed = bench.detector.serve()
    rest = bench.pictures.serve()
    assert isinstance(rest, live.DrivenRequest)
    assert not rest.row.any()
    assert isinstance(posed, live.PoseRequest)
    assert posed.reference is posed.picture


def test_settings_act_on_a_picture_that_stays(bench: Bench) -> None:
    bench.begin()
    bench.wind(0)
    bench.detector.serve()
    bench.pictures.serve()
    bench.loop.drive.set(DriveSettings(relative=False))
    bench.loop.again()
    bench.detector.serve()
    assert len(bench.pictures.waiting) == 1
    bench.loop.again()
    bench.loop.again()
    assert len(bench.detector.waiting) == 1


def test_answers_for_a_source_that_is_left_are_not_shown(bench: Bench) -> None:
    bench.begin()
    bench.wind(0)
    bench.detector.serve()
    bench.loop.set_source(source("other"))
    assert bench.pictures.serve().subject == "s"
    assert bench.shown == []
    assert bench.loop.drive.calibrated, "the same model finds the same keypoints"
    bench.loop.set_source(source("other", "another model"))
    assert not bench.loop.drive.calibrated


def test_what_others_cancel_is_asked_again_with_what_is_newest(bench: Bench) -> None:
    bench.loop.set_source(source())

    def cancel(request: Request) -> Response:
        return Cancelled(ticket=Ticket.of(request))

    bench.detector.serve(cancel)
    bench.detector.serve()
    bench.loop.start(lambda: bench.camera)
    bench.wind(0)
    bench.wind(1)
    bench.detector.serve(cancel)
    posed = bench.detector.serve()
    assert isinstance(posed, live.PoseRequest)
    assert posed.number == 1
    bench.loop.measure_gain()
    bench.pictures.serve(cancel)
    bench.pictures.serve(cancel)
    assert any(isinstance(r, live.GainRequest) for r in bench.pictures.waiting)


def test_a_model_that_fails_stops_the_driver_and_says_why(bench: Bench) -> None:
    said: list[tuple[str, str]] = []
    bench.loop.failed.connect(lambda *words: said.append(words))
    bench.begin()
    bench.wind(0)
    bench.detector.serve(lambda r: Failed(ticket=Ticket.of(r), message="No.", hint="Yes."))
    assert said == [("No.", "Yes.")]
    assert not bench.loop.running


def test_an_unplugged_camera_is_told_once(bench: Bench) -> None:
    ended: list[MotionStudioError | None] = []
    bench.loop.ended.connect(ended.append)
    bench.begin()
    bench.wind(0)
    bench.camera.unplug()
    bench.qtbot.waitUntil(lambda: bool(ended), timeout=LONG)
    assert [type(e) for e in ended] == [MotionStudioError]
    assert not bench.loop.running


def test_another_driver_waits_for_the_device_of_the_one_before(bench: Bench) -> None:
    bench.begin()
    bench.wind(0)
    first, second = bench.camera, WoundCamera()
    opened: list[bool] = []

    def make() -> WoundCamera:
        opened.append(first.closed.is_set())
        return second

    bench.framed.clear()
    bench.loop.start(make)
    second.wind(3)
    bench.qtbot.waitUntil(lambda: bench.framed == [0], timeout=LONG)
    assert opened == [True]
    assert not bench.loop.drive.calibrated


def test_a_late_answer_about_the_driver_before_is_not_the_reference_of_the_next(
    bench: Bench,
) -> None:
    bench.begin()
    bench.wind(2)
    late, second = bench.detector.waiting[0], WoundCamera()
    bench.framed.clear()
    bench.loop.start(lambda: second)
    second.wind(40)
    bench.qtbot.waitUntil(lambda: bench.framed == [0], timeout=LONG)
    assert bench.detector.serve() is late
    assert not bench.loop.drive.calibrated
    bench.detector.serve()
    driven = bench.pictures.serve()
    assert isinstance(driven, live.DrivenRequest)
    assert not driven.row.any()


def test_rates_and_means_follow_what_happens() -> None:
    keeper = FigureKeeper()
    for number in range(10):
        keeper.captured(number / 30, 1.0)
        keeper.posed(number / 15, {"detector": 10.0})
    for number in (0, 4, 9):
        keeper.pictured(number / 10, number, {"generator": 20.0, "motion": 5.0})
        keeper.shown(2.0, 60.0)
    now = keeper.now
    assert now.capture == pytest.approx(30)
    assert now.poses == pytest.approx(15)
    assert now.skipped == 7
    assert now.latency == pytest.approx(60)
    assert list(now.stages) == ["capture", "detector", "motion", "generator", "show"]
