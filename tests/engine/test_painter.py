"""Pictures at the source's own resolution."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.motion import Decoded
from motionstudio.core.picture import Transform, as_shown, to_uint8
from motionstudio.engine.keys import content_key
from motionstudio.engine.painter import Painter, half
from motionstudio.engine.requests import Picture

SIZE = 16


def source(height: int, width: int, channels: int = 1, dtype: type = np.uint8) -> Picture:
    rng = np.random.default_rng(0)
    frame = (rng.random((height, width, channels)) * 255).astype(dtype)
    return Picture(content_key(frame), frame)


def shift(dx: float, dy: float) -> Decoded:
    u = np.zeros((1, 2, SIZE, SIZE), np.float32)
    u[:, 0], u[:, 1] = dx, dy
    return Decoded(None, u, -u)


def test_no_motion_gives_the_source_bit_for_bit() -> None:
    picture = source(33, 47, 3)
    transform = Transform.fit((33, 47), SIZE, mode="letterbox", range=(20, 200))
    painted = Painter(2**20).paint(shift(0, 0), picture, transform)
    np.testing.assert_array_equal(painted.picture, picture.frame)


def test_motion_is_scaled_to_the_source() -> None:
    picture = source(64, 64)
    transform = Transform.fit((64, 64), SIZE)
    painted = Painter(2**20).paint(shift(1, 0), picture, transform, inverse=True)
    assert painted.displacement is not None
    assert painted.inverse is not None
    np.testing.assert_allclose(painted.displacement[0], 4)
    np.testing.assert_allclose(painted.inverse[0], -4)
    np.testing.assert_array_equal(painted.picture[:, :-4], picture.frame[:, 4:])


def test_fields_stay_home_when_not_wanted() -> None:
    transform = Transform.fit((64, 64), SIZE)
    painted = Painter(2**20).paint(shift(1, 0), source(64, 64), transform, fields=False)
    assert painted.displacement is None
    assert painted.inverse is None


@pytest.mark.parametrize("size", [(21, 40), (130, 70)])
def test_other_size_on_request(size: tuple[int, int]) -> None:
    transform = Transform.fit((64, 50), SIZE, mode="letterbox")
    painted = Painter(2**20).paint(shift(1, 1), source(64, 50, 3), transform, size=size)
    assert painted.picture.shape == (*size, 3)
    assert painted.displacement is not None
    assert painted.displacement.shape == (2, *size)


@pytest.mark.parametrize("shape", [(64, 64), (63, 41), (1, 7), (5, 1)])
def test_preview_has_half_the_size_and_motion(shape: tuple[int, int]) -> None:
    transform = Transform.fit(shape, SIZE, mode="letterbox")
    painter = Painter(2**20)
    small = painter.preview(shift(1, 0), source(*shape), transform)
    full = painter.paint(shift(1, 0), source(*shape), transform)
    assert small.picture.shape[:2] == half(shape)
    assert small.displacement is not None
    assert full.displacement is not None
    ratio = half(shape)[1] / shape[1]
    np.testing.assert_allclose(
        small.displacement[0].max(), full.displacement[0].max() * ratio, rtol=0.1
    )


def test_preview_looks_like_the_final_picture() -> None:
    y, x = np.mgrid[:64, :80]
    frame = (127 + 100 * np.sin(x / 9) * np.cos(y / 7))[..., np.newaxis].astype(np.uint8)
    picture = Picture(content_key(frame), frame)
    transform = Transform.fit((64, 80), SIZE, mode="letterbox")
    painter = Painter(2**20)
    small = painter.preview(shift(0.7, -0.4), picture, transform).picture
    full = painter.paint(shift(0.7, -0.4), picture, transform).picture
    reduced = full.reshape(32, 2, 40, 2).mean(axis=(1, 3))
    inside = (slice(2, -2), slice(3, -3))
    np.testing.assert_allclose(small[..., 0][inside], reduced[inside], atol=4)


def test_generated_frames_are_pasted_where_the_model_saw() -> None:
    picture = source(32, 48, 3)
    transform = Transform.fit((32, 48), SIZE, crop=(8, 16, 16, 16), range=(0, 100))
    frame = np.full((1, 1, SIZE, SIZE), 0.5, np.float32)
    painted = Painter(2**20).paint(Decoded(frame), picture, transform)
    assert (painted.picture[8:24, 16:32] == 50).all()
    outside = np.ones((32, 48), np.bool_)
    outside[8:24, 16:32] = False
    np.testing.assert_array_equal(painted.picture[outside], picture.frame[outside])


def test_pasted_frames_of_other_dtypes_use_the_one_range() -> None:
    picture = source(SIZE, SIZE, 1, np.float32)
    transform = Transform.fit((SIZE, SIZE), SIZE, range=(0, 255))
    unit = transform.apply(picture.frame[np.newaxis])
    painted = Painter(2**20).paint(Decoded(unit), picture, transform)
    np.testing.assert_array_equal(painted.picture, to_uint8(picture.frame, (0, 255)))
    np.testing.assert_array_equal(painted.picture, as_shown(picture.frame, transform.range))


def test_nothing_to_paint_is_a_programming_error() -> None:
    transform = Transform.fit((SIZE, SIZE), SIZE)
    with pytest.raises(ValueError, match="neither"):
        Painter(0).paint(Decoded(None), source(SIZE, SIZE), transform)
