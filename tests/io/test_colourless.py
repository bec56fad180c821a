"""Whether there is colour is decided by what the frames hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.io import read_clip, video
from motionstudio.io.colourless import LOOKED_AT, TOLERANCE, grey_if_colourless
from motionstudio.io.lazy import LazyFrames
from tests.io.samples import moving_square, write_video_file


def grey_in_colour(frames: int = 12) -> NDArray[np.uint8]:
    """(T, H, W, 3) uint8 whose channels are all alike."""
    return np.asarray(moving_square(frames).repeat(3, axis=3), np.uint8)


def clip_of(frames: LazyFrames | NDArray[np.uint8]) -> Clip:
    return Clip(frames, uniform_times(len(frames), 25))


def lazy(frames: NDArray[np.uint8], asked: list[int], cheap: tuple[int, ...] = ()) -> LazyFrames:
    def load(place: int) -> NDArray[np.uint8]:
        asked.append(place)
        return np.array(frames[place])

    return LazyFrames(frames.shape, frames.dtype, load, cheap=cheap)


def test_a_grey_video_stored_in_yuv_is_grey_and_says_how_it_was_stored(tmp_path: Path) -> None:
    path = write_video_file(tmp_path / "a.mp4", grey_in_colour())
    clip = read_clip(path)
    assert clip.channels == 1
    assert clip.provenance["stored"].startswith("in colour")
    as_stored = read_clip(path, as_stored=True)
    assert as_stored.channels == 3
    assert "stored" not in as_stored.provenance
    apart = np.abs(clip.frames[:].astype(int) - as_stored.frames[:].astype(int))
    assert apart.max() <= TOLERANCE


def test_a_long_grey_video_is_grey_too_and_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video_file(tmp_path / "a.mp4", grey_in_colour(24), gop=6)
    whole = read_clip(path)
    monkeypatch.setattr(video, "EAGER_BYTES", 1000)
    clip = read_clip(path)
    assert isinstance(clip.frames, LazyFrames)
    assert clip.channels == 1
    for place in (23, 0, 11):
        np.testing.assert_array_equal(clip.frames[place], whole.frames[place])


def test_a_little_colour_keeps_the_colour(tmp_path: Path) -> None:
    frames = grey_in_colour(4)
    frames[2, 3:7, 3:7] = 200, 60, 60
    assert grey_if_colourless(clip_of(frames)).channels == 3
    assert read_clip(write_video_file(tmp_path / "a.mp4", frames)).channels == 3


def test_rounded_chroma_counts_as_grey_and_more_does_not() -> None:
    frames = grey_in_colour(2)
    frames[1, 5, 5] = 100, 100, 100 + TOLERANCE
    assert grey_if_colourless(clip_of(frames)).channels == 1
    frames[1, 5, 5, 2] += 1
    assert grey_if_colourless(clip_of(frames)).channels == 3


@pytest.mark.parametrize("top", [255, 1023, 4095, 65535])
def test_fewer_bits_in_sixteen_keep_their_colour(top: int) -> None:
    frames = (grey_in_colour(2).astype(np.float64) * top / 255).astype(np.uint16)
    room = TOLERANCE * int(frames.max()) // 255
    frames[1, 5, 5] = top // 2, top // 2, top // 2 + room
    assert grey_if_colourless(Clip(frames, uniform_times(2, 25))).channels == 1
    frames[1, 5, 5, 2] += 1
    assert grey_if_colourless(Clip(frames, uniform_times(2, 25))).channels == 3


def test_a_few_small_numbers_are_no_shades_of_grey() -> None:
    frames = np.zeros((2, 8, 8, 3), np.uint8)
    frames[:, 2:4, 2:4, 0], frames[:, 5:7, 5:7, 1] = 3, 5
    assert grey_if_colourless(clip_of(frames)).channels == 3


def test_equal_channels_keep_their_exact_values_in_any_type() -> None:
    plain = moving_square(3)
    for dtype in (np.uint8, np.uint16, np.int32, np.float32):
        deep = (plain.astype(np.float64) * (257 if dtype is np.uint16 else 1)).astype(dtype)
        found = grey_if_colourless(clip_of(deep.repeat(3, axis=3)))
        np.testing.assert_array_equal(found.frames, deep)
        assert found.frames.dtype == dtype


def test_floats_must_be_equal_and_missing_values_are() -> None:
    frames = moving_square(2).astype(np.float32).repeat(3, axis=3)
    frames[0, 2, 2] = np.nan
    assert grey_if_colourless(clip_of(frames)).channels == 1
    frames[1, 2, 2, 0] += 1e-3
    assert grey_if_colourless(clip_of(frames)).channels == 3


def test_even_areas_are_no_reason_to_drop_the_colour() -> None:
    assert grey_if_colourless(clip_of(np.zeros((3, 8, 8, 3), np.uint8))).channels == 3


def test_of_frames_on_disk_a_few_are_looked_at() -> None:
    asked: list[int] = []
    frames = grey_in_colour(1).repeat(400, axis=0)
    clip = grey_if_colourless(clip_of(lazy(frames, asked)))
    assert clip.channels == 1
    assert len(asked) == LOOKED_AT
    assert (min(asked), max(asked)) == (0, 399)
    assert f"{LOOKED_AT} of 400 frames" in clip.provenance["stored"]


def test_where_key_frames_are_known_only_they_and_near_frames_are_asked_for() -> None:
    frames, asked = grey_in_colour(1).repeat(2000, axis=0), list[int]()
    keys = tuple(range(0, 2000, 100))
    grey_if_colourless(clip_of(lazy(frames, asked, keys)))
    assert asked
    assert set(asked) <= set(keys)
    asked.clear()
    grey_if_colourless(clip_of(lazy(frames, asked, (0, 1000))))
    assert set(asked) - {1000} <= set(range(240))
    assert len(asked) <= LOOKED_AT + 2


def test_a_damaged_frame_is_left_to_whoever_asks_for_it() -> None:
    frames = grey_in_colour(5)

    def load(place: int) -> NDArray[np.uint8]:
        if place == 2:
            raise MotionStudioError("Frame 2 is damaged.")
        return np.array(frames[place])

    shape = (5, *frames.shape[1:])
    clip = grey_if_colourless(clip_of(LazyFrames(shape, frames.dtype, load)))
    assert clip.channels == 1
    with pytest.raises(MotionStudioError, match="damaged"):
        _ = clip.frames[2]


def test_a_folder_of_grey_pictures_in_colour_and_a_gif_are_grey(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for place, frame in enumerate(grey_in_colour(4)):
        Image.fromarray(frame).save(folder / f"{place}.png")
    clip = read_clip(folder)
    np.testing.assert_array_equal(clip.frames[:], moving_square(4))
    near = grey_in_colour(4)
    near[..., 2] = np.minimum(near[..., 2], 250) + 1
    images = [Image.fromarray(frame) for frame in near]
    images[0].save(tmp_path / "a.gif", save_all=True, append_images=images[1:], duration=40)
    assert read_clip(tmp_path / "a.gif").channels == 1


def test_a_grey_npy_on_disk_is_not_read_whole(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", grey_in_colour(20))
    clip = read_clip(tmp_path / "a.npy")
    assert isinstance(clip.frames, LazyFrames)
    np.testing.assert_array_equal(clip.frames[:], moving_square(20))
