"""Every metric against a closed form or a slow independent implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.metrics import (
    appearance_distance,
    bits_per_value,
    dice,
    endpoint_error,
    folded_share,
    hausdorff,
    jacobian_gradient,
    keypoint_distance,
    mean_difference,
    missing_rate,
    outline_points,
    psnr,
    rmse,
    rmse_each,
    ssim,
    temporal_jitter,
)


def _square(size: int, top: int, left: int, side: int) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def test_rmse_of_each_picture_is_that_of_the_pictures() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 3, 1, 8, 9)).astype(np.float32)
    expected = [rmse(x, y) for x, y in zip(a, b, strict=True)]
    assert rmse_each(a, b) == pytest.approx(expected, rel=1e-5)
    assert rmse_each(a[:1], b) == pytest.approx([rmse(a[0], y) for y in b], rel=1e-5)
    with pytest.raises(ValueError, match="one shape"):
        rmse_each(a, b[..., :5])


def test_rmse_of_a_constant_difference_is_that_difference() -> None:
    a = np.zeros((1, 8, 9), np.float32)
    assert rmse(a, a + 0.25) == pytest.approx(0.25)


def test_rmse_counts_only_the_region() -> None:
    a, b = np.zeros((4, 4)), np.zeros((4, 4))
    b[0, 0] = 1.0
    region = np.zeros((4, 4), bool)
    region[0, :2] = True
    assert rmse(a, b, region) == pytest.approx(math.sqrt(0.5))
    assert math.isnan(rmse(a, b, np.zeros((4, 4), bool)))


def test_psnr_is_twenty_decibels_for_a_tenth_and_infinite_for_none() -> None:
    a = np.full((6, 6), 0.5)
    assert psnr(a, a + 0.1) == pytest.approx(20.0)
    assert psnr(a, a) == math.inf


def _slow_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The formula of Wang et al. 2004 window by window."""
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    weights /= weights.sum()
    values = []
    for y in range(5, a.shape[0] - 5):
        for x in range(5, a.shape[1] - 5):
            p, q = a[y - 5 : y + 6, x - 5 : x + 6], b[y - 5 : y + 6, x - 5 : x + 6]
            mp, mq = (weights * p).sum(), (weights * q).sum()
            vp, vq = (weights * (p - mp) ** 2).sum(), (weights * (q - mq) ** 2).sum()
            c = (weights * (p - mp) * (q - mq)).sum()
            above = (2 * mp * mq + 0.01**2) * (2 * c + 0.03**2)
            values.append(above / ((mp**2 + mq**2 + 0.01**2) * (vp + vq + 0.03**2)))
    return float(np.mean(values))


def test_ssim_equals_the_formula_window_by_window() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random((17, 15)), rng.random((17, 15))
    assert ssim(a, b) == pytest.approx(_slow_ssim(a, b), abs=1e-9)


def test_ssim_of_equal_pictures_is_one_and_averages_channels() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.random((3, 16, 16)), rng.random((3, 16, 16))
    assert ssim(a, a) == pytest.approx(1.0)
    assert ssim(a, b) == pytest.approx(np.mean([ssim(x, y) for x, y in zip(a, b, strict=True)]))


def test_ssim_refuses_pictures_smaller_than_its_window() -> None:
    with pytest.raises(ValueError, match="at least 11"):
        ssim(np.zeros((10, 20)), np.zeros((10, 20)))


def test_dice_of_half_overlapping_squares_is_a_half() -> None:
    a, b = _square(20, 4, 4, 8), _square(20, 4, 8, 8)
    assert dice(a, b) == pytest.approx(0.5)


def test_dice_takes_labels_together_and_is_one_where_both_are_absent() -> None:
    a = np.array([[1, 2, 0]])
    b = np.array([[2, 1, 0]])
    assert dice(a, b, 1) == 0.0
    assert dice(a, b, (1, 2)) == 1.0
    assert dice(a, b, 7) == 1.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_dice_is_symmetric_and_between_zero_and_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, (2, 7, 9))
    assert 0.0 <= dice(a, b, 1) == dice(b, a, 1) <= 1.0


