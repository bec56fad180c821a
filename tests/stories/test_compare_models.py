"""One clip under several models in a window of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from motionstudio.document.commands import SetKept
from motionstudio.engine.model_requests import BLEND, RIVALS
from motionstudio.engine.requests import Lane
from motionstudio.gui.compare.window import CompareWindow
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.stories.steps import active, open_clip


def _opened(qtbot: Any, window: MainWindow) -> CompareWindow:
    window.actions_["model.compare"].trigger()
    compare = window.presenters.compare.window
    assert compare is not None
    return compare


def _all_there(window: CompareWindow) -> bool:
    return all(tile.words != "…" for tile in window.tiles.values())


def test_models_stand_side_by_side_over_one_time(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    compare = _opened(qtbot, window)
    assert compare.chosen() == ("heart",)
    qtbot.waitUntil(lambda: _all_there(compare))
    assert set(compare.tiles) == {"truth", "heart"}
    assert "kept" in compare.tiles["heart"].words
    assert "straightness" in compare.tiles["heart"].words
    assert compare.paths.paths["heart"].shape == (len(active(window).clip), 2)
    compare.show_frame(3)
    assert compare.frame.text().startswith("3 /")
    assert window.session.playhead == 0
    compare.close()


def test_dropped_frames_are_held_against_fillers_without_a_model(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    subject = active(window)
    window.session.push(SetKept(subject.id, (2, 3), False))
    compare = _opened(qtbot, window)
    assert set(RIVALS) < set(compare.chosen())
    qtbot.waitUntil(lambda: _all_there(compare))
    assert "dropped" in compare.tiles["heart"].words
    assert "kept" not in compare.tiles[BLEND].words
    compare.show_frame(2)
    assert compare.frame.text().endswith("dropped")
    series = {one.name: one.values for one in compare.chart.series}
    assert np.nonzero(series[BLEND])[0].tolist() == [2, 3]


def test_other_models_can_be_checked_and_the_document_stays_as_it_is(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    before = window.session.project.state
    compare = _opened(qtbot, window)
    rows = [compare.models.item(row) for row in range(compare.models.count())]
    other = next(item for item in rows if item.text().startswith("figures"))
    other.setCheckState(type(other.checkState()).Checked)
    qtbot.waitUntil(lambda: "figures" in compare.tiles and _all_there(compare))
    assert window.session.project.state == before
    assert set(compare.paths.paths) == {"heart", "figures"}


def test_nothing_to_compare_says_why(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    assert window.presenters.compare.why_not() == "Open a clip first."
    assert not window.actions_["model.compare"].isEnabled()


def test_what_was_asked_before_does_not_arrive_among_other_models(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    compare = _opened(qtbot, window)
    item = _row(compare, "heart")
    unchecked, checked = Qt.CheckState.Unchecked, Qt.CheckState.Checked
    item.setCheckState(unchecked)
    qtbot.waitUntil(lambda: set(compare.tiles) == {"truth"})
    qtbot.waitUntil(lambda: not window.engine.serving(Lane.EXPLORE))
    assert compare.chart.series == ()
    assert "at least one model" in compare.words.text()
    item.setCheckState(checked)
    qtbot.waitUntil(lambda: set(compare.tiles) == {"truth", "heart"} and _all_there(compare))
    assert "Drop frames" in compare.words.text()


def test_space_checks_a_model_in_the_list_and_plays_elsewhere(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    compare = _opened(qtbot, window)
    compare.activateWindow()
    qtbot.waitUntil(compare.isActiveWindow)
    item = _row(compare, "figures")
    compare.models.setCurrentItem(item)
    compare.models.setFocus()
    # A shortcut presses a button for a tenth of a second.
    with qtbot.assertNotEmitted(compare.play.toggled, wait=200):
        qtbot.keyClick(compare.models, Qt.Key.Key_Space)
    assert item.checkState() is Qt.CheckState.Checked
    compare.place.setFocus()
    with qtbot.waitSignal(compare.play.toggled):
        qtbot.keyClick(compare.place, Qt.Key.Key_Space)


def _row(window: CompareWindow, name: str) -> QListWidgetItem:
    rows = [window.models.item(row) for row in range(window.models.count())]
    return next(item for item in rows if item.text().startswith(f"{name} "))
