"""Motions found again, and the laws of composition, by a model whose laws are exact."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import RowKind
from motionstudio.core.motion_windows import Span
from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.engine.search_requests import (
    Found,
    Laws,
    LawsRequest,
    Phrase,
    Searched,
    SearchRequest,
)
from motionstudio.models.base import MotionModel
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import FakeModel
from tests.gui.small_model import SIZE
from tests.gui.viewing_models import ComposingModel, viewing_card


def model() -> ComposingModel:
    return ComposingModel(viewing_card(RowKind.PREFIX, composes=True))


def searched(name: str, places: list[int]) -> Searched:
    """A bright square at these columns, one place a frame."""
    frames = np.full((len(places), SIZE, SIZE, 1), 40, np.uint8)
    for frame, x in zip(frames, places, strict=True):
        frame[20:28, x : x + 8] = 220
    clip = Clip(frames, uniform_times(len(places), 10), name=name)
    transform = Transform.fit(clip.size, SIZE, mode="letterbox", range=(0.0, 255.0))
    return Searched(name, f"key {name}", clip, transform)


def there_and_back() -> Searched:
    there = np.linspace(4, 36, 9).astype(int).tolist()
    return searched("there and back", [*there, *there[-2::-1]])


def still() -> Searched:
    return searched("still", [20] * 9)


def answers(
    request: Request, of: MotionModel | None = None, *, stop: bool = False
) -> list[Response]:
    out: list[Response] = []
    made = of or model()
    runner = Runner(load=lambda *_: made, device=DeviceChoice("cpu", "tests"))
    runner.handle(request, out.append, lambda: stop)
    return out


def search(phrase: Phrase, *pool: Searched, **options: int) -> SearchRequest:
    return SearchRequest(subject="s", revision=0, model="m", phrase=phrase, pool=pool, **options)


def test_the_same_motion_is_found_in_another_clip_and_not_its_reverse() -> None:
    one, other = there_and_back(), searched("right", list(range(4, 36, 4)))
    found = answers(search(Phrase(one, (Span(0, 8),)), one, other, still()))[-1]
    assert isinstance(found, Found)
    best = found.matches[0]
    assert best.id == "right"
    assert best.likeness > 0.95
    assert len(best.pictures) == len(best.span)
    assert best.pictures.shape[1:] == (SIZE, SIZE, 1)
    scores = [match.likeness for match in found.matches]
    assert scores == sorted(scores, reverse=True)


def test_the_reverse_is_found_where_the_clip_goes_back() -> None:
    one = there_and_back()
    found = answers(search(Phrase(one, (Span(0, 8),), backward=True), one, still()))[-1]
    assert isinstance(found, Found)
    assert found.matches[0].id == "there and back"
    best = found.matches[0].span
    assert best.start + best.stop > 16, "the clip turns at frame 8"


def test_windows_that_cover_the_motion_itself_are_left_out() -> None:
    one = there_and_back()
    found = answers(search(Phrase(one, (Span(0, 8),)), one))[-1]
    assert isinstance(found, Found)
    assert all(match.span.overlaps(Span(0, 8)) < 0.5 for match in found.matches)


def test_two_motions_are_composed_although_they_do_not_hang_together() -> None:
    one = there_and_back()
    both = Phrase(one, (Span(0, 4), Span(12, 16)))
    found = answers(search(both, still(), searched("right", list(range(4, 36, 4)))))[-1]
    assert isinstance(found, Found)
    assert found.matches[0].id == "still", "there and back again is no motion at all"


def test_pictures_have_the_size_that_was_asked_for() -> None:
    one = there_and_back()
    found = answers(search(Phrase(one, (Span(0, 8),)), still(), side=12, count=1))[-1]
    assert isinstance(found, Found)
    assert [m.pictures.shape[1:] for m in found.matches] == [(12, 12, 1)]


def test_the_laws_hold_exactly_for_a_model_whose_chains_add_up() -> None:
    one = there_and_back()
    found = answers(
        LawsRequest(subject="s", revision=0, model="m", of=one, span=Span(0, 8), length=5)
    )[-1]
    assert isinstance(found, Laws)
    assert found.spread == pytest.approx((0, 0), abs=1e-5)
    assert found.home == pytest.approx(0, abs=1e-5)
    assert found.reverse > 1.5
    count = len(found.spans)
    assert count == 13
    assert found.likeness.shape == (count, count)
    np.testing.assert_allclose(np.diag(found.likeness), 1, atol=1e-5)
    assert found.likeness[0, -1] < -0.5, "the way back is the opposite of the way there"
    assert set(found.measured) >= {"there and back", "reverse"}


def test_long_clips_are_compared_in_few_windows() -> None:
    many = searched("many", [4 + t % 30 for t in range(400)])
    found = answers(
        LawsRequest(subject="s", revision=0, model="m", of=many, span=Span(0, 8), length=9)
    )[-1]
    assert isinstance(found, Laws)
    assert len(found.spans) <= 96


def test_it_can_be_cancelled_and_a_model_that_cannot_compose_says_so() -> None:
    request = search(Phrase(there_and_back(), (Span(0, 8),)), still())
    assert request.lane is Lane.EXPLORE
    assert isinstance(answers(request, stop=True)[-1], responses.Cancelled)
    failed = answers(request, FakeModel())[-1]
    assert isinstance(failed, responses.Failed)
    assert "does not compose motion" in failed.message