def test_hausdorff_of_a_shifted_square_is_the_shift() -> None:
    a, b = _square(32, 5, 5, 10), _square(32, 5, 9, 10)
    assert hausdorff(a, b, percentile=100) == pytest.approx(4.0)


def test_hausdorff_in_millimetres_follows_the_spacing_of_each_axis() -> None:
    a = _square(32, 5, 5, 10)
    across, down = _square(32, 5, 9, 10), _square(32, 9, 5, 10)
    assert hausdorff(a, across, percentile=100, spacing=(3.0, 0.5)) == pytest.approx(2.0)
    assert hausdorff(a, down, percentile=100, spacing=(0.5, 3.0)) == pytest.approx(2.0)


def test_hausdorff_percentile_ignores_a_single_outlier() -> None:
    a = _square(64, 10, 10, 30)
    b = a.copy()
    b[60, 60] = True
    far = hausdorff(a, b, percentile=100)
    assert far == pytest.approx(math.hypot(21, 21))
    assert hausdorff(a, b, percentile=95) == 0.0


def test_hausdorff_of_empty_regions() -> None:
    empty, some = np.zeros((8, 8), bool), _square(8, 2, 2, 3)
    assert hausdorff(empty, empty) == 0.0
    assert math.isnan(hausdorff(empty, some))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_hausdorff_equals_the_slow_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, 9, 11)) > 0.6
    if not a.any() or not b.any():
        return
    pa, pb = outline_points(a), outline_points(b)
    there = [min(math.dist(p, q) for q in pb) for p in pa]
    back = [min(math.dist(p, q) for q in pa) for p in pb]
    assert hausdorff(a, b, percentile=100) == pytest.approx(max(*there, *back))


def test_outline_of_a_square_is_its_ring_and_the_border_of_the_picture_counts() -> None:
    assert len(outline_points(_square(12, 3, 3, 5))) == 16
    assert len(outline_points(np.ones((4, 4), bool))) == 12


def test_endpoint_error_is_the_length_of_the_difference_in_the_region() -> None:
    true = np.zeros((2, 6, 6), np.float32)
    u = np.zeros_like(true)
    u[0, :3], u[1, :3] = 3.0, 4.0
    upper = np.zeros((6, 6), bool)
    upper[:3] = True
    assert endpoint_error(u, true, upper) == pytest.approx(5.0)
    assert endpoint_error(u, true) == pytest.approx(2.5)
    assert endpoint_error(u, true, ~upper) == 0.0


def test_a_mirrored_field_folds_everywhere_and_a_shift_nowhere() -> None:
    x = np.arange(12, dtype=np.float32)
    mirrored = np.zeros((2, 10, 12), np.float32)
    mirrored[0] = -2 * x
    assert folded_share(mirrored) == 1.0
    assert folded_share(np.full((2, 10, 12), 3.5, np.float32)) == 0.0


def test_gradient_of_the_determinant_of_a_quadratic_stretch_is_known() -> None:
    x = np.arange(20, dtype=np.float32)
    u = np.zeros((2, 16, 20), np.float32)
    u[0] = 0.01 * x**2  # det D = 1 + 0.02 x, whose gradient is 0.02
    assert jacobian_gradient(u) == pytest.approx(0.02, rel=1e-3)
    assert jacobian_gradient(np.zeros_like(u)) == 0.0


def test_jitter_is_zero_for_even_motion_and_known_for_a_zigzag() -> None:
    steady = np.zeros((5, 2, 3, 3), np.float32)
    steady[:, 0] = np.arange(5, dtype=np.float32)[:, None, None]
    assert temporal_jitter(steady) == pytest.approx(0.0)
    zigzag = np.zeros((6, 2, 3, 3), np.float32)
    zigzag[1::2, 1] = 1.0
    assert temporal_jitter(zigzag, cyclic=True) == pytest.approx(2.0)


