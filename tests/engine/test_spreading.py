"""Shapes followed into many futures: points, partial answers, cancelling, refusing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.requests import Picture
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.engine.spread_requests import SpreadReady, SpreadRequest
from motionstudio.models.base import Capability
from motionstudio.models.device import DeviceChoice
from motionstudio.models.prediction import Futures
from tests.engine.fakes import FakeModel

SIDE = 16


class Rolling(FakeModel):
    """Future n of a picture is the picture rolled to the right by n modulo 3 pixels."""

    def __init__(self, flags: Capability = Capability.PREDICT) -> None:
        super().__init__(capabilities=flags)
        self.card = self.card.model_copy(update={"size": SIDE, "channels": 3, "context": 1})

    def predict(self, past: Float, count: int, *, futures: int = 1, **options: Any) -> Futures:
        made = [np.roll(past[-1], n % 3, axis=2) for n in range(futures)]
        return Futures(np.stack(made)[:, None].repeat(count, 1))


def request(**changes: Any) -> SpreadRequest:
    frame = np.full((32, 32, 3), 230, np.uint8)
    labels = np.zeros((32, 32), np.uint8)
    for number, (top, hue) in enumerate(((6, (200, 20, 20)), (20, (20, 20, 200)))):
        frame[top : top + 8, 8:16] = hue
        labels[top : top + 8, 8:16] = number + 1
    made = SpreadRequest(
        subject="s", revision=0, model="m", source=Picture("k", frame), labels=labels,
        transform=Transform.fit((32, 32), SIDE, range=(0.0, 255.0)), count=50,
    )  # fmt: skip
    return replace(made, **changes)


def answers(model: Any, asked: SpreadRequest, *, after: int = 10**6) -> list[Response]:
    out: list[Response] = []
    runner = Runner(load=lambda *_: model, device=DeviceChoice("cpu", "tests"))
    runner.handle(asked, out.append, lambda: sum(isinstance(a, SpreadReady) for a in out) >= after)
    return out


def test_steps_are_in_pixels_of_the_picture_and_come_bit_by_bit() -> None:
    found = [a for a in answers(Rolling(), request()) if isinstance(a, SpreadReady)]
    assert [len(a.steps) for a in found] == [20, 40, 50]
    assert [a.last for a in found] == [False, False, True]
    assert found[-1].labels == (1, 2)
    expected = np.tile([0.0, 2.0, 4.0], 7)[:20]
    np.testing.assert_allclose(found[0].steps[:, 0, 0], expected, atol=0.15)
    np.testing.assert_allclose(found[0].steps[:, 1, 1], 0, atol=0.05)


def test_it_stops_between_parts() -> None:
    found = answers(Rolling(), request(), after=1)
    assert isinstance(found[-1], responses.Cancelled)
    assert sum(isinstance(a, SpreadReady) for a in found) == 1


@pytest.mark.parametrize(
    ("model", "labels", "words"),
    [
        (Rolling(), np.zeros((32, 32), np.uint8), "too small"),
        (Rolling(Capability.ENCODE), None, "cannot"),
    ],
)
def test_what_cannot_be_followed_is_said(model: Any, labels: Any, words: str) -> None:
    asked = request() if labels is None else request(labels=labels)
    last = answers(model, asked)[-1]
    assert isinstance(last, responses.Failed)
    assert words in last.message
