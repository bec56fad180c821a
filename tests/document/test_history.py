from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.document.change import ALL_KINDS, Change, ProjectState
from motionstudio.document.commands import (
    AddSubjects,
    EditLatent,
    Rename,
    SetFraming,
    SetKept,
    SetKeptMask,
    SetReference,
)
from motionstudio.document.project import Project
from motionstudio.document.subject import Framing
from tests.document.builders import FRAMES, HandClock, encode, subject


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def project(clock: HandClock) -> Project:
    made = Project(ProjectState((subject("a"),)), now=clock)
    one = made.subject("a")
    made.set_encoding("a", encode(one), one.kept)
    return made


def edit(rows: tuple[int, ...], dims: tuple[int, ...], value: float) -> EditLatent:
    return EditLatent("a", rows, dims, np.full((len(rows), len(dims)), value, np.float32))


def offset(project: Project) -> np.ndarray:
    track = project.subject("a").track
    assert track is not None
    return track.offset


def test_quick_repeats_on_the_same_cells_are_one_step(project: Project, clock: HandClock) -> None:
    for value in (0.1, 0.2, 0.3):
        clock.time += 0.5
        project.push(edit((1,), (0,), value))
    assert len(project.history.steps) == 1
    clock.time += 0.61
    project.push(edit((1,), (0,), 0.4))
    assert len(project.history.steps) == 2
    project.history.undo()
    assert offset(project)[1, 0] == np.float32(0.3)
    project.history.undo()
    assert not offset(project).any()


def test_other_cells_other_commands_and_a_gesture_start_a_new_step(project: Project) -> None:
    project.push(edit((1,), (0,), 0.1))
    project.push(edit((1,), (1,), 0.1))
    project.push(Rename("a", "x"))
    with project.transaction("drag"):
        project.push(edit((1,), (1,), 0.2))
    project.push(edit((1,), (1,), 0.3))
    assert len(project.history.steps) == 5


def test_nothing_merges_across_an_undo_or_the_clean_mark(project: Project) -> None:
    project.push(Rename("a", "one"))
    project.history.mark_clean()
    project.push(Rename("a", "two"))
    assert project.history.steps == ("Rename to one", "Rename to two")
    project.history.undo()
    assert project.history.clean
    project.push(Rename("a", "three"))
    assert project.history.steps == ("Rename to one", "Rename to three")
    project.history.undo()
    assert project.subject("a").name == "one"


def test_the_clean_mark_follows_undo_and_redo(project: Project) -> None:
    history = project.history
    assert history.clean
    project.push(SetKept("a", (1,), False))
    assert not history.clean
    history.mark_clean()
    history.undo()
    assert not history.clean
    history.redo()
    assert history.clean


def test_a_saved_state_that_can_no_longer_be_reached_is_never_clean(project: Project) -> None:
    project.push(SetKept("a", (1,), False))
    project.history.mark_clean()
    project.history.undo()
    project.push(SetKept("a", (2,), False))
    assert not project.history.clean
    project.history.undo()
    assert not project.history.clean


def test_a_document_in_mid_gesture_is_not_clean(project: Project) -> None:
    project.begin("drag")
    assert not project.history.clean
    project.rollback()
    assert project.history.clean


def test_go_to_reaches_every_step(project: Project) -> None:
    for frame in (1, 2, 3):
        project.push(SetKept("a", (frame,), False))
    for position in (0, 3, 1, 2):
        project.history.go_to(position)
        assert int((~project.subject("a").kept).sum()) == position
    assert project.history.steps == ("Drop frame 1", "Drop frame 2", "Drop frame 3")
    with pytest.raises(ValueError, match=r"\[0, 3\], got 4"):
        project.history.go_to(4)


def test_memory_is_bounded_and_the_newest_steps_stay(clock: HandClock) -> None:
    project = Project(ProjectState((subject("a"),)), now=clock, limit_bytes=4_000)
    one = project.subject("a")
    project.set_encoding("a", encode(one), one.kept)
    project.history.mark_clean()
    for i in range(100):
        clock.time += 1
        project.push(edit((1 + i % 5,), (i % 4,), float(i + 1)))
    assert project.history.nbytes <= 4_000
    assert 3 < len(project.history.steps) < 100
    last = offset(project).copy()
    steps = project.history.position
    project.history.go_to(0)
    assert not project.history.clean
    project.history.go_to(steps)
    assert np.array_equal(offset(project), last)


def test_a_step_larger_than_the_bound_can_still_be_undone(clock: HandClock) -> None:
    project = Project(ProjectState((subject("a"),)), now=clock, limit_bytes=10)
    project.push(AddSubjects((subject("b"),)))
    project.push(SetKept("b", (1,), False))
    assert project.history.steps == ("Drop frame 1",)
    assert project.history.undo()
    assert project.subject("b").kept.all()


