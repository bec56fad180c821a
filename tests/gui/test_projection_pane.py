"""The projection pane in the whole window: shown, walked along, dragged, explored, exported."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.projection import FitOptions
from motionstudio.document.view import Selection
from motionstudio.gui.items.projection_plot import ProjectionPlot
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import SHIFT, click, hover, move, press, release
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    made = make_window((1440, 900))
    for name, count in (("beat", 12), ("slow", 9)):
        path = tmp_path / f"{name}.npz"
        write_clip(Clip(blob_frames(count, 48), uniform_times(count, 20)), path)
        open_clip(qtbot, made, path)
    path = tmp_path / "colour.npz"
    write_clip(Clip(blob_frames(8, 48, 3), uniform_times(8, 20)), path)
    open_clip(qtbot, made, path)
    made.session.show(made.session.project.subjects[1].id)
    made.bench.show_pane("projection")
    qtbot.waitUntil(lambda: bool(plot(made).state.trajectories), timeout=20_000)
    settle(qtbot, made)
    return made


def plot(window: MainWindow) -> ProjectionPlot:
    found = window.presenters.explore.projection_pane.plot
    assert found is not None
    return found


def spot(window: MainWindow, row: int, subject: int = 1) -> tuple[float, float]:
    """Pixel of a point."""
    trajectory = plot(window).state.find(window.session.project.subjects[subject].id)
    assert trajectory is not None
    x, y = trajectory.points[row]
    pixel = plot(window).pixel_of((float(x), float(y)))
    return pixel.x(), pixel.y()


def lonely(window: MainWindow) -> int:
    """A row of the active subject, not the reference, that no other point covers."""
    pixels = np.array([spot(window, row) for row in range(9)])
    others = np.array([spot(window, row, 0) for row in range(12)])
    everything = np.concatenate([pixels, others])
    gaps = []
    for row in range(1, 9):
        away = np.linalg.norm(everything - pixels[row], axis=1)
        gaps.append(np.sort(away)[1])
    return int(np.argmax(gaps)) + 1


def test_only_subjects_of_the_active_model_are_shown_and_a_note_says_so(
    window: MainWindow,
) -> None:
    state = plot(window).state
    names = [trajectory.name for trajectory in state.trajectories]
    assert names == ["beat", "slow"]  # the active one last, on top
    assert state.active is not None
    assert state.active.name == "slow"
    pane = window.presenters.explore.projection_pane
    assert "1 subject uses another one" in pane.note.text()
    assert "PCA of 19 frames of 2 subjects" in pane.caption.text()
    assert state.x_name.startswith("PC 1 (")


def test_clicking_a_point_goes_to_its_frame_and_subject(qtbot: Any, window: MainWindow) -> None:
    row = lonely(window)
    click(plot(window).viewport(), spot(window, row))
    assert window.session.view.state.playhead == row
    assert plot(window).state.playhead == row
    window.presenters.explore.projection.go(window.session.project.subjects[0].id, 7)
    assert active(window).name == "beat"
    assert window.session.view.state.playhead == 7


def test_dragging_a_point_moves_only_the_components_of_the_plane(
    qtbot: Any, window: MainWindow
) -> None:
    row = lonely(window)
    subject, projection = active(window), window.presenters.explore.fit.projection
    assert subject.track is not None
    assert projection is not None
    steps = len(window.session.project.history.steps)
    before = subject.track.values.copy()
    start = spot(window, row)
    shape = plot(window).size()
    view = plot(window).viewport()
    press(view, start)
    for part in range(1, 5):
        move(view, (start[0] + 10 * part, start[1] - 5 * part))
    release(view, (start[0] + 40, start[1] - 20))
    settle(qtbot, window)
    track = active(window).track
    assert track is not None
    changed = np.flatnonzero((track.values != before).any(axis=1))
    assert changed.tolist() == [row]
    moved = projection.scores(track.values[row : row + 1] - before[row : row + 1])[0]
    moved -= projection.scores(np.zeros((1, before.shape[1])))[0]
    assert moved[0] > 1e-3
    assert moved[1] > 1e-3
    assert np.allclose(moved[2:], 0, atol=1e-5)
    assert plot(window).size() == shape  # offering to recompute moves nothing
    end = spot(window, row)
    assert np.allclose(end, (start[0] + 40, start[1] - 20), atol=3)
    assert len(window.session.project.history.steps) == steps + 1
    window.session.project.history.undo()
    track = active(window).track
    assert track is not None
    assert np.array_equal(track.values, before)


def test_escape_takes_a_drag_back_and_leaves_no_step(qtbot: Any, window: MainWindow) -> None:
    row = lonely(window)
    steps = window.session.project.history.steps
    start, view = spot(window, row), plot(window).viewport()
    press(view, start)
    move(view, (start[0] + 30, start[1]))
    move(view, (start[0] + 60, start[1]))
    QTest.keyClick(plot(window), Qt.Key.Key_Escape)
    assert window.session.project.history.steps == steps
    track = active(window).track
    assert track is not None
    assert not track.is_edited
    assert not window.session.project.in_transaction
    release(view, (start[0] + 60, start[1]))


def test_the_reference_refuses_to_be_dragged_and_says_why(qtbot: Any, window: MainWindow) -> None:
    said: list[Any] = []
    window.session.notices.posted.connect(said.append)
    start, view = spot(window, 0), plot(window).viewport()
    press(view, start)
    move(view, (start[0] + 30, start[1]))
    release(view, (start[0] + 30, start[1]))
    assert not window.session.project.in_transaction
    qtbot.waitUntil(lambda: any("reference" in notice.text for notice in said), timeout=5000)


def test_a_box_selects_frames(window: MainWindow) -> None:
    view = plot(window).viewport()
    pixels = np.array([spot(window, row) for row in range(9)])
    low, high = pixels.min(0) - 6, pixels.max(0) + 6
    press(view, (low[0], low[1]), SHIFT)
    move(view, (high[0], high[1]), SHIFT)
    release(view, (high[0], high[1]), SHIFT)
    assert window.session.selection.rows == tuple(range(9))
    shown = plot(window).state.active
    assert shown is not None
    assert shown.chosen.all()


def test_hovering_shows_the_decoded_picture_of_a_point(qtbot: Any, window: MainWindow) -> None:
    pane = window.presenters.explore.projection_pane
    hover(plot(window).viewport(), spot(window, lonely(window)))
    assert pane.card is not None
    assert pane.card.isVisible()
    assert "frame" in pane.card.words
    pictures = window.presenters.explore.pictures
    qtbot.waitUntil(lambda: pictures.at_hand("hover"), timeout=20_000)


def test_exploring_shows_a_place_and_edits_nothing(qtbot: Any, window: MainWindow) -> None:
    pane = window.presenters.explore.projection_pane
    pane.explore.click()
    revision = window.session.project.revision
    corner = (plot(window).width() - 30.0, 20.0)
    press(plot(window).viewport(), corner)
    move(plot(window).viewport(), (corner[0] - 10, corner[1] + 5))
    assert pane.card is not None
    assert "not edited" in pane.card.words
    qtbot.waitUntil(lambda: window.presenters.explore.pictures.at_hand("hover"), timeout=20_000)
    release(plot(window).viewport(), corner)
    assert not pane.card.isVisible()
    assert window.session.project.revision == revision


def test_keys_walk_along_the_frames(window: MainWindow) -> None:
    plot(window).setFocus()
    for _ in range(3):
        QTest.keyClick(plot(window), Qt.Key.Key_Right)
    assert window.session.view.state.playhead == 0
    QTest.keyClick(plot(window), Qt.Key.Key_Return)
    assert window.session.view.state.playhead == 3


def test_edits_offer_to_recompute_and_options_refit_at_once(qtbot: Any, window: MainWindow) -> None:
    explore = window.presenters.explore
    first = explore.fit.projection
    row = lonely(window)
    start, view = spot(window, row), plot(window).viewport()
    press(view, start)
    move(view, (start[0] + 50, start[1]))
    release(view, (start[0] + 50, start[1]))
    assert explore.fit.projection is first
    assert explore.projection_pane.recompute.isVisible()
    explore.projection_pane.recompute.click()
    qtbot.waitUntil(lambda: explore.fit.projection is not first, timeout=10_000)
    assert not explore.projection_pane.recompute.isVisible()
    explore.projection_pane.form.whiten.click()
    qtbot.waitUntil(
        lambda: explore.fit.projection is not None and explore.fit.projection.options.whiten,
        timeout=10_000,
    )
    assert "whitened" in explore.projection_pane.caption.text()


def test_three_components_turn_and_come_back(window: MainWindow) -> None:
    pane = window.presenters.explore.projection_pane
    flat = plot(window).state
    pane.solid.click()
    solid = plot(window).state
    assert solid.solid
    assert len(solid.spokes) == 3
    before = solid.trajectories[-1].points
    edge = (5.0, plot(window).height() - 5.0)
    press(plot(window).viewport(), edge)
    move(plot(window).viewport(), (60.0, edge[1] - 20))
    move(plot(window).viewport(), (90.0, edge[1] - 40))
    release(plot(window).viewport(), (90.0, edge[1] - 40))
    assert not np.allclose(plot(window).state.trajectories[-1].points, before)
    pane.solid.click()
    assert np.allclose(plot(window).state.trajectories[-1].points, flat.trajectories[-1].points)


def test_the_strip_walks_along_a_component_and_finds_what_is_near(
    qtbot: Any, window: MainWindow
) -> None:
    pane = window.presenters.explore.projection_pane
    qtbot.waitUntil(lambda: len(pane.strip.entries) == 5, timeout=10_000)
    assert [entry.caption for entry in pane.strip.entries][2] == "centre"
    qtbot.waitUntil(lambda: window.presenters.explore.pictures.at_hand("strip"), timeout=20_000)
    pane.strip_choice.setCurrentText("Nearest motions")
    pane.strip_choice.activated.emit(pane.strip_choice.currentIndex())
    assert [entry.caption for entry in pane.strip.entries] == ["beat"]
    click(pane.strip, (pane.strip.area(0).center().x(), pane.strip.area(0).center().y()))
    assert active(window).name == "beat"


def test_pictures_behind_the_plot_come_and_go(qtbot: Any, window: MainWindow) -> None:
    pane = window.presenters.explore.projection_pane
    pane.grid.click()
    qtbot.waitUntil(lambda: window.presenters.explore.pictures.at_hand("grid"), timeout=30_000)
    qtbot.waitUntil(lambda: plot(window).mosaic_shown, timeout=10_000)
    pane.grid.click()
    assert not plot(window).mosaic_shown


def test_selected_frames_and_training_data_are_refused_with_a_reason(window: MainWindow) -> None:
    fit = window.presenters.explore.fit
    assert "Select at least two frames" in fit.why_not("rows")
    assert "does not say" in fit.why_not("dataset")
    window.session.view.update(selection=Selection((2, 3, 4), (0,)))
    assert fit.why_not("rows") == ""


def test_a_fit_on_selected_frames(qtbot: Any, window: MainWindow) -> None:
    fit = window.presenters.explore.fit
    window.session.view.update(selection=Selection((2, 3, 4), (0,)))
    fit.set_options(FitOptions(scope="rows"))
    qtbot.waitUntil(lambda: fit.projection is not None and fit.projection.count == 3)
    window.session.view.update(selection=Selection((2, 3, 4, 5), (0,)))
    assert "Other frames are selected" in fit.stale
    fit.recompute()
    qtbot.waitUntil(lambda: fit.projection is not None and fit.projection.count == 4)


def test_points_and_plot_are_written(window: MainWindow, tmp_path: Path) -> None:
    export = window.presenters.explore.projection_export
    export.write_points(tmp_path / "points.csv")
    with (tmp_path / "points.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 21
    assert {line["subject"] for line in lines} == {"beat", "slow"}
    assert sum(line["in_fit"] == "1" for line in lines) == 19
    assert (tmp_path / "points.json").is_file()
    export.write_plot(tmp_path / "plot.png")
    export.write_plot(tmp_path / "plot.svg")
    assert (tmp_path / "plot.png").stat().st_size > 2000
    drawing = (tmp_path / "plot.svg").read_text()
    assert "<svg" in drawing
    assert "slow" in drawing


def test_wheel_zooms_at_the_pointer_and_a_double_click_fits(window: MainWindow) -> None:
    plot(window).fit()
    shown = plot(window).bounds()
    place = QPointF(100, 80)
    under = plot(window).place_of(place)
    plot(window).zoom(0.5, place)
    assert np.allclose(plot(window).place_of(place), under, atol=1e-6)
    assert plot(window).bounds()[1] < shown[1]
    plot(window).fit()
    assert np.allclose(plot(window).bounds(), shown, atol=1e-6)


def test_names_of_cycles_that_end_in_one_place_stand_apart() -> None:
    from motionstudio.gui.items.projection_layers import label_rows

    angles = np.linspace(0, 2 * np.pi, 20)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    clouds = [ring * size + (1 - size, 0) for size in (1.0, 0.98, 0.96, 0.94)]
    spots = [cloud[row] for cloud, row in zip(clouds, label_rows(clouds), strict=True)]
    gaps = [np.linalg.norm(a - b) for i, a in enumerate(spots) for b in spots[:i]]
    assert min(gaps) > 0.5
