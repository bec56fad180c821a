"""Scores of codes whose relation to the factors is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.factor_scores import (
    completeness,
    disentanglement,
    importances,
    information_gaps,
    lasso,
)
from motionstudio.core.probes import best_dimension_probe, linear_probe

COUNT, CLIPS = 400, 40
GROUPS = np.repeat(np.arange(CLIPS), COUNT // CLIPS)


def _factors(count: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (COUNT, count))


def _turned(factors: np.ndarray) -> np.ndarray:
    return factors @ np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3)))[0]


def test_a_dimension_for_each_factor_is_perfect() -> None:
    factors = _factors()
    code = 3 * factors[:, ::-1] + 1
    weights = importances(code, factors, GROUPS)
    assert information_gaps(code, factors) == pytest.approx(np.ones(3), abs=0.02)
    assert disentanglement(weights) == pytest.approx(1, abs=1e-6)
    assert completeness(weights) == pytest.approx(1, abs=1e-6)
    assert best_dimension_probe(code, factors, GROUPS)[0].r2 == pytest.approx(np.ones(3), abs=1e-3)


def test_a_rotation_keeps_what_is_told_but_not_where() -> None:
    factors = _factors()
    turned = _turned(factors)
    weights = importances(turned, factors, GROUPS)
    assert linear_probe(turned, factors, GROUPS).r2 == pytest.approx(np.ones(3), abs=1e-3)
    assert (best_dimension_probe(turned, factors, GROUPS)[0].r2 < 0.9).all()
    assert information_gaps(turned, factors).mean() < 0.3
    assert disentanglement(weights) < 0.4
    assert completeness(weights) < 0.4


def test_noise_tells_nothing_whatever_its_dimensions() -> None:
    factors = _factors()
    for dims in (2, 60):
        noise = np.random.default_rng(5).standard_normal((COUNT, dims))
        assert np.abs(information_gaps(noise, factors)).max() < 0.05
        assert linear_probe(noise, factors, GROUPS).r2.max() < 0.03


def test_two_dimensions_that_tell_the_same_leave_no_gap() -> None:
    factor = _factors(1)
    both = np.column_stack([factor, -factor])
    assert information_gaps(both, factor) == pytest.approx([0.0], abs=1e-9)
    assert information_gaps(factor, factor) == pytest.approx([1.0], abs=0.02)


def test_a_factor_that_stands_still_has_no_gap() -> None:
    assert np.isnan(information_gaps(_factors(), np.full((COUNT, 1), 0.1))).all()


def test_gaps_agree_with_counting_and_the_correction_of_miller_and_madow() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 4, COUNT), rng.integers(0, 4, COUNT)
    target = (a + (rng.random(COUNT) < 0.3)) % 4

    def entropy(*columns: np.ndarray) -> float:
        seen: dict[tuple[int, ...], int] = {}
        for key in zip(*(column.tolist() for column in columns), strict=True):
            seen[key] = seen.get(key, 0) + 1
        plain = -sum(n / COUNT * math.log(n / COUNT) for n in seen.values())
        return plain + (len(seen) - 1) / (2 * COUNT)

    def told(column: np.ndarray) -> float:
        return max(0.0, entropy(column) + entropy(target) - entropy(column, target))

    expected = (told(a) - told(b)) / entropy(target)
    found = information_gaps(np.column_stack([a, b]).astype(float), target[:, None].astype(float))
    assert found == pytest.approx([expected])


def _slow_disentanglement(weights: np.ndarray) -> float:
    """Section 2 of Eastwood and Williams, a sum at a time."""
    total = weights.sum()
    score = 0.0
    for row in weights:
        if row.sum() == 0:
            continue
        p = [w / row.sum() for w in row]
        entropy = -sum(x * math.log(x, len(p)) for x in p if x > 0)
        score += row.sum() / total * (1 - entropy)
    return score


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 10_000))
def test_dci_by_plain_sums(dims: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.random((dims, count)) * (rng.random((dims, count)) < 0.7)
    weights[0, 0] = 1.0
    assert disentanglement(weights) == pytest.approx(_slow_disentanglement(weights))
    assert completeness(weights) == pytest.approx(_slow_disentanglement(weights.T))


def test_dci_of_even_weights_is_none_and_of_a_permutation_one() -> None:
    assert disentanglement(np.ones((4, 3))) == pytest.approx(0, abs=1e-12)
    assert completeness(np.ones((4, 3))) == pytest.approx(0, abs=1e-12)
    order = np.eye(4)[[2, 0, 3, 1]]
    assert disentanglement(order) == completeness(order) == 1.0
    assert math.isnan(disentanglement(np.ones((4, 1))))
    assert math.isnan(completeness(np.ones((1, 4))))
    assert math.isnan(disentanglement(np.zeros((4, 2))))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.1, 0.5]))
def test_the_lasso_fulfils_its_conditions_of_optimality(seed: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((80, 5)) @ (np.eye(5) + 0.3 * rng.uniform(-1, 1, (5, 5)))
    z -= z.mean(0)
    f = z[:, :2] - z[:, 2:4] + rng.standard_normal((80, 2))
    f -= f.mean(0)
    slopes = lasso(z, f, penalty)
    slack = z.T @ (f - z @ slopes) / len(z)
    active = np.abs(slopes) > 1e-9
    assert slack[active] == pytest.approx(penalty * np.sign(slopes[active]), abs=2e-3)
    assert np.abs(slack[~active]).max(initial=0) <= penalty + 2e-3


def test_a_dimension_that_stands_still_is_worth_nothing() -> None:
    factors = _factors(2)
    weights = importances(np.column_stack([factors, np.ones(COUNT)]), factors, GROUPS)
    assert weights.shape == (3, 2)
    assert (weights[2] == 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-20, 20))
def test_gaps_do_not_depend_on_units(dims: int, seed: int, scale: float, shift: float) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((COUNT, 2))
    z = factors @ rng.standard_normal((2, dims)) + 0.3 * rng.standard_normal((COUNT, dims))
    plain = information_gaps(z, factors)
    other = information_gaps(scale * z + shift, scale * factors - shift)
    assert other == pytest.approx(plain, abs=0.02)
    assert ((plain >= 0) & (plain <= 1)).all()
