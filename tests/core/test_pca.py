from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from motionstudio.core.pca import pca

clouds = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.floats(-100, 100),
)


@given(clouds)
def test_all_components_reconstruct_every_point(cloud: np.ndarray) -> None:
    axes = pca(cloud)
    assert np.allclose(axes.reconstruct(axes.project(cloud)), cloud, atol=1e-8)


@given(clouds)
def test_axes_are_orthonormal_sorted_and_have_fixed_signs(cloud: np.ndarray) -> None:
    axes = pca(cloud)
    count = len(axes.components)
    assert np.allclose(axes.components @ axes.components.T, np.eye(count), atol=1e-9)
    assert (np.diff(axes.variance) <= 1e-9).all()
    strongest = np.abs(axes.components).argmax(axis=1)
    peaks = axes.components[np.arange(count), strongest]
    ties = np.abs(axes.components) >= np.abs(peaks)[:, None] * (1 - 1e-9)
    assert (axes.components[np.arange(count), ties.argmax(axis=1)] > 0).all()


def test_variances_and_shares_are_those_of_the_cloud() -> None:
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(500, 3)) * [3, 2, 1] + 7
    axes = pca(cloud)
    assert np.allclose(axes.variance, np.linalg.eigvalsh(np.cov(cloud.T))[::-1])
    assert axes.share.sum() == pytest.approx(1)
    assert np.allclose(axes.project(cloud).var(axis=0, ddof=1), axes.variance)
    assert np.allclose(axes.mean, cloud.mean(axis=0))


def test_mirrored_clouds_have_the_same_axes() -> None:
    rng = np.random.default_rng(3)
    cloud = rng.normal(size=(40, 5)) * [5, 4, 3, 2, 1]
    assert np.allclose(pca(cloud).components, pca(-cloud).components)
    assert np.allclose(pca(cloud).components, pca(cloud[::-1]).components)


def test_fewer_components_are_the_first_ones() -> None:
    rng = np.random.default_rng(4)
    cloud = rng.normal(size=(20, 4)).astype(np.float32)
    two = pca(cloud, 2)
    assert two.components.shape == (2, 4)
    assert np.array_equal(two.components, pca(cloud).components[:2])
    assert np.array_equal(two.share, pca(cloud).share[:2])
    assert len(pca(cloud, 99).components) == 4


def test_points_that_do_not_vary_have_no_share() -> None:
    axes = pca(np.ones((4, 3)))
    assert not axes.variance.any()
    assert not axes.share.any()


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(3)])
def test_other_shapes_are_refused(points: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected points of shape"):
        pca(points)


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        pca(np.array([[1.0, np.nan]]))
