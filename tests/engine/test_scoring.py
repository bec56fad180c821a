"""Nats of frames, from a model that has them and from one that has not."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.engine import responses
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.engine.score_requests import Scored, ScoreRequest
from motionstudio.models.base import MotionModel
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import FakeModel, clip_of, encode_request
from tests.models.tiny_vae import fresh


def _request(count: int = 5, samples: int = 4) -> ScoreRequest:
    clip = clip_of(count)
    encoding = encode_request(clip)
    transform = encoding.transform.fit(clip.size, 32, mode="letterbox")
    return ScoreRequest(
        subject="s", revision=0, model="m", clip_key=encoding.clip_key, clip=clip,
        transform=transform, samples=samples,
    )  # fmt: skip


def _answers(model: MotionModel, request: ScoreRequest, *, stop: bool = False) -> list[Response]:
    out: list[Response] = []
    runner = Runner(load=lambda *_: model, device=DeviceChoice("cpu", "tests"))
    runner.handle(request, out.append, lambda: stop)
    return out


def test_every_frame_gets_its_bounds_and_the_same_seed_the_same_ones() -> None:
    model = fresh()
    first, again = (_answers(model, _request())[-1] for _ in range(2))
    assert isinstance(first, Scored)
    assert isinstance(again, Scored)
    assert first.bound.shape == first.weighted.shape == first.floor.shape == (5,)
    assert first.samples == 4
    assert np.array_equal(first.bound, again.bound)
    assert (first.weighted >= first.bound - 1e-3).all()
    assert (-first.bound > first.floor).all(), "no decoder is better than perfect"


def test_a_model_without_likelihood_says_so() -> None:
    answer = _answers(FakeModel(), _request())[-1]
    assert isinstance(answer, responses.Failed)
    assert "does not say how likely" in answer.message


def test_it_can_be_cancelled_and_waits_behind_pictures() -> None:
    assert isinstance(_answers(fresh(), _request(), stop=True)[-1], responses.Cancelled)
    assert _request().lane is Lane.ANALYSIS
    assert ScoreRequest.topic == "score"


@pytest.mark.parametrize("count", [1, 40])
def test_any_number_of_frames_is_scored(count: int) -> None:
    answer = _answers(fresh(), _request(count, samples=2))[-1]
    assert isinstance(answer, Scored)
    assert np.isfinite(answer.bound).all()
    assert len(answer.bound) == count
