from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import Command, ProjectState
from motionstudio.document.commands import RemoveSubject
from motionstudio.document.direction import Direction
from motionstudio.document.direction_commands import (
    RemoveDirection,
    RenameDirection,
    SaveDirection,
)
from motionstudio.document.direction_file import read_directions, write_directions
from motionstudio.document.project import Project
from motionstudio.document.schema import from_plain, parse_manifest, to_plain
from tests.document.builders import clip, subject

numbers = st.floats(-100, 100, width=32)
directions = st.builds(
    Direction,
    name=st.sampled_from(["smile", "nod", "squeeze"]),
    model=st.sampled_from(["heart", "figures"]),
    model_hash=st.just("abc"),
    vector=st.lists(numbers, min_size=1, max_size=4).map(tuple),
    origin=st.text(max_size=5),
)


def command(state: ProjectState, data: st.DataObject) -> Command:
    count = len(state.directions)
    kinds = ["save", *(["rename", "remove"] if count else [])]
    kind = data.draw(st.sampled_from(kinds))
    if kind == "save":
        return SaveDirection(data.draw(directions))
    place = data.draw(st.integers(0, count - 1))
    return RenameDirection(place, f"name {count}") if kind == "rename" else RemoveDirection(place)


@given(st.data())
def test_undoing_everything_restores_the_first_state(data: st.DataObject) -> None:
    project = Project(ProjectState((subject(),)))
    for step in range(5):
        try:
            project.push(command(project.state, data))
        except ValueError:
            assert step > 0  # a name that is taken
    while project.history.undo():
        pass
    assert project.state.directions == ()
    while project.history.redo():
        pass
    while project.history.undo():
        pass
    assert project.state.directions == ()


@given(st.lists(directions, max_size=3))
def test_a_project_keeps_them_bit_for_bit(kept: list[Direction]) -> None:
    state = ProjectState((subject(),), tuple(kept))
    manifest, arrays = to_plain(state)
    plain = parse_manifest(json.loads(json.dumps(manifest)))
    assert from_plain(plain, arrays, lambda *_: clip()).directions == tuple(kept)


def test_a_project_from_before_directions_opens() -> None:
    manifest, arrays = to_plain(ProjectState((subject(),)))
    del manifest["directions"]
    assert from_plain(parse_manifest(manifest), arrays, lambda *_: clip()).directions == ()


def test_saving_under_the_same_name_replaces() -> None:
    project = Project()
    first = Direction("smile", "heart", "", (1.0, 0.0))
    project.push(SaveDirection(first))
    project.push(SaveDirection(replace(first, vector=(0.0, 1.0))))
    project.push(SaveDirection(replace(first, model="figures")))
    assert [d.vector for d in project.state.directions] == [(0.0, 1.0), (1.0, 0.0)]


def test_removing_a_subject_keeps_the_directions() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(SaveDirection(Direction("smile", "heart", "", (1.0,))))
    project.push(RemoveSubject("a"))
    assert len(project.state.directions) == 1


def test_a_name_that_is_taken_is_refused() -> None:
    project = Project()
    for name in ("a", "b"):
        project.push(SaveDirection(Direction(name, "heart", "", (1.0,))))
    with pytest.raises(ValueError, match="taken"):
        project.push(RenameDirection(0, "b"))


@given(st.lists(directions, max_size=3))
def test_a_file_gives_back_what_was_written(kept: list[Direction]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "presets.json"
        write_directions(kept, path)
        assert read_directions(path) == tuple(kept)


@pytest.mark.parametrize("text", ["", "[]", '{"kind": "other"}', '{"directions": [{}]}'])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "presets.json"
    path.write_text(text)
    with pytest.raises(MotionStudioError, match="holds no directions"):
        read_directions(path)


def test_what_fits_a_model() -> None:
    one = Direction("a", "heart", "abc", (1.0, 2.0))
    assert one.fits("heart", "abc", 2)
    assert one.fits("heart", "", 2)
    assert not one.fits("heart", "other", 2)
    assert not one.fits("figures", "abc", 2)
    assert not one.fits("heart", "abc", 3)
    assert np.array_equal(one.values, np.array([1, 2], np.float32))
