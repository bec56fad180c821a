"""Groups that differ, groups that do not, and how two measurements agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.agreement import agreement, ejection_fraction
from motionstudio.core.group_test import group_test, smallest_difference

GROUPS = np.repeat(np.arange(3), 7)


def test_groups_far_apart_are_recognised() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((21, 5)) + 6 * np.eye(3, 5)[GROUPS]
    found = group_test(features, GROUPS, permutations=199)
    assert found.accuracy == 1.0
    assert found.p == pytest.approx(1 / 200)
    assert (found.guessed == GROUPS).all()
    assert found.count == 21


def test_p_of_equal_groups_is_not_small_more_often_than_it_may_be() -> None:
    small = 0
    for seed in range(40):
        features = np.random.default_rng(seed).standard_normal((21, 4))
        small += group_test(features, GROUPS, permutations=79, seed=seed).p <= 0.05
    assert small <= 6


def test_shuffled_names_are_recognised_as_often_as_chance_says() -> None:
    features = np.random.default_rng(3).standard_normal((21, 4))
    assert group_test(features, GROUPS, permutations=300).chance == pytest.approx(1 / 3, abs=0.08)


def test_unequal_groups_count_alike() -> None:
    groups = np.array([0] * 18 + [1] * 3)
    features = np.zeros((21, 1))
    features[:, 0] = np.arange(21) % 2
    found = group_test(features, groups, permutations=9)
    right = found.guessed == groups
    assert found.accuracy == pytest.approx((right[:18].mean() + right[18:].mean()) / 2)


def test_the_one_left_out_is_classified_by_a_plain_loop_alike() -> None:
    rng = np.random.default_rng(5)
    features = rng.standard_normal((12, 3)) + 1.2 * np.eye(2, 3)[np.arange(12) % 2]
    groups = np.arange(12) % 2
    guessed = []
    for i in range(12):
        rest = [j for j in range(12) if j != i]
        mean = features[rest].mean(0)
        _, s, axes = np.linalg.svd(features[rest] - mean, full_matrices=False)
        z = (features - mean) @ axes[:2].T / s[:2]
        away = [
            np.linalg.norm(z[[j for j in rest if groups[j] == g]].mean(0) - z[i]) for g in (0, 1)
        ]
        guessed.append(int(np.argmin(away)))
    found = group_test(features, groups, components=2, permutations=0)
    assert list(found.guessed) == guessed


def test_what_is_taken_off_is_gone_and_the_rest_stays() -> None:
    rng = np.random.default_rng(11)
    groups = np.arange(24) % 2
    size = 4.0 * groups[:, None] + rng.standard_normal((24, 1))
    follows = size @ rng.standard_normal((1, 4)) + 0.1 * rng.standard_normal((24, 4))
    plain = group_test(follows, groups, permutations=99)
    beyond = group_test(follows, groups, given=size, permutations=99)
    assert plain.accuracy > 0.9
    assert beyond.p > 0.05
    other = rng.standard_normal((24, 1))
    own = np.column_stack([20 * other, 6.0 * groups + rng.standard_normal(24)])
    hidden = group_test(own, groups, components=1, permutations=99)
    shown = group_test(own, groups, given=other, components=1, permutations=99)
    assert shown.accuracy > 0.9 > hidden.accuracy


def test_columns_count_alike_where_asked() -> None:
    rng = np.random.default_rng(12)
    groups = np.arange(20) % 2
    features = np.column_stack([1000 * rng.standard_normal(20), 3.0 * groups + rng.random(20)])
    assert group_test(features, groups, components=1, permutations=0).accuracy < 0.8
    alike = group_test(features, groups, components=2, alike=True, permutations=0)
    assert alike.accuracy > 0.9


def test_the_share_explained_is_that_of_an_analysis_of_variance() -> None:
    rng = np.random.default_rng(13)
    groups = np.arange(15) % 3
    values = rng.standard_normal(15) + groups
    between = sum(5 * (values[groups == g].mean() - values.mean()) ** 2 for g in range(3))
    found = group_test(values[:, None], groups, permutations=200)
    assert found.explained == pytest.approx(between / ((values - values.mean()) ** 2).sum())
    assert found.explained_by_chance == pytest.approx(2 / 14, abs=0.05)


def test_the_interval_is_wide_for_few_and_holds_the_accuracy_counted() -> None:
    rng = np.random.default_rng(14)
    few, many = (
        group_test(rng.standard_normal((n, 1)) + 3 * (np.arange(n) % 2)[:, None], np.arange(n) % 2,
                   permutations=0)
        for n in (8, 80)
    )  # fmt: skip
    assert np.ptp(few.interval) > 2 * np.ptp(many.interval)
    assert many.interval[0] < many.accuracy < many.interval[1] + 0.02


def test_the_smallest_difference_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(15)
    apart = smallest_difference(14, 12)
    assert apart == pytest.approx(1.10, abs=0.01)
    a, b = rng.standard_normal((4000, 14)), rng.standard_normal((4000, 12)) + apart
    pooled = (13 * a.var(1, ddof=1) + 11 * b.var(1, ddof=1)) / 24
    t = (b.mean(1) - a.mean(1)) / np.sqrt(pooled * (1 / 14 + 1 / 12))
    assert (np.abs(t) > 2.064).mean() == pytest.approx(0.8, abs=0.04)


def test_one_subject_is_no_group() -> None:
    with pytest.raises(ValueError, match="at least two subjects"):
        group_test(np.zeros((4, 2)), np.array([0, 0, 0, 1]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=3, max_size=12), st.floats(-20, 20))
def test_a_constant_difference_is_bias_alone(values: list[float], shift: float) -> None:
    true = np.array(values)
    found = agreement(true + shift, true)
    assert found.bias == pytest.approx(shift, abs=1e-9)
    assert found.deviation == pytest.approx(0, abs=1e-9)
    assert found.absolute == pytest.approx(abs(shift), abs=1e-9)
    assert found.limits[0] <= found.bias <= found.limits[1]


def test_limits_of_agreement_by_hand() -> None:
    found = agreement(np.array([1.0, 4.0, 4.0]), np.array([0.0, 2.0, 4.0]))
    assert (found.bias, found.deviation, found.absolute) == (1.0, 1.0, 1.0)
    assert found.limits == pytest.approx((1 - 1.96, 1 + 1.96))
    assert found.correlation == pytest.approx(np.corrcoef([1, 4, 4], [0, 2, 4])[0, 1])
    with pytest.raises(ValueError, match="n >= 2"):
        agreement(np.zeros(1), np.zeros(1))


def test_ejection_fraction_is_of_volumes_not_a_mean_of_slices() -> None:
    assert ejection_fraction(np.array([[100.0, 50.0], [10.0, 10.0]])) == pytest.approx(5000 / 110)
    with pytest.raises(ValueError, match="with a cavity"):
        ejection_fraction(np.zeros((2, 2)))
