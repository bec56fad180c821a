"""Numbered statements of the interaction design that the engine must keep: 4, 6 and 11."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from motionstudio.engine import responses
from motionstudio.engine.painter import Painter, half
from motionstudio.engine.requests import Lane, Request, Scale
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import (
    FakeModel,
    clip_of,
    decode_request,
    encode_request,
    motion_of,
    refine_request,
)

CPU = DeviceChoice("cpu", "test")
CLIP, MOTION = clip_of(6), motion_of(6)
STEP_S = 0.02
"""What one step of a long call takes on the injected clock."""


def answers(
    runner: Runner, request: Request, cancelled: Callable[[], bool] = lambda: False
) -> list[Response]:
    out: list[Response] = []
    runner.handle(request, out.append, cancelled)
    return out


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def step(self) -> None:
        self.now += STEP_S


@pytest.mark.parametrize("kind", ["encode", "refine"])
def test_statement_06_a_cancel_is_effective_within_100_ms(kind: str) -> None:
    clock, model = Clock(), FakeModel()
    model.in_tick = clock.step
    requests = {
        "encode": encode_request(clip_of(60)),
        "refine": refine_request(MOTION, CLIP, steps=200),
    }
    asked_at = 0.3
    out = answers(
        Runner(load=lambda _n, _d: model, device=CPU),
        requests[kind],
        cancelled=lambda: clock.now >= asked_at,
    )
    assert isinstance(out[-1], responses.Cancelled)
    assert clock.now - asked_at <= 0.1


def test_statement_06_the_engine_serves_the_next_question_after_a_cancel() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    cancelled = answers(runner, refine_request(MOTION, CLIP), cancelled=lambda: True)
    assert [type(r) for r in cancelled] == [responses.Cancelled]
    out = answers(runner, decode_request(MOTION, CLIP, [2]))
    assert [type(r) for r in out] == [FrameReady, responses.Done]


class Bent:
    """A painter whose full-size pictures find no memory, ``times`` times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int, error: Exception) -> None:
        self.left, self.tried = times, 0
        paint = Painter.paint

        def failing(*args: object, **options: object) -> object:
            self.tried += 1
            if self.left:
                self.left -= 1
                raise error
            return paint(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(Painter, "paint", failing)


_OUT = MemoryError("injected")
_OUT_CV = cv2.error("OpenCV: Insufficient memory: Failed to allocate 4 bytes (injected)")


@pytest.mark.parametrize("error", [_OUT, _OUT_CV, torch.OutOfMemoryError("injected")])
def test_statement_11_one_shortage_while_painting_is_made_good(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    Bent(monkeypatch, 1, error)
    out = answers(Runner(load=lambda _n, _d: FakeModel(), device=CPU),
                  decode_request(MOTION, CLIP, [2]))  # fmt: skip
    ready = next(r for r in out if isinstance(r, FrameReady))
    assert ready.scale is Scale.FULL
    assert any("dropped to make room" in r.text for r in out if isinstance(r, responses.Notice))


def test_statement_11_a_lasting_shortage_ends_in_a_smaller_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Bent(monkeypatch, 99, _OUT)
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    out = answers(runner, decode_request(MOTION, CLIP, [2, 3]))
    ready = [r for r in out if isinstance(r, FrameReady)]
    assert [r.frame for r in ready] == [2, 3]
    assert all(r.scale is Scale.HALF and r.preview for r in ready)
    assert ready[0].picture.shape[:2] == half(CLIP.size)
    assert any("half their size" in r.text for r in out if isinstance(r, responses.Notice))
    # What is smaller is never kept as a final picture.
    assert runner.gallery.lookup(decode_request(MOTION, CLIP, [2]), 2) is None


def test_statement_11_an_export_says_so_instead_of_shrinking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from motionstudio.core.errors import MotionStudioError
    from motionstudio.engine.call import Call
    from motionstudio.engine.responses import Ticket

    Bent(monkeypatch, 99, _OUT)
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    request = decode_request(MOTION, CLIP, [1], lane=Lane.EXPORT)
    call = Call(Ticket.of(request), lambda _r: None, lambda: False)
    with pytest.raises(MotionStudioError, match="not enough memory"):
        list(runner.frames.frames(request, call, size=CLIP.size))


@pytest.mark.parametrize("kind", ["encode", "decode", "refine"])
def test_statement_11_no_memory_at_all_is_one_clear_sentence(kind: str) -> None:
    model = FakeModel()
    runner = Runner(load=lambda _n, _d: model, device=CPU)
    requests = {
        "encode": encode_request(CLIP),
        "decode": decode_request(MOTION, CLIP, [2]),
        "refine": refine_request(MOTION, CLIP),
    }
    model.fails = [MemoryError("injected")] * 9
    failed = answers(runner, requests[kind])[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "There is not enough memory for this."
    assert failed.hint
    assert not failed.details
    model.fails = []
    out = answers(runner, decode_request(MOTION, CLIP, [2]))
    assert any(isinstance(r, FrameReady) for r in out), "the engine lives on"


def test_statement_11_fewer_rows_at_once_before_giving_up() -> None:
    model = FakeModel()
    runner = Runner(load=lambda _n, _d: model, device=DeviceChoice("cuda", "pretended"), chunk=4)
    model.fails = [torch.OutOfMemoryError("injected")] * 2
    out = answers(runner, decode_request(MOTION, CLIP, range(1, 5)))
    assert len([r for r in out if isinstance(r, FrameReady)]) == 4
    assert max(len(rows) for rows in model.decoded[2:]) == 2


def test_statement_04_a_response_says_which_revision_it_was_made_from() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    request = replace(decode_request(MOTION, CLIP, [2]), revision=7)
    out = answers(runner, request)
    assert {r.revision for r in out} == {7}
    assert np.array_equal(
        next(r for r in out if isinstance(r, FrameReady)).picture.shape[:2], CLIP.size
    )
