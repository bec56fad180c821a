"""Continuing a clip: futures, truth and errors, partial answers, cancelling, refusing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.continuation import continued, following, run_before
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.predict_requests import FuturesReady, PredictRequest
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.models.base import Capability, always
from motionstudio.models.device import DeviceChoice
from motionstudio.models.prediction import Futures, unrevealed
from tests.engine.fakes import FakeModel, clip_of

SIDE = 16


class Brightening(FakeModel):
    """Each future is the last frame, brighter by the future's number in every frame.

    It is made row by row of pixels, as exact samplers do.
    """

    def __init__(self) -> None:
        super().__init__(capabilities=Capability.PREDICT)
        self.card = self.card.model_copy(update={"size": SIDE, "context": 2})
        self.past: Float | None = None

    def predict(
        self,
        past: Float,
        count: int,
        *,
        futures: int = 1,
        seed: int = 0,
        temperature: float = 1.0,
        reveal: Any = unrevealed,
        tick: Any = always,
    ) -> Futures:
        self.past = past
        steps = np.arange(1, count + 1)[None, :] * np.arange(futures)[:, None] * 0.01
        frames = np.clip(past[-1] + steps[..., None, None, None] + seed, 0, 1).astype(np.float32)
        known = np.zeros((futures, count, SIDE, SIDE), np.bool_)
        for row in range(SIDE):
            if not tick(row / SIDE):
                from motionstudio.core.errors import Cancelled

                raise Cancelled
            known[:, :, row] = True
            reveal(Futures(frames, known=known.copy()))
        return Futures(frames)


def _request(**changes: Any) -> PredictRequest:
    clip = clip_of(9, height=12, width=16)
    request = PredictRequest(
        subject="s", revision=0, model="m", clip_key="k", clip=clip,
        transform=Transform.fit(clip.size, SIDE, mode="letterbox", range=(0.0, 255.0)),
        past=(2, 3, 4), truth=(5, 6), count=3, futures=2,
    )  # fmt: skip
    return replace(request, **changes)


def _answers(model: Any, request: PredictRequest, *, stop: bool = False) -> list[Response]:
    out: list[Response] = []
    runner = Runner(load=lambda *_: model, device=DeviceChoice("cpu", "tests"))
    runner.handle(request, out.append, lambda: stop)
    return out


def _last(answers: list[Response]) -> FuturesReady:
    found = answers[-1]
    assert isinstance(found, FuturesReady)
    return found


def test_futures_come_without_padding_beside_the_truth_and_their_errors() -> None:
    request, model = _request(), Brightening()
    found = _last(_answers(model, request))
    assert found.last
    assert found.pictures.shape == (2, 3, 12, 16, 1), "the letterbox is cut off"
    clip = request.clip.frames
    np.testing.assert_array_equal(found.pictures[0, 2], clip[4])
    np.testing.assert_array_equal(found.truth, np.stack([clip[5], clip[6]]))
    np.testing.assert_array_equal(found.past, np.stack([clip[t] for t in (2, 3, 4)]))
    true = (np.asarray(clip[5], np.float64) - clip[4]) / 255
    assert found.copied[0] == pytest.approx(np.sqrt(np.mean(true**2)), abs=1e-4)
    np.testing.assert_allclose(found.errors[0], found.copied, atol=1e-6)
    assert found.errors.shape == (2, 2)
    assert model.past is not None
    assert len(model.past) == 3


def test_what_is_made_is_shown_on_the_way_with_what_is_known() -> None:
    partial = [a for a in _answers(Brightening(), _request()) if isinstance(a, FuturesReady)][:-1]
    assert partial, "the first of it is shown at once"
    first = partial[0]
    assert not first.last
    assert first.known is not None
    assert not first.known.all()
    assert np.isnan(first.errors).all(), "half a frame has no error"
    assert len(first.past), "a future that is stopped can be kept as well"
    assert first.whole(0) == 0


class Growing(Brightening):
    """Reveals what it has frame by frame, fewer frames than were asked for at first."""

    def predict(self, past: Float, count: int, **options: Any) -> Futures:
        frames = np.repeat(past[None, -1:], count, 1)
        for k in range(count):
            options["reveal"](Futures(frames[:, : k + 1]))
        return Futures(frames)


def test_futures_may_grow_frame_by_frame() -> None:
    first, *_, last = _answers(Growing(), _request(futures=1))
    assert isinstance(first, FuturesReady)
    assert isinstance(last, FuturesReady)
    assert first.pictures.shape[1] == 1
    assert np.isfinite(first.errors[0, 0])
    assert np.isnan(first.errors[0, 1])
    assert np.isfinite(last.errors).all()


def test_no_truth_means_no_errors() -> None:
    found = _last(_answers(Brightening(), _request(truth=())))
    assert found.errors.shape == (2, 0)
    assert not len(found.truth)


def test_eight_bit_frames_keep_their_own_levels() -> None:
    request = _request()
    squeezed = replace(request.transform, range=(50.0, 200.0))
    found = _last(_answers(Brightening(), replace(request, transform=squeezed, past=(3, 4))))
    clip = np.clip(np.asarray(request.clip.frames[4], int), 50, 200)
    np.testing.assert_allclose(found.pictures[0, 0].astype(int), clip, atol=1)


def test_models_that_cannot_say_so_and_too_few_frames_are_refused() -> None:
    refused = _answers(FakeModel(), _request())[-1]
    assert isinstance(refused, responses.Failed)
    assert "cannot continue a sequence" in refused.message
    few = _answers(Brightening(), _request(past=(4,)))[-1]
    assert isinstance(few, responses.Failed)
    assert "at least 2 frames" in few.message


def test_it_can_be_cancelled_and_the_latest_question_wins() -> None:
    assert isinstance(_answers(Brightening(), _request(), stop=True)[-1], responses.Cancelled)
    assert _request().lane is Lane.EXPLORE
    assert PredictRequest.topic == "predict"


def test_the_past_is_the_run_of_kept_frames_that_ends_here() -> None:
    kept = np.array([True, False, True, True, False])
    assert run_before(kept, 3) == (2, 3)
    assert run_before(kept, 0) == (0,)
    assert run_before(kept, 4) == ()
    assert following(5, 2, 8) == (3, 4)
    assert following(5, 4, 8) == ()


def test_a_continued_clip_has_both_parts_and_says_which_was_made() -> None:
    past, future = np.zeros((2, 4, 5, 1), np.uint8), np.ones((3, 4, 5, 1), np.uint8)
    clip = continued(past, future, 0.5, "a, future 1", "future 1, by m")
    assert len(clip) == 5
    assert clip.fps == pytest.approx(2.0)
    np.testing.assert_array_equal(clip.frames[2], future[0])
    assert clip.provenance["made"] == "Frames 2 to 4 were made: future 1, by m."
