from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from motionstudio.core import projection
from motionstudio.core.nearest import (
    motion_distance,
    nearest_frames,
    nearest_motions,
    nearest_points,
    resampled,
    within,
)
from motionstudio.core.pca import pca, pca_of_covariance
from motionstudio.core.projection import FitOptions, fit, fit_distribution

clouds = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=8),
    elements=st.floats(-100, 100, width=32),
)
options = st.builds(
    FitOptions,
    centre=st.sampled_from(["mean", "rest"]),
    whiten=st.booleans(),
)


@given(clouds, options)
def test_rows_of_scores_are_the_rows_that_were_fitted(
    cloud: np.ndarray, chosen: FitOptions
) -> None:
    made = fit(cloud, chosen)
    assert np.allclose(made.rows(made.scores(cloud)), cloud, atol=1e-6)


@given(clouds, options, st.data())
def test_a_step_changes_the_scores_it_names_and_no_others(
    cloud: np.ndarray, chosen: FitOptions, data: st.DataObject
) -> None:
    made = fit(cloud, chosen)
    component = data.draw(st.integers(0, made.components - 1))
    before = made.scores(cloud[:1])[0]
    after = made.scores(cloud[:1] + made.step([component], [2.5]))[0]
    expected = np.zeros(made.components)
    expected[component] = 2.5
    scale = np.abs(cloud).max() / made.unit.min() + 1
    assert np.allclose(after - before, expected, atol=1e-9 * scale)


@given(clouds)
def test_whitened_scores_count_standard_deviations(cloud: np.ndarray) -> None:
    made = fit(cloud, FitOptions(whiten=True))
    scores = made.scores(cloud)
    for component in np.flatnonzero(made.std > 1e-3):
        assert scores[:, component].std(ddof=1) == pytest.approx(1.0, rel=1e-3)


@given(clouds)
def test_components_of_the_covariance_are_those_of_the_points(cloud: np.ndarray) -> None:
    points = pca(cloud)
    covariance = np.atleast_2d(np.cov(cloud.T))
    other = pca_of_covariance(cloud.mean(0), covariance)
    count = len(points.variance)
    assert np.allclose(points.variance, other.variance[:count], atol=1e-6 * (1 + covariance.max()))


def test_rest_as_centre_looks_from_zero() -> None:
    cloud = np.array([[5.0, 0.1], [5.2, -0.1], [4.9, 0.0]])
    made = fit(cloud, FitOptions(centre="rest"))
    assert np.array_equal(made.axes.mean, np.zeros(2))
    assert abs(made.axes.components[0, 0]) > 0.99
    same = fit_distribution(cloud.mean(0), np.cov(cloud.T, ddof=0), FitOptions(centre="rest"))
    assert np.allclose(same.axes.components, made.axes.components, atol=1e-9)


def test_names_count_from_one_with_the_share() -> None:
    cloud = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert fit(cloud, FitOptions()).name(0) == "PC 1 (90 %)"


def test_traversal_runs_through_the_centre_and_two_deviations() -> None:
    made = fit(np.random.default_rng(0).normal(size=(50, 4)), FitOptions())
    rows = projection.traversal(made, 1, 5)
    scores = made.scores(rows)
    assert np.allclose(scores[2], 0, atol=1e-6)
    assert scores[-1, 1] == pytest.approx(2 * made.std[1], rel=1e-5)
    assert np.allclose(np.delete(scores, 1, axis=1), 0, atol=1e-6)


def test_grid_starts_at_the_top_left() -> None:
    made = fit(np.random.default_rng(0).normal(size=(50, 4)), FitOptions())
    scores = made.scores(projection.plane_grid(made, (0, 2), (-1, 1, -2, 2), (2, 2)))
    assert np.allclose(scores[0, [0, 2]], [-0.5, 1], atol=1e-6)
    assert np.allclose(scores[3, [0, 2]], [0.5, -1], atol=1e-6)
    assert np.allclose(scores[:, [1, 3]], 0, atol=1e-6)


@given(st.floats(-7, 7), st.floats(-1.5, 1.5))
def test_a_turned_view_is_orthographic(azimuth: float, elevation: float) -> None:
    view = projection.turned(azimuth, elevation)
    assert np.allclose(view @ view.T, np.eye(2), atol=1e-9)


def test_straight_from_above_shows_the_first_two() -> None:
    assert np.allclose(projection.turned(0.0, np.pi / 2), [[1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_rows_that_take_part() -> None:
    assert projection.used_rows(4, 0, with_reference=False).tolist() == [1, 2, 3]
    assert projection.used_rows(4, 0, with_reference=True).tolist() == [0, 1, 2, 3]
    assert projection.used_rows(9, 2, with_reference=False, chosen=[5, 2, 3]).tolist() == [3, 5]


@given(clouds)
def test_a_motion_is_nearest_to_itself(cloud: np.ndarray) -> None:
    assert motion_distance(cloud, cloud) == 0
    assert nearest_motions(cloud, [cloud + 1, cloud], 1)[0][0] == 1


def test_speed_does_not_count_but_order_does() -> None:
    walk = np.linspace(0, 1, 11)[:, None] * [1.0, 2.0]
    assert motion_distance(walk, walk[::2]) == pytest.approx(0, abs=1e-12)
    assert motion_distance(walk, walk[::-1]) > 0.5
    assert resampled(walk[:1]).shape == (32, 2)


def test_nearest_points_and_frames() -> None:
    points = np.array([[0.0, 0], [3, 0], [1, 0]])
    assert [i for i, _ in nearest_points(np.zeros(2), points, 2)] == [0, 2]
    found = nearest_frames(np.array([3.0, 0]), [points, points + 0.5], 5)
    assert [(cloud, frame) for cloud, frame, _ in found] == [(0, 1), (1, 1)]
    assert within(points, (2, 1), (0.5, -1)).tolist() == [2]


def test_scores_on_some_components_are_those_of_all() -> None:
    rows = np.random.default_rng(5).normal(size=(30, 7))
    for whiten in (False, True):
        made = fit(rows, FitOptions(whiten=whiten))
        assert np.allclose(made.scores_on((4, 0, 4), rows), made.scores(rows)[:, [4, 0, 4]])
