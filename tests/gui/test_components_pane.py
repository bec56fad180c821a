"""Sliders along components and named directions in the whole window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.direction import Direction
from motionstudio.document.direction_commands import SaveDirection
from motionstudio.document.view import Selection
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.panes.components import Components
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import double_click, move, press, release
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    made = make_window((1440, 900))
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20)), path)
    open_clip(qtbot, made, path)
    made.presenters.playback.go(4)
    made.bench.show_pane("components")
    qtbot.waitUntil(lambda: bool(pane(made).rows), timeout=20_000)
    settle(qtbot, made)
    return made


def pane(window: MainWindow) -> Components:
    found: Components = window.presenters.explore.components_pane
    return found


def values(window: MainWindow) -> np.ndarray:
    track = active(window).track
    assert track is not None
    return track.values.copy()


def drag_slider(slider: Any, pixels: float) -> None:
    knob = slider.knob()
    press(slider, (knob.x(), knob.y()))
    for part in range(1, 5):
        move(slider, (knob.x() + pixels * part / 4, knob.y()))
    release(slider, (knob.x() + pixels, knob.y()))


def test_sliders_show_the_scores_of_the_frame_over_three_deviations(window: MainWindow) -> None:
    projection = window.presenters.explore.fit.projection
    assert projection is not None
    expected = projection.scores(values(window)[4:5].astype(np.float64))[0]
    shown = [row.number.value() for row in pane(window).rows]
    assert np.allclose(shown, expected[: len(shown)], atol=0.006)


def test_dragging_a_slider_moves_one_component_of_one_row(qtbot: Any, window: MainWindow) -> None:
    projection = window.presenters.explore.fit.projection
    assert projection is not None
    before, steps = values(window), len(window.session.project.history.steps)
    drag_slider(pane(window).rows[1].slider, 12)
    settle(qtbot, window)
    after = values(window)
    assert np.flatnonzero((after != before).any(axis=1)).tolist() == [4]
    change = (after - before)[4] @ projection.axes.components.T
    assert change[1] > 1e-4
    assert np.allclose(np.delete(change, 1), 0, atol=1e-5)
    assert len(window.session.project.history.steps) == steps + 1
    window.session.project.history.undo()
    assert np.array_equal(values(window), before)


def test_selected_frames_follow_and_so_do_neighbours_of_a_soft_edit(
    qtbot: Any, window: MainWindow
) -> None:
    before = values(window)
    window.session.view.update(selection=Selection((5, 6), (0,)))
    drag_slider(pane(window).rows[0].slider, 8)
    assert np.flatnonzero((values(window) != before).any(axis=1)).tolist() == [5, 6]
    window.bench.time.matrix.soft.click()
    window.session.view.update(selection=Selection((8,), (0,)))
    drag_slider(pane(window).rows[0].slider, 8)
    changed = np.flatnonzero((values(window) != before).any(axis=1))
    assert {7, 8, 9} <= set(changed.tolist())


def test_a_double_click_resets_one_component(qtbot: Any, window: MainWindow) -> None:
    before = values(window)
    drag_slider(pane(window).rows[0].slider, 10)
    double_click(pane(window).rows[0].slider, (3.0, 3.0))
    assert np.allclose(values(window), before, atol=1e-5)


def test_typing_sets_the_score(window: MainWindow) -> None:
    projection = window.presenters.explore.fit.projection
    assert projection is not None
    pane(window).rows[0].number.setValue(0.25)
    found = projection.scores(values(window)[4:5].astype(np.float64))[0, 0]
    assert found == pytest.approx(0.25, abs=1e-5)


def test_the_reference_is_locked_with_a_reason(window: MainWindow) -> None:
    window.presenters.playback.go(0)
    row = pane(window).rows[0]
    assert not row.slider.isEnabled()
    assert "reference" in row.slider.toolTip()


def test_a_direction_is_saved_applied_renamed_kept_and_deleted(
    qtbot: Any, window: MainWindow
) -> None:
    ways, listed = window.presenters.explore.directions, pane(window).directions
    ways.save("component 0")
    assert [d.name for d in window.session.project.state.directions] == ["PC 1"]
    before = values(window)
    drag_slider(listed.amount, 15)
    settle(qtbot, window)
    moved = values(window) - before
    assert np.count_nonzero(moved.any(axis=1)) == 11  # all but the reference
    assert np.allclose(moved[1:], moved[1], atol=1e-5)
    assert listed.figure.text().endswith("0.00")
    window.session.project.history.undo()
    assert np.array_equal(values(window), before)
    listed.list.item(0).setText("squeeze")
    assert [d.name for d in window.session.project.state.directions] == ["squeeze"]
    listed.keep.click()
    assert ways.presets_path.is_file()
    listed.remove.click()
    assert window.session.project.state.directions == ()
    assert [(e.name, e.preset) for e in listed.entries] == [("squeeze", True)]
    listed.remove.click()
    assert listed.entries == ()


def test_courses_go_to_the_selected_frames(window: MainWindow) -> None:
    ways, listed = window.presenters.explore.directions, pane(window).directions
    ways.save("component 0")
    window.session.view.update(selection=Selection((3, 4, 5), (0,)))
    listed.course.setCurrentIndex(listed.course.findData("ramp"))
    before = values(window)
    drag_slider(listed.amount, 15)
    sizes = np.linalg.norm(values(window) - before, axis=1)
    assert np.flatnonzero(sizes > 1e-6).tolist() == [4, 5]
    assert sizes[5] == pytest.approx(2 * sizes[4], rel=1e-4)


def test_escape_takes_the_amount_back(window: MainWindow) -> None:
    ways, listed = window.presenters.explore.directions, pane(window).directions
    ways.save("component 0")
    before, slider = values(window), listed.amount
    slider.setFocus()
    knob = slider.knob()
    press(slider, (knob.x(), knob.y()))
    move(slider, (knob.x() + 12, knob.y()))
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    assert np.array_equal(values(window), before)
    assert not window.session.project.in_transaction
    release(slider, (knob.x() + 12, knob.y()))


def test_a_difference_of_frames_and_an_edit_become_directions(window: MainWindow) -> None:
    ways = window.presenters.explore.directions
    assert "Select two blocks" in ways.why_no_difference()
    assert ways.why_no_edit()
    window.session.view.update(selection=Selection((1, 2, 7, 8), (0,)))
    ways.save("frames")
    found = window.session.project.state.directions[0].values
    expected = values(window)[[7, 8]].mean(0) - values(window)[[1, 2]].mean(0)
    assert np.allclose(found, expected, atol=1e-6)
    window.session.view.update(selection=Selection())
    drag_slider(pane(window).rows[0].slider, 10)
    ways.save("edit")
    track = active(window).track
    assert track is not None
    assert np.array_equal(window.session.project.state.directions[1].values, track.offset[4])


def test_directions_travel_by_file(window: MainWindow, tmp_path: Path) -> None:
    ways = window.presenters.explore.directions
    ways.save("component 0")
    ways.save("component 1")
    ways.export_file(tmp_path / "mine.json")
    kept = window.session.project.state.directions
    for _ in kept:
        window.session.project.history.undo()
    ways.import_file(tmp_path / "mine.json")
    assert window.session.project.state.directions == kept
    assert window.session.project.history.undo_label == "Import 2 directions"


def test_a_direction_of_another_model_says_why_it_cannot_be_applied(window: MainWindow) -> None:
    listed = pane(window).directions
    window.session.project.push(SaveDirection(Direction("far", "figures", "", (1.0, 2.0))))
    assert "figures" in listed.entries[0].reason
    assert not listed.amount.isEnabled()
    assert "figures" in listed.amount.toolTip()
