"""Shapes with few degrees of freedom, and two motions over each other."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.datasets import shapes, two_motion


@pytest.mark.parametrize("freedom", [1, 2, 6])
def test_only_the_free_factors_change(freedom: int) -> None:
    for index in range(4):
        factors = shapes.make("shapes", {"freedom": freedom}, 1, index).factors
        assert np.all(np.ptp(factors[:, :freedom], axis=0) > 0.01)
        assert np.all(factors[:, freedom:] == 0.0)


def test_affine_factors_stay_within_their_reach() -> None:
    reach = np.array(shapes.REACH) * [64, 64, 1, 1, 1, 1]
    for index in range(10):
        factors = shapes.make("shapes", {}, 2, index).factors
        assert np.all(np.abs(factors) <= reach + 1e-4)


@pytest.mark.parametrize("gravity", [False, True])
def test_shapes_stay_between_the_walls(gravity: bool) -> None:
    for index in range(6):
        params = {"freedom": 2, "gravity": gravity, "frames": 60}
        sample = shapes.make("shapes", params, 3, index)
        wall = 32.0 - float(str(sample.meta.subject["radius"]))
        assert np.abs(sample.factors[:, :2]).max() <= wall + 1e-3


def test_bounces_turn_the_motion_round() -> None:
    x = shapes.make("shapes", {"freedom": 1, "frames": 60}, 3, 0).factors[:, 0]
    steps = np.diff(x)
    full = np.abs(steps).max()
    assert steps.min() < 0.0 < steps.max()
    assert np.mean(np.isclose(np.abs(steps), full, atol=1e-3)) > 0.7


def test_gravity_accelerates_downwards() -> None:
    params = {"freedom": 2, "gravity": True, "frames": 5}
    falls = [shapes.make("shapes", params, 5, i).factors[:, 1] for i in range(8)]
    assert any(np.all(np.diff(y, 2) > 0.1) for y in falls)


def test_all_outlines_occur_and_can_be_chosen() -> None:
    drawn = {shapes.make("shapes", {"frames": 2}, 6, i).meta.subject["shape"] for i in range(20)}
    assert drawn == {"disk", "box", "star"}
    chosen = shapes.make("shapes", {"frames": 2, "shape": "box"}, 6, 0)
    assert chosen.meta.subject["shape"] == "box"


@pytest.mark.parametrize("params", [{"freedom": 3}, {"shape": "heart"}], ids=["freedom", "shape"])
def test_unknown_values_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        shapes.make("shapes", params, 0, 0)


def test_two_motions_have_their_own_flow() -> None:
    velocities = ((1.25, -0.5), (-2.0, 0.75))
    sample = two_motion.make("two_motion", {"velocities": velocities}, 0, 0)
    assert sample.labels is not None
    assert sample.flow_next is not None
    for t in range(1, len(sample.frames)):
        for label, (dx, dy) in enumerate(velocities):
            there = sample.labels[t] == label
            assert there.any()
            expected = np.array([[-dx], [-dy]])
            assert np.abs(sample.flow_next[t - 1][:, there] - expected).max() < 1e-4
            assert np.abs(sample.displacement[t][:, there] - t * expected).max() < 1e-3


def test_uncovered_background_is_not_valid() -> None:
    velocities = ((0.0, 0.0), (3.0, 0.0))
    sample = two_motion.make("two_motion", {"velocities": velocities}, 0, 1)
    assert sample.labels is not None
    uncovered = (sample.labels[-1] == 0) & (sample.labels[0] == 1)
    assert uncovered.sum() > 20
    assert not sample.valid[-1][uncovered].any()


def test_drawn_velocities_are_bounded() -> None:
    for index in range(10):
        factors = two_motion.make("two_motion", {}, 7, index).factors
        assert np.abs(np.diff(factors, axis=0)).max() <= two_motion.SPEED + 1e-4
