"""Teapots that move as asked, the Utah teapot's mesh, and what numpy makes of triangles."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.datasets import make
from motionstudio.datasets.rasteriser import rasterise
from motionstudio.datasets.teapot_mesh import patches, teapot_mesh
from motionstudio.datasets.teapot_motion import FACTORS, reaches, units


@pytest.mark.parametrize("name", ["teapot", "teapot3d"])
@pytest.mark.parametrize("freedom", [1, 2, 6])
def test_only_the_free_factors_change_and_stay_within_reach(name: str, freedom: int) -> None:
    for index in range(4):
        factors = make(name, {"freedom": freedom}, 1, index).factors
        moving = np.ptp(factors, axis=0) > 1e-6
        assert moving.sum() == freedom
        assert (np.abs(factors) <= reaches(32) + 1e-6).all()


@pytest.mark.parametrize("freedom", [1, 2])
@pytest.mark.parametrize("gap", [1.0, 3.0, 6.0])
def test_straight_motion_goes_on_by_the_gap_in_pixels(freedom: int, gap: float) -> None:
    params = {"freedom": freedom, "frames": 3, "motion": "straight", "gap": gap}
    for index in range(8):
        sample = make("teapot", params, 3, index)
        steps = np.diff(sample.factors[:, :2], axis=0)
        np.testing.assert_allclose(np.hypot(*steps.T), gap, rtol=1e-5)
        np.testing.assert_allclose(steps[0], steps[1], atol=1e-5)
        assert (np.abs(sample.factors) <= reaches(32) + 1e-5).all()


def test_without_shifts_the_largest_turn_counts() -> None:
    params = {"freedom": 2, "frames": 3, "motion": "straight", "gap": 6.0}
    for index in range(8):
        steps = np.diff(make("teapot3d", params, 3, index).factors, axis=0)
        assert np.abs(steps / units(32)).max() == pytest.approx(6.0, rel=1e-4)


def test_a_way_beyond_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="within reach"):
        make("teapot", {"frames": 5, "motion": "straight", "gap": 6.0}, 0, 0)


def test_two_teapots_move_on_their_own() -> None:
    sample = make("teapot", {"teapots": 2}, 4, 0)
    assert sample.factor_names == tuple(f"{f} {k}" for k in (1, 2) for f in FACTORS)
    one, other = sample.factors[:, :2], sample.factors[:, 6:8]
    assert np.abs(one - other).max() > 1
    assert sample.labels is not None
    assert set(np.unique(sample.labels)) == {0, 1, 2}


@pytest.mark.parametrize(("segments", "count"), [(4, 992), (8, 4032)])
def test_the_mesh_is_the_utah_teapot(segments: int, count: int) -> None:
    mesh = teapot_mesh(segments)
    assert patches().shape == (32, 4, 4, 3)
    assert len(mesh.triangles) == count == 64 * segments**2 - 8 * segments
    low, high = mesh.points.min(0), mesh.points.max(0)
    np.testing.assert_allclose([low[0], low[1], low[2]], [-3.0, -2.0, -1.575])
    np.testing.assert_allclose([high[1], high[2]], [2.0, 1.575])
    assert 3.42 < high[0] < 3.44
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0)


def test_the_nearest_triangle_is_seen() -> None:
    square = np.array([[0, 0], [9, 0], [0, 9], [9, 9]], float)
    far = np.column_stack([square, np.full(4, 5.0)])
    near = np.column_stack([square * 0.5, np.full(4, 1.0)])
    triangles = np.array([[0, 1, 2], [1, 3, 2], [4, 5, 6], [5, 7, 6]])
    for order in (triangles, triangles[::-1]):
        found = rasterise(np.concatenate([far, near]), order, 10)
        assert found.depth[2, 2] == 1.0
        assert found.depth[8, 8] == 5.0
        assert (found.triangle >= 0).all()
        np.testing.assert_allclose(found.weights.sum(-1), 1.0)


def test_weights_find_the_point_in_its_triangle() -> None:
    points = np.array([[1.0, 1.0, 0.0], [14.0, 3.0, 6.0], [4.0, 13.0, 3.0]])
    found = rasterise(points, np.array([[0, 1, 2]]), 16)
    rows, columns = np.nonzero(found.triangle == 0)
    there = found.weights[rows, columns] @ points
    assert len(rows) > 40
    np.testing.assert_allclose(there[:, 0], columns, atol=1e-9)
    np.testing.assert_allclose(there[:, 1], rows, atol=1e-9)
    np.testing.assert_allclose(there[:, 2], found.depth[rows, columns])
    assert (found.triangle == -1).any()


def test_turned_surfaces_are_lit_anew_and_painted_alike() -> None:
    sample = make("teapot3d", {"freedom": 1, "size": 64, "frames": 8}, 2, 0)
    assert not np.array_equal(sample.frames[-1], sample.clean[-1])
    body = sample.valid[-1] & (sample.labels[-1] == 1) if sample.labels is not None else None
    assert body is not None
    assert body.sum() > 100
