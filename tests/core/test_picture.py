from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.picture import Transform, convert_channels, intensity_range, to_uint8
from motionstudio.core.warp import jacobian_determinant

SIZES = st.tuples(st.integers(1, 60), st.integers(1, 60))


def clip_of(frames: np.ndarray) -> Clip:
    return Clip(frames, uniform_times(len(frames), 10))


@given(SIZES, st.integers(1, 40), st.sampled_from(["crop", "letterbox"]), st.integers(0, 99))
def test_everything_stays_in_unit_range_and_shape(
    size: tuple[int, int], side: int, mode: str, seed: int
) -> None:
    frames = np.random.default_rng(seed).integers(0, 256, (2, *size, 3)).astype(np.uint8)
    transform = Transform.fit(size, side, mode=mode)
    for channels in (1, 3):
        out = transform.apply(frames, channels)
        assert out.shape == (2, channels, side, side)
        assert out.dtype == np.float32
        assert out.min() >= 0
        assert out.max() <= 1
    assert transform.field_to_native(np.ones((1, 2, side, side), np.float32)).shape == (1, 2, *size)


@given(SIZES, st.integers(8, 40), st.sampled_from(["crop", "letterbox"]))
def test_never_a_squeeze(size: tuple[int, int], side: int, mode: str) -> None:
    transform = Transform.fit(size, side, mode=mode)
    sx, sy = transform.scale
    assume(min(transform.content[2:]) > 1)
    # Whole pixels round: at most half a pixel of the content, or of a very thin crop.
    slack = 0.5 / min(transform.content[2:]) + 0.5 / min(transform.crop[2:])
    assert abs(sx / sy - 1) <= slack + 1e-9


def test_same_size_is_the_plain_scaling() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (3, 16, 16, 1)).astype(np.uint8)
    out = Transform.fit((16, 16), 16).apply(frames)
    np.testing.assert_allclose(out[:, 0], frames[..., 0] / 255, atol=1e-7)


def test_shrinking_averages_areas() -> None:
    frames = np.zeros((1, 8, 8, 1), np.uint8)
    frames[0, ::2, ::2] = 200
    out = Transform.fit((8, 8), 4, range=(0, 200)).apply(frames)
    np.testing.assert_allclose(out, 0.25, atol=1e-6)


def test_crop_takes_the_centre() -> None:
    frames = np.zeros((1, 10, 20, 1), np.uint8)
    frames[:, :, 5:15] = 255
    assert Transform.fit((10, 20), 10).crop == (0, 5, 10, 10)
    assert Transform.fit((10, 20), 10).apply(frames).min() == 1


def test_letterbox_shows_all_and_repeats_edges() -> None:
    frames = np.zeros((1, 10, 20, 1), np.uint8)
    frames[:, 0] = 255
    transform = Transform.fit((10, 20), 20, mode="letterbox")
    assert transform.content == (5, 0, 10, 20)
    out = transform.apply(frames)[0, 0]
    assert (out[:6] == 1).all()
    assert (out[6:] == 0).all()


def test_a_crop_of_another_shape_is_cut_in_crop_mode_and_padded_in_letterbox() -> None:
    box = (2, 4, 6, 12)
    assert Transform.fit((20, 20), 12, crop=box).crop == (2, 7, 6, 6)
    boxed = Transform.fit((20, 20), 12, mode="letterbox", crop=box)
    assert boxed.crop == box
    assert boxed.content == (3, 0, 6, 12)


@pytest.mark.parametrize("box", [(-1, 0, 4, 4), (0, 0, 11, 4), (0, 0, 0, 4)])
def test_a_crop_outside_is_refused(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="crop"):
        Transform.fit((10, 10), 8, crop=box)


@given(SIZES, st.integers(1, 40), st.sampled_from(["crop", "letterbox"]))
def test_points_go_there_and_back(size: tuple[int, int], side: int, mode: str) -> None:
    transform = Transform.fit(size, side, mode=mode)
    points = np.array([[0.0, 0.0], [3.25, 7.5]])
    there = transform.points_to_native(points)
    np.testing.assert_allclose(transform.points_to_model(there), points, atol=1e-9)


def test_points_follow_the_pixels() -> None:
    frames = np.zeros((1, 40, 60, 1), np.uint8)
    frames[0, 20:24, 30:34] = 255
    transform = Transform.fit((40, 60), 20)
    model = transform.apply(frames)[0, 0]
    y, x = np.argwhere(model > 0.9).mean(axis=0)
    np.testing.assert_allclose(transform.points_to_native(np.array([x, y])), [31.5, 21.5])


