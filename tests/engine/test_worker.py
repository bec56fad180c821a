"""The background thread, driven by events: acceptance 3, 4, 6 and 11 of the interaction design."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from motionstudio.engine import responses
from motionstudio.engine.mailbox import Mailbox
from motionstudio.engine.requests import DecodeRequest, Lane, Request
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.engine.worker import WorkerLoop
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import (
    FakeModel,
    Gate,
    clip_of,
    decode_request,
    edited,
    encode_request,
    motion_of,
    refine_request,
)

CLIP, MOTION = clip_of(6), motion_of(6)


class Desk:
    """A mailbox with a worker behind it, and what the worker answered."""

    def __init__(self, model: FakeModel, device: DeviceChoice) -> None:
        self.model = model
        self.mailbox = Mailbox()
        self.out: list[Response] = []
        self.devices: list[tuple[str, str]] = []
        self._changed = threading.Condition()
        self._settled = 0
        loop = WorkerLoop(
            self.mailbox,
            lambda: Runner(load=lambda _name, _device: model, device=device),
            self.out.append,
            on_device=lambda name, reason: self.devices.append((name, reason)),
            on_settled=self._on_settled,
        )
        self.thread = threading.Thread(target=loop.run)

    def _on_settled(self) -> None:
        with self._changed:
            self._settled += 1
            self._changed.notify_all()

    def wait_idle(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.mailbox.idle, timeout=20)

    def post(self, request: Request) -> Request:
        self.mailbox.post(request)
        return request

    def kinds(self, request: Request) -> list[str]:
        return [type(r).__name__ for r in self.out if r.id == request.id]


@contextmanager
def desk(model: FakeModel) -> Iterator[Desk]:
    it = Desk(model, DeviceChoice("cpu", "test"))
    it.thread.start()
    try:
        yield it
    finally:
        it.mailbox.close()
        if model.gate is not None:
            model.gate.let(1000)
        it.thread.join(20)
        assert not it.thread.is_alive()


def move(number: int, lane: Lane = Lane.SCRUB) -> DecodeRequest:
    """A slider move: revision ``number``, a value of its own."""
    return decode_request(edited(MOTION, 2, number / 100), CLIP, [2], lane=lane, revision=number)


def test_200_moves_start_few_decodes_and_the_last_is_shown() -> None:
    model = FakeModel()
    model.gate = Gate()
    with desk(model) as it:
        finished_meanwhile = 0
        for number in range(200):
            it.post(move(number))
            if number % 40 == 0:
                model.gate.wait_until_reached()
                if number:
                    finished_meanwhile += 1
                model.gate.let()
        last = move(200)
        it.post(last)
        model.gate.let(2)
        it.wait_idle()
        assert len(model.decoded) <= finished_meanwhile + 3
        shown = [r for r in it.out if isinstance(r, FrameReady) and r.id == last.id]
        expected = FakeModel().decode(last.motion, np.zeros((1, 16, 16), np.float32), [2])
    assert len(shown) == 1
    assert shown[0].displacement is not None
    assert expected.displacement is not None
    scale = CLIP.size[1] / 16
    np.testing.assert_allclose(
        shown[0].displacement[0, 8, 8], expected.displacement[0, 0, 6, 5] * scale, atol=0.2
    )


def test_no_result_of_an_older_revision_is_painted() -> None:
    """A slow engine answers revision 1 after the document has moved on to revision 2."""
    model = FakeModel()
    model.gate = Gate()
    painted: list[int] = []
    with desk(model) as it:
        it.post(move(1))
        model.gate.wait_until_reached()
        it.post(move(2))
        model.gate.let(2)
        it.wait_idle()
        late = [r.revision for r in it.out if isinstance(r, FrameReady)]
        painted = [
            r.revision for r in it.out if isinstance(r, FrameReady) and it.mailbox.is_current(r)
        ]
    assert late[-1] == 2
    assert painted == [2]


def test_a_late_result_is_kept_for_later() -> None:
    model = FakeModel()
    model.gate = Gate()
    with desk(model) as it:
        first = move(1)
        it.post(first)
        model.gate.wait_until_reached()
        it.post(move(2))
        model.gate.let(2)
        it.wait_idle()
        model.gate = None
        again = move(1)
        it.post(again)
        it.wait_idle()
    assert len(model.decoded) == 2
    assert it.kinds(again) == ["FrameReady", "Done"]


def test_cancel_stops_at_the_next_frame_and_the_engine_serves_on() -> None:
    model = FakeModel()
    model.gate = Gate()
    with desk(model) as it:
        long = it.post(decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT))
        model.gate.wait_until_reached()
        assert it.mailbox.cancel(Lane.EXPORT) == ()
        model.gate.let()
        it.wait_idle()
        assert it.kinds(long)[-1] == "Cancelled"
        assert len(model.decoded) == 1
        model.gate.let()
        after = it.post(move(1))
        it.wait_idle()
        assert it.kinds(after) == ["FrameReady", "Done"]


def test_scrubbing_interrupts_an_export_and_both_finish() -> None:
    model = FakeModel()
    model.gate = Gate()
    with desk(model) as it:
        long = it.post(decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT))
        model.gate.wait_until_reached()
        urgent = it.post(move(1))
        model.gate.let(7)
        it.wait_idle()
        assert it.kinds(long) == ["FrameReady"] * 6 + ["Done"]
        assert it.kinds(urgent) == ["FrameReady", "Done"]
        ids = [r.id for r in it.out]
        assert ids.index(urgent.id) == 1


def test_a_film_that_plays_without_a_pause_lets_encoding_end() -> None:
    mailbox, served, most = Mailbox(), list[Lane](), 200

    class Player:
        """Wants the next picture of the film whenever one is made, as fast pace does."""

        device = ("cpu", "test")

        def handle(
            self, request: Request, emit: Callable[[Response], None], cancelled: Callable[[], bool]
        ) -> None:
            chunks = 5 if request.lane is Lane.ENCODE else 0
            for _ in range(chunks):
                cancelled()
            served.append(request.lane)
            if served.count(Lane.SCRUB) == most:
                mailbox.close()
            elif request.lane is Lane.SCRUB:
                mailbox.post(move(len(served)))

    mailbox.post(move(0))
    mailbox.post(encode_request(CLIP))
    mailbox.post(decode_request(MOTION, CLIP, [0], lane=Lane.ANALYSIS))
    WorkerLoop(
        mailbox, Player, lambda _: None, on_device=lambda *_: None, on_settled=lambda: None
    ).run()
    assert served.index(Lane.ENCODE) < served.index(Lane.ANALYSIS) < most / 4


def test_scrubbing_interrupts_a_fit_without_disturbing_its_gradients() -> None:
    model = FakeModel()
    gate = Gate()
    model.in_tick = gate.pass_through
    with desk(model) as it:
        fit = it.post(refine_request(MOTION, CLIP, steps=3))
        gate.wait_until_reached()
        urgent = it.post(move(1))
        gate.let(3)
        it.wait_idle()
        model.in_tick = None
    assert it.kinds(fit)[-1] == "Refined"
    order = [(r.id, type(r).__name__) for r in it.out]
    assert order.index((urgent.id, "Done")) < order.index((fit.id, "Refined"))


def test_an_encoding_is_replaced_when_the_mask_changes_meanwhile() -> None:
    model = FakeModel()
    gate = Gate()
    model.in_tick = gate.pass_through
    kept = np.array([True, False, True, False, True, True])
    with desk(model) as it:
        old = it.post(encode_request(CLIP))
        gate.wait_until_reached()
        new = it.post(encode_request(CLIP, kept))
        model.in_tick = None
        gate.let(6)
        it.wait_idle()
    assert it.kinds(old)[-1] == "Cancelled"
    assert it.kinds(new)[-1] == "Encoded"


def test_out_of_memory_ends_in_a_picture() -> None:
    model = FakeModel()
    model.fails = [torch.OutOfMemoryError("injected")]
    with desk(model) as it:
        request = it.post(move(1))
        it.wait_idle()
    assert it.kinds(request) == ["Notice", "FrameReady", "Done"]


def test_out_of_memory_for_good_ends_in_a_message_and_the_engine_lives_on() -> None:
    model = FakeModel()
    model.fails = [MemoryError(), MemoryError()]
    with desk(model) as it:
        failed = it.post(move(1))
        it.wait_idle()
        assert it.kinds(failed) == ["Notice", "Failed"]
        after = it.post(move(2))
        it.wait_idle()
        assert it.kinds(after) == ["FrameReady", "Done"]


def test_device_is_told_at_the_start() -> None:
    with desk(FakeModel()) as it:
        it.post(move(1))
        it.wait_idle()
    assert it.devices == [("cpu", "test")]


def test_broken_torch_is_an_answer_to_every_request() -> None:
    box, out = Mailbox(), []

    def broken() -> Runner:
        raise OSError("libtorch is damaged")

    settled = threading.Semaphore(0)
    loop = WorkerLoop(
        box, broken, out.append, on_device=lambda *_: None, on_settled=settled.release
    )
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        box.post(move(1))
        assert settled.acquire(timeout=20)
    finally:
        box.close()
        thread.join(20)
    assert not thread.is_alive()
    failed = out[0]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "The models cannot run here: libtorch is damaged."
    assert "doctor" in failed.hint


def test_closing_while_busy_leaves_no_thread() -> None:
    model = FakeModel()
    model.gate = Gate()
    with desk(model) as it:
        long = it.post(decode_request(MOTION, CLIP, range(6), lane=Lane.EXPORT))
        model.gate.wait_until_reached()
        it.mailbox.close()
        model.gate.let()
        it.thread.join(20)
        assert not it.thread.is_alive()
        assert len(model.decoded) == 1
        assert it.kinds(long)[-1] == "Cancelled"
