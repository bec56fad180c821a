"""The runner with a real GenLMM of random weights: what the fake cannot show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.requests import DecodeRequest
from motionstudio.engine.responses import FrameReady
from motionstudio.engine.runner import Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.models.device import DeviceChoice
from motionstudio.models.genlmm_model import GenLMMModel
from tests.engine.fakes import clip_of, decode_request, encode_request, picture_of, refine_request

CLIP = clip_of(5, height=50, width=64)


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    from tests.engine.real_model import random_genlmm

    return random_genlmm()


def engine_of(model: GenLMMModel) -> SyncEngine:
    device = DeviceChoice("cpu", "test")
    return SyncEngine(Runner(load=lambda _name, _device: model, device=device))


def transform(model: GenLMMModel) -> Transform:
    return Transform.fit(CLIP.size, model.card.size, mode="letterbox")


def pictures(engine: SyncEngine, request: DecodeRequest) -> dict[int, FrameReady]:
    out: dict[int, FrameReady] = {}

    def receive(response: responses.Response) -> None:
        if isinstance(response, FrameReady):
            out[response.frame] = response

    engine.run(request, receive)
    return out


def test_exactness(model: GenLMMModel) -> None:
    """Alone, in company, in any order, fresh or from the cache: the same bits."""
    engine = engine_of(model)
    encode = replace(encode_request(CLIP), transform=transform(model))
    motion = engine.ask(encode, responses.Encoded).motion
    request = replace(decode_request(motion, CLIP, range(5)), transform=transform(model))
    together = pictures(engine, request)
    cached = pictures(engine, request)
    backwards = pictures(engine_of(model), replace(request, frames=(4, 3, 2, 1, 0)))
    for frame in range(5):
        alone = pictures(engine_of(model), replace(request, frames=(frame,)))
        for other in (cached, backwards, alone):
            np.testing.assert_array_equal(other[frame].picture, together[frame].picture)
            np.testing.assert_array_equal(other[frame].displacement, together[frame].displacement)
    np.testing.assert_array_equal(together[0].picture, CLIP.frames[0])
    assert together[0].displacement is not None
    assert not together[0].displacement.any()


def test_refining_after_decoding_on_the_same_source(model: GenLMMModel) -> None:
    """What the model cached in inference mode must not stop gradients later."""
    engine = engine_of(model)
    encode = replace(encode_request(CLIP), transform=transform(model))
    motion = engine.ask(encode, responses.Encoded).motion
    pictures(engine, replace(decode_request(motion, CLIP, [1]), transform=transform(model)))
    refine = replace(refine_request(motion, CLIP, steps=5), transform=transform(model))
    refined = engine.ask(refine, responses.Refined)
    assert refined.error_after < refined.error_before


def test_a_model_that_the_engine_loads_itself_can_be_refined() -> None:
    """Weights that are made while a request is answered must still take gradients."""
    from tests.engine.real_model import random_genlmm

    engine = SyncEngine(
        Runner(load=lambda _name, _device: random_genlmm(), device=DeviceChoice("cpu", "test"))
    )
    placed = Transform.fit(CLIP.size, random_genlmm().card.size, mode="letterbox")
    motion = engine.ask(replace(encode_request(CLIP), transform=placed), responses.Encoded).motion
    refine = replace(refine_request(motion, CLIP, steps=5), transform=placed)
    refined = engine.ask(refine, responses.Refined)
    assert refined.error_after < refined.error_before


@pytest.mark.parametrize("cyclic", [False, True])
def test_refining_from_another_reference_than_the_first(model: GenLMMModel, cyclic: bool) -> None:
    """The reference itself is not fitted, and rows between rest and a refined one still decode."""
    engine = engine_of(model)
    encode = replace(encode_request(CLIP), transform=transform(model), reference=2, cyclic=cyclic)
    motion = engine.ask(encode, responses.Encoded).motion
    refine = replace(refine_request(motion, CLIP, steps=5), transform=transform(model), reference=2)
    refined = engine.ask(refine, responses.Refined)
    assert refined.error_after < refined.error_before
    assert not refined.motion.mean[2].any()
    assert all(np.isfinite(array).all() for array in refined.motion.state.values())
    calm = replace(refined.motion, mean=0.1 * refined.motion.mean)
    for fitted in (refined.motion, calm):
        request = replace(decode_request(fitted, CLIP, range(5)), transform=transform(model))
        shown = pictures(engine, replace(request, source=picture_of(CLIP, 2)))
        assert all(np.isfinite(ready.displacement).all() for ready in shown.values())
        np.testing.assert_array_equal(shown[2].picture, CLIP.frames[2])
