"""A motion that was carried over can be carried anew with other options, undone bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.carrying import Transfer
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import (
    KeypointTrack,
    dim_names,
    from_rows,
    rest_of,
    rest_state,
    to_rows,
)
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion
from motionstudio.core.transfer import TransferMode
from motionstudio.document.carried import Carried
from motionstudio.document.carry_commands import CarryMotion, carried_now
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent
from motionstudio.document.missing import ClipFacts
from motionstudio.document.project import Project
from motionstudio.document.schema import from_plain, parse_manifest, to_plain
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.document.transfer_commands import TransferMotion
from motionstudio.document.transfer_plan import Arriving, plan
from tests.core.test_keypoints import COUNT, track
from tests.document.builders import FRAMES, clip, encode, everything, subject

NAMES = dim_names(COUNT, jacobian=True)


def keypoint_motion(seed: int, frames: int = FRAMES) -> Motion:
    """A motion whose rows are relative to the keypoints that its state tells."""
    moving = track(seed, frames)
    rows = to_rows(moving, moving.at([0]))
    rows[0] = 0
    times = uniform_times(frames, 10.0)
    base = encode(subject("m"))
    return replace(
        base, mean=rows, std=None, kept=np.ones(frames, np.bool_), times=times,
        row_times=np.stack([times, times], 1), filled=np.zeros(frames, np.bool_), model="fomm",
        state=rest_state(moving),
    )  # fmt: skip


def moving(id: str, seed: int) -> Subject:
    made = subject(id, model="fomm", dim_names=NAMES)
    track_ = LatentTrack.unedited(keypoint_motion(seed), 0)
    return replace(made, track=track_, encoded_with=made.encoding_key)


def still(id: str = "s") -> Subject:
    frames = np.arange(80, dtype=np.uint8).reshape(1, 8, 10, 1)
    one = Clip(frames, uniform_times(1, 1.0))
    return replace(subject(id, model="fomm", dim_names=NAMES), clip=one, kept=np.ones(1, np.bool_))


def facts(state: ProjectState) -> list[tuple[object, ...]]:
    """Everything, bit for bit, with what was carried and whether rest is locked."""
    more = [
        (
            s.held, len(s.clip), s.carried and (s.carried.how, s.carried.reference),
            s.track and s.track.locked,
        )
        for s in state.subjects
    ]  # fmt: skip
    return [*everything(state), *more]


def carry(
    project: Project, target: str, seed: int = 7, frames: int = FRAMES, **options: Any
) -> Carried:
    subject_ = project.subject(target)
    mode = options.pop("mode", TransferMode.REPLACE)
    resting = options.pop("resting", None)
    arriving = Arriving("walk", keypoint_motion(seed, frames))
    planned = plan(subject_, arriving, mode, how=Transfer(**options), resting=resting)
    project.push(planned.command)
    now = carried_now(project.subject(target))
    assert now is not None
    return now


def again(project: Project, target: str, gesture: int = 0, **options: Any) -> None:
    carried = project.subject(target).carried
    assert carried is not None
    how = replace(carried.how, **options)
    project.push(CarryMotion(target, carried.with_how(how), gesture, "Transfer options"))


options = st.fixed_dictionaries(
    {
        "relative_positions": st.booleans(),
        "relative_jacobians": st.booleans(),
        "adapt_scale": st.booleans(),
        "strength": st.floats(0, 2, width=32),
        "off": st.sampled_from([(), (1,), (0, 3)]),
        "remove_mean": st.booleans(),
        "still": st.sampled_from([None, 2]),
    }
)


@given(options, options, st.sampled_from(["a", "s"]))
@settings(max_examples=40, deadline=None)
def test_every_option_can_be_taken_back_bit_for_bit(
    first: dict[str, Any], second: dict[str, Any], target: str
) -> None:
    project = Project(ProjectState((moving("a", 1), still())))
    resting = track(9, 1)
    seen = [facts(project.state)]
    carry(project, target, resting=resting, **first)
    seen.append(facts(project.state))
    again(project, target, **second)
    seen.append(facts(project.state))
    while project.history.can_undo:
        project.history.undo()
    assert facts(project.state) == seen[0]
    while project.history.can_redo:
        project.history.redo()
    assert facts(project.state) == seen[-1]


@given(options, options, st.sampled_from(["a", "s"]))
@settings(max_examples=40, deadline=None)
def test_going_back_to_options_gives_the_same_bits(
    first: dict[str, Any], second: dict[str, Any], target: str
) -> None:
    project = Project(ProjectState((moving("a", 1), still())))
    carry(project, target, resting=track(9, 1), **first)
    before = project.subject(target).track.values.tobytes()
    again(project, target, **second)
    again(project, target, **first)
    assert project.subject(target).track.values.tobytes() == before


def test_absolute_reaches_the_drivers_keypoints_in_every_frame() -> None:
    project = Project(ProjectState((moving("a", 1), still())))
    driving, own = track(7, FRAMES), track(9, 1)
    for target in ("a", "s"):
        carry(project, target, resting=own, relative_positions=False, relative_jacobians=False)
        made = project.subject(target).track
        rest = rest_of(made.base)
        assert rest is not None
        found = from_rows(made.motion().mean, rest)
        np.testing.assert_allclose(found.value, driving.value, atol=1e-5)
        np.testing.assert_allclose(found.jacobian, driving.jacobian, atol=1e-4)
        assert made.locked_row is None
        again(project, target, relative_positions=True, relative_jacobians=True)
        assert project.subject(target).track.locked_row == 0


def test_edits_made_since_stay_on_top() -> None:
    project = Project(ProjectState((moving("a", 1), still())))
    for target in ("a", "s"):
        carry(project, target, resting=track(9, 1))
        before = project.subject(target).track.values.copy()
        block = project.subject(target).track.block((2,), (4,)) + np.float32(0.5)
        project.push(EditLatent(target, (2,), (4,), block))
        again(project, target, strength=0.5)
        values = project.subject(target).track.values
        assert values[2, 4] == pytest.approx(0.5 * before[2, 4] + 0.5, abs=1e-5)
        others = np.delete(values.reshape(-1), 2 * values.shape[1] + 4)
        expected = np.delete(0.5 * before.reshape(-1), 2 * values.shape[1] + 4)
        np.testing.assert_allclose(others, expected, atol=1e-6)


def test_a_gesture_is_one_step_with_its_name() -> None:
    project = Project(ProjectState((moving("a", 1),)))
    carry(project, "a")
    before = facts(project.state)
    project.begin("Strength")
    for strength in (1.2, 0.4, 0.7):
        again(project, "a", gesture=3, strength=strength)
    project.commit()
    assert len(project.history.steps) == 2
    project.history.undo()
    assert facts(project.state) == before
    assert project.history.undo_label == "Move walk onto subject a"


def test_another_reference_of_the_driver_is_rest_there() -> None:
    project = Project(ProjectState((still(),)))
    carried = carry(project, "s")
    assert project.subject("s").reference == 0
    project.push(CarryMotion("s", replace(carried, reference=3), what="Start from frame 3"))
    after = project.subject("s")
    assert after.reference == 3
    assert not after.track.values[3].any()
    assert after.track.values[0].any()
    assert project.history.undo_label == "Start from frame 3 of subject s"
    project.history.undo()
    assert project.subject("s").reference == 0


def test_adding_and_blending_keep_what_the_target_did() -> None:
    project = Project(ProjectState((moving("a", 1),)))
    own = project.subject("a").track.values.copy()
    arriving = keypoint_motion(7).mean
    carry(project, "a", mode=TransferMode.ADD)
    again(project, "a", strength=0.5)
    np.testing.assert_allclose(project.subject("a").track.values, own + 0.5 * arriving, atol=1e-5)
    project.history.undo()
    project.history.undo()
    carry(project, "a", mode=TransferMode.BLEND)
    values = project.subject("a").track.values
    np.testing.assert_allclose(values, 0.5 * own + 0.5 * arriving, atol=1e-5)


def test_what_was_carried_is_forgotten_with_the_motion() -> None:
    project = Project(ProjectState((moving("a", 1),)))
    carry(project, "a")
    rows, dims = tuple(range(FRAMES)), tuple(range(len(NAMES)))
    project.push(EditLatent("a", rows, dims, np.zeros((FRAMES, len(NAMES)), np.float32), "Reset"))
    assert carried_now(project.subject("a")) is None
    project.history.undo()
    assert carried_now(project.subject("a")) is not None
    project.push(TransferMotion("a", np.zeros((FRAMES, len(NAMES)), np.float32), "nobody"))
    assert project.subject("a").carried is None
    project.history.undo()
    assert project.subject("a").carried is not None


def test_unknown_keypoints_are_said_and_nothing_changes() -> None:
    project = Project(ProjectState((still(),)))
    carry(project, "s")
    before = facts(project.state)
    with pytest.raises(MotionStudioError, match="keypoints of the picture"):
        again(project, "s", relative_positions=False)
    assert facts(project.state) == before


def test_a_project_keeps_what_was_carried() -> None:
    project = Project(ProjectState((moving("a", 1),)))
    carry(project, "a", relative_positions=False, weights=(1, 0.5, 2, 1), off=(3,), still=2)
    plain, arrays = to_plain(project.state)

    def open_media(_media: MediaRef, _facts: ClipFacts) -> Clip:
        return clip()

    opened = Project(from_plain(parse_manifest(plain), arrays, open_media))
    assert facts(opened.state) == facts(project.state)
    for one in (project, opened):
        again(one, "a", off=(), strength=1.5)
    assert facts(opened.state) == facts(project.state)


def test_the_defaults_go_over_as_rows_do() -> None:
    project = Project(ProjectState((still(),)))
    carry(project, "s", frames=9)
    held = project.subject("s")
    np.testing.assert_array_equal(held.track.values, keypoint_motion(7, 9).mean)
    assert len(held.clip) == 9
    assert held.has_motion
    assert rest_of(held.track.base) is None
    carry(project, "s", frames=9, resting=track(9, 1))
    rest = rest_of(project.subject("s").track.base)
    assert isinstance(rest, KeypointTrack)
    np.testing.assert_array_equal(rest.value, track(9, 1).value)
