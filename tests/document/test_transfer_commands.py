"""Carrying motion between subjects: one step each, undone bit for bit; stills that move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keys import Key, KeySet
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent, SetFraming, SetModel
from motionstudio.document.missing import ClipFacts
from motionstudio.document.project import Project
from motionstudio.document.schema import from_plain, parse_manifest, to_plain
from motionstudio.document.subject import Framing, MediaRef, Subject
from motionstudio.document.transfer_commands import AnimateStill, TransferMotion
from tests.document.builders import FRAMES, encode, everything, subject


def encoded_subject(id: str, **fields: object) -> Subject:
    made = subject(id, **fields)
    return replace(
        made, track=LatentTrack.unedited(encode(made), made.reference),
        encoded_with=made.encoding_key,
    )  # fmt: skip


def still(id: str = "s") -> Subject:
    frames = np.arange(80, dtype=np.uint8).reshape(1, 8, 10, 1)
    return replace(subject(id), clip=Clip(frames, uniform_times(1, 1.0)), kept=np.ones(1, np.bool_))


def motion(count: int = 9, *, cyclic: bool = False) -> Motion:
    base = encode(subject("m"))
    rng = np.random.default_rng(3)
    times = uniform_times(count, 20.0)
    mean = rng.normal(size=(count, base.dims)).astype(np.float32)
    mean[0] = 0
    return replace(
        base, mean=mean, std=None, kept=np.ones(count, np.bool_), times=times,
        row_times=np.stack([times, times], 1), filled=np.zeros(count, np.bool_), cyclic=cyclic,
        state={"note": np.ones(3)},
    )  # fmt: skip


def test_a_transfer_is_one_named_step_and_undo_restores_every_bit() -> None:
    project = Project(ProjectState((encoded_subject("a"), encoded_subject("b"))))
    before = everything(project.state)
    values = np.random.default_rng(1).normal(size=(FRAMES, 4)).astype(np.float32)
    project.push(TransferMotion("a", values, "walk"))
    track = project.subject("a").track
    assert track is not None
    np.testing.assert_allclose(track.values[1:], values[1:], atol=1e-6)
    assert (track.values[0] == 0).all()
    assert project.history.undo_label == "Move walk onto subject a"
    assert len(project.history.steps) == 1
    after = everything(project.state)
    project.history.undo()
    assert everything(project.state) == before
    project.history.redo()
    assert everything(project.state) == after


def test_a_reset_afterwards_leads_back_to_the_targets_own_encoding() -> None:
    project = Project(ProjectState((encoded_subject("a"),)))
    own = project.subject("a").track.base.mean
    project.push(TransferMotion("a", own * 3 + 1, "walk"))
    rows, dims = tuple(range(FRAMES)), tuple(range(4))
    project.push(EditLatent("a", rows, dims, np.zeros((FRAMES, 4), np.float32), "Reset"))
    assert project.subject("a").track.values is project.subject("a").track.base.mean


def test_its_own_motion_changes_nothing_and_leaves_no_step() -> None:
    project = Project(ProjectState((encoded_subject("a"),)))
    project.push(TransferMotion("a", project.subject("a").track.values, "subject a"))
    assert not project.history.can_undo


def test_keys_and_mutes_of_the_motion_before_go_and_come_back() -> None:
    made = encoded_subject("a")
    keys = KeySet().with_dim(1, (Key(1, 0.5), Key(3, 1.0)))
    made = replace(made, track=replace(made.track, keys=keys, muted=(2,)))
    project = Project(ProjectState((made,)))
    values = np.full((FRAMES, 4), 0.25, np.float32)
    project.push(TransferMotion("a", values, "walk"))
    track = project.subject("a").track
    assert not track.keys.dims
    assert track.muted == ()
    np.testing.assert_allclose(track.motion().mean[1:], 0.25, atol=1e-6)
    project.history.undo()
    assert project.subject("a").track.keys == keys
    assert project.subject("a").track.muted == (2,)


def test_values_of_another_shape_are_refused() -> None:
    project = Project(ProjectState((encoded_subject("a"),)))
    with pytest.raises(ValueError, match="expected values"):
        project.push(TransferMotion("a", np.zeros((2, 2), np.float32), "walk"))


class TestStills:
    def test_a_motion_makes_a_still_move_and_undo_returns_the_still(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(cyclic=True), 0, "walk"))
        animated = project.subject("s")
        assert len(animated.clip) == 9
        assert animated.held
        assert animated.cyclic
        assert animated.has_motion
        assert not animated.needs_encoding
        assert animated.track.base.state == {}
        assert np.array_equal(animated.clip.frames[5], animated.clip.frames[0])
        assert animated.clip.frames[2:5].shape == (3, 8, 10, 1)
        assert project.history.undo_label == "Move walk onto subject s"
        project.history.undo()
        back = project.subject("s")
        assert len(back.clip) == 1
        assert back.track is None
        assert not back.held
        project.history.redo()
        assert len(project.subject("s").clip) == 9

    def test_another_motion_may_have_another_length(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(9), 0, "walk"))
        project.push(AnimateStill("s", motion(14), 2, "run"))
        assert len(project.subject("s").clip) == 14
        assert project.subject("s").reference == 2
        project.history.undo()
        assert len(project.subject("s").clip) == 9

    def test_no_encoding_ever_replaces_the_motion(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(), 0, "walk"))
        project.push(SetFraming("s", Framing("crop", (0, 0, 8, 8), 12.0)))
        assert project.subject("s").has_motion
        assert not project.subject("s").needs_encoding

    def test_another_model_starts_from_rest(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(), 0, "walk"))
        project.push(SetModel("s", "figures"))
        assert project.subject("s").needs_encoding
        project.history.undo()
        assert project.subject("s").has_motion

    def test_true_frames_are_never_replaced(self) -> None:
        project = Project(ProjectState((encoded_subject("a"),)))
        with pytest.raises(ValueError, match="true frames"):
            project.push(AnimateStill("a", motion(), 0, "walk"))

    def test_a_project_keeps_an_animated_still(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(cyclic=True), 3, "walk", period=0.6))
        plain, arrays = to_plain(project.state)

        def open_media(media: MediaRef, facts: ClipFacts) -> Clip:
            assert len(facts.times) == 1
            return still().clip

        opened = from_plain(parse_manifest(plain), arrays, open_media)
        assert everything(opened) == everything(project.state)
        again = opened.subject("s")
        assert again.held
        assert again.has_motion
        assert np.array_equal(again.clip.times, project.subject("s").clip.times)
        assert np.array_equal(again.clip.frames[8], still().clip.frames[0])

    def test_a_still_whose_file_is_gone_says_so(self) -> None:
        project = Project(ProjectState((still(),)))
        project.push(AnimateStill("s", motion(), 0, "walk"))
        plain, arrays = to_plain(project.state)
        opened = from_plain(plain, arrays, lambda _m, facts: facts.without_frames("It is gone."))
        with pytest.raises(MotionStudioError, match="gone"):
            opened.subject("s").clip.frames[4]
