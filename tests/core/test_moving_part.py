from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.moving_part import moving_part


def clip_of(frames: np.ndarray) -> Clip:
    return Clip(frames[..., None], uniform_times(len(frames), 10.0))


def pulsing_disk(centre: tuple[int, int], size: tuple[int, int], noise: float = 0.0) -> Clip:
    y, x = np.mgrid[: size[0], : size[1]]
    distance = np.hypot(y - centre[0], x - centre[1])
    rng = np.random.default_rng(0)
    frames = [
        200.0 * (distance < 10 + 4 * np.sin(t)) + noise * rng.standard_normal(size)
        for t in np.linspace(0, 6, 12)
    ]
    return clip_of(np.clip(frames, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("centre", [(60, 80), (150, 200), (20, 225)])
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_a_small_pulsing_disk_is_found_wherever_it_is(
    centre: tuple[int, int], noise: float
) -> None:
    box = moving_part(pulsing_disk(centre, (240, 240), noise))
    assert box is not None
    y, x, height, width = box
    assert height == width
    assert height < 120
    assert y <= centre[0] - 10
    assert centre[0] + 10 <= y + height
    assert x <= centre[1] - 10
    assert centre[1] + 10 <= x + width


def test_the_box_lies_in_the_picture() -> None:
    y, x, height, width = moving_part(pulsing_disk((12, 12), (200, 260))) or (-1, -1, 0, 0)
    assert y >= 0
    assert x >= 0
    assert height > 0
    assert y + height <= 200
    assert x + width <= 260


def test_change_all_over_the_picture_asks_for_no_crop() -> None:
    frames = np.random.default_rng(1).integers(0, 255, (8, 64, 64)).astype(np.uint8)
    assert moving_part(clip_of(frames)) is None


def test_a_still_asks_for_no_crop() -> None:
    assert moving_part(clip_of(np.full((5, 64, 64), 90, np.uint8))) is None
    assert moving_part(clip_of(np.full((1, 64, 64), 90, np.uint8))) is None
