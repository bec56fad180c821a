"""Digits look like digits, are what was asked for, and bounce between the walls."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.datasets import make
from motionstudio.datasets.digit_strokes import distance, segments


def _drawn(digit: int) -> np.ndarray:
    y, x = np.mgrid[-1.2:1.2:48j, -1.2:1.2:48j].astype(np.float32)
    return distance(digit, x, y) < 0.16


def _holes(shape: np.ndarray) -> int:
    """How many separate parts of the background the outside does not reach."""
    left, found = ~shape, -1
    while left.any():
        seed = np.zeros_like(left)
        seed[tuple(np.argwhere(left)[0])] = True
        grown = seed
        while True:
            wide = grown.copy()
            for axis in (0, 1):
                for step in (1, -1):
                    moved = np.roll(grown, step, axis)
                    wide |= moved
            wide &= left
            if (wide == grown).all():
                break
            grown = wide
        left &= ~grown
        found += 1
    return found


@pytest.mark.parametrize(("digit", "holes"), list(enumerate((1, 0, 0, 0, 1, 0, 1, 0, 2, 1))))
def test_digits_have_as_many_holes_as_people_write(digit: int, holes: int) -> None:
    assert _holes(_drawn(digit)) == holes


def test_no_two_digits_look_alike() -> None:
    shapes = [_drawn(digit) for digit in range(10)]
    for one in range(10):
        for other in range(one):
            both, either = shapes[one] & shapes[other], shapes[one] | shapes[other]
            assert both.sum() / either.sum() < 0.75, (one, other)


def test_strokes_are_lines_with_a_length() -> None:
    for digit in range(10):
        ends = segments(digit)
        assert (np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) > 1e-3).all()


def test_the_digit_that_is_asked_for_is_written() -> None:
    for digit in range(10):
        sample = make("digits", {"digit": digit, "frames": 1}, 5, 0)
        assert sample.meta.subject["digits"] == (digit,)


def test_all_digits_are_drawn_by_chance() -> None:
    seen = {
        make("digits", {"frames": 1, "size": 16}, 5, i).meta.subject["digits"] for i in range(60)
    }
    assert seen == {(digit,) for digit in range(10)}


def test_bouncing_digits_keep_their_speed_between_bounces() -> None:
    params = {"digits": 2, "motion": "bounce", "frames": 30, "height": 0.4}
    for index in range(4):
        factors = make("digits", params, 6, index).factors
        for columns in (slice(0, 2), slice(3, 5)):
            steps = np.hypot(*np.diff(factors[:, columns], axis=0).T)
            assert np.mean(np.isclose(steps, steps.max(), rtol=1e-3)) > 0.5
            assert np.ptp(factors[:, columns]) > 5


def test_unknown_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="expected digit"):
        make("digits", {"digit": 10}, 0, 0)
    with pytest.raises(ValueError, match="expected a digit"):
        segments(11)
