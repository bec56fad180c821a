"""What was driven live goes onto a subject or a new one, and everything back again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip
from motionstudio.core.held import hold
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.live_drive import Recording
from motionstudio.document.carried import Carried
from motionstudio.document.change import ProjectState
from motionstudio.document.live_commands import new_name, onto_new, onto_subject, rows_for, still_of
from motionstudio.document.opening import frames_in_use
from motionstudio.document.project import Project
from motionstudio.document.subject import MediaRef, Subject
from tests.document import builders

DIMS = 4


def recording(dims: int = DIMS) -> Recording:
    times = np.array([0.0, 0.1, 0.5])
    return Recording(times, np.outer(times, np.arange(1, dims + 1)).astype(np.float32))


def make_clip(count: int) -> Clip:
    return builders.clip(count)


def make_subject(frames: int, *, encoded: bool = False, **fields: Any) -> Subject:
    made = replace(
        builders.subject(), clip=make_clip(frames), kept=np.ones(frames, np.bool_), **fields
    )
    if not encoded:
        return made
    base = replace(
        builders.encode(builders.subject()), mean=np.zeros((frames, DIMS), np.float32), std=None
    )
    track = LatentTrack.unedited(base, made.reference)
    return replace(made, track=track, encoded_with=made.encoding_key)


def done(subject: Subject, *, new: bool) -> tuple[Project, Subject]:
    project = Project(ProjectState((subject,)))
    dims = DIMS if subject.track is None else subject.track.base.dims
    if new:
        made, commands = onto_new(subject, recording(dims), 10, "h", {subject.name})
    else:
        made, commands = subject, onto_subject(subject, recording(dims), 10, "h")
    with project.transaction("Record"):
        for command in commands:
            project.push(command)
    return project, project.subject(made.id)


def test_a_new_subject_is_the_reference_frame_held_and_animated() -> None:
    source = make_subject(frames=8, reference=3)
    source = replace(source, media=MediaRef(path="clip.mp4", start=10, stop=40, stride=2))
    project, made = done(source, new=True)
    assert made.name == f"{source.name} live"
    assert made.held
    assert len(made.clip) == 7
    np.testing.assert_array_equal(made.clip.frames[4], source.clip.frames[3])
    assert (made.media.start, made.media.stop, made.media.stride) == (16, 17, 1)
    assert made.track is not None
    assert not made.track.values[0].any()
    np.testing.assert_allclose(made.track.values[-1], 0.5 * np.arange(1, made.track.base.dims + 1))
    assert len(project.history.steps) == 1
    project.history.undo()
    assert project.subjects == (source,)


def test_the_media_of_the_new_subject_give_its_picture_again() -> None:
    clip = make_clip(40)
    media = MediaRef(path="clip.mp4", start=10, stop=40, stride=2)
    used = frames_in_use(clip, media)
    source = replace(
        make_subject(frames=len(used), reference=3), clip=used, media=media
    )  # fmt: skip
    still = still_of(source, "still")
    again = frames_in_use(clip, still.media)
    assert len(again) == len(still.clip) == 1
    np.testing.assert_array_equal(again.frames[0], still.clip.frames[0])
    np.testing.assert_array_equal(again.frames[0], clip.frames[16])


def test_a_still_that_is_held_gives_its_own_picture() -> None:
    clip = make_clip(1)
    times = np.arange(5) / 10
    held = replace(make_subject(frames=5), clip=hold(clip, times), held=True, reference=2)
    still = still_of(held, "still")
    assert len(still.clip) == 1
    assert not still.held
    np.testing.assert_array_equal(still.clip.frames[0], clip.frames[0])


def test_a_still_is_animated_itself() -> None:
    still = make_subject(frames=1)
    project, made = done(still, new=False)
    assert made.held
    assert len(made.clip) == 7
    project.history.undo()
    assert builders.everything(project.state) == builders.everything(ProjectState((still,)))


def test_a_clip_does_what_was_recorded_at_its_own_times() -> None:
    source = make_subject(frames=6, reference=2, encoded=True)
    assert source.track is not None
    rows = rows_for(source, recording(source.track.base.dims))
    assert not rows[2].any()
    wanted = np.clip(source.clip.times - source.clip.times[0], 0, 0.5)
    wanted[2] = 0
    np.testing.assert_allclose(rows[:, 0], wanted, atol=1e-6)
    project, made = done(source, new=False)
    assert made.track is not None
    np.testing.assert_allclose(made.track.values, rows, atol=1e-6)
    project.history.undo()
    assert builders.everything(project.state) == builders.everything(ProjectState((source,)))


def test_what_was_carried_over_before_is_forgotten() -> None:
    rows = np.zeros((3, DIMS), np.float32)
    carried = Carried("walk", rows, np.arange(3) / 10)
    for frames, encoded in ((6, True), (1, False)):
        source = make_subject(frames=frames, encoded=encoded, carried=carried)
        project, made = done(source, new=False)
        assert made.carried is None
        project.history.undo()
        assert project.subject(source.id).carried is carried


@pytest.mark.parametrize(
    ("taken", "name"),
    [(set(), "a live"), ({"a live"}, "a live 2"), ({"a live", "a live 2"}, "a live 3")],
)
def test_names_are_new(taken: set[str], name: str) -> None:
    assert new_name("a live", taken) == name
