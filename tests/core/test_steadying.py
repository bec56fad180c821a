"""The one-euro filter on a matrix: less jitter, no lag, cells of the selection only."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.one_euro import OneEuro, one_euro
from motionstudio.core.steadying import Steadying, steadied


def jittery(count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """(R, 3) values with noise, and those without: a rest, then one fast move, then a rest."""
    time = np.arange(count)
    clean = np.tanh((time - count / 2) / 2)[:, None] * np.array([[1.0, 0.01, 30.0]])
    noise = np.random.default_rng(3).normal(0, 0.03, clean.shape) * np.array([[1.0, 0.01, 30.0]])
    return (clean + noise).astype(np.float32), clean.astype(np.float32)


def every(values: np.ndarray) -> tuple[range, range]:
    return range(values.shape[0]), range(values.shape[1])


def test_rest_gets_calm_and_the_fast_move_stays() -> None:
    noisy, clean = jittery()
    made = steadied(noisy, *every(noisy), Steadying(rest=6, follow=3))
    quiet = np.r_[5:20, 40:55]
    before = np.abs(noisy - clean)[quiet].mean(0)
    after = np.abs(made - clean)[quiet].mean(0)
    assert (after < 0.6 * before).all()
    plain = steadied(noisy, *every(noisy), Steadying(rest=6, follow=0))
    step = slice(28, 33)
    assert np.abs(made - clean)[step].max() < np.abs(plain - clean)[step].max()


def test_units_do_not_matter() -> None:
    noisy, _ = jittery()
    made = steadied(noisy, *every(noisy), Steadying())
    scaled = noisy * np.array([[1, 1000, 0.01]], np.float32)
    again = steadied(scaled, *every(noisy), Steadying()) / np.array([[1, 1000, 0.01]])
    np.testing.assert_allclose(again, made, rtol=1e-3, atol=1e-4)


def test_both_ways_nothing_comes_late() -> None:
    noisy, clean = jittery()

    def lag(made: np.ndarray) -> float:
        places = np.arange(len(made))
        middle = np.interp(0.0, made[:, 0], places)
        return float(middle - np.interp(0.0, clean[:, 0], places))

    ways = [
        steadied(clean, *every(clean), Steadying(rest=4, follow=0, both_ways=both))
        for both in (True, False)
    ]
    assert abs(lag(ways[0])) < 0.5 < lag(ways[1])
    assert noisy.shape == ways[0].shape


def test_only_chosen_cells_change_and_a_constant_stays() -> None:
    noisy, _ = jittery()
    made = steadied(noisy, range(10, 30), (0, 2), Steadying())
    changed = made != noisy
    assert changed[11:29, 0].all()
    assert not changed[:, 1].any()
    assert not changed[:10].any()
    assert not changed[30:].any()
    flat = np.full((20, 2), 0.7, np.float32)
    np.testing.assert_allclose(steadied(flat, *every(flat), Steadying()), flat, rtol=1e-6)
    np.testing.assert_array_equal(steadied(noisy, (4,), (0,), Steadying()), noisy)


def test_forwards_it_is_the_live_filter_in_frames() -> None:
    noisy, _ = jittery()
    one = noisy[:, :1] / noisy[:, 0].std()
    made = steadied(one, *every(one), Steadying(rest=5, follow=2, both_ways=False))
    live = one_euro(
        one, np.arange(60.0), OneEuro(1 / (10 * np.pi), 2 / (2 * np.pi), 1 / (6 * np.pi))
    )
    np.testing.assert_allclose(made, live, atol=1e-5)


def test_a_cycle_has_no_seam() -> None:
    phase = np.arange(24) / 24 * 2 * np.pi
    values = np.stack([np.sin(phase + 1), np.cos(phase)], 1).astype(np.float32)
    made = steadied(values, *every(values), Steadying(rest=4, follow=0.2), cyclic=True)
    rolled = steadied(
        np.roll(values, 7, 0), *every(values), Steadying(rest=4, follow=0.2), cyclic=True
    )
    # The cycle's past is one turn of itself, so where it is cut matters little.
    np.testing.assert_allclose(np.roll(rolled, -7, 0), made, atol=0.02)


def test_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="rest > 0"):
        Steadying(rest=0)
    with pytest.raises(ValueError, match="follow >= 0"):
        Steadying(follow=-1)
