"""The main job by mouse and keyboard: open, encode, scrub, edit, undo, drop, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import read_clip
from tests.gui.conftest import MakeWindow
from tests.stories.steps import active, click_frame, generated, is_encoded, key, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_path)
    return made


def drag_slider(window: MainWindow, dim: int, pixels: int) -> None:
    slider = window.bench.sliders.rows[dim].slider
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(slider, middle + QPoint(pixels * step // 5, 0))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(pixels, 0))


def test_open_shows_the_true_and_the_generated_frame(window: MainWindow, clip_path: Path) -> None:
    source = window.bench.viewports.viewports[0]
    assert np.array_equal(source._inputs.source, read_clip(clip_path).frames[0])
    assert generated(window).shape == (48, 48, 1)
    assert window.windowTitle().startswith("beat")


def test_frame_zero_is_the_source_bit_for_bit(window: MainWindow, clip_path: Path) -> None:
    assert np.array_equal(generated(window), read_clip(clip_path).frames[0])


def test_scrubbing_by_click_shows_that_frame(qtbot: Any, window: MainWindow) -> None:
    first = generated(window)
    click_frame(window, 5)
    settle(qtbot, window)
    assert window.session.playhead == 5
    assert not np.array_equal(generated(window), first)


def test_a_slider_drag_is_one_step_and_undo_restores_everything(
    qtbot: Any, window: MainWindow
) -> None:
    click_frame(window, 4)
    settle(qtbot, window)
    before, values = generated(window), active(window).track.values
    steps = len(window.session.project.history.steps)
    drag_slider(window, 2, 30)
    settle(qtbot, window)
    assert len(window.session.project.history.steps) == steps + 1
    changed = np.flatnonzero((active(window).track.values != values).any(1))
    assert changed.tolist() == [4]
    assert not np.array_equal(generated(window), before)
    key(window, "Ctrl+Z")
    settle(qtbot, window)
    assert np.array_equal(active(window).track.values, values)
    assert np.array_equal(generated(window), before)


def test_dropping_by_alt_click_encodes_again_and_marks_the_row(
    qtbot: Any, window: MainWindow
) -> None:
    click_frame(window, 6, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: bool(active(window).track.base.filled[6]), timeout=20_000)
    assert not active(window).kept[6]
    assert window.session.project.history.undo_label == "Drop frame 6"
    key(window, "Ctrl+Z")
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert active(window).kept.all()
    assert not active(window).track.base.filled.any()


def test_keeping_every_second_frame_from_the_keyboard(qtbot: Any, window: MainWindow) -> None:
    key(window, "Shift+D")
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert active(window).kept.tolist() == [t % 2 == 0 for t in range(16)]


def test_errors_are_measured_against_withheld_frames(qtbot: Any, window: MainWindow) -> None:
    errors = window.presenters.errors
    qtbot.waitUntil(lambda: bool(np.isfinite(errors.errors).all()), timeout=20_000)
    complete = errors.errors.copy()
    key(window, "Shift+D")
    qtbot.waitUntil(
        lambda: is_encoded(window) and not np.array_equal(errors.errors, complete),
        timeout=20_000,
    )
    assert errors.errors[0] == 0


def test_drop_and_edit_survive_each_other(qtbot: Any, window: MainWindow) -> None:
    click_frame(window, 4)
    settle(qtbot, window)
    drag_slider(window, 1, 25)
    offset = active(window).track.offset.copy()
    click_frame(window, 9, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert np.array_equal(active(window).track.offset, offset)
    assert active(window).track.base.filled[9]


@pytest.mark.parametrize("kind", list(ExportKind))
def test_every_export_can_be_read_again(
    qtbot: Any, window: MainWindow, tmp_path: Path, kind: ExportKind
) -> None:
    path = tmp_path / f"out{kind.suffix}"
    exporting = window.presenters.exporting
    with qtbot.waitSignal(exporting.finished, timeout=30_000) as ended:
        exporting.start(active(window), ExportOptions(kind, path))
    assert ended.args == [path]
    assert path.exists()
    if kind in (ExportKind.NPZ, ExportKind.PNG):
        assert np.array_equal(read_clip(path).frames[0], generated(window))
    if kind is ExportKind.CSV:
        lines = path.read_text().splitlines()
        assert len(lines) == 17


def test_pictures_into_a_full_folder_are_refused_before_they_are_made(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    kept = tmp_path / "pictures" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("keep me")
    with qtbot.waitSignal(window.session.notices.posted, timeout=10_000) as said:
        options = ExportOptions(ExportKind.PNG, kept.parent)
        window.presenters.exporting.start(active(window), options)
    assert said.args[0].text == "pictures exists and is not an empty folder."
    assert not window.presenters.exporting.running
    assert kept.read_text() == "keep me"


def test_a_cancelled_export_leaves_nothing(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:
    exporting = window.presenters.exporting
    before = set(tmp_path.iterdir())
    with qtbot.waitSignal(exporting.finished, timeout=30_000) as ended:
        exporting.start(active(window), ExportOptions(ExportKind.MP4, tmp_path / "out.mp4"))
        exporting.cancel()
    assert ended.args == [None]
    assert set(tmp_path.iterdir()) == before


def test_undoing_a_drop_puts_panes_and_pictures_back_at_once(
    qtbot: Any, window: MainWindow
) -> None:
    click_frame(window, 6)
    settle(qtbot, window)
    before = generated(window)
    click_frame(window, 6, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: bool(active(window).track.base.filled[6]), timeout=20_000)
    settle(qtbot, window)
    key(window, "Ctrl+Z")
    settle(qtbot, window)
    bench = window.bench
    assert np.array_equal(generated(window), before)
    assert np.array_equal(bench.time.matrix.view.data.values, active(window).track.values)
    assert not bench.time.matrix.view.data.filled.any()
    assert not bench.timeline.strip.states.filled.any()
    assert bench.timeline.strip.states.kept.all()
