"""The law of correlated shapes, in frames, factors and displacements."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.datasets import make
from motionstudio.datasets.correlated_shapes import REACH, SHAPES, law


def test_shapes_go_as_the_law_says() -> None:
    sample = make("correlated_shapes", {"frames": 5, "size": 64}, 1, 3)
    names = sample.factor_names
    u, w = (sample.factors[:, names.index(n)].astype(np.float64) for n in "uw")
    for shape in SHAPES:
        path = np.stack([sample.factors[:, names.index(f"{shape} {axis}")] for axis in "xy"], 1)
        np.testing.assert_allclose(np.diff(path, axis=0), law(shape, u, w)[1:], atol=1e-4)


def test_circle_and_triangle_share_one_number_and_the_square_has_its_own() -> None:
    steps = np.array([make("correlated_shapes", {}, 1, i).factors[1, :2] for i in range(300)])
    reach = REACH * 32
    assert np.abs(steps).max() <= reach
    assert abs(float(np.corrcoef(steps.T)[0, 1])) < 0.15
    # Uniform: a third of it lies in each third of the range.
    inside = (np.abs(steps) < reach / 3).mean(0)
    assert ((inside > 0.25) & (inside < 0.42)).all()


def test_long_clips_turn_back_before_shapes_leave() -> None:
    for index in range(20):
        sample = make("correlated_shapes", {"frames": 40, "size": 32}, 2, index)
        assert sample.factors[:, 2:].min() > 1
        assert sample.factors[:, 2:].max() < 31
        assert np.abs(sample.factors[:, :2]).max() <= REACH * 32 + 1e-5


def test_one_look_has_other_motions_with_another_reach() -> None:
    calm, wild = (make("correlated_shapes", {"reach": r}, 1, 0) for r in (0.0, 0.1))
    np.testing.assert_array_equal(calm.frames[0], wild.frames[0])
    np.testing.assert_array_equal(calm.frames[1], calm.frames[0])
    assert not np.array_equal(wild.frames[1], wild.frames[0])
    steady = make("correlated_shapes", {"frames": 3, "constant": True}, 1, 0)
    assert np.ptp(steady.factors[1:, :2], axis=0).max() < 1e-6


def test_no_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="frames"):
        make("correlated_shapes", {"frames": 0}, 0, 0)
