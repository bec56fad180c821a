"""Cross-fading and optical flow between two pictures."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.between_pictures import blend, flow_between


def _disk(x: float, size: int = 64, channels: int = 1) -> np.ndarray:
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    distance = np.hypot(columns - x, rows - size / 2) - size / 6
    texture = 0.75 + 0.25 * np.sin(0.9 * (columns - x)) * np.cos(0.7 * rows)
    return np.repeat((np.clip(0.5 - distance, 0, 1) * texture)[None], channels, 0)


def _error(made: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean((made - truth) ** 2))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_flow_carries_a_disk_along_where_blending_shows_two(share: float, channels: int) -> None:
    first, last = _disk(28, channels=channels), _disk(34, channels=channels)
    truth = _disk(28 + 6 * share, channels=channels)
    carried, faded = flow_between(first, last, share), blend(first, last, share)
    assert carried.shape == truth.shape
    assert carried.dtype == np.float32
    assert _error(carried, truth) < 0.25 * _error(faded, truth)


@pytest.mark.parametrize("draw", [blend, flow_between])
def test_the_ends_are_the_pictures_themselves(draw) -> None:  # type: ignore[no-untyped-def]
    first, last = _disk(28), _disk(34)
    np.testing.assert_allclose(draw(first, last, 0.0), first, atol=1e-5)
    np.testing.assert_allclose(draw(first, last, 1.0), last, atol=1e-5)


def test_small_pictures_are_enlarged_for_the_search() -> None:
    first, last = _disk(14, 32), _disk(17, 32)
    truth = _disk(15.5, 32)
    assert _error(flow_between(first, last, 0.5), truth) < 0.5 * _error(
        blend(first, last, 0.5), truth
    )


def test_equal_pictures_stay_as_they_are() -> None:
    still = _disk(30)
    np.testing.assert_allclose(flow_between(still, still, 0.5), still, atol=1e-5)


def test_pictures_must_be_alike() -> None:
    with pytest.raises(ValueError, match="flow_between"):
        flow_between(_disk(20), _disk(20, channels=3), 0.5)
