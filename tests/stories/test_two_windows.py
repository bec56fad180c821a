"""Two windows at once: neither writes over what the other one did without asking."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from motionstudio.document.project_file import read_project
from motionstudio.gui.dialogs.unsaved import OverAnswer
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from tests.gui.conftest import QUIET, MakeWindow
from tests.stories.steps import LONG, do, open_clip, settle


def _saved(qtbot: Any, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.presenters.saving.unsaved, timeout=LONG)


def _set(qtbot: Any, window: MainWindow, value: float) -> None:
    window.presenters.latent.type_value((3,), (1,), value)
    settle(qtbot, window)


def _value(path: Path) -> float:
    track = read_project(path, shelf=path.parent / "shelf").state.subjects[0].track
    assert track is not None
    return float(track.motion().mean[3, 1])


@pytest.mark.parametrize("answer", list(OverAnswer))
def test_a_project_that_another_window_saved_is_not_written_over_unasked(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path, answer: OverAnswer
) -> None:
    asked: list[str] = []

    def over(_parent: QWidget, name: str) -> OverAnswer:
        asked.append(name)
        return answer

    file, apart = tmp_path / "ours.motion", tmp_path / "apart.motion"
    one = make_window()
    open_clip(qtbot, one, clip_path)
    one.presenters.saving.save(file)
    _saved(qtbot, one)
    questions = replace(QUIET, over=over, save_path=lambda *_: apart)
    other = make_window(questions=questions)
    other.open_paths([file], ask=False)
    qtbot.waitUntil(lambda: other.session.project.path == file, timeout=LONG)
    settle(qtbot, other)
    _set(qtbot, one, 1.0)
    do(one, "file.save")
    _saved(qtbot, one)
    _set(qtbot, other, -1.0)
    do(other, "file.save")
    assert asked == ["ours.motion"]
    if answer is OverAnswer.CANCEL:
        assert other.presenters.saving.unsaved
    else:
        _saved(qtbot, other)
    assert _value(file) == (-1.0 if answer is OverAnswer.REPLACE else 1.0)
    assert apart.exists() is (answer is OverAnswer.SAVE_AS)
    if answer is OverAnswer.REPLACE:
        # From then on the file is as this window left it.
        _set(qtbot, other, -2.0)
        do(other, "file.save")
        _saved(qtbot, other)
        assert (asked, _value(file)) == (["ours.motion"], -2.0)


def test_settings_of_both_windows_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = SettingsStore(path), SettingsStore(path)
    one.update(theme="light")
    other.update(reduced_motion=True)
    other.remember(tmp_path / "b.npz")
    one.remember(tmp_path / "a.npz")
    again = SettingsStore(path).value
    assert (again.theme, again.reduced_motion) == ("light", True)
    assert [Path(name).name for name in again.recent] == ["a.npz", "b.npz"]
    # Nobody's window changes under their hands.
    assert other.value.theme == "dark"


def test_what_could_not_be_written_is_written_with_the_next_change(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = SettingsStore(path)
    store.update(tips=False)
    path.unlink()
    os.mkdir(path)
    store.update(theme="light")
    assert "could not be saved" in store.problem
    os.rmdir(path)
    SettingsStore(path).update(reduced_motion=True)
    store.update(ui_scale=120)
    found = SettingsStore(path).value
    assert (found.theme, found.reduced_motion, found.ui_scale) == ("light", True, 120)
