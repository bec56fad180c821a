from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from motionstudio.document.change import Change, Command, ProjectState
from motionstudio.document.commands import (
    AddSubjects,
    EditLatent,
    RemoveSubject,
    Rename,
    RenameDimension,
    ReplaceMotion,
    SetCyclic,
    SetFraming,
    SetKept,
    SetKeptMask,
    SetModel,
    SetReference,
)
from motionstudio.document.project import Project
from motionstudio.document.subject import Framing
from tests.document.builders import (
    DIMS,
    FRAMES,
    HandClock,
    clip,
    decisions,
    encode,
    everything,
    subject,
)

frames = st.integers(0, FRAMES - 1)
values = st.floats(-4, 4, width=32)


def encoded_project(clock: HandClock | None = None) -> Project:
    project = Project(ProjectState((subject("a"), subject("b"))), now=clock or HandClock())
    for one in project.subjects:
        assert project.set_encoding(one.id, encode(one), one.kept)
    return project


def edit(id: str, rows: tuple[int, ...], dims: tuple[int, ...], value: float) -> EditLatent:
    return EditLatent(id, rows, dims, np.full((len(rows), len(dims)), value, np.float32))


@st.composite
def commands(draw: st.DrawFn, state: ProjectState) -> Command:
    """A command that fits ``state``."""
    if not state.subjects or draw(st.integers(0, 14)) == 0:
        taken = {s.id for s in state.subjects}
        free = next(name for name in map(str, itertools.count()) if name not in taken)
        return AddSubjects((subject(free),))
    one = draw(st.sampled_from(state.subjects))
    latent = ["edit", "edit", "refine"] if one.track is not None and not one.needs_encoding else []
    if one.track is not None:
        latent.append("edit")
    what = draw(
        st.sampled_from(
            [
                "kept",
                "mask",
                "reference",
                "cyclic",
                "model",
                "framing",
                "name",
                "dimension",
                "remove",
                *latent,
            ]
        )
    )
    if what == "edit":
        rows = tuple(sorted(draw(st.sets(frames, min_size=1, max_size=3))))
        dims = tuple(sorted(draw(st.sets(st.integers(0, DIMS[one.model] - 1), min_size=1))))
        block = draw(
            st.lists(values, min_size=len(rows) * len(dims), max_size=len(rows) * len(dims))
        )
        offsets = np.array(block, np.float32).reshape(len(rows), len(dims))
        return EditLatent(one.id, rows, dims, offsets)
    if what == "mask":
        mask = np.array(draw(st.lists(st.booleans(), min_size=FRAMES, max_size=FRAMES)))
        mask[one.reference] = True
        return SetKeptMask(one.id, mask)
    chosen = tuple(draw(st.sets(frames, max_size=3)))
    simple: dict[str, Command] = {
        "kept": SetKept(one.id, chosen, draw(st.booleans())),
        "reference": SetReference(one.id, draw(frames)),
        "cyclic": SetCyclic(one.id, draw(st.booleans())),
        "model": SetModel(one.id, draw(st.sampled_from(["heart", "figures"]))),
        "framing": SetFraming(one.id, Framing(draw(st.sampled_from(["crop", "letterbox"])))),
        "name": Rename(one.id, draw(st.text(max_size=3))),
        "dimension": RenameDimension(one.id, draw(st.integers(0, 2)), draw(st.text(max_size=3))),
        "remove": RemoveSubject(one.id),
        "refine": ReplaceMotion(one.id, encode(one)),
    }
    return simple[what]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_undoing_everything_gives_the_first_state_and_redoing_it_the_last_one(
    data: st.DataObject,
) -> None:
    project = encoded_project()
    first = everything(project.state)
    for _ in range(data.draw(st.integers(1, 12))):
        project.push(data.draw(commands(project.state)))
    last = everything(project.state)
    steps = project.history.position
    project.history.go_to(0)
    assert everything(project.state) == first
    project.history.go_to(steps)
    assert everything(project.state) == last


