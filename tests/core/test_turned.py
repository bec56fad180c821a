"""Turned crops: what the model sees of them, and the exact way back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.picture import Transform
from motionstudio.core.turned import TurnedBox, turn_of

ANGLES = st.floats(-180, 180, allow_nan=False)


def smooth_picture(side: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).random((side, side)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 5)[..., None] * 255


@given(ANGLES, st.integers(0, 20), st.integers(0, 20), st.integers(8, 30))
def test_points_go_there_and_back(angle: float, y: int, x: int, side: int) -> None:
    transform = Transform.fit((60, 60), 24, crop=(y, x, side, side), angle=angle)
    points = np.random.default_rng(y).normal(10, 20, (7, 2))
    there = transform.points_to_native(points)
    np.testing.assert_allclose(transform.points_to_model(there), points, atol=1e-9)


def test_the_model_sees_the_turned_part_upright() -> None:
    frame = np.zeros((1, 81, 81, 1), np.float32)
    frame[0, 40, 55:66] = 1  # a line to the right of the middle
    transform = Transform.fit((81, 81), 81, range=(0, 1), angle=90)
    seen = transform.apply(frame)[0, 0]
    # Turned clockwise in the frame by 90 degrees, what points right there points up upright.
    assert seen[15:26, 40].min() > 0.99
    assert seen.sum() == pytest.approx(11, abs=1e-3)


@given(ANGLES)
@settings(max_examples=20)
def test_pixels_follow_the_points(angle: float) -> None:
    frame = np.zeros((60, 60), np.float32)
    cv2.circle(frame, (36, 27), 4, 1.0, -1)
    transform = Transform.fit((60, 60), 30, crop=(10, 12, 40, 40), range=(0, 1), angle=angle)
    seen = transform.apply(frame[None, ..., None])[0, 0]
    weights = seen / seen.sum()
    y, x = (np.indices(seen.shape) * weights).sum((1, 2))
    found = transform.points_to_native(np.array([x, y]))
    np.testing.assert_allclose(found, [36, 27], atol=0.15)


@given(ANGLES)
@settings(max_examples=20)
def test_fields_come_back_turned(angle: float) -> None:
    transform = Transform.fit((64, 64), 32, crop=(8, 8, 48, 48), angle=angle)
    u = np.tile(np.array([2.0, -1.0], np.float32)[None, :, None, None], (2, 1, 32, 32))
    native = transform.field_to_native(u)
    cosine, sine = turn_of(angle)
    expected = np.array([cosine * 3 + sine * 1.5, sine * 3 - cosine * 1.5])
    inside = TurnedBox((8, 8, 48, 48), angle).distance((64, 64)) == 0
    for channel in (0, 1):
        np.testing.assert_allclose(native[0, channel][inside], expected[channel], atol=1e-4)
    assert native.shape == (2, 2, 64, 64)
    assert native.dtype == np.float32


@given(ANGLES)
@settings(max_examples=12)
def test_a_field_moves_the_frame_as_it_moves_the_models_picture(angle: float) -> None:
    """Warping in the frame, then looking, is looking, then warping."""
    from motionstudio.core.warp import warp

    frame = smooth_picture(96, 3)
    transform = Transform.fit((96, 96), 48, crop=(16, 16, 64, 64), angle=angle)
    y, x = np.mgrid[0:48, 0:48] / 47 * 2 - 1
    window = np.clip(1 - x**2, 0, 1) ** 2 * np.clip(1 - y**2, 0, 1) ** 2
    u = (np.stack([x + 0.4, 0.8 - y]) * window * 3).astype(np.float32)
    native = transform.field_to_native(u[None])[0]
    moved_then_seen = transform.apply(warp(frame, native)[None])[0, 0]
    seen = np.ascontiguousarray(np.moveaxis(transform.apply(frame[None])[0], 0, -1))
    seen_then_moved = warp(seen, u)[..., 0]
    inner = np.s_[6:-6, 6:-6]
    assert np.abs(moved_then_seen - seen_then_moved)[inner].max() < 0.02


@given(ANGLES)
@settings(max_examples=12)
def test_pictures_come_back_where_they_were(angle: float) -> None:
    frame = smooth_picture(80, 5)
    transform = Transform.fit((80, 80), 48, crop=(16, 16, 48, 48), range=(0, 255), angle=angle)
    upright = np.moveaxis(transform.apply(frame[None])[0], 0, -1) * 255
    back = transform.paste(np.zeros_like(frame), upright.astype(np.float32))
    inside = TurnedBox((16, 16, 48, 48), angle).distance((80, 80)) == 0
    assert np.abs(back - frame)[inside].max() < 2.5
    assert (back[TurnedBox((16, 16, 48, 48), angle).distance((80, 80)) > 1] == 0).all()


@pytest.mark.parametrize("angle", [90.0, 180.0, -90.0, 270.0])
def test_right_angles_lose_nothing(angle: float) -> None:
    frames = np.random.default_rng(1).integers(0, 256, (1, 20, 20, 1)).astype(np.uint8)
    seen = Transform.fit((20, 20), 20, angle=angle).apply(frames)[0, 0]
    turned = np.rot90(frames[0, ..., 0], int(angle // 90)) / 255
    np.testing.assert_allclose(seen, turned, atol=1e-6)


def test_at_angle_zero_everything_is_bit_identical() -> None:
    frames = np.random.default_rng(2).integers(0, 256, (2, 50, 70, 3)).astype(np.uint8)
    plain = Transform.fit((50, 70), 24, crop=(3, 8, 40, 40))
    zero = Transform.fit((50, 70), 24, crop=(3, 8, 40, 40), angle=0.0)
    assert plain == zero
    assert plain.apply(frames).tobytes() == zero.apply(frames).tobytes()


def test_labels_stay_labels() -> None:
    masks = np.zeros((1, 40, 40), np.uint8)
    masks[0, 10:30, 12:22] = 3
    out = Transform.fit((40, 40), 40, angle=30).mask_to_model(masks)
    assert set(np.unique(out)) == {0, 3}
    assert abs(int((out == 3).sum()) - 200) < 12


def test_an_angle_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="angle"):
        Transform.fit((10, 10), 8, angle=float("nan"))


@given(st.integers(-20, 40), st.integers(-20, 40), st.integers(12, 60), ANGLES)
@settings(max_examples=25)
def test_a_crop_may_leave_the_frame_where_that_is_allowed(
    y: int, x: int, side: int, angle: float
) -> None:
    frame = smooth_picture(50, 2)[None]
    transform = Transform.fit((50, 50), 24, crop=(y, x, side, side), angle=angle, beyond=True)
    seen = transform.apply(frame)
    assert seen.shape == (1, 1, 24, 24)
    assert seen.min() >= 0
    assert seen.max() <= 1
    native = transform.field_to_native(np.ones((1, 2, 24, 24), np.float32))
    assert native.shape == (1, 2, 50, 50)
    assert np.isfinite(native).all()


def test_beyond_the_frame_its_edge_goes_on() -> None:
    frame = np.zeros((1, 20, 20, 1), np.uint8)
    frame[:, :, :5] = 255
    seen = Transform.fit((20, 20), 20, crop=(0, -10, 20, 20), beyond=True).apply(frame)[0, 0]
    assert (seen[:, :15] == 1).all()
    assert (seen[:, 16:] == 0).all()
