"""Encodings that are overtaken, outgrown or asked for twice; files that go away meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.commands import AddSubjects, RemoveSubject, SetKept
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.reopening import ClipChanges, reopen
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, is_encoded, open_clip

LONG = 20_000


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20)), path)
    return path


@pytest.fixture
def gate(small_models: dict[str, SmallModel]) -> threading.Event:
    """Encodings of the grey model wait while it is closed."""
    model, gate = small_models["heart"], threading.Event()
    plain = model.encode

    def waiting(*args: Any, **options: Any) -> Any:
        assert gate.wait(timeout=60), "the test never opened the gate"
        return plain(*args, **options)

    model.encode = waiting  # type: ignore[method-assign]
    gate.set()
    return gate


def encoding_tasks(window: MainWindow) -> list[str]:
    return [task for task in window.presenters.tasks.running if task.startswith("encode")]


def drop_and_undo(window: MainWindow, frame: int) -> None:
    window.session.push(SetKept(active(window).id, (frame,), False))
    window.session.project.history.undo()


def test_a_drop_that_is_undone_at_once_leaves_nothing_running(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, gate: threading.Event
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    gate.clear()
    drop_and_undo(window, 5)
    assert encoding_tasks(window)
    gate.set()
    qtbot.waitUntil(lambda: not encoding_tasks(window), timeout=LONG)
    assert is_encoded(window)


def test_an_undo_during_the_first_encoding_still_ends_with_a_motion(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, gate: threading.Event
) -> None:
    window = make_window()
    gate.clear()
    window.open_paths([clip_path], ask=False)
    qtbot.waitUntil(lambda: bool(encoding_tasks(window)), timeout=LONG)
    drop_and_undo(window, 5)
    gate.set()
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    qtbot.waitUntil(lambda: not encoding_tasks(window), timeout=LONG)


def test_the_same_file_opened_twice_gives_two_motions(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    window.open_paths([clip_path, clip_path], ask=False)
    qtbot.waitUntil(
        lambda: [s.needs_encoding for s in window.session.project.subjects] == [False, False],
        timeout=LONG,
    )


def test_a_clip_removed_while_it_is_encoded_leaves_nothing_running(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, gate: threading.Event
) -> None:
    window = make_window()
    gate.clear()
    window.open_paths([clip_path], ask=False)
    qtbot.waitUntil(lambda: bool(encoding_tasks(window)), timeout=LONG)
    window.actions_["file.remove"].trigger()
    gate.set()
    qtbot.waitUntil(lambda: not encoding_tasks(window), timeout=LONG)


def test_a_file_that_has_gone_is_told_once(qtbot: Any, make_window: MakeWindow) -> None:
    class Gone(np.ndarray):
        """Frames of a file that was deleted after it was opened."""

        def __getitem__(self, index: Any, /) -> Any:
            raise MotionStudioError("beat.npz cannot be read any more.", "Put it back.")

    window = make_window()
    said: list[str] = []
    window.session.notices.posted.connect(lambda notice: said.append(notice.text))
    clip = Clip(np.zeros((4, 40, 40, 1), np.uint8).view(Gone), uniform_times(4, 10))
    subject = subject_from_clip(clip, model="heart")
    window.session.push(AddSubjects((subject,)))
    window.session.show(subject.id)
    qtbot.waitUntil(lambda: said == ["beat.npz cannot be read any more."], timeout=LONG)
    qtbot.waitUntil(
        lambda: "cannot be read" in window.bench.time.matrix.empty.accessibleName(), timeout=LONG
    )
    window.presenters.viewports.refresh()
    window.presenters.playback.go(2)
    answered: list[int] = []
    window.session.media.submit(lambda: 1, answered.append)
    qtbot.waitUntil(lambda: bool(answered), timeout=LONG)
    assert said == ["beat.npz cannot be read any more."]


def test_finding_a_motion_can_be_cancelled_and_taken_up_again(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, gate: threading.Event
) -> None:
    window = make_window()
    gate.clear()
    window.open_paths([clip_path], ask=False)
    qtbot.waitUntil(lambda: bool(encoding_tasks(window)), timeout=LONG)
    (task,) = encoding_tasks(window)
    assert window.presenters.tasks.cancel(task)
    gate.set()
    qtbot.waitUntil(lambda: not encoding_tasks(window), timeout=LONG)
    assert active(window).track is None
    window.refresh_actions()
    assert window.actions_["model.find"].isEnabled()
    window.actions_["model.find"].trigger()
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    window.refresh_actions()
    assert not window.actions_["model.find"].isEnabled()


def test_a_change_takes_a_cancelled_search_up_again(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, gate: threading.Event
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    gate.clear()
    window.session.push(SetKept(active(window).id, (3,), False))
    (task,) = encoding_tasks(window)
    window.presenters.tasks.cancel(task)
    gate.set()
    qtbot.waitUntil(lambda: not encoding_tasks(window), timeout=LONG)
    assert not is_encoded(window)
    window.session.push(SetKept(active(window).id, (4,), False))
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    assert np.array_equal(active(window).track.base.filled, ~active(window).kept)


def test_a_clip_removed_while_it_is_read_again_is_not_missed(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    subject = open_clip(qtbot, window, clip_path)
    said: list[str] = []
    window.session.notices.posted.connect(lambda notice: said.append(notice.text))
    reopen(window.session, subject, ClipChanges(OpenSettings(stride=2), subject.model))
    window.session.push(RemoveSubject(subject.id))
    qtbot.waitUntil(lambda: any("removed" in text for text in said), timeout=LONG)
    assert not window.session.project.subjects
