"""Numbered statements of the interaction design about engine and window: 4 and 6."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import Cancelled
from motionstudio.core.motion import Motion
from motionstudio.document.commands import EditLatent
from motionstudio.engine.fit_responses import UncertaintyReady
from motionstudio.engine.responses import FrameReady
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle

COUNT = 12


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(COUNT, 48), uniform_times(COUNT, 20), cyclic=True), path)
    made = make_window()
    open_clip(qtbot, made, path)
    made.presenters.playback.go(4)
    settle(qtbot, made)
    return made


def breathe(times: int) -> None:
    for _ in range(times):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


@pytest.mark.parametrize("seed", range(4))
def test_statement_04_a_slow_engine_never_paints_an_older_revision(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel], seed: int
) -> None:
    rng, gate = random.Random(seed), small_models["heart"].gate
    session, pictures = window.session, window.presenters.pictures
    wanted = [session.project.revision]
    painted: list[tuple[int, int]] = []
    session.project.changed.connect(lambda _change: wanted.append(session.project.revision))

    def note() -> None:
        if pictures.shown is not None:
            painted.append((pictures.shown.revision, wanted[-1]))

    pictures.pictureChanged.connect(note)
    subject = active(window).id

    def edit() -> None:
        block = np.full((1, 1), rng.uniform(-1, 1), np.float32)
        session.push(EditLatent(subject, (rng.randrange(1, COUNT),), (rng.randrange(8),), block))

    def walk_back() -> None:
        if session.project.history.undo_label != "Add beat":
            session.project.history.undo()

    steps: list[Callable[[], object]] = [
        edit, edit, walk_back, session.project.history.redo,
        lambda: window.presenters.playback.go(rng.randrange(1, COUNT)),
        gate.clear, gate.set, lambda: breathe(rng.randrange(1, 6)),
    ]  # fmt: skip
    for _ in range(60):
        rng.choice(steps)()
    gate.set()
    window.presenters.playback.go(4)
    settle(qtbot, window)
    assert painted, "the test saw nothing"
    assert [made for made, newest in painted if made < newest] == []


def test_statement_04_late_answers_of_any_kind_are_thrown_away(
    qtbot: Any, window: MainWindow
) -> None:
    pictures, session = window.presenters.pictures, window.session
    late = pictures.shown
    assert isinstance(late, FrameReady)
    viewport = window.bench.viewports.shown[-1]
    viewport.set_content(Content.UNCERTAINTY)
    block = np.full((1, 8), 0.5, np.float32)
    session.push(EditLatent(active(window).id, (4,), tuple(range(8)), block))
    settle(qtbot, window)
    now = generated(window).copy()
    window.engine.responseReady.emit(late)
    std = np.ones((48, 48), np.float32)
    window.engine.responseReady.emit(
        UncertaintyReady(ticket=late.ticket, frame=4, std=std, count=16)
    )
    np.testing.assert_array_equal(generated(window), now)
    assert viewport.canvas.layers.legend is None or "most 1.0" not in (
        viewport.canvas.layers.legend.words
    )


def test_statement_06_cancel_is_said_at_once_and_the_window_is_usable(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel], monkeypatch: Any
) -> None:
    """The injected clock moves 20 ms with every step of the fit, and only when it may."""
    clock, may_step = [0.0], threading.Semaphore(0)
    stopped: list[float] = []

    def endless(
        _model: SmallModel, motion: Motion, _frames: Any, *, tick: Any, **_options: Any
    ) -> Motion:
        while tick(0.1):
            if may_step.acquire(timeout=0.002):
                clock[0] += 0.02
        stopped.append(clock[0])
        raise Cancelled

    monkeypatch.setattr(SmallModel, "refine", endless)
    fitting = window.presenters.fitting
    fitting.refine()
    may_step.release(10)
    qtbot.waitUntil(lambda: clock[0] > 0.19, timeout=10_000)
    window.presenters.playback.go(7)
    settle(qtbot, window)
    assert fitting.running, "scrubbing works while it runs"
    tasks = window.presenters.tasks
    qtbot.waitUntil(lambda: bool(tasks.shown))
    asked = clock[0]
    assert tasks.cancel()
    may_step.release(1000)
    qtbot.waitUntil(lambda: not fitting.running, timeout=10_000)
    assert len(stopped) == 1
    assert stopped[0] - asked <= 0.1
    window.presenters.playback.go(2)
    settle(qtbot, window)
    assert not active(window).track.is_edited
