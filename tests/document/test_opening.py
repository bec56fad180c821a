from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.opening import (
    OpenSettings,
    default_stride,
    frames_in_use,
    subject_from_clip,
    suggested,
)
from motionstudio.document.subject import Framing
from tests.document.builders import clip


class CountedFrames:
    """A long film of (9000, 4, 6, 1) that counts the frames that are read."""

    shape = (9000, 4, 6, 1)
    dtype = np.dtype(np.uint8)

    def __init__(self) -> None:
        self.read = 0

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any, /) -> np.ndarray:
        chosen = np.arange(len(self))[index]
        self.read += np.size(chosen)
        values = np.asarray(chosen % 251, np.uint8)
        return np.broadcast_to(values[..., None, None, None], (*np.shape(chosen), 4, 6, 1))


def film() -> tuple[Clip, CountedFrames]:
    frames = CountedFrames()
    return Clip(frames=frames, times=uniform_times(9000, 30.0), name="film"), frames


def test_a_short_clip_is_used_whole_and_without_a_word() -> None:
    source = clip(name="short", cyclic=True)
    one = subject_from_clip(source, model="heart", id="s")
    assert one.clip is source
    assert (one.id, one.name, one.model, one.cyclic) == ("s", "short", "heart", True)
    assert one.notes == ()
    assert one.kept.all()
    assert one.track is None


def test_a_long_clip_opens_unread_with_at_most_64_frames_and_says_so() -> None:
    source, frames = film()
    one = subject_from_clip(source)
    assert frames.read == 0
    assert len(one.clip) == 64
    assert one.media.stride == 141
    assert one.notes == (
        "64 of 9000 frames are used: every 141st frame from 0 to 8999 (at most 64 by default).",
    )
    assert one.clip.frames[2][0, 0, 0] == (2 * 141) % 251
    assert frames.read == 1
    assert np.allclose(np.diff(one.clip.times), 141 / 30)


def test_a_stride_that_was_chosen_is_never_changed() -> None:
    source, _ = film()
    one = subject_from_clip(source, OpenSettings(start=100, stop=400, stride=1))
    assert len(one.clip) == 300
    assert one.clip.times[0] == 0
    assert one.notes == ("300 of 9000 frames are used: every frame from 100 to 399.",)


@pytest.mark.parametrize(
    ("count", "stride"), [(1, 1), (64, 1), (65, 2), (128, 2), (129, 3), (9000, 141)]
)
def test_the_default_stride_is_the_smallest_that_fits(count: int, stride: int) -> None:
    assert default_stride(count) == stride
    assert len(range(0, count, stride)) <= 64


def test_choices_are_recorded_so_that_the_frames_can_be_found_again() -> None:
    settings = OpenSettings(
        start=1,
        stop=5,
        stride=2,
        mode="crop",
        crop=(0, 1, 8, 8),
        slice_index=3,
        fps=5.0,
        cyclic=True,
    )
    one = subject_from_clip(clip(), settings)
    assert (one.media.start, one.media.stop, one.media.stride) == (1, 5, 2)
    assert (one.media.slice_index, one.media.fps) == (3, 5.0)
    assert one.framing == Framing("crop", (0, 1, 8, 8))
    assert one.cyclic
    assert np.allclose(one.clip.times, [0.0, 0.4])
    again = frames_in_use(clip(), one.media)
    assert np.array_equal(again.frames[:], one.clip.frames[:])
    assert np.array_equal(again.times, one.clip.times)


def test_a_part_of_a_cycle_is_no_cycle_and_that_is_said() -> None:
    one = subject_from_clip(clip(cyclic=True), OpenSettings(stop=4))
    assert not one.cyclic
    assert any("no longer treated as one" in note for note in one.notes)


def test_what_was_odd_about_the_file_is_passed_on() -> None:
    source = replace(clip(), warnings=("The third frame is torn.",))
    assert subject_from_clip(source).notes == ("The third frame is torn.",)


def test_two_subjects_of_one_clip_have_different_ids() -> None:
    assert subject_from_clip(clip()).id != subject_from_clip(clip()).id


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (OpenSettings(start=6), "frames 0 to 5"),
        (OpenSettings(start=3, stop=3), "3 to 2"),
        (OpenSettings(stop=7), "0 to 6"),
        (OpenSettings(start=-1), "-1 to 5"),
        (OpenSettings(stride=0), "0-th"),
        (OpenSettings(fps=0.0), "rate of 0.0"),
        (OpenSettings(fps=float("nan")), "rate of nan"),
        (OpenSettings(crop=(0, 4, 8, 7)), "7 x 8 pixels at (4, 0)"),
        (OpenSettings(crop=(-1, 0, 4, 4)), "4 x 4 pixels at (0, -1)"),
        (OpenSettings(crop=(0, 0, 0, 4)), "4 x 0 pixels"),
    ],
)
def test_impossible_settings_are_named(settings: OpenSettings, named: str) -> None:
    with pytest.raises(MotionStudioError) as caught:
        subject_from_clip(clip(name="tiny"), settings)
    assert named in caught.value.message
    assert caught.value.hint


def test_a_found_part_becomes_the_crop_and_is_said() -> None:
    settings = suggested(OpenSettings(), (10, 20, 30, 30))
    assert (settings.mode, settings.crop) == ("crop", (10, 20, 30, 30))
    still = Clip(np.zeros((4, 64, 64, 1), np.uint8), uniform_times(4, 10.0))
    subject = subject_from_clip(still, settings)
    assert subject.framing.crop == (10, 20, 30, 30)
    assert any("30 x 30 pixels around what moves" in note for note in subject.notes)


def test_nothing_found_leaves_the_settings_alone() -> None:
    assert suggested(OpenSettings(stride=2), None) == OpenSettings(stride=2)
