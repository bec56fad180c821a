"""Scores of latents whose relation to the factors is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.factor_scores import (
    factor_scores,
    importances,
    information_gap,
    probe_r2,
)

COUNT, SEQUENCES = 600, 12
GROUPS = np.repeat(np.arange(SEQUENCES), COUNT // SEQUENCES)


def _factors(count: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (COUNT, count))


def test_a_dimension_for_each_factor_is_perfect() -> None:
    factors = _factors()
    found = factor_scores(3 * factors[:, ::-1] + 1, factors, GROUPS)
    assert found.r2 == pytest.approx(np.ones(3), abs=2e-3)
    assert found.best_r2 == pytest.approx(np.ones(3), abs=2e-3)
    assert (found.gap > 0.75).all()
    assert found.disentanglement > 0.75
    assert found.completeness > 0.75


def test_a_rotation_keeps_what_is_told_but_not_where() -> None:
    factors = _factors()
    turned = factors @ np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3)))[0]
    plain, mixed = (factor_scores(z, factors, GROUPS) for z in (factors, turned))
    assert mixed.r2 == pytest.approx(np.ones(3), abs=2e-3)
    assert (mixed.best_r2 < 0.98).all()
    assert mixed.gap.mean() < 0.5 * plain.gap.mean()
    assert mixed.disentanglement < 0.5 * plain.disentanglement


def test_noise_tells_nothing_and_constants_are_left_out() -> None:
    factors = np.column_stack([_factors(1), np.full(COUNT, 2.0)])
    found = factor_scores(np.random.default_rng(5).standard_normal((COUNT, 4)), factors, GROUPS)
    assert found.r2[0] < 0.02
    assert found.gap[0] < 0.1
    assert np.isnan([found.r2[1], found.gap[1]]).all()


def test_what_only_tells_sequences_apart_does_not_count() -> None:
    rng = np.random.default_rng(1)
    level, name = rng.standard_normal(SEQUENCES), rng.standard_normal((SEQUENCES, 20))
    by_row = probe_r2(name[GROUPS], level[GROUPS], np.arange(COUNT) % 5)
    by_sequence = factor_scores(name[GROUPS], level[GROUPS][:, None], GROUPS).r2[0]
    assert by_row > 0.9
    assert by_sequence < 0.3


def test_ridge_agrees_with_least_squares_on_the_other_folds() -> None:
    rng = np.random.default_rng(8)
    z = rng.standard_normal((COUNT, 4))
    y = z @ [1.0, -2.0, 0.5, 0.0] + 0.5 * rng.standard_normal(COUNT)
    fold = np.arange(COUNT) % 3
    wrong = total = 0.0
    for part in range(3):
        rest = fold != part
        design = np.column_stack([z, np.ones(COUNT)])
        slope = np.linalg.lstsq(design[rest], y[rest], rcond=None)[0]
        wrong += np.square(y[~rest] - design[~rest] @ slope).sum()
        total += np.square(y[~rest] - y[rest].mean()).sum()
    assert probe_r2(z, y, fold) == pytest.approx(1 - wrong / total, abs=2e-3)


def test_mutual_information_agrees_with_counting() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 4, COUNT), rng.integers(0, 4, COUNT)
    target = (a + (rng.random(COUNT) < 0.3)) % 4

    def told(x: np.ndarray, y: np.ndarray) -> float:
        out = 0.0
        for i in range(4):
            for j in range(4):
                both = np.mean((x == i) & (y == j))
                if both:
                    out += both * math.log(both / np.mean(x == i) / np.mean(y == j))
        return out

    share = np.bincount(target) / COUNT
    expected = (told(a, target) - told(b, target)) / -(share * np.log(share)).sum()
    z = np.column_stack([a, b]).astype(float)
    assert information_gap(z, target.astype(float), bins=400) == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4), st.integers(1, 3), st.integers(0, 10_000), st.floats(0.1, 50),
    st.floats(-20, 20),
)  # fmt: skip
def test_scores_do_not_depend_on_units(
    dims: int, count: int, seed: int, scale: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((80, count))
    z = factors @ rng.standard_normal((count, dims)) + 0.3 * rng.standard_normal((80, dims))
    groups = np.arange(80) // 8
    plain = factor_scores(z, factors, groups)
    other = factor_scores(scale * z + shift, scale * factors - shift, groups)
    assert other.r2 == pytest.approx(plain.r2, abs=1e-6)
    assert other.disentanglement == pytest.approx(plain.disentanglement, abs=1e-6)
    assert 0 <= plain.disentanglement <= 1
    assert 0 <= plain.completeness <= 1
    assert (plain.r2 <= 1).all()
    assert ((plain.gap >= 0) & (plain.gap <= 1)).all()


def test_a_dimension_that_stands_still_is_worth_nothing() -> None:
    factors = _factors(2)
    weights = importances(np.column_stack([factors, np.ones(COUNT)]), factors)
    assert weights.shape == (3, 2)
    assert (weights[2] == 0).all()


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="at least two sequences"):
        factor_scores(_factors(), _factors(), np.zeros(COUNT, int))
    with pytest.raises(ValueError, match="expected"):
        factor_scores(_factors()[1:], _factors(), GROUPS)
