"""Pasting back: exact where nothing is soft, and never a pixel outside the crop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.picture import Transform
from motionstudio.core.rendering import Rendering, join, map_to_native, soft_mask

SIZE = (40, 52)
boxes = st.tuples(st.integers(-6, 30), st.integers(-6, 40), st.integers(6, 30), st.integers(6, 30))
feathers = st.floats(0, 0.5)


def seen(box: tuple[int, int, int, int], angle: float = 0.0) -> Transform:
    return Transform.fit(SIZE, 16, mode="letterbox", crop=box, angle=angle, beyond=True)


def pictures() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    base, made = (rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8) for _ in range(2))
    return base, made


@settings(max_examples=60, deadline=None)
@given(boxes, feathers, st.sampled_from([0.0, 12.0, -40.0, 90.0]))
def test_outside_the_crop_every_pixel_is_the_original(
    box: tuple[int, int, int, int], feather: float, angle: float
) -> None:
    base, made = pictures()
    transform = seen(box, angle)
    away = transform.turned.distance(SIZE) > 0.5
    joined = join(base, made, soft_mask(transform, feather))
    np.testing.assert_array_equal(joined[away], base[away])


@settings(max_examples=60, deadline=None)
@given(boxes, st.sampled_from([0.0, 12.0, -40.0, 90.0]))
def test_without_a_border_pasting_is_exact(box: tuple[int, int, int, int], angle: float) -> None:
    base, _ = pictures()
    transform = seen(box, angle)
    upright = np.random.default_rng(2).integers(0, 256, (*box[2:], 3), dtype=np.uint8)
    pasted = transform.paste(base, upright)
    mask = soft_mask(transform, 0.0)
    np.testing.assert_array_equal(join(base, pasted, mask), pasted)


@settings(max_examples=40, deadline=None)
@given(boxes, st.floats(0.02, 0.5), st.integers(0, 3))
def test_a_border_only_ever_mixes_the_two(
    box: tuple[int, int, int, int], feather: float, side: int
) -> None:
    base, made = pictures()
    mask = soft_mask(seen(box, 10.0 * side), feather)
    assert mask.min() >= 0
    assert mask.max() <= 1
    joined = join(base, made, mask).astype(int)
    assert (joined >= np.minimum(base, made)).all()
    assert (joined <= np.maximum(base, made)).all()


def test_a_wider_border_shows_less_of_the_generated_picture() -> None:
    inside = seen((8, 12, 20, 20))
    shares = [float(soft_mask(inside, width).sum()) for width in (0.0, 0.1, 0.3, 0.5)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 400


def test_sides_on_the_edge_of_the_frame_stay_hard() -> None:
    mask = soft_mask(seen((0, 0, 40, 30)), 0.2)
    assert (mask[:, :20] == 1).all()
    assert mask[20, 29] < 0.2
    assert (mask[:, 30:] == 0).all()
    assert (soft_mask(seen((0, 0, *SIZE)), 0.5) == 1).all()


def test_a_map_lies_where_the_model_saw() -> None:
    transform = seen((10, 20, 16, 16))
    plane = np.zeros((4, 4), np.float32)
    plane[:, 2:] = 1
    native = map_to_native(plane, transform)
    assert native.shape == SIZE
    assert (native[10:26, 20:24] == 0).all()
    assert (native[10:26, 32:36] == 1).all()
    turned = map_to_native(plane, seen((10, 20, 16, 16), 90.0))
    assert (turned[12:16, 24:32] == 0).all()
    assert (turned[21:24, 24:32] == 1).all()


@pytest.mark.parametrize("wrong", [{"by": "magic"}, {"feather": 0.6}, {"feather": -0.1}])
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected by model or field"):
        Rendering(**wrong)  # type: ignore[arg-type]
