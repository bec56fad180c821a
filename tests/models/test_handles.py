"""Solving rows for points of the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.errors import Cancelled
from motionstudio.core.handles import HandleGoals, remaining
from motionstudio.core.motion import Motion
from motionstudio.core.tracks import carried
from motionstudio.models.genlmm_model import GenLMMModel
from motionstudio.models.handle_solver import REACH, learned_metric
from motionstudio.models.motion_space import MotionSpace
from motionstudio.models.warp import jacobian_determinant
from tests.models import tiny

ROW = 3


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    return tiny.fresh()


@pytest.fixture(scope="module")
def motion(model: GenLMMModel) -> Motion:
    frames = tiny.pictures(6)
    return model.encode(frames, np.ones(6, bool), np.arange(6) / 20)


def source() -> np.ndarray:
    return np.ascontiguousarray(tiny.pictures(6)[0])


def places(model: GenLMMModel, motion: Motion, points: np.ndarray) -> np.ndarray:
    inverse = model.decode(motion, source(), [ROW], inverse=True).inverse
    assert inverse is not None
    return carried(points, inverse[0])


def goals(model: GenLMMModel, motion: Motion, *moves: tuple[float, float]) -> HandleGoals:
    points = np.array([[12.0, 16], [20, 14], [16, 22]], np.float32)[: len(moves)]
    targets = places(model, motion, points) + np.array(moves)
    return HandleGoals(points, targets.astype(np.float32), np.ones(len(moves), np.float32))


def test_the_point_comes_where_the_decoder_takes_it(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (0.8, -0.5))
    found = model.solve(motion, source(), ROW, wanted, prior_weight=0.0, steps=12)
    mean = motion.mean.copy()
    mean[ROW] = found.row
    moved = Motion(
        mean, motion.std, motion.kept, motion.times, motion.rows, motion.row_times, motion.filled
    )
    np.testing.assert_allclose(places(model, moved, wanted.points), found.reached, atol=1e-3)
    assert remaining(found.reached, wanted.targets)[0] < 0.1


def test_it_never_ends_farther_away_than_it_began(model: GenLMMModel, motion: Motion) -> None:
    for move in ((1.0, 0.0), (-6.0, 4.0), (30.0, 30.0)):
        wanted = goals(model, motion, move)
        found = model.solve(motion, source(), ROW, wanted, steps=6)
        before = float(np.hypot(*move))
        assert remaining(found.reached, wanted.targets)[0] <= before + 1e-4


def test_nothing_to_do_changes_nothing(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (0.0, 0.0), (0.0, 0.0))
    found = model.solve(motion, source(), ROW, wanted)
    np.testing.assert_allclose(found.row, motion.mean[ROW], atol=1e-3)


def test_a_pin_holds_while_another_point_moves(model: GenLMMModel, motion: Motion) -> None:
    free = goals(model, motion, (1.5, 0.0))
    held = goals(model, motion, (1.5, 0.0), (0.0, 0.0))
    alone = model.solve(motion, source(), ROW, free, prior_weight=1e-3, steps=10)
    mean = motion.mean.copy()
    mean[ROW] = alone.row
    loose = Motion(
        mean, motion.std, motion.kept, motion.times, motion.rows, motion.row_times, motion.filled
    )
    drifted = remaining(places(model, loose, held.points), held.targets)[1]
    pinned = model.solve(motion, source(), ROW, held, prior_weight=1e-3, steps=10)
    assert remaining(pinned.reached, held.targets)[1] < drifted


def test_the_prior_holds_back(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (2.0, 1.0))
    metric = learned_metric(model._space)
    ways = []
    for weight in (1e-4, 1.0, 100.0):
        row = model.solve(motion, source(), ROW, wanted, prior_weight=weight, steps=10).row
        ways.append(
            float(np.linalg.norm(metric.deviations((row - motion.mean[ROW]).astype(float))))
        )
    assert ways[0] > ways[1] > ways[2]


def test_a_row_stays_within_reach_unless_nothing_holds_it(
    model: GenLMMModel, motion: Motion
) -> None:
    wanted = goals(model, motion, (20.0, 20.0))
    metric = learned_metric(model._space)

    def way(weight: float) -> float:
        row = model.solve(motion, source(), ROW, wanted, prior_weight=weight, steps=12).row
        return float(np.linalg.norm(metric.deviations((row - motion.mean[ROW]).astype(float))))

    assert way(1e-6) <= REACH * 1.001
    assert way(0.0) > REACH


def test_dimensions_that_may_not_change_stay(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (1.0, 0.0))
    row = model.solve(motion, source(), ROW, wanted, dims=(1, 4)).row
    held = [0, 2, 3, 5]
    np.testing.assert_array_equal(row[held], motion.mean[ROW][held])
    assert (row[[1, 4]] != motion.mean[ROW][[1, 4]]).any()


def test_a_warm_start_goes_on_from_there(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (1.0, 0.6))
    first = model.solve(motion, source(), ROW, wanted, steps=2)
    second = model.solve(motion, source(), ROW, wanted, start=first.row, steps=2)
    far, near = (remaining(found.reached, wanted.targets)[0] for found in (first, second))
    assert near <= far + 1e-4


def test_it_folds_nothing_that_was_not_folded(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (25.0, 0.0), (-25.0, 0.0))
    found = model.solve(motion, source(), ROW, wanted, prior_weight=0.0, steps=8)
    assert found.folded == 0
    mean = motion.mean.copy()
    mean[ROW] = found.row
    moved = Motion(
        mean, motion.std, motion.kept, motion.times, motion.rows, motion.row_times, motion.filled
    )
    decoded = model.decode(moved, source(), [ROW], inverse=True)
    for field in (decoded.displacement, decoded.inverse):
        assert field is not None
        assert (jacobian_determinant(torch.from_numpy(field)) > 0).all()


def test_what_refining_found_is_part_of_where_points_are(model: GenLMMModel) -> None:
    frames = tiny.pictures(6)
    encoded = model.encode(frames, np.ones(6, bool), np.arange(6) / 20)
    refined = model.refine(encoded, frames, steps=4)
    wanted = goals(model, refined, (0.0, 0.0))
    found = model.solve(refined, source(), ROW, wanted, steps=1)
    assert remaining(found.reached, wanted.targets)[0] < 0.05


def test_it_stops_when_told(model: GenLMMModel, motion: Motion) -> None:
    wanted = goals(model, motion, (1.0, 0.0))
    with pytest.raises(Cancelled):
        model.solve(motion, source(), ROW, wanted, tick=lambda _: False)


def test_inputs_stay_as_they_are(model: GenLMMModel, motion: Motion) -> None:
    before, wanted = motion.mean.copy(), goals(model, motion, (1.0, 0.0))
    start = motion.mean[ROW] + 0.1
    kept = start.copy()
    model.solve(motion, source(), ROW, wanted, start=start)
    np.testing.assert_array_equal(motion.mean, before)
    np.testing.assert_array_equal(start, kept)


@given(seed=st.integers(0, 99), count=st.integers(2, 5))
@settings(max_examples=25, deadline=None)
def test_the_metric_measures_what_it_spreads(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    space = MotionSpace.fit(rng.standard_normal((8, 16, 5)).astype(np.float32), 3)
    dims = sorted(rng.choice(5, count, replace=False).tolist())
    metric = learned_metric(space, dims)
    deviations = rng.standard_normal(count)
    change = metric.change(deviations, 5)
    np.testing.assert_allclose(metric.deviations(change), deviations, atol=1e-8)
    assert not change[[d for d in range(5) if d not in dims]].any()


@pytest.mark.parametrize(
    ("points", "targets", "weights"),
    [
        (np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0)),
        (np.zeros((2, 2)), np.zeros((1, 2)), np.ones(2)),
        (np.zeros((1, 2)), np.full((1, 2), np.nan), np.ones(1)),
        (np.zeros((1, 2)), np.zeros((1, 2)), np.zeros(1)),
    ],
)
def test_goals_that_make_no_sense_are_refused(
    points: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="HandleGoals"):
        HandleGoals(*(a.astype(np.float32) for a in (points, targets, weights)))