small = st.sets(st.integers(1, 2), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
moves = st.one_of(
    st.builds(edit, st.just("a"), small, small, values),
    st.builds(SetKept, st.just("a"), small, st.booleans()),
    st.builds(Rename, st.just("a"), st.text(max_size=2)),
    st.builds(SetReference, st.just("a"), st.integers(0, 2)),
)


@given(st.lists(moves, min_size=2, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_gesture_of_overlapping_moves_is_one_exact_step(gesture: list[Command]) -> None:
    project = encoded_project()
    project.push(edit("a", (1, 2), (1, 2), 0.25))
    before = everything(project.state)
    with project.transaction("gesture"):
        for command in gesture:
            project.push(command)
    after = everything(project.state)
    if project.history.undo_label != "gesture":
        assert before == after
        return
    for _ in range(2):
        project.history.undo()
        assert everything(project.state) == before
        project.history.redo()
        assert everything(project.state) == after


@given(st.lists(moves, min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_rolling_back_overlapping_moves_is_exact(gesture: list[Command]) -> None:
    project = encoded_project()
    project.push(edit("a", (1, 2), (1, 2), 0.25))
    before = everything(project.state)
    project.begin("gesture")
    for command in gesture:
        project.push(command)
    project.rollback()
    assert everything(project.state) == before
    assert len(project.history.steps) == 1


class Editing(RuleBasedStateMachine):
    """Random editing against a list of what the document was after each step."""

    @initialize()
    def start(self) -> None:
        self.clock = HandClock()
        self.project = encoded_project(self.clock)
        self.after = [decisions(self.project.state)]
        self.before_gesture: list[tuple[object, ...]] | None = None
        self.revisions = [self.project.revision]

    def note_step(self, position: int) -> None:
        """After a push: a new step, one merged into the last, or nothing."""
        now, at = decisions(self.project.state), self.project.history.position
        if at > position:
            self.after = [*self.after[: position + 1], now]
        else:
            self.after = [*self.after[:at], now, *self.after[at + 1 :]]

    @rule(data=st.data(), pause=st.sampled_from([0.1, 1.0]))
    def push(self, data: st.DataObject, pause: float) -> None:
        self.clock.time += pause
        position = self.project.history.position
        self.project.push(data.draw(commands(self.project.state)))
        if self.before_gesture is None:
            self.note_step(position)

    @rule(which=st.integers(0, 3))
    def encoding_arrives(self, which: int) -> None:
        if self.project.subjects:
            one = self.project.subjects[which % len(self.project.subjects)]
            assert self.project.set_encoding(one.id, encode(one), one.kept, one.encoding_key)
            assert not self.project.subject(one.id).needs_encoding

    @precondition(lambda self: self.before_gesture is None)
    @rule()
    def begin(self) -> None:
        self.before_gesture = decisions(self.project.state)
        self.project.begin("gesture")

    @precondition(lambda self: self.before_gesture is not None)
    @rule()
    def commit(self) -> None:
        position = self.project.history.position
        self.project.commit()
        self.before_gesture = None
        self.note_step(position)

    @precondition(lambda self: self.before_gesture is not None)
    @rule()
    def roll_back(self) -> None:
        self.project.rollback()
        assert decisions(self.project.state) == self.before_gesture
        self.before_gesture = None

    @rule(steps=st.integers(-3, 3))
    def travel(self, steps: int) -> None:
        for _ in range(abs(steps)):
            moved = self.project.history.undo() if steps < 0 else self.project.history.redo()
            assert not (moved and self.before_gesture is not None)

    @invariant()
    def document_is_what_it_was_at_this_step(self) -> None:
        history = self.project.history
        assert len(history.steps) == len(self.after) - 1 or self.before_gesture is not None
        if self.before_gesture is None:
            assert decisions(self.project.state) == self.after[history.position]

    @invariant()
    def revision_never_falls(self) -> None:
        self.revisions.append(self.project.revision)
        assert self.revisions[-1] >= self.revisions[-2]

    @invariant()
    def locked_row_is_never_edited(self) -> None:
        for one in self.project.subjects:
            assert one.kept[one.reference]
            assert one.track is None or not one.track.offset[one.reference].any()


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def listen(project: Project) -> list[Change]:
    heard: list[Change] = []
    project.changed.connect(heard.append)
    return heard


def test_a_drag_of_many_moves_is_one_step_and_holds_one_block() -> None:
    project = encoded_project()
    before = everything(project.state)
    heard = listen(project)
    project.begin("Edit z3 at frame 2")
    for value in np.linspace(0.1, 1.0, 180):
        project.push(edit("a", (2,), (3,), float(value)))
    project.commit()
    assert project.history.steps == ("Edit z3 at frame 2",)
    assert len(heard) == 180
    assert project.history.nbytes < 2_000
    assert project.history.undo()
    assert everything(project.state) == before
    assert project.history.redo()
    track = project.subject("a").track
    assert track is not None
    assert track.offset[2, 3] == np.float32(1.0)


def test_undo_during_a_gesture_waits_for_its_end() -> None:
    project = encoded_project()
    project.push(Rename("a", "x"))
    with project.transaction("drag"):
        project.push(edit("a", (1,), (0,), 1.0))
        assert not project.history.can_undo
        assert not project.history.undo()
    assert project.history.undo_label == "drag"


def test_a_gesture_that_fails_leaves_nothing() -> None:
    project = encoded_project()
    before = everything(project.state)

    def fail() -> None:
        with project.transaction("drag"):
            project.push(SetKept("a", (1,), False))
            project.push(SetKept("a", (99,), False))

    with pytest.raises(ValueError, match="expected frames in"):
        fail()
    assert everything(project.state) == before
    assert project.history.steps == ()


def test_transactions_neither_nest_nor_close_twice() -> None:
    project = encoded_project()
    project.begin("one")
    with pytest.raises(RuntimeError, match="'one' is still open"):
        project.begin("two")
    project.commit()
    with pytest.raises(RuntimeError, match="no transaction"):
        project.commit()
    with pytest.raises(RuntimeError, match="no transaction"):
        project.rollback()


def test_commands_that_change_nothing_leave_no_trace() -> None:
    project = encoded_project()
    heard, revision = listen(project), project.revision
    project.push(SetKept("a", (1, 2), True))
    project.push(SetKept("a", (0,), False))
    project.push(edit("a", (0, 1), (2,), 0.0))
    project.push(SetCyclic("a", False))
    project.push(SetReference("a", 0))
    project.push(Rename("a", "subject a"))
    project.push(AddSubjects(()))
    assert (heard, project.revision, project.history.steps) == ([], revision, ())


def test_undoing_a_drop_brings_the_encoding_before_it_back_at_once() -> None:
    project = encoded_project()
    before = everything(project.state)
    project.push(SetKept("a", (2,), False))
    assert project.subject("a").needs_encoding
    dropped = project.subject("a")
    assert project.set_encoding("a", encode(dropped), dropped.kept)
    after = everything(project.state)
    project.history.undo()
    assert everything(project.state) == before
    assert not project.subject("a").needs_encoding
    project.history.redo()
    assert everything(project.state) == after


def test_a_frame_dropped_and_restored_before_the_model_answered_needs_no_encoding() -> None:
    project = encoded_project()
    project.push(SetKept("a", (2,), False))
    project.push(SetKept("a", (2,), True))
    assert not project.subject("a").needs_encoding


def test_an_encoding_keeps_the_edit_and_leaves_no_step() -> None:
    project = encoded_project()
    project.push(edit("a", (1,), (0,), 0.5))
    project.push(SetKept("a", (2,), False))
    one = project.subject("a")
    heard, revision, steps = listen(project), project.revision, project.history.steps
    motion = encode(one)
    assert project.set_encoding("a", motion, one.kept)
    track = project.subject("a").track
    assert track is not None
    assert track.values[1, 0] == motion.mean[1, 0] + np.float32(0.5)
    assert project.revision == revision + 1
    assert project.history.steps == steps
    assert heard == [Change("a", frozenset({"encoding"}), None, "")]


@pytest.mark.parametrize(
    "command",
    [SetKept("a", (2,), False), SetModel("a", "figures"), RemoveSubject("a")],
    ids=["kept", "model", "removed"],
)
def test_an_encoding_that_comes_too_late_is_ignored(command: Command) -> None:
    project = encoded_project()
    late = project.subject("a")
    project.push(command)
    heard = listen(project)
    assert not project.set_encoding("a", encode(late), late.kept)
    assert heard == []


@pytest.mark.parametrize(
    "command",
    [SetFraming("a", Framing("crop")), SetReference("a", 3), SetCyclic("a", True)],
    ids=["framing", "reference", "cyclic"],
)
def test_the_key_tells_an_outgrown_encoding_that_has_the_same_mask(command: Command) -> None:
    project = encoded_project()
    late = project.subject("a")
    project.push(command)
    assert project.subject("a").needs_encoding
    assert not project.set_encoding("a", encode(late), late.kept, late.encoding_key)


def test_an_encoding_of_another_shape_is_refused() -> None:
    project = encoded_project()
    other = encode(subject("c", model="figures"))
    with pytest.raises(ValueError, match=r"\(6, 3\)"):
        Project(project.state).set_encoding(
            "a",
            type(other)(**{**{f: getattr(other, f) for f in other.__slots__}, "model": ""}),
            other.kept,
        )


def test_changing_the_model_and_back_by_undo_returns_the_edit() -> None:
    project = encoded_project()
    project.push(edit("a", (1,), (0,), 0.5))
    before = everything(project.state)
    project.push(SetModel("a", "figures"))
    assert project.subject("a").track is None
    one = project.subject("a")
    project.set_encoding("a", encode(one), one.kept)
    project.push(edit("a", (1,), (2,), 0.5))
    project.history.undo()
    project.history.undo()
    assert everything(project.state) == before


def test_a_refined_motion_is_a_step_and_keeps_the_edit() -> None:
    project = encoded_project()
    project.push(edit("a", (1,), (0,), 0.5))
    before = everything(project.state)
    refined = encode(subject("z"))
    project.push(ReplaceMotion("a", refined))
    track = project.subject("a").track
    assert track is not None
    assert track.base is refined
    assert track.offset[1, 0] == np.float32(0.5)
    assert project.history.undo_label == "Refine motion"
    project.history.undo()
    assert everything(project.state) == before


def test_dropping_the_new_reference_is_healed_by_choosing_it() -> None:
    project = encoded_project()
    project.push(SetKept("a", (3,), False))
    project.push(edit("a", (3,), (1,), 2.0))
    before = everything(project.state)
    heard = listen(project)
    project.push(SetReference("a", 3))
    one = project.subject("a")
    assert one.kept[3]
    assert one.track is not None
    assert not one.track.is_edited
    assert heard[-1].kinds == {"reference", "kept", "latent"}
    project.history.undo()
    assert everything(project.state) == before


def test_editing_before_the_first_encoding_is_refused() -> None:
    project = Project(ProjectState((subject("a"),)))
    with pytest.raises(ValueError, match="no latent motion"):
        project.push(edit("a", (1,), (0,), 1.0))
    assert project.revision == 0


def test_changes_say_what_and_where() -> None:
    project = encoded_project()
    heard = listen(project)
    project.push(SetKept("a", (4, 1), False))
    project.push(edit("a", (2, 3), (1,), 1.0))
    project.history.undo()
    project.history.undo()
    told = [(c.subject_id, c.kinds, c.frames, c.label, c.undo) for c in heard]
    assert told == [
        ("a", {"kept"}, (1, 4), "Drop frames 1, 4", False),
        ("a", {"latent"}, (2, 3), "Edit z1 at frames 2, 3", False),
        ("a", {"latent"}, (2, 3), "Edit z1 at frames 2, 3", True),
        ("a", {"kept"}, (1, 4), "Drop frames 1, 4", True),
    ]


def test_undo_that_brings_an_encoding_back_says_so() -> None:
    project = encoded_project()
    project.push(SetKept("a", (2,), False))
    one = project.subject("a")
    project.set_encoding("a", encode(one), one.kept)
    heard = listen(project)
    project.history.undo()
    assert heard[0].kinds == {"kept", "encoding"}


def test_a_listener_that_edits_during_undo_does_not_tangle_the_history() -> None:
    project = encoded_project()
    project.push(Rename("a", "one"))

    def answer(change: Change) -> None:
        if change.undo:
            project.push(SetCyclic("b", True))

    project.changed.connect(answer)
    project.history.undo()
    assert project.history.steps == ("Treat as a closed cycle",)
    assert project.subject("a").name == "subject a"
    assert project.subject("b").cyclic


def test_removed_subjects_come_back_where_they_were() -> None:
    project = Project(ProjectState(tuple(subject(i) for i in "abc")))
    project.push(RemoveSubject("b"))
    assert [s.id for s in project.subjects] == ["a", "c"]
    assert project.history.undo_label == "Remove subject b"
    project.history.undo()
    assert [s.id for s in project.subjects] == ["a", "b", "c"]


def test_ids_are_unique() -> None:
    project = Project(ProjectState((subject("a"),)))
    with pytest.raises(ValueError, match="unique"):
        project.push(AddSubjects((subject("a"),)))
    with pytest.raises(ValueError, match="no subject 'x'"):
        project.push(RemoveSubject("x"))
    with pytest.raises(ValueError, match="no subject 'x'"):
        project.subject("x")


def test_masks_of_a_subject_cannot_be_written_to() -> None:
    mask = np.ones(FRAMES, np.bool_)
    one = subject("a", kept=mask)
    mask[2] = False
    assert one.kept.all()
    with pytest.raises(ValueError, match="read-only"):
        one.kept[1] = False


def test_a_subject_refuses_masks_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"expected kept of shape \(6,\)"):
        subject("a", kept=np.ones(5, np.bool_))
    with pytest.raises(ValueError, match="must be kept"):
        subject("a", kept=np.arange(FRAMES) > 0)
    with pytest.raises(ValueError, match="expected reference"):
        subject("a", reference=6)
    with pytest.raises(ValueError, match="expected crop"):
        Framing("crop", (0, 0, 0, 5))
    assert len(clip()) == FRAMES