def test_the_history_tells_that_it_changed(project: Project) -> None:
    heard: list[tuple[str, str]] = []
    history = project.history
    history.changed.connect(lambda: heard.append((history.undo_label, history.redo_label)))
    project.push(SetKept("a", (1,), False))
    history.undo()
    history.redo()
    history.mark_clean()
    assert heard == [
        ("Drop frame 1", ""),
        ("", "Drop frame 1"),
        ("Drop frame 1", ""),
        ("Drop frame 1", ""),
    ]


def test_ends_of_the_history_do_nothing(project: Project) -> None:
    assert not project.history.can_undo
    assert not project.history.undo()
    assert not project.history.can_redo
    assert not project.history.redo()
    assert (project.history.undo_label, project.history.redo_label) == ("", "")


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (SetKept("a", (4, 2), False), "Drop frames 2, 4"),
        (SetKept("a", (0, 1, 2, 3), False), "Drop frames 1-3"),
        (SetKeptMask("a", np.arange(FRAMES) != 5), "Drop frame 5"),
        (SetKeptMask("a", np.arange(FRAMES) % 2 == 0, "Drop every 2nd"), "Drop every 2nd"),
        (edit((1, 2, 3), (3,), 1.0), "Edit z3 at frames 1-3"),
        (edit((0, 1), (0, 1, 2, 3), 1.0), "Edit 4 dimensions at frames 0, 1"),
        (
            EditLatent("a", (5,), (2,), np.ones((1, 1), np.float32), "Smooth"),
            "Smooth z2 at frame 5",
        ),
        (SetReference("a", 3), "Make frame 3 the reference"),
        (SetFraming("a", Framing("crop")), "Crop"),
        (AddSubjects((subject("b"), subject("c"))), "Add 2 subjects"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_steps_have_names_that_people_understand(
    project: Project, command: SetKept, label: str
) -> None:
    project.push(command)
    assert project.history.undo_label == label


def test_restoring_and_mixed_masks_are_named_too(project: Project) -> None:
    project.push(SetKept("a", (1, 2), False))
    project.push(SetKept("a", (1,), True))
    assert project.history.undo_label == "Restore frame 1"
    project.push(SetKeptMask("a", np.arange(FRAMES) != 4))
    assert project.history.undo_label == "Drop and restore frames"


def test_what_was_saved_while_people_went_on_is_clean_at_its_beginning() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(Rename("a", "one"))
    project.history.begin_save()
    project.push(Rename("a", "two"))
    assert project.history.position == 2
    project.history.end_save(written=True)
    assert not project.history.clean
    project.history.undo()
    assert project.history.clean


def test_what_could_not_be_saved_is_not_clean() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(Rename("a", "one"))
    project.history.begin_save()
    project.history.end_save(written=False)
    assert not project.history.clean


def test_a_saved_place_that_was_overwritten_meanwhile_is_never_clean() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(Rename("a", "one"))
    project.history.begin_save()
    project.history.undo()
    project.push(Rename("a", "other"))
    project.history.end_save(written=True)
    assert not project.history.clean
    project.history.undo()
    assert not project.history.clean


def test_a_save_in_the_middle_of_a_gesture_is_never_clean(project: Project) -> None:
    project.begin("Drag")
    project.push(edit((1,), (0,), 0.5))
    project.history.begin_save()
    project.rollback()
    project.history.end_save(written=True)
    assert not project.history.clean


def test_another_document_begins_without_history() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(Rename("a", "one"))
    heard: list[Change] = []
    project.changed.connect(heard.append)
    revision = project.revision
    project.load(ProjectState((subject("b"),)), Path("b.motion"))
    assert [s.id for s in project.subjects] == ["b"]
    assert project.history.steps == ()
    assert project.history.clean
    assert project.revision > revision
    assert project.path == Path("b.motion")
    assert [change.kinds for change in heard] == [ALL_KINDS]


def test_no_other_document_in_the_middle_of_a_gesture() -> None:
    project = Project(ProjectState((subject(),)))
    project.begin("Edit")
    with pytest.raises(RuntimeError, match="Edit"):
        project.load(ProjectState())


def test_the_list_of_steps_knows_what_each_holds() -> None:
    project = Project(ProjectState((subject(),)))
    project.push(Rename("a", "one"))
    project.push(SetKept("a", (2,), False))
    project.history.undo()
    assert len(project.history.sizes) == len(project.history.steps) == 2
    assert sum(project.history.sizes) == project.history.nbytes <= project.history.limit