def test_field_is_in_native_pixels_and_fades_outside_the_crop() -> None:
    transform = Transform.fit((100, 160), 20, crop=(30, 50, 40, 40))
    u = np.tile(np.array([2.0, -1.0], np.float32)[None, :, None, None], (2, 1, 20, 20))
    native = transform.field_to_native(u)
    inside = native[:, :, 30:70, 50:90]
    np.testing.assert_allclose(inside[:, 0], 4, rtol=1e-5)
    np.testing.assert_allclose(inside[:, 1], -2, rtol=1e-5)
    assert (native[:, :, :19] == 0).all()
    assert (native[:, :, :, 101:] == 0).all()
    steps = np.abs(np.diff(native[0, 0], axis=1)).max()
    assert steps < 4 * 1.6 / 10
    assert jacobian_determinant(native).min() > 0


def test_letterbox_field_covers_the_frame() -> None:
    transform = Transform.fit((10, 20), 40, mode="letterbox")
    native = transform.field_to_native(np.full((1, 2, 40, 40), 2.0, np.float32))
    np.testing.assert_allclose(native, 1.0, rtol=1e-6)


def test_a_field_alone_equals_the_field_among_others() -> None:
    u = np.random.default_rng(3).normal(size=(4, 2, 16, 16)).astype(np.float32)
    transform = Transform.fit((50, 70), 16, crop=(5, 5, 33, 33))
    np.testing.assert_array_equal(
        transform.field_to_native(u)[2:3], transform.field_to_native(u[2:3])
    )


def test_masks_keep_their_labels() -> None:
    masks = np.zeros((1, 20, 40), np.uint8)
    masks[0, 4:14, 10:30] = 2
    out = Transform.fit((20, 40), 20, mode="letterbox").mask_to_model(masks)
    assert set(np.unique(out)) == {0, 2}
    assert (out == 2).sum() == 5 * 10
    assert out.dtype == np.uint8


def test_one_range_for_the_whole_sequence() -> None:
    frames = np.random.default_rng(0).normal(100, 10, (50, 32, 32, 1)).astype(np.float32)
    frames[7, 0, 0] = np.nan
    lo, hi = intensity_range(clip_of(frames))
    assert 70 < lo < 80
    assert 120 < hi < 130


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (np.full((2, 4, 4, 1), 9, np.uint8), (0, 255)),
        (np.full((2, 4, 4, 1), 9, np.int16), (8.5, 9.5)),
        (np.full((2, 4, 4, 1), np.nan, np.float32), (0, 1)),
    ],
)
def test_range_of_a_flat_clip_is_never_empty(
    frames: np.ndarray, expected: tuple[float, float]
) -> None:
    assert intensity_range(clip_of(frames)) == expected


def test_range_of_a_nearly_empty_clip_is_its_extremes() -> None:
    frames = np.zeros((2, 64, 64, 1), np.uint8)
    frames[0, 3, 3] = 200
    assert intensity_range(clip_of(frames)) == (0, 200)


def test_range_reads_a_bounded_sample() -> None:
    class Counted:
        shape, dtype, reads = (1000, 8, 8, 1), np.dtype(np.uint8), 0

        def __len__(self) -> int:
            return 1000

        def __getitem__(self, index: int) -> np.ndarray:
            self.reads += 1
            return np.full((8, 8, 1), index % 200, np.uint8)

    frames = Counted()
    intensity_range(Clip(frames, uniform_times(1000, 25)))
    assert frames.reads <= 32


@given(st.integers(0, 2**31))
def test_uint8_of_full_range_is_bit_exact(seed: int) -> None:
    frame = np.random.default_rng(seed).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    np.testing.assert_array_equal(to_uint8(frame, (0.0, 255.0)), frame)


def test_uint8_of_wide_types() -> None:
    frame = np.array([[[-1000.0], [0.0], [500.0], [9e9]]])
    np.testing.assert_array_equal(to_uint8(frame, (0, 1000))[0, :, 0], [0, 0, 128, 255])


def test_grey_and_colour() -> None:
    grey = np.array([[[10], [200]]], np.uint8)
    colour = convert_channels(grey, 3)
    assert colour.shape == (1, 2, 3)
    np.testing.assert_array_equal(convert_channels(colour, 1), grey)
