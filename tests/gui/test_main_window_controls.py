"""Every control does something or says why not; gestures of the panes reach the document."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, frame_point, generated, is_encoded, key, open_clip, settle

# What opens a dialog of the system or ends the window is walked elsewhere.
_ELSEWHERE = {
    "Open…", "Save", "Export…", "Open clips, folders or images",
    "Take this motion: drag it onto another subject, or press to choose one",
}  # fmt: skip


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20), cyclic=True), path)
    made = make_window((1440, 900))
    open_clip(qtbot, made, path)
    return made


def state(window: MainWindow) -> tuple[object, ...]:
    """All that a control may change: document, view, layout, settings and pixels."""
    subject = window.session.active
    track = None if subject is None else subject.track
    return (
        window.session.view.state,
        window.session.project.revision,
        None if track is None else track.values.tobytes(),
        window.bench.viewports.layout_count,
        window.session.settings.value,
        tuple(dock.isVisible() for dock in window.bench.docks.values()),
        window.presenters.fitting.running,
        len(QApplication.topLevelWidgets()),
        window.grab().toImage(),
    )


def buttons(window: MainWindow) -> list[QToolButton]:
    found = [b for b in window.findChildren(QToolButton) if b.isVisible() and b.menu() is None]
    return [b for b in found if (b.accessibleName() or b.text()) not in _ELSEWHERE]


def test_every_enabled_button_changes_something_and_every_other_says_why(
    qtbot: Any, window: MainWindow
) -> None:
    names = [(b.accessibleName() or b.text(), b) for b in buttons(window)]
    assert len(names) > 15
    idle: list[str] = []
    for name, button in names:
        if not button.isVisible():
            continue
        if not button.isEnabled():
            assert "\n" in button.toolTip(), f"{name} is disabled and does not say why"
            continue
        window.presenters.playback.go(3)
        settle(qtbot, window)
        before = state(window)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.processEvents()
        if state(window) == before and "Fit" not in name and "Show all" not in name:
            idle.append(name)
        window.presenters.playback.toggle(False)
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=20_000)
        window.bench.reset()
        if window.session.active is None:
            window.session.project.history.undo()
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert idle == []


def test_a_press_on_the_grip_asks_whose_motion_goes_where(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motionstudio.gui.dialogs.transfer_options import TransferDialog

    asked: list[str] = []
    monkeypatch.setattr(TransferDialog, "exec", lambda dialog: asked.append(dialog.offer().target))
    QTest.mouseClick(window.presenters.transfer_views.grip, Qt.MouseButton.LeftButton)
    assert asked == [active(window).id]


def test_painting_over_frames_drops_them_as_one_step(qtbot: Any, window: MainWindow) -> None:
    strip = window.bench.timeline.strip
    steps = len(window.session.project.history.steps)
    alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(strip, left, alt, frame_point(window, 4))
    for frame in (5, 6, 7):
        QTest.mouseMove(strip, frame_point(window, frame))
    QTest.mouseRelease(strip, left, alt, frame_point(window, 7))
    assert np.flatnonzero(~active(window).kept).tolist() == [4, 5, 6, 7]
    assert len(window.session.project.history.steps) == steps + 1


def test_the_drop_tool_makes_plain_clicks_drop(window: MainWindow) -> None:
    QTest.mouseClick(window.bench.timeline.drop_mode, Qt.MouseButton.LeftButton)
    strip = window.bench.timeline.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=frame_point(window, 5))
    assert not active(window).kept[5]


def test_the_reference_cannot_be_dropped(window: MainWindow) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    QTest.mouseClick(
        window.bench.timeline.strip, Qt.MouseButton.LeftButton, alt, frame_point(window, 0)
    )
    window.presenters.drop.toggle((0,))
    assert active(window).kept.all()


def test_dragging_a_cell_of_the_matrix_edits_it(qtbot: Any, window: MainWindow) -> None:
    view = window.bench.time.matrix.view
    matrix = window.bench.time.matrix
    matrix.set_selection((5,), (2,))
    matrix.selectionChanged.emit((5,), (2,))
    matrix.editStarted.emit()
    matrix.valuesDragged.emit((5,), (2,), 0.75, 0.0)
    matrix.editFinished.emit()
    settle(qtbot, window)
    track = active(window).track
    assert track.offset[5, 2] == pytest.approx(0.75)
    assert np.count_nonzero(track.offset) == 1
    assert view.data.values[5, 2] == track.values[5, 2]


def test_escape_takes_a_drag_back(qtbot: Any, window: MainWindow) -> None:
    before = active(window).track.values
    steps = len(window.session.project.history.steps)
    sliders = window.bench.sliders
    sliders.editStarted.emit()
    sliders.valuesDragged.emit((4,), (0,), 0.5, 0.0)
    window.presenters.gate.flush()
    assert not np.array_equal(active(window).track.values, before)
    key(window, "Esc")
    sliders.valuesDragged.emit((4,), (0,), 0.9, 0.0)
    sliders.editFinished.emit()
    assert np.array_equal(active(window).track.values, before)
    assert len(window.session.project.history.steps) == steps


def test_a_soft_edit_takes_neighbours_along(qtbot: Any, window: MainWindow) -> None:
    curves = window.bench.time.curves
    curves.editStarted.emit()
    curves.valuesDragged.emit((6,), (1,), 1.0, 1.5)
    curves.editFinished.emit()
    offset = active(window).track.offset[:, 1]
    assert offset[6] == pytest.approx(1.0)
    assert 0 < offset[7] < 1
    assert offset[0] == 0


def test_a_slow_picture_is_marked_and_the_old_one_stays(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
) -> None:
    settle(qtbot, window)
    old = generated(window)
    stale: list[bool] = []
    window.presenters.pictures.staleChanged.connect(stale.append)
    small_models["heart"].gate.clear()
    window.session.push(_edit(window, 3))
    window.presenters.playback.go(3)
    qtbot.waitUntil(lambda: True in stale, timeout=10_000)
    assert np.array_equal(generated(window), old)
    small_models["heart"].gate.set()
    settle(qtbot, window)
    assert stale[-1] is False


def test_switching_subjects_shows_each_with_its_own_edits(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    first = active(window).id
    window.session.push(_edit(window, 3))
    matrix = window.bench.time.matrix
    matrix.set_selection((10, 11), (0,))
    matrix.selectionChanged.emit((10, 11), (0,))
    second_path = tmp_path / "other.npz"
    write_clip(Clip(blob_frames(9, 64), uniform_times(9, 10)), second_path)
    open_clip(qtbot, window, second_path)
    assert not active(window).track.is_edited
    assert window.bench.timeline.strip.states.count == 9
    assert window.session.selection.is_empty
    window.presenters.latent.neutral()
    item = window.bench.library.subjects.item(0)
    window.bench.library.subjects.setCurrentItem(item)
    settle(qtbot, window)
    assert active(window).id == first
    assert window.bench.timeline.strip.states.edited[3]
    assert generated(window).shape == (48, 48, 1)


def test_no_slot_blocks_the_window(
    request: pytest.FixtureRequest, qtbot: Any, window: MainWindow
) -> None:
    """Processor time of our own slots after start-up, in a scripted session."""
    longest = 0.0

    def timed(work: Any) -> None:
        nonlocal longest
        start = time.thread_time()
        work()
        longest = max(longest, time.thread_time() - start)

    # The program takes what was imported out of collections; tests look for leaks instead.
    gc.disable()
    request.addfinalizer(gc.enable)
    playback, sliders = window.presenters.playback, window.bench.sliders
    for frame in range(12):
        timed(lambda frame=frame: playback.go(frame))
        settle(qtbot, window)
    sliders.editStarted.emit()
    for step in range(20):
        timed(lambda step=step: sliders.valuesDragged.emit((5,), (1,), step / 20, 0.0))
        QApplication.processEvents()
    sliders.editFinished.emit()
    for name in ("drop.every_2nd", "edit.undo", "edit.redo", "drop.restore", "latent.reset_all"):
        window.refresh_actions()
        timed(window.actions_[name].trigger)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    timed(window.refresh_actions)
    assert longest < 0.05


def test_wheel_and_ruler_scrub(qtbot: Any, window: MainWindow) -> None:
    strip = window.bench.timeline.strip
    ruler = QPoint(frame_point(window, 8).x(), 4)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=ruler)
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=ruler)
    assert window.session.playhead == 8


def _edit(window: MainWindow, frame: int) -> Any:
    from motionstudio.document.commands import EditLatent

    block = np.full((1, 2), 0.8, np.float32)
    return EditLatent(active(window).id, (frame,), (0, 1), block)
