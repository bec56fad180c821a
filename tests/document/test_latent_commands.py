"""Keys, muted dimensions and operations: undone bit for bit, made anew on a new encoding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.keys import Easing, Key, KeySet
from motionstudio.core.latent_track import LatentTrack
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent
from motionstudio.document.latent_commands import ResetCells, SetKeys, SetMuted, SetValues
from motionstudio.document.project import Project
from motionstudio.document.schema import from_plain, to_plain
from motionstudio.document.subject import Subject
from tests.document.builders import FRAMES, HandClock, encode, subject

DIMS = 4
CURVE = (Key(1, 2.0), Key(4, -1.0, Easing.LINEAR))


def project(clock: HandClock | None = None) -> Project:
    made = subject()
    track = LatentTrack.unedited(encode(made))
    ready = replace(made, track=track, encoded_with=made.encoding_key)
    return Project(ProjectState((ready,)), now=clock or HandClock())


def track(of: Project) -> LatentTrack:
    found = of.subject("a").track
    assert found is not None
    return found


def picture(of: Project) -> tuple[bytes, KeySet, tuple[int, ...]]:
    now = track(of)
    return now.offset.tobytes(), now.keys, now.muted


def test_between_keys_the_curve_rules_and_outside_the_encoding_shows() -> None:
    of = project()
    of.push(SetKeys("a", ((2, CURVE),)))
    values, base = track(of).values, track(of).base.mean
    assert values[1, 2] == 2.0
    assert values[4, 2] == -1.0
    assert (values[1:5, 2] <= 2.0).all()
    assert (values[1:5, 2] >= -1.0).all()
    assert np.array_equal(values[[0, 5], 2], base[[0, 5], 2])
    assert np.array_equal(np.delete(values, 2, 1), np.delete(base, 2, 1))
    of.history.undo()
    assert not track(of).is_edited
    assert track(of).motion() is track(of).base


def test_keys_are_absolute_so_a_new_encoding_changes_only_what_is_outside() -> None:
    of = project()
    of.push(SetKeys("a", ((2, CURVE),)))
    of.push(EditLatent("a", (5,), (0,), np.full((1, 1), 0.5, np.float32)))
    before, offset = track(of).values, track(of).offset[5, 0]
    now = of.subject("a")
    fresh = replace(encode(now), mean=encode(now).mean * np.float32(0.5))
    assert of.set_encoding("a", fresh, now.kept, now.encoding_key)
    after = track(of).values
    assert np.allclose(after[1:5, 2], before[1:5, 2], atol=1e-6)
    assert after[5, 2] == fresh.mean[5, 2]
    assert track(of).offset[5, 0] == offset


def test_a_value_set_between_keys_becomes_a_key_and_undo_takes_it_away() -> None:
    of = project()
    of.push(SetKeys("a", ((2, CURVE),)))
    before = picture(of)
    wanted = np.float32(1.25) - track(of).base.mean[[3]][:, [2]]
    of.push(EditLatent("a", (3,), (2,), wanted))
    keys = track(of).keys.of(2)
    assert [key.frame for key in keys] == [1, 3, 4]
    assert track(of).values[3, 2] == pytest.approx(1.25)
    of.history.undo()
    assert picture(of) == before
    of.history.redo()
    assert [key.frame for key in track(of).keys.of(2)] == [1, 3, 4]


def test_a_value_set_outside_the_keys_stays_a_plain_edit() -> None:
    of = project()
    of.push(SetKeys("a", ((2, (Key(1, 2.0), Key(3, 1.0))),)))
    of.push(EditLatent("a", (5,), (2,), np.full((1, 1), 0.5, np.float32)))
    assert [key.frame for key in track(of).keys.of(2)] == [1, 3]
    assert track(of).offset[5, 2] == 0.5


def test_removing_keys_gives_the_encoding_back() -> None:
    of = project()
    of.push(SetKeys("a", ((2, CURVE),)))
    of.push(SetKeys("a", ((2, ()),)))
    assert not track(of).is_edited
    assert not track(of).keys


def test_reset_takes_keys_away_but_not_what_lies_between_others() -> None:
    of = project()
    of.push(SetKeys("a", ((2, (Key(1, 2.0), Key(2, 1.0), Key(4, -1.0))),)))
    of.push(ResetCells("a", (2, 3), (2,)))
    assert [key.frame for key in track(of).keys.of(2)] == [1, 4]
    assert track(of).values[3, 2] != track(of).base.mean[3, 2]
    of.push(ResetCells("a", tuple(range(FRAMES)), tuple(range(DIMS))))
    assert not track(of).is_edited
    assert not track(of).keys


def test_an_operation_moves_keys_in_its_block_and_releases_them_where_asked() -> None:
    of = project()
    of.push(SetKeys("a", ((2, CURVE),)))
    rows = tuple(range(FRAMES))
    doubled = track(of).values[:, [2]] * np.float32(2)
    of.push(SetValues("a", rows, (2,), doubled, "Gain"))
    assert track(of).keys.of(2) == tuple(replace(k, value=2 * k.value) for k in CURVE)
    assert np.allclose(track(of).values[:, [2]], doubled, atol=1e-5)
    before = picture(of)
    turned = np.ascontiguousarray(track(of).values[::-1, [2]])
    of.push(SetValues("a", rows, (2,), turned, "Reverse", release=True))
    assert not track(of).keys
    assert np.allclose(track(of).values[1:, [2]], turned[1:], atol=1e-6)
    of.history.undo()
    assert picture(of) == before


def test_muting_silences_the_motion_and_nothing_else() -> None:
    of = project()
    values = track(of).values.copy()
    of.push(SetMuted("a", (1, 3), "Mute z1, z3"))
    assert of.history.undo_label == "Mute z1, z3"
    heard = track(of).motion().mean
    assert (heard[:, [1, 3]] == 0).all()
    assert np.array_equal(heard[:, [0, 2]], values[:, [0, 2]])
    assert np.array_equal(track(of).values, values)
    of.history.undo()
    assert track(of).motion() is track(of).base


def test_wrong_commands_leave_the_document_as_it_is() -> None:
    of = project()
    before = of.state
    for command in (
        SetKeys("a", ((2, (Key(FRAMES, 1.0),)),)),
        SetKeys("a", ((DIMS, CURVE),)),
        SetMuted("a", (DIMS,)),
        SetValues("a", (1,), (1,), np.zeros((2, 2), np.float32)),
    ):
        with pytest.raises(ValueError, match=r"expected|latent"):
            of.push(command)
    assert of.state is before
    with pytest.raises(ValueError, match="no latent motion"):
        Project(ProjectState((subject(),))).push(SetMuted("a", (0,)))


rows_of = st.sets(st.integers(0, FRAMES - 1), min_size=1).map(lambda rows: tuple(sorted(rows)))
dims_of = st.sets(st.integers(0, DIMS - 1), min_size=1).map(lambda dims: tuple(sorted(dims)))
numbers = st.floats(-3, 3, width=32)


@st.composite
def commands(draw: st.DrawFn) -> object:
    rows, dims = draw(rows_of), draw(dims_of)
    block = np.full((len(rows), len(dims)), draw(numbers), np.float32)
    kind = draw(st.integers(0, 4))
    if kind == 0:
        keys = tuple(Key(row, draw(numbers), draw(st.sampled_from(Easing))) for row in rows)
        return SetKeys("a", tuple((dim, keys) for dim in dims))
    if kind == 1:
        return SetMuted("a", dims)
    if kind == 2:
        return ResetCells("a", rows, dims)
    if kind == 3:
        return SetValues("a", rows, dims, block, "Set", draw(st.booleans()))
    return EditLatent("a", rows, dims, block)


@settings(max_examples=60, deadline=None)
@given(st.lists(commands(), min_size=1, max_size=6))
def test_undo_and_redo_of_any_edits_are_exact(todo: list[object]) -> None:
    clock = HandClock()
    of = project(clock)
    seen = [picture(of)]
    for command in todo:
        clock.time += 1
        steps = len(of.history.steps)
        of.push(command)  # type: ignore[arg-type]
        if len(of.history.steps) > steps:
            seen.append(picture(of))
    while of.history.undo():
        assert picture(of) in seen
    assert picture(of) == seen[0]
    while of.history.redo():
        pass
    assert picture(of) == seen[-1]


def test_keys_and_muted_dimensions_survive_the_project_file() -> None:
    of = project()
    curve = (Key(1, 2.0, Easing.EASE_IN, 0.25), Key(4, -1.0, Easing.HOLD))
    of.push(SetKeys("a", ((2, curve),)))
    of.push(SetMuted("a", (0,)))
    manifest, arrays = to_plain(of.state)
    clip = of.subject("a").clip
    loaded: Subject = from_plain(manifest, arrays, lambda *_facts: clip).subject("a")
    assert loaded.track is not None
    assert loaded.track.keys == KeySet(((2, curve),))
    assert loaded.track.muted == (0,)
    assert loaded.track.values.tobytes() == track(of).values.tobytes()
