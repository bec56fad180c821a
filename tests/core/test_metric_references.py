"""Metrics against programs of others: scikit-image, MedPy, SciPy, scikit-learn, SimpleITK.

What the first four find is kept in ``metric_references.json`` with their versions, by
``benchmarks/metric_references.py``; SimpleITK is asked here.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.metric_references import SPACINGS, codes, pictures, regions
from motionstudio.core.factor_scores import lasso
from motionstudio.core.metrics import (
    appearance_distance,
    dice,
    endpoint_error,
    folded_share,
    hausdorff,
    keypoint_distance,
    missing_rate,
    outline_points,
    psnr,
    rmse,
    ssim,
)
from motionstudio.core.warp import jacobian_determinant

FOUND = json.loads((Path(__file__).parent / "metric_references.json").read_text())
CASES = pytest.mark.parametrize("number", range(len(FOUND["cases"])))


def _case(number: int) -> dict[str, Any]:
    found: dict[str, Any] = FOUND["cases"][number]
    return found


def test_the_references_say_what_they_were_made_by() -> None:
    assert set(FOUND["made by"]) == {"scikit-image", "scikit-learn", "scipy", "medpy", "numpy"}
    assert len(FOUND["cases"]) == 6


@CASES
def test_pictures_as_scikit_image_compares_them(number: int) -> None:
    a, b = pictures(number)
    assert rmse(a, b) == pytest.approx(_case(number)["rmse"], rel=1e-9)
    assert psnr(a, b) == pytest.approx(_case(number)["psnr"], rel=1e-9)
    assert ssim(a, b) == pytest.approx(_case(number)["ssim"], abs=1e-7)


@CASES
def test_regions_as_medpy_and_scipy_compare_them(number: int) -> None:
    a, b = regions(number)
    spacing = SPACINGS[number % len(SPACINGS)]
    case = _case(number)
    assert dice(a, b) == pytest.approx(case["dice"])
    assert hausdorff(a, b, percentile=100, spacing=spacing) == pytest.approx(case["hausdorff"])
    assert hausdorff(a, b, spacing=spacing) == pytest.approx(case["hd95"])
    assert max(case["directed"]) == pytest.approx(case["hausdorff"])


@CASES
def test_the_lasso_as_scikit_learn_solves_it(number: int) -> None:
    z, f = codes(number)
    found = lasso((z - z.mean(0)) / z.std(0), (f - f.mean(0)) / f.std(0), 0.1)
    assert found == pytest.approx(np.array(_case(number)["lasso"]), abs=1e-4)


@CASES
def test_overlap_as_simpleitk_measures_it(number: int) -> None:
    a, b = regions(number)
    measured = sitk.LabelOverlapMeasuresImageFilter()
    measured.Execute(*(sitk.GetImageFromArray(one.astype(np.uint8)) for one in (a, b)))
    assert dice(a, b) == pytest.approx(measured.GetDiceCoefficient())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 4))
def test_determinants_and_folds_as_simpleitk_finds_them(seed: int, size: float) -> None:
    u = (size * np.random.default_rng(seed).normal(size=(2, 11, 9))).astype(np.float32)
    field = sitk.GetImageFromArray(np.moveaxis(u, 0, -1).astype(np.float64), isVector=True)
    true = sitk.GetArrayFromImage(sitk.DisplacementFieldJacobianDeterminant(field))[1:-1, 1:-1]
    assert jacobian_determinant(u)[1:-1, 1:-1] == pytest.approx(true, abs=2e-3 * size**2)
    if np.abs(true).min() > 1e-3 * size**2:
        assert folded_share(u) == pytest.approx((true <= 0).mean())


def test_a_fold_in_half_of_the_picture_is_half_of_it() -> None:
    x = np.arange(22, dtype=np.float32)
    u = np.zeros((2, 10, 22), np.float32)
    u[0] = np.where(x < 11, -2 * x, -22)  # x' = -x up to column 10, x - 22 from 11 on
    # Inner columns are 1 to 20; central differences of 1 to 10 are -1, of 11 on +1; at 11 itself
    # (x'(12) - x'(10)) / 2 = 0, which counts as folded.
    assert folded_share(u) == pytest.approx(11 / 20)


def _slow_akd(found: np.ndarray, true: np.ndarray, lost: np.ndarray) -> float:
    """``np.mean(np.abs(a - b).astype(float))`` over frames where both were found, as published."""
    errors = [
        np.mean(np.abs(found[t, k] - true[t, k]).astype(float))
        for t in range(found.shape[0])
        for k in range(found.shape[1])
        if not lost[t, k]
    ]
    return float(np.mean(errors))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_keypoints_as_the_scripts_of_pose_evaluation_compare_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found, true = rng.normal(size=(2, 6, 5, 2))
    lost = rng.random((6, 5)) < 0.3
    lost[0, 0] = False
    assert keypoint_distance(found, true, lost) == pytest.approx(_slow_akd(found, true, lost))
    assert missing_rate(lost) == pytest.approx(lost.sum() / 30)
    features, other = rng.normal(size=(2, 6, 128))
    slow = np.mean([np.sum((p - q) ** 2) for p, q in zip(features, other, strict=True)])
    assert appearance_distance(features, other) == pytest.approx(slow)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 3), st.integers(0, 3))
def test_symmetry_and_what_does_not_matter(seed: int, scale: float, turns: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, 14, 14))
    assert ssim(a, b) == pytest.approx(ssim(b, a))
    assert rmse(a, b) == rmse(b, a)
    turned = [np.rot90(one, turns) for one in (a, b)]
    assert ssim(*turned) == pytest.approx(ssim(a, b))
    p, q = a > 0.7, b > 0.6
    if p.any() and q.any():
        assert hausdorff(p, q) == hausdorff(q, p)
        assert hausdorff(np.rot90(p, turns), np.rot90(q, turns)) == pytest.approx(hausdorff(p, q))
        scaled = hausdorff(p, q, spacing=(scale, scale))
        assert scaled == pytest.approx(scale * hausdorff(p, q))
        assert hausdorff(p, p) == 0.0
    u, v = rng.normal(size=(2, 2, 6, 6))
    assert endpoint_error(u, v) == pytest.approx(endpoint_error(v, u))
    assert endpoint_error(scale * u, scale * v) == pytest.approx(scale * endpoint_error(u, v))


def test_edges_of_what_is_defined() -> None:
    flat = np.full((12, 12), 0.4)
    assert ssim(flat, flat) == pytest.approx(1.0)
    assert ssim(flat, flat + 0.2) == pytest.approx((2 * 0.24 + 1e-4) / (0.16 + 0.36 + 1e-4))
    assert psnr(flat, flat) == math.inf
    point = np.zeros((5, 7), bool)
    point[2, 3] = True
    other = np.zeros((5, 7), bool)
    other[4, 0] = True
    assert outline_points(point).tolist() == [[2, 3]]
    assert hausdorff(point, other, spacing=(1.0, 2.0)) == pytest.approx(math.hypot(2, 6))
    assert hausdorff(np.zeros((5, 7), bool), np.zeros((5, 7), bool)) == 0
    assert math.isnan(hausdorff(point, np.zeros((5, 7), bool)))
    assert dice(point, np.zeros((5, 7), bool)) == 0.0
    assert rmse(np.zeros((1, 1)), np.ones((1, 1))) == 1.0


def test_what_is_not_a_number_is_never_hidden() -> None:
    a = np.zeros((12, 12))
    b = a.copy()
    b[3, 3] = np.nan
    for figure in (rmse, psnr, ssim):
        assert math.isnan(figure(a, b)), figure
    u = np.zeros((2, 6, 6))
    v = u.copy()
    v[0, 2, 2] = np.nan
    assert math.isnan(endpoint_error(u, v))
    assert math.isnan(folded_share(v))
    assert endpoint_error(u, v, np.eye(6, dtype=bool) & (np.arange(6) != 2)) == 0.0
