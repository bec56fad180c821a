"""Probes against plain regressions, and against codes that only tell clips apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.probes import (
    Probe,
    best_dimension_probe,
    component_probe,
    curved_probe,
    folds_of,
    linear_probe,
    share,
)

COUNT, CLIPS = 300, 30
GROUPS = np.repeat(np.arange(CLIPS), COUNT // CLIPS)


def test_clips_are_never_divided_between_folds() -> None:
    fold = folds_of(GROUPS, 5)
    for clip in range(CLIPS):
        assert len(set(fold[clip == GROUPS])) == 1
    assert np.bincount(fold).tolist() == [60] * 5


def test_what_only_tells_clips_apart_does_not_count() -> None:
    rng = np.random.default_rng(1)
    level, name = rng.standard_normal((CLIPS, 1)), rng.standard_normal((CLIPS, 12))
    codes, target = name[GROUPS], level[GROUPS]
    by_row = linear_probe(codes, target, np.arange(COUNT))
    by_clip = linear_probe(codes, target, GROUPS)
    assert curved_probe(codes, target, np.arange(COUNT)).r2[0] > 0.9
    assert by_clip.r2[0] < 0.2 < by_row.r2[0]
    assert curved_probe(codes, target, GROUPS).r2[0] < 0.2


def test_the_linear_probe_agrees_with_least_squares_where_it_needs_no_damping() -> None:
    rng = np.random.default_rng(8)
    z = rng.standard_normal((COUNT, 4))
    y = (z @ [1.0, -2.0, 0.5, 0.0] + 0.5 * rng.standard_normal(COUNT))[:, None]
    wrong = total = 0.0
    fold = folds_of(GROUPS, 5)
    for part in range(5):
        rest = fold != part
        design = np.column_stack([z, np.ones(COUNT)])
        slope = np.linalg.lstsq(design[rest], y[rest], rcond=None)[0]
        wrong += np.square(y[~rest] - design[~rest] @ slope).sum()
        total += np.square(y[~rest] - y[rest].mean()).sum()
    assert linear_probe(z, y, GROUPS).r2 == pytest.approx([1 - wrong / total], abs=3e-3)


def test_more_columns_than_rows_give_the_same_as_their_products() -> None:
    rng = np.random.default_rng(4)
    z = rng.standard_normal((COUNT, 3))
    y = (z @ [1.0, 2.0, -1.0] + 0.3 * rng.standard_normal(COUNT))[:, None]
    copies = np.tile(z, (1, 80))  # 240 columns: solved by rows instead of columns
    assert linear_probe(copies, y, GROUPS).r2 == pytest.approx(linear_probe(z, y, GROUPS).r2)


def test_what_is_bent_is_found_by_the_curved_probe_only() -> None:
    angle = np.random.default_rng(2).uniform(-np.pi, np.pi, COUNT)
    code = np.column_stack([np.cos(angle), np.sin(angle)])
    target = np.cos(2 * angle)[:, None]
    assert linear_probe(code, target, GROUPS).r2[0] < 0.1
    assert curved_probe(code, target, GROUPS).r2[0] > 0.95


def test_noise_is_not_fitted_however_many_dimensions_it_has() -> None:
    rng = np.random.default_rng(3)
    noise, target = rng.standard_normal((COUNT, 200)), rng.standard_normal((COUNT, 2))
    assert linear_probe(noise, target, GROUPS).r2 == pytest.approx(np.zeros(2), abs=0.05)
    assert curved_probe(noise, target, GROUPS).r2 == pytest.approx(np.zeros(2), abs=0.05)
    assert best_dimension_probe(noise, target, GROUPS)[0].r2.max() < 0.03


def test_the_best_dimension_is_chosen_where_it_is_fitted() -> None:
    rng = np.random.default_rng(6)
    z = rng.standard_normal((COUNT, 5))
    y = np.column_stack([z[:, 3] + 0.1 * rng.standard_normal(COUNT), -z[:, 0]])
    probe, chosen = best_dimension_probe(z, y, GROUPS)
    assert (chosen == [3, 0]).all()
    assert (probe.r2 > 0.98).all()


def test_components_are_those_of_the_spread_not_of_the_target() -> None:
    rng = np.random.default_rng(7)
    z = rng.standard_normal((COUNT, 40)) * np.r_[10, 5, np.ones(38)]
    y = z[:, [0, 20]]
    found = component_probe(z, y, GROUPS, 2).r2
    assert found[0] > 0.99
    assert found[1] < 0.1
    assert (component_probe(z, y, GROUPS, 40).r2 > 0.99).all()


def test_drawing_clips_anew_spreads_around_the_value() -> None:
    rng = np.random.default_rng(9)
    z = rng.standard_normal((COUNT, 2))
    y = z[:, :1] + rng.standard_normal((COUNT, 1))
    probe = linear_probe(z, y, GROUPS)
    drawn = probe.resampled(500)
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert low < probe.r2[0] < high
    assert 0.02 < high - low < 0.4
    same = Probe(np.ones((4, 1)), np.full((4, 1), 2.0))
    assert same.resampled(9) == pytest.approx(np.full((9, 1), 0.5))


def test_nothing_to_explain_is_not_a_number() -> None:
    assert np.isnan(share(np.zeros(1), np.zeros(1))).all()
    constant = np.ones((COUNT, 1))
    assert np.isnan(linear_probe(np.random.default_rng(0).random((COUNT, 2)), constant, GROUPS).r2)


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 4), st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-20, 20))
def test_units_do_not_matter(dims: int, seed: int, scale: float, shift: float) -> None:
    rng = np.random.default_rng(seed)
    groups = np.arange(80) // 8
    z = rng.standard_normal((80, dims))
    y = z @ rng.standard_normal((dims, 2)) + 0.3 * rng.standard_normal((80, 2))
    for probe in (linear_probe, curved_probe):
        plain, other = probe(z, y, groups), probe(scale * z + shift, scale * y - shift, groups)
        assert other.r2 == pytest.approx(plain.r2, abs=1e-6)
        assert (plain.r2 <= 1).all()


def test_shapes_are_checked() -> None:
    z = np.zeros((COUNT, 2))
    with pytest.raises(ValueError, match="at least two sequences"):
        linear_probe(z, z, np.zeros(COUNT, int))
    with pytest.raises(ValueError, match="expected"):
        linear_probe(z[1:], z, GROUPS)
