"""Escape backs out of every tool that stays in hand, one press for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.stories.conftest import blob_frames
from tests.stories.steps import key, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(8, 48), uniform_times(8, 20)), path)
    made = make_window()
    open_clip(qtbot, made, path)
    settle(qtbot, made)
    made.refresh_actions()
    return made


def test_escape_puts_every_tool_away_and_the_selection_last(window: MainWindow) -> None:
    actions, bench = window.actions_, window.bench
    window.toast.hide()
    for name in ("view.place_points", "view.draw_label", "crop.box", "handle.tool"):
        assert actions.why_not(name) == "", name
        actions[name].trigger()
        window.refresh_actions()
        assert actions[name].isChecked(), name
        while window.toast.isVisible():
            key(window, "Esc")
        key(window, "Esc")
        window.refresh_actions()
        assert not actions[name].isChecked(), name
    held: tuple[QAbstractButton, ...] = (bench.timeline.drop_mode, bench.time.matrix.pencil)
    for button in held:
        button.click()
        assert button.isChecked()
        while window.toast.isVisible():
            key(window, "Esc")
        key(window, "Esc")
        assert not button.isChecked()
