"""Shapes followed by their colours, and what their steps say of each other."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.shape_motion import correlation, main_direction, shape_motions
from motionstudio.datasets import make


def test_steps_of_drawn_shapes_are_found_to_a_tenth_of_a_pixel() -> None:
    errors = []
    for index in range(60):
        sample = make("correlated_shapes", {"size": 64, "reach": 0.05}, 4, index)
        assert sample.labels is not None
        found = shape_motions(sample.frames[0], sample.labels[0], sample.frames[1:])
        truth = (sample.factors[1, 2:] - sample.factors[0, 2:]).reshape(3, 2)
        if found.labels == (1, 2, 3):
            errors.append(np.abs(found.steps[0] - truth))
    # Shapes that hide others spoil single ones.
    assert float(np.median(np.array(errors))) < 0.1


def test_a_picture_that_stays_gives_no_steps_and_a_shape_that_goes_gives_none() -> None:
    picture = np.full((3, 24, 24), 0.9, np.float32)
    picture[:, 4:9, 4:9] = np.array([0.9, 0.1, 0.1], np.float32)[:, None, None]
    picture[:, 14:19, 14:19] = np.array([0.1, 0.1, 0.9], np.float32)[:, None, None]
    labels = np.zeros((24, 24), np.uint8)
    labels[4:9, 4:9], labels[14:19, 14:19], labels[0, 0] = 1, 2, 3
    gone = picture.copy()
    gone[:, 14:19, 14:19] = 0.9
    found = shape_motions(picture, labels, np.stack([picture, gone]))
    assert found.labels == (1, 2)
    np.testing.assert_allclose(found.steps[0], 0, atol=1e-9)
    np.testing.assert_allclose(found.steps[1, 0], 0, atol=1e-9)
    assert np.isnan(found.steps[1, 1]).all()
    with pytest.raises(ValueError, match="one size"):
        shape_motions(picture, labels[:5], picture[None])


def test_correlations_leave_out_what_is_not_known() -> None:
    along = np.arange(10.0)
    assert correlation(along, -2 * along) == pytest.approx(-1)
    broken = along.copy()
    broken[3] = np.nan
    assert correlation(broken, along) == pytest.approx(1)
    assert np.isnan(correlation(along, np.ones(10)))
    assert np.isnan(correlation(along[:2], along[:2]))


def test_the_main_direction_is_that_of_the_largest_spread() -> None:
    rng = np.random.default_rng(0)
    steps = rng.standard_normal((50, 1)) @ np.array([[-3.0, -3.0]])
    np.testing.assert_allclose(main_direction(steps), np.sqrt([0.5, 0.5]), atol=1e-6)
    np.testing.assert_array_equal(main_direction(np.full((5, 2), np.nan)), [1, 0])
