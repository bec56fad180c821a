"""Copy as command: what is copied makes the pictures that the window shows."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from typer.testing import CliRunner

from motionstudio.cli.app import app
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import resources_dir
from motionstudio.document.commands import EditLatent
from motionstudio.gui.command_line import command_for, why_no_command
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from motionstudio.io import read_clip
from tests.gui.conftest import MakeWindow
from tests.stories.steps import active, generated, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_path)
    return made


def test_the_line_names_dropped_frames(qtbot: Any, window: MainWindow, clip_path: Path) -> None:
    window.presenters.drop.paint((3, 7), False)
    settle(qtbot, window)
    window.refresh_actions()
    window.actions_["file.copy_command"].trigger()
    words = shlex.split(QApplication.clipboard().text())
    assert words[:3] == ["motionstudio", "encode", str(clip_path)]
    assert words[words.index("--drop") + 1] == "3, 7" or words[words.index("--drop") + 1] == "3,7"
    assert words[words.index("--model") + 1] == "heart"


def test_edits_need_a_saved_project(window: MainWindow) -> None:
    block = np.full((1, 1), 0.5, np.float32)
    window.session.push(EditLatent(active(window).id, (4,), (0,), block))
    assert "Save the project" in why_no_command(window.session)
    window.refresh_actions()
    assert not window.actions_["file.copy_command"].isEnabled()
    with pytest.raises(MotionStudioError, match="Save the project"):
        command_for(window.session)


def test_a_saved_project_is_rendered_as_it_is(window: MainWindow, tmp_path: Path) -> None:
    window.session.project.path = tmp_path / "a b.motion"
    history = window.session.project.history
    history.mark_clean()
    line = command_for(window.session)
    assert line.words[0][:3] == ("motionstudio", "render", str(tmp_path / "a b.motion"))
    assert shlex.split(line.text) == list(line.words[0])


@pytest.mark.slow
def test_the_copied_command_makes_the_pictures_on_screen(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    window = MainWindow(SettingsStore(tmp_path / "settings.json"))
    qtbot.addWidget(window)
    window.show()
    window.start()
    open_clip(qtbot, window, resources_dir() / "samples" / "heart_a.npz")
    window.presenters.drop.paint((3, 8, 9), False)
    settle(qtbot, window)
    shown = {}
    for frame in (2, 8, 15):
        window.presenters.playback.go(frame)
        settle(qtbot, window)
        shown[frame] = generated(window).copy()
    line = command_for(window.session)
    for words in line.words:
        done = CliRunner().invoke(app, [w.replace(".mp4", ".npz") for w in words[1:]])
        assert done.exit_code == 0, done.output
    written = next(path for path in map(Path, os.listdir(tmp_path))
                   if path.suffix == ".npz" and ".motion" not in path.name)  # fmt: skip
    frames = read_clip(written).frames
    for frame, picture in shown.items():
        assert np.array_equal(np.asarray(frames[frame]), picture), frame
    window.projects.may_leave = lambda _then: True  # type: ignore[method-assign]
    window.close()
