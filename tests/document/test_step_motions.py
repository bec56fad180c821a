"""Motions whose rows are steps: carried between subjects, onto stills, and from true frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import FORCED, TRUTH, Motion, RowKind
from motionstudio.core.transfer import TransferMode
from motionstudio.document.change import ProjectState
from motionstudio.document.step_commands import StepFromTruth, keeps_truth, steps_from_truth
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Arriving, plan
from tests.document import builders


def steps(count: int = builders.FRAMES, seed: int = 0, *, truth: bool = False) -> Motion:
    times = np.arange(count) / 10
    mean = np.random.default_rng(seed).normal(size=(count - 1, 4)).astype(np.float32)
    state = {TRUTH: np.zeros((count, 1, 4, 4), np.uint8), FORCED: np.zeros(1, np.bool_)}
    return Motion(
        mean=mean, std=None, kept=np.ones(count, np.bool_), times=times, rows=RowKind.PAIR,
        row_times=np.stack([times[:-1], times[1:]], 1), filled=np.zeros(count - 1, np.bool_),
        model="heart", state=state if truth else {},
    )  # fmt: skip


def stepping(id: str, seed: int, *, truth: bool = False) -> Subject:
    made = builders.subject(id)
    track = LatentTrack.unedited(steps(seed=seed, truth=truth))
    return replace(made, track=track, encoded_with=made.encoding_key)


def test_steps_replace_those_of_another_clip_exactly_and_come_back() -> None:
    source, target = stepping("a", 1), stepping("b", 2)
    planned = plan(target, Arriving.of(source), TransferMode.REPLACE)
    np.testing.assert_array_equal(planned.motion.mean, steps(seed=1).mean)
    state = ProjectState(subjects=(source, target))
    done = planned.command.apply(state)
    moved = done.state.subject("b")
    assert moved.track is not None
    np.testing.assert_allclose(moved.track.motion().mean, steps(seed=1).mean, atol=1e-6)
    back = done.inverse.apply(done.state).state.subject("b").track
    assert back is not None
    np.testing.assert_array_equal(back.motion().mean, steps(seed=2).mean)


def test_a_still_is_held_for_the_frames_that_the_steps_lead_through() -> None:
    source = stepping("a", 1)
    still = replace(builders.subject("b"), clip=builders.clip(1), kept=np.ones(1, np.bool_))
    planned = plan(still, Arriving.of(source), TransferMode.REPLACE)
    assert planned.own
    after = planned.command.apply(ProjectState(subjects=(source, still))).state.subject("b")
    assert after.held
    assert len(after.clip) == builders.FRAMES
    assert after.track is not None
    assert after.track.base.rows is RowKind.PAIR
    np.testing.assert_array_equal(after.track.base.mean, steps(seed=1).mean)
    assert after.track.base.row_times.shape == (builders.FRAMES - 1, 2)
    assert not keeps_truth(after), "true frames belong to the clip that they came from"


def test_steps_do_not_become_frames() -> None:
    source = stepping("a", 1)
    target = builders.subject("b")
    encoded = replace(target, track=LatentTrack.unedited(builders.encode(target)))
    encoded = replace(encoded, encoded_with=encoded.encoding_key)
    with pytest.raises(MotionStudioError, match="steps"):
        plan(encoded, Arriving.of(source), TransferMode.REPLACE)


def test_starting_from_true_frames_is_one_step_that_undoes() -> None:
    state = ProjectState(subjects=(stepping("a", 1, truth=True),))
    assert not steps_from_truth(state.subject("a"))
    done = StepFromTruth("a", True).apply(state)
    assert steps_from_truth(done.state.subject("a"))
    assert "latent" in done.change.kinds
    back = done.inverse.apply(done.state).state
    assert not steps_from_truth(back.subject("a"))
    with pytest.raises(ValueError, match="true frames"):
        StepFromTruth("a", True).apply(ProjectState(subjects=(stepping("a", 1),)))
