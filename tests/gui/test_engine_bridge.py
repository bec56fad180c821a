"""The engine behind Qt: queued delivery, idle, shutdown, and no torch before its thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import FakeModel, Gate, clip_of, decode_request, edited, motion_of

CLIP, MOTION = clip_of(6), motion_of(6)


class Studio:
    """A bridge over a fake model, and what it delivered."""

    def __init__(self, model: FakeModel) -> None:
        self.model = model

        def make(gallery: Gallery) -> Runner:
            return Runner(
                load=lambda _name, _device: model,
                device=DeviceChoice("cpu", "test"),
                gallery=gallery,
            )

        self.bridge = EngineBridge(make_handler=make)
        self.got: list[Response] = []
        self.threads: set[QThread] = set()
        self.bridge.responseReady.connect(self._take)

    def _take(self, response: Response) -> None:
        self.got.append(response)
        self.threads.add(QThread.currentThread())

    def close(self) -> None:
        if self.model.gate is not None:
            self.model.gate.let(1000)
        assert self.bridge.shutdown()


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    it = Studio(FakeModel())
    yield it
    it.close()


def test_answers_arrive_in_the_windows_thread_in_order(studio: Studio) -> None:
    studio.bridge.start()
    request = decode_request(MOTION, CLIP, [2, 3, 1])
    studio.bridge.post(request)
    assert studio.bridge.wait_idle(20_000)
    kinds = [type(r).__name__ for r in studio.got if r.id == request.id]
    assert kinds == ["FrameReady", "FrameReady", "FrameReady", "Done"]
    assert [r.frame for r in studio.got if isinstance(r, FrameReady)] == [2, 3, 1]
    assert studio.threads == {studio.bridge.thread()}


def test_requests_before_the_start_wait(studio: Studio) -> None:
    studio.bridge.post(decode_request(MOTION, CLIP, [1]))
    assert studio.got == []
    studio.bridge.start()
    assert studio.bridge.wait_idle(20_000)
    assert len(studio.got) == 2


def test_busy_is_told_once_on_and_once_off(studio: Studio) -> None:
    told: list[bool] = []
    studio.bridge.busyChanged.connect(told.append)
    studio.bridge.start()
    studio.bridge.post(decode_request(MOTION, CLIP, range(6)))
    assert studio.bridge.wait_idle(20_000)
    assert told == [True, False]


def test_device_is_told(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.bridge.deviceChanged, timeout=20_000) as told:
        studio.bridge.start()
    assert told.args == ["cpu", "test"]


def test_replaced_request_is_answered(studio: Studio) -> None:
    first, second = (decode_request(MOTION, CLIP, [f]) for f in (1, 2))
    studio.bridge.post(first)
    studio.bridge.post(second)
    studio.bridge.start()
    assert studio.bridge.wait_idle(20_000)
    kinds = {r.id: type(r).__name__ for r in studio.got}
    assert kinds == {first.id: "Cancelled", second.id: "Done"}


def test_cancel_is_acknowledged_while_the_model_is_busy(studio: Studio, qtbot: QtBot) -> None:
    studio.model.gate = Gate()
    studio.bridge.start()
    running = decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT)
    waiting = decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT)
    studio.bridge.post(running)
    studio.model.gate.wait_until_reached()
    studio.bridge.post(waiting)
    studio.bridge.cancel(Lane.EXPORT)
    qtbot.waitUntil(lambda: bool(studio.got), timeout=20_000)
    assert [(r.id, type(r).__name__) for r in studio.got] == [(waiting.id, "Cancelled")]
    studio.model.gate.let()
    assert studio.bridge.wait_idle(20_000)
    assert (studio.got[-1].id, type(studio.got[-1]).__name__) == (running.id, "Cancelled")


def test_wait_idle_gives_up_in_time(studio: Studio) -> None:
    studio.model.gate = Gate()
    studio.bridge.start()
    studio.bridge.post(decode_request(MOTION, CLIP, [1]))
    assert not studio.bridge.wait_idle(1)


def test_old_revisions_are_told_from_current_ones(studio: Studio) -> None:
    studio.model.gate = Gate()
    studio.bridge.start()
    studio.bridge.post(decode_request(MOTION, CLIP, [2], revision=1))
    studio.model.gate.wait_until_reached()
    studio.bridge.post(decode_request(edited(MOTION, 2, 1), CLIP, [2], revision=2))
    studio.model.gate.let(2)
    assert studio.bridge.wait_idle(20_000)
    frames = [r for r in studio.got if isinstance(r, FrameReady)]
    assert [r.revision for r in frames if studio.bridge.is_current(r)] == [2]


def test_a_drag_that_waits_for_its_pictures_shows_every_one(studio: Studio) -> None:
    studio.bridge.start()
    painted: list[int] = []
    moves = iter(range(1, 6))

    def next_move() -> None:
        number = next(moves, None)
        if number is not None and not studio.bridge.serving(Lane.PREVIEW):
            motion = edited(MOTION, 2, number / 10)
            studio.bridge.post(
                decode_request(motion, CLIP, [2], lane=Lane.PREVIEW, revision=number)
            )

    def paint(response: Response) -> None:
        if isinstance(response, FrameReady) and studio.bridge.is_current(response):
            painted.append(response.revision)

    studio.bridge.responseReady.connect(paint)
    studio.bridge.busyChanged.connect(lambda busy: None if busy else next_move())
    next_move()
    assert studio.bridge.wait_idle(20_000)
    assert painted == [1, 2, 3, 4, 5]


def test_scrubbing_over_made_frames_needs_no_thread(studio: Studio) -> None:
    request = decode_request(MOTION, CLIP, range(6))
    assert studio.bridge.lookup(request, 3) is None
    studio.bridge.start()
    studio.bridge.post(request)
    assert studio.bridge.wait_idle(20_000)
    assert studio.bridge.shutdown()
    found = studio.bridge.lookup(request, 3)
    assert found is not None
    made = next(r for r in studio.got if isinstance(r, FrameReady) and r.frame == 3)
    assert found.picture is made.picture


def test_a_window_that_lags_behind_holds_the_worker_back(studio: Studio) -> None:
    clip, motion = clip_of(60), motion_of(60)
    studio.model.gate = Gate()
    studio.bridge.start()
    studio.bridge.post(decode_request(motion, clip, range(60)))
    studio.model.gate.let(1000)
    for _ in range(33):
        studio.model.gate.wait_until_reached()
    assert not studio.model.gate.reached.acquire(timeout=0.2)
    assert studio.bridge.wait_idle(20_000)
    assert len(studio.got) == 61


def test_shutdown_while_busy_leaves_no_thread(qtbot: QtBot) -> None:
    before = threading.active_count()
    studio = Studio(FakeModel())
    studio.model.gate = Gate()
    studio.bridge.start()
    studio.bridge.post(decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT))
    studio.model.gate.wait_until_reached()
    studio.close()
    assert len(studio.model.decoded) == 1
    assert threading.active_count() <= before
    with pytest.raises(RuntimeError, match="closed"):
        studio.bridge.post(decode_request(MOTION, CLIP, [1]))
    assert studio.got == []


def test_a_chunk_that_outlives_its_bridge_ends_by_itself(qtbot: QtBot) -> None:
    import shiboken6

    from motionstudio.gui import engine_bridge

    others = list(engine_bridge._late)  # of windows that were closed in the middle of a call
    studio = Studio(FakeModel())
    studio.model.gate = Gate()
    studio.bridge.start()
    studio.bridge.post(decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT))
    studio.model.gate.wait_until_reached()
    assert not studio.bridge.shutdown(ms=1)
    shiboken6.delete(studio.bridge)
    (thread,) = [one for one in engine_bridge._late if one not in others]
    assert thread.isRunning()
    studio.model.gate.let(1000)
    engine_bridge._wait_for_late()
    assert thread.isFinished()
    assert not engine_bridge._late
    assert len(studio.model.decoded) == 1, "it stopped at its next chunk"


def test_shutdown_without_start(qtbot: QtBot) -> None:
    assert EngineBridge().shutdown()


@pytest.mark.parametrize(
    "module",
    [
        "motionstudio",
        "motionstudio.gui",
        "motionstudio.gui.engine_bridge",
        "motionstudio.engine.painter",
        "motionstudio.engine.planner",
    ],
)
def test_importing_loads_no_torch(module: str) -> None:
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
