"""What refining found survives frames that are dropped later, and nothing leaks from those."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.motion import Motion
from motionstudio.models.correction import Correction
from motionstudio.models.genlmm_model import GenLMMModel
from tests.models import tiny

COUNT, GONE = 7, 3


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    return tiny.fresh()


def encode(model: GenLMMModel, *dropped: int) -> Motion:
    kept = np.ones(COUNT, bool)
    kept[list(dropped)] = False
    return model.encode(tiny.pictures(COUNT), kept, np.arange(COUNT) / 20)


@pytest.fixture(scope="module")
def refined(model: GenLMMModel) -> Motion:
    return model.refine(encode(model), tiny.pictures(COUNT), steps=6)


def test_kept_frames_keep_their_pictures(model: GenLMMModel, refined: Motion) -> None:
    kept = model.keep_refinement(encode(model, GONE), refined)
    rows = [1, 2, 4, 5, 6]
    source = tiny.pictures(COUNT)[0]
    before, after = (model.decode(m, source, rows).displacement for m in (refined, kept))
    np.testing.assert_array_equal(before, after)
    assert not kept.kept[GONE]
    assert kept.filled[GONE]


def test_nothing_comes_from_a_frame_that_is_dropped(model: GenLMMModel, refined: Motion) -> None:
    spoiled = refined.mean.copy()
    spoiled[GONE] = 99
    encoded = encode(model, GONE)
    kept = model.keep_refinement(encoded, refined)
    np.testing.assert_array_equal(
        kept.mean, model.keep_refinement(encoded, replace(refined, mean=spoiled)).mean
    )
    found = Correction.read(kept.state)
    assert found is not None
    assert not (found.rows == refined.mean[GONE]).all(1).any()
    assert len(found.rows) == COUNT - 2


def test_the_row_of_a_dropped_frame_follows_its_neighbours(
    model: GenLMMModel, refined: Motion
) -> None:
    encoded = encode(model, GONE)
    kept = model.keep_refinement(encoded, refined)
    change = kept.mean - encoded.mean
    np.testing.assert_allclose(change[GONE], (change[GONE - 1] + change[GONE + 1]) / 2, atol=1e-5)


def test_a_frame_that_comes_back_is_as_encoded(model: GenLMMModel, refined: Motion) -> None:
    once = model.keep_refinement(encode(model, GONE), refined)
    whole = encode(model)
    again = model.keep_refinement(whole, once)
    np.testing.assert_array_equal(again.mean[GONE], whole.mean[GONE])
    np.testing.assert_array_equal(again.mean[1], refined.mean[1])


def test_an_encoding_that_was_never_refined_stays_as_it_is(model: GenLMMModel) -> None:
    encoded = encode(model, GONE)
    assert model.keep_refinement(encoded, encode(model)) is encoded
