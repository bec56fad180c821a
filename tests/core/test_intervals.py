"""Intervals against printed tables, and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.intervals import interval_of, student_quantile


@pytest.mark.parametrize(
    ("share", "freedom", "printed"),
    [
        (0.95, 1, 12.7062),
        (0.95, 2, 4.3027),
        (0.95, 3, 3.1824),
        (0.95, 11, 2.2010),
        (0.99, 7, 3.4995),
        (0.95, 200, 1.9719),
        (0.5, 1, 1.0),
    ],
)
def test_quantiles_are_those_of_the_tables(share: float, freedom: int, printed: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(printed, abs=1e-4)


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    draws = np.random.default_rng(0).normal(3.0, 2.0, (2000, 5))
    found = [interval_of(one) for one in draws]
    held = [one is not None and one.low <= 3.0 <= one.high for one in found]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_one_value_has_no_interval() -> None:
    assert interval_of([1.0]) is None
    whole = interval_of([2.0, 2.0, 2.0])
    assert whole is not None
    assert (whole.low, whole.mean, whole.high, whole.count) == (2.0, 2.0, 2.0, 3)
    assert whole.without_zero


@pytest.mark.parametrize(("share", "freedom"), [(0.0, 3), (1.0, 3), (0.95, 0)])
def test_impossible_quantiles_are_refused(share: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="expected a share"):
        student_quantile(share, freedom)
