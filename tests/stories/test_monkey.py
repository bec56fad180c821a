"""2,000 random gestures: no exception, a whole document, and undo back to the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.document.change import ProjectState
from motionstudio.document.plain import Plain, PlainWriter
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.stories import steps
from tests.stories.monkey import Monkey, keep_shut

# What the model makes of a subject follows from the rest and is no step of the history.
DERIVED = ("track", "encoded_with")


def _decided(state: ProjectState) -> tuple[Plain, dict[str, np.ndarray]]:
    """Everything that people decided, as plain values and arrays."""
    writer = PlainWriter()
    found = {}
    for subject in state.subjects:
        plain = writer.object(subject, subject.id, skipped=("clip", *DERIVED))
        track = subject.track
        if track is not None:
            writer.arrays[f"{subject.id}/offset"] = track.offset
            plain["keys"] = repr(track.keys)
            plain["muted"] = track.muted
        found[subject.id] = plain
    return found, writer.arrays


def _assert_same(one: ProjectState, other: ProjectState) -> None:
    (facts, arrays), (facts_then, arrays_then) = _decided(one), _decided(other)
    assert facts == facts_then
    assert arrays.keys() == arrays_then.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, arrays_then[name])


def _finish_gestures(window: MainWindow) -> None:
    for _ in range(3):
        window.actions_["task.cancel"].trigger()


def _monkeyed(
    seed: int, count: int, window: MainWindow, qtbot: Any, clip: Path
) -> tuple[ProjectState, list[str]]:
    steps.open_clip(qtbot, window, clip)
    steps.open_clip(qtbot, window, clip)
    window.session.project.history.reset()
    start = window.session.project.state
    monkey = Monkey(window, seed)
    most = 0
    for number in range(count):
        try:
            monkey.act()
        except Exception as error:
            last = "\n".join(monkey.done[-5:])
            raise AssertionError(f"seed {seed}, gesture {number}, after:\n{last}") from error
        most = max(most, len(window.session.project.history.steps))
    _finish_gestures(window)
    assert most > 0, "nothing changed the document"
    return start, monkey.done


@pytest.mark.parametrize(
    ("seed", "count"),
    [(1, 150), *(pytest.param(seed, 500, marks=pytest.mark.slow) for seed in (2, 3, 4, 5))],
)
def test_random_gestures_leave_a_whole_document_and_undo_leads_back(
    seed: int,
    count: int,
    qtbot: Any,
    make_window: MakeWindow,
    clip_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_shut(monkeypatch)
    window = make_window()
    start, done = _monkeyed(seed, count, window, qtbot, clip_path)
    assert len(done) == count
    project = window.session.project
    assert not project.in_transaction
    for subject in project.subjects:
        assert subject.kept.shape == (len(subject.clip),)
        if subject.track is not None:
            assert np.isfinite(subject.track.offset).all()
    reached, steps = project.state, 0
    while project.history.can_undo:
        project.history.undo()
        steps += 1
    _assert_same(project.state, start)
    # As far as was undone here: the gestures may have ended with an undo of their own.
    for _ in range(steps):
        project.history.redo()
    _assert_same(project.state, reached)