def test_shapes_that_differ_are_refused_with_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"\(2, 4, 4\), \(2, 5, 4\)"):
        endpoint_error(np.zeros((2, 4, 4)), np.zeros((2, 5, 4)))


def test_mean_difference_counts_only_the_region() -> None:
    a, b = np.zeros((2, 4, 4)), np.zeros((2, 4, 4))
    b[:, 0, 0] = -1.0
    region = np.zeros((4, 4), bool)
    region[0, :2] = True
    assert mean_difference(a, b) == pytest.approx(1 / 16)
    assert mean_difference(a, b, region) == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 1000))
def test_keypoint_measures_by_plain_loops(frames: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    found, true = rng.normal(size=(2, frames, count, 2))
    lost = rng.random((frames, count)) < 0.4
    apart = [
        (abs(found[t, k, 0] - true[t, k, 0]) + abs(found[t, k, 1] - true[t, k, 1])) / 2
        for t in range(frames)
        for k in range(count)
        if not lost[t, k]
    ]
    expected = sum(apart) / len(apart) if apart else math.nan
    assert keypoint_distance(found, true, lost) == pytest.approx(expected, nan_ok=True)
    assert missing_rate(lost) == pytest.approx(sum(map(int, lost.ravel())) / lost.size)
    a, b = rng.normal(size=(2, frames, 5))
    squares = [sum((a[t, f] - b[t, f]) ** 2 for f in range(5)) for t in range(frames)]
    assert appearance_distance(a, b) == pytest.approx(sum(squares) / frames)


def test_a_fair_coin_for_each_pixel_is_one_bit() -> None:
    assert bits_per_value(28 * 28 * math.log(2), 28 * 28) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="at least one value"):
        bits_per_value(1.0, 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([50.0, 90.0, 95.0, 100.0]))
def test_hausdorff_by_plain_loops_over_medpy_like_outlines(seed: int, percentile: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, 9, 11)) < 0.3
    a[4, 4] = b[5, 5] = True
    spacing = (1.5, 0.7)

    def outline(region: np.ndarray) -> list[tuple[int, int]]:
        padded = np.pad(region, 1)
        return [
            (y, x)
            for y in range(9)
            for x in range(11)
            if region[y, x]
            and not all(
                padded[y + 1 + dy, x + 1 + dx] for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))
            )
        ]

    def directed(p: np.ndarray, q: np.ndarray) -> float:
        away = [
            min(math.hypot((y - v) * spacing[0], (x - u) * spacing[1]) for v, u in outline(q))
            for y, x in outline(p)
        ]
        return float(np.percentile(away, percentile))

    expected = max(directed(a, b), directed(b, a))
    assert hausdorff(a, b, percentile=percentile, spacing=spacing) == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 6))
def test_folds_and_roughness_by_finite_differences(seed: int, size: float) -> None:
    u = (size * np.random.default_rng(seed).normal(size=(2, 7, 8))).astype(np.float32)
    determinants = np.zeros((5, 6))
    for y in range(1, 6):
        for x in range(1, 7):
            dx = (u[:, y, x + 1].astype(float) - u[:, y, x - 1]) / 2
            dy = (u[:, y + 1, x].astype(float) - u[:, y - 1, x]) / 2
            determinants[y - 1, x - 1] = (1 + dx[0]) * (1 + dy[1]) - dy[0] * dx[1]
    clear = np.abs(determinants) > 1e-4
    if clear.all():
        assert folded_share(u) == pytest.approx((determinants <= 0).mean())
    down, across = np.gradient(determinants)
    expected = np.sqrt(down**2 + across**2).mean()
    assert jacobian_gradient(u) == pytest.approx(expected, rel=1e-3)
