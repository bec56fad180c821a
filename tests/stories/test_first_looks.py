"""What a stranger sees first: small things of the whole window that were wrong once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import MakeWindow
from tests.stories.steps import LONG, click_frame, open_clip, settle


def test_a_reopened_project_has_its_playhead_in_every_strip(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    click_frame(window, 9)
    window.presenters.saving.save(tmp_path / "beat.motion")
    qtbot.waitUntil(lambda: not window.presenters.saving.busy, timeout=LONG)
    window.projects.new()
    assert window.session.active is None
    with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
        window.open_paths([tmp_path / "beat.motion"])
    settle(qtbot, window)
    time = window.bench.time
    strips = (window.bench.timeline.strip, time.errors, time.matrix.view, time.curves.view)
    assert [strip.current for strip in strips] == [9] * 4


def test_a_strip_that_is_put_away_does_not_narrow_the_others(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    time = window.bench.time
    shown = (window.bench.timeline.strip, time.errors, time.matrix.view)
    assert {strip.width() for strip in shown} == {time.axis.end + time.axis.margin}
    time.matches.hide()
    time.matches.resize(300, 20)
    QApplication.sendEvent(time.matches, QResizeEvent(QSize(300, 20), QSize(640, 20)))
    assert {strip.width() for strip in shown} == {time.axis.end + time.axis.margin}
