"""One clip under several models, and under fillers that need no model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.model_requests import BLEND, FLOW, RIVALS, ModelShown, ModelsRequest
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import FakeModel, clip_of, encode_request, picture_of

CPU = DeviceChoice("cpu", "tests")


def _request(
    models: tuple[str, ...], rivals: tuple[str, ...] = (), drop: Any = ()
) -> ModelsRequest:
    clip = clip_of(7)
    kept = np.ones(7, np.bool_)
    kept[list(drop)] = False
    encoding = replace(encode_request(clip), kept=kept)
    return ModelsRequest(
        subject="s", revision=0, model="", source=picture_of(clip),
        encodings=tuple(replace(encoding, model=name) for name in models),
        shown=Transform.fit(clip.size, 24, mode="letterbox"), rivals=rivals,
    )  # fmt: skip


def _load(name: str, _device: str) -> FakeModel:
    if name == "missing":
        raise MotionStudioError("There is no checkpoint missing.", "Train it.")
    return FakeModel()


def _answers(request: ModelsRequest) -> list[Response]:
    out: list[Response] = []
    Runner(load=_load, device=CPU).handle(request, out.append, lambda: False)
    return out


def _shown(request: ModelsRequest) -> list[ModelShown]:
    return [answer for answer in _answers(request) if isinstance(answer, ModelShown)]


def test_each_model_answers_with_frames_errors_and_rows_in_the_same_size() -> None:
    out = _answers(_request(("one", "two")))
    assert isinstance(out[-1], responses.Done)
    one, two = (answer for answer in out if isinstance(answer, ModelShown))
    assert (one.name, two.name) == ("one", "two")
    assert one.pictures.shape == one.truth.shape == (7, 20, 24, 1)
    assert one.rows is not None
    assert one.rows.shape == (7, 4)
    exact = (one.pictures.astype(float) - one.truth) / 255
    np.testing.assert_allclose(one.errors, np.sqrt((exact**2).mean((1, 2, 3))), atol=1e-6)
    assert one.errors[0] < one.errors.max()


def test_a_model_that_is_missing_says_so_and_the_next_one_is_shown() -> None:
    bad, good = _shown(_request(("missing", "one")))
    assert bad.failure == "There is no checkpoint missing. Train it."
    assert len(bad.pictures) == 0
    assert good.failure == ""


@pytest.mark.parametrize("rival", RIVALS)
def test_rivals_show_kept_frames_as_they_are_and_fill_the_others(rival: str) -> None:
    *_, filled = _shown(_request(("one",), (rival,), drop=(2, 3, 5)))
    assert filled.rows is None
    kept = [0, 1, 4, 6]
    np.testing.assert_array_equal(filled.pictures[kept], filled.truth[kept])
    assert filled.errors[kept].max() == 0
    assert filled.errors[[2, 3, 5]].min() > 0


def test_cross_fading_weighs_by_time() -> None:
    *_, filled = _shown(_request(("one",), (BLEND,), drop=(2, 3)))
    truth = filled.truth.astype(np.float64)
    wanted = truth[1] * 2 / 3 + truth[4] / 3
    assert np.abs(filled.pictures[2] - wanted).max() <= 1


def test_what_is_dropped_at_the_end_holds_the_last_kept_frame() -> None:
    for rival in (BLEND, FLOW):
        *_, filled = _shown(_request(("one",), (rival,), drop=(6,)))
        assert np.abs(filled.pictures[6].astype(int) - filled.truth[5].astype(int)).max() <= 1
