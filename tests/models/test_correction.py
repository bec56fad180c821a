"""What refinement adds beside the rows, and where it must not appear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.motion import Motion
from motionstudio.core.warp import warp
from motionstudio.models.correction import Correction, digest
from motionstudio.models.genlmm_model import GenLMMModel
from tests.models import tiny


def _correction() -> Correction:
    rows = np.array([[2.0, 0.0], [0.0, 3.0]], np.float32)
    velocity = np.stack([np.full((2, 4, 4), value, np.float32) for value in (1.0, -1.0)])
    return Correction(rows, velocity, digest(np.zeros((1, 8, 8), np.float32)))


def test_it_is_exact_at_a_refined_row_and_absent_at_rest_and_far_away() -> None:
    correction = _correction()
    np.testing.assert_array_equal(correction.at(correction.rows[1]), correction.velocity[1])
    assert not correction.at(np.zeros(2, np.float32)).any()
    assert not correction.at(np.array([9.0, 9.0], np.float32)).any()


def test_it_fades_evenly_with_the_distance_from_the_refined_row() -> None:
    values = [
        float(_correction().at(np.array([2.0 + away, 0.0], np.float32))[0, 0, 0])
        for away in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0
    assert values[2] == pytest.approx(0.5, abs=0.05)
    assert values[-1] == 0.0


def test_between_refined_rows_it_lies_between_their_corrections() -> None:
    rows = np.array([[2.0, 0.0], [2.4, 0.0]], np.float32)
    velocity = np.stack([np.full((2, 4, 4), value, np.float32) for value in (1.0, 2.0)])
    found = Correction(rows, velocity, np.zeros(16, np.uint8)).at(np.array([2.2, 0], np.float32))
    assert 1.0 < float(found[0, 0, 0]) < 2.0


def test_a_refined_row_of_zero_reaches_nowhere() -> None:
    rows = np.array([[0.0, 0.0], [9.0, 0.0]], np.float32)
    correction = Correction(rows, np.ones((2, 2, 4, 4), np.float32), np.zeros(16, np.uint8))
    assert not correction.at(np.array([0.1, 0.0], np.float32)).any()


def test_it_comes_back_from_a_state_only_for_its_own_source() -> None:
    correction, source = _correction(), np.zeros((1, 8, 8), np.float32)
    again = Correction.of(correction.state(), source)
    assert again is not None
    np.testing.assert_array_equal(again.velocity, correction.velocity)
    assert Correction.of(correction.state(), source + 0.1) is None
    assert Correction.of({}, source) is None


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    return tiny.fresh()


@pytest.fixture(scope="module")
def refined(model: GenLMMModel) -> tuple[np.ndarray, Motion, Motion]:
    frames = tiny.pictures(5)
    motion = model.encode(frames, np.ones(5, bool), np.arange(5) / 20)
    return frames, motion, model.refine(motion, frames, steps=25)


def _fields(model: GenLMMModel, motion: Motion, source: np.ndarray, rows: list[int]) -> np.ndarray:
    found = model.decode(motion, source, rows).displacement
    assert found is not None
    return found


def test_it_brings_frames_closer_than_rows_alone(
    model: GenLMMModel, refined: tuple[np.ndarray, Motion, Motion]
) -> None:
    frames, _, better = refined
    bare = replace(better, state={})

    def error(motion: Motion) -> float:
        found = _fields(model, motion, frames[0], [1, 2, 3, 4])
        warped = np.stack([warp(frames[0, 0], u) for u in found])
        return float(np.mean((warped - frames[1:, 0]) ** 2))

    assert error(better) < error(bare)


def test_transport_carries_the_rows_and_nothing_else(
    model: GenLMMModel, refined: tuple[np.ndarray, Motion, Motion]
) -> None:
    frames, _, better = refined
    other = np.ascontiguousarray(frames[0][:, ::-1])
    np.testing.assert_array_equal(
        _fields(model, better, other, [2]), _fields(model, replace(better, state={}), other, [2])
    )


def test_the_reference_stays_at_rest_and_rows_alone_equal_rows_in_company(
    model: GenLMMModel, refined: tuple[np.ndarray, Motion, Motion]
) -> None:
    frames, _, better = refined
    together = _fields(model, better, frames[0], [0, 4, 2])
    assert not together[0].any()
    np.testing.assert_array_equal(together[2], _fields(model, better, frames[0], [2])[0])


def test_refining_again_goes_on_from_there(
    model: GenLMMModel, refined: tuple[np.ndarray, Motion, Motion]
) -> None:
    frames, _, better = refined
    again = model.refine(better, frames, steps=0)
    np.testing.assert_array_equal(again.mean, better.mean)
    np.testing.assert_array_equal(again.state["refined.velocity"], better.state["refined.velocity"])
