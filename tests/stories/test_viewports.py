"""What people do with the pictures: arrange, compare, draw into, measure, take with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.keys import Key
from motionstudio.core.onion import OnionSkin
from motionstudio.core.tracks import follow
from motionstudio.document.commands import EditLatent
from motionstudio.document.latent_commands import SetKeys
from motionstudio.document.schema import to_plain, view_from_plain
from motionstudio.document.view import ViewState
from motionstudio.gui.items.figure import FigureOptions
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import drag, hover
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, is_encoded, key, open_clip, settle

COUNT, SIDE = 10, 48
BARE = FigureOptions(scale=1, scale_bar=False, legend=False, titles=False)


def disc_labels(count: int, side: int) -> np.ndarray:
    """(T, H, W) uint8: 1 where the growing disc of ``blob_frames`` is, 2 in a ring around it."""
    y, x = np.mgrid[0:side, 0:side] / (side - 1) * 2 - 1
    made = np.zeros((count, side, side), np.uint8)
    for t in range(count):
        radius = 0.5 + 0.12 * np.sin(2 * np.pi * t / count)
        made[t][np.hypot(x, y) < radius + 0.25] = 2
        made[t][np.hypot(x, y) < radius] = 1
    return made


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    frames, labels = blob_frames(COUNT, SIDE), disc_labels(COUNT, SIDE)
    clip = Clip(
        frames, uniform_times(COUNT, 20), spacing=(1.5, 1.5), masks=labels,
        mask_valid=np.ones(COUNT, np.bool_), cyclic=True,
    )  # fmt: skip
    write_clip(clip, path)
    made = make_window((1440, 900))
    open_clip(qtbot, made, path)
    made.refresh_actions()
    return made


def canvas(window: MainWindow, place: int) -> Any:
    return window.bench.viewports.viewports[place].canvas


def wait_measured(qtbot: Any, window: MainWindow) -> None:
    regions = window.presenters.overlays.regions
    qtbot.waitUntil(lambda: len(regions.measured) == COUNT, timeout=20_000)


def test_number_keys_arrange_the_viewports(window: MainWindow) -> None:
    grid = window.bench.viewports
    for name, layout, count in (("1", "1", 1), ("2", "1|2", 2), ("3", "2x2", 4), ("4", "1+3", 4)):
        key(window, name)
        assert grid.layout_name == window.session.view.state.layout == layout
        assert [v.isVisible() for v in grid.shown] == [True] * count
    large, *small = grid.shown
    assert large.content is Content.GENERATED
    assert all(large.width() > 1.8 * one.width() for one in small)


def test_the_difference_is_never_shown_twice(window: MainWindow) -> None:
    grid = window.bench.viewports
    QTest.mouseClick(canvas(window, 1), Qt.MouseButton.LeftButton)
    key(window, "X")
    assert grid.viewports[1].content is Content.DIFFERENCE
    key(window, "3")
    assert len(set(grid.contents)) == 4
    assert grid.contents.count(Content.DIFFERENCE) == 1
    key(window, "X")
    assert grid.viewports[1].content is Content.GENERATED


def test_a_wipe_shows_two_pictures_and_its_divider_is_dragged(
    qtbot: Any, window: MainWindow
) -> None:
    window.presenters.playback.go(3)
    settle(qtbot, window)
    QTest.mouseClick(canvas(window, 1), Qt.MouseButton.LeftButton)
    key(window, "W")
    surface = canvas(window, 1)
    assert np.array_equal(surface.layers.picture[..., :1], generated(window))
    true = active(window).clip.frames[3]
    qtbot.waitUntil(lambda: np.array_equal(surface.right.picture[..., :1], true))
    area = surface.picture_rect()
    middle = (area.center().x(), area.center().y())
    drag(surface, [middle, (area.left() + 0.25 * area.width(), middle[1])])
    assert surface.divider == pytest.approx(0.25, abs=0.01)
    qtbot.waitUntil(lambda: window.session.view.state.viewports.divider < 0.3)
    window.presenters.playback.go(4)
    settle(qtbot, window)
    assert surface.divider == pytest.approx(0.25, abs=0.01)
    key(window, "W")
    assert surface.divider is None


def test_holding_f_flickers_every_viewport_to_the_source(qtbot: Any, window: MainWindow) -> None:
    strip = window.bench.timeline.strip
    strip.setFocus()
    before = canvas(window, 1).layers.picture.copy()
    QTest.keyPress(strip, Qt.Key.Key_F)
    assert "source" in canvas(window, 1).badges
    assert np.array_equal(canvas(window, 1).layers.picture[..., :1], active(window).clip.frames[0])
    QTest.keyRelease(strip, Qt.Key.Key_F)
    assert np.array_equal(canvas(window, 1).layers.picture, before)
    window.actions_["view.flicker"].trigger()
    assert "source" in canvas(window, 1).badges
    window.actions_["view.flicker"].trigger()
    assert "source" not in canvas(window, 1).badges


def test_the_onion_skin_shows_neighbours_and_one_key_takes_them_away(
    qtbot: Any, window: MainWindow
) -> None:
    window.presenters.playback.go(5)
    settle(qtbot, window)
    plain = canvas(window, 1).layers.picture.copy()
    key(window, "Q")
    grid = window.bench.viewports
    qtbot.waitUntil(lambda: len(grid.viewports[1].inputs.generated_ghosts) == 4, timeout=20_000)
    assert not np.array_equal(canvas(window, 1).layers.picture, plain)
    pane = window.presenters.overlays.pane
    pane.onionChanged.emit("before", 1)
    pane.onionChanged.emit("step", 3)
    qtbot.waitUntil(lambda: len(grid.viewports[1].inputs.generated_ghosts) == 2)
    frames = [ghost.frame for ghost in window.presenters.overlays.ghosts.frames()]
    assert sorted(frames) == [2, 8]
    key(window, "Q")
    assert np.array_equal(canvas(window, 1).layers.picture, plain)
    assert window.session.view.state.viewports.onion.step == 3


def test_the_onion_skin_of_keyed_frames_counts_keys_and_edits(
    qtbot: Any, window: MainWindow
) -> None:
    subject = active(window)
    block = np.full((1, 1), 0.5, np.float32)
    window.session.push(EditLatent(subject.id, (1,), (0,), block))
    same = float(subject.track.values[8, 1])
    window.session.push(SetKeys(subject.id, ((1, (Key(8, same),)),)))
    window.presenters.playback.go(4)
    overlays = window.presenters.overlays
    overlays.arrangement.toggle_onion()
    overlays.pane.onionChanged.emit("mode", "keyed")
    assert sorted(ghost.frame for ghost in overlays.ghosts.frames()) == [1, 8]


def test_viewports_zoom_apart_when_they_are_not_linked(window: MainWindow) -> None:
    grid = window.bench.viewports
    window.actions_["view.linked"].trigger()
    assert not grid.linked
    QTest.keyClick(canvas(window, 0), Qt.Key.Key_Plus)
    left, right = (canvas(window, place).picture_rect().width() for place in (0, 1))
    assert left > 1.2 * right
    key(window, "Z")
    assert canvas(window, 0).picture_rect().width() == pytest.approx(right, rel=0.02)
    QTest.keyClick(canvas(window, 1), Qt.Key.Key_Plus)
    grid._activate(1)
    window.actions_["view.linked"].trigger()
    assert canvas(window, 0)._view is canvas(window, 1)._view
    assert canvas(window, 0)._view.zoom > 1


def test_the_pointer_is_marked_in_every_viewport(qtbot: Any, window: MainWindow) -> None:
    wait_measured(qtbot, window)
    area = canvas(window, 0).picture_rect()
    before = canvas(window, 1).grab().toImage()
    QTest.mouseMove(canvas(window, 0), area.center().toPoint())
    assert canvas(window, 1).grab().toImage() != before
    window.actions_["view.cross_hair"].trigger()
    assert canvas(window, 1).grab().toImage() == before


def test_space_with_a_drag_pans_and_space_alone_plays(qtbot: Any, window: MainWindow) -> None:
    surface = canvas(window, 1)
    hover(surface, (90, 90))
    surface.setFocus()
    QTest.keyClick(surface, Qt.Key.Key_Plus)
    QTest.keyClick(surface, Qt.Key.Key_Plus)
    QTest.keyPress(surface, Qt.Key.Key_Space)
    before = surface.picture_rect().left()
    drag(surface, [(100, 100), (80, 100)])
    QTest.keyRelease(surface, Qt.Key.Key_Space)
    assert surface.picture_rect().left() == pytest.approx(before - 20, abs=1)
    assert not window.session.view.state.playing
    key(window, "Space")
    assert window.session.view.state.playing
    window.presenters.playback.toggle(False)


def test_a_tracked_point_follows_the_motion(qtbot: Any, window: MainWindow) -> None:
    trails = window.presenters.overlays.trails
    key(window, "T")
    assert trails.placing
    surface = canvas(window, 1)
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=surface.place_of(30, 22).toPoint())
    assert len(trails.points) == 1
    assert trails.points[0] == pytest.approx((30, 22), abs=0.6)
    qtbot.waitUntil(lambda: bool(np.isfinite(trails.paths).all()), timeout=20_000)
    settle(qtbot, window)
    fields = []
    for frame in range(COUNT):
        window.presenters.playback.go(frame)
        settle(qtbot, window)
        fields.append(window.presenters.pictures.shown.inverse)
    expected = follow(np.array(trails.points), np.stack(fields))
    assert np.allclose(trails.paths, expected, atol=1e-6)
    assert np.ptp(trails.paths[:, 0], axis=0).max() > 0.2
    rows = trails.table_text().splitlines()
    assert len(rows) == COUNT + 1
    assert rows[0].endswith("x_mm,y_mm,distance_mm")
    here = trails.paths[COUNT - 1, 0]
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=surface.place_of(*here).toPoint())
    assert trails.points == ()


def test_an_edit_moves_the_trails(qtbot: Any, window: MainWindow) -> None:
    trails = window.presenters.overlays.trails
    trails.place(1, 30.0, 24.0)
    qtbot.waitUntil(lambda: bool(np.isfinite(trails.paths).all()), timeout=20_000)
    before = trails.paths
    block = np.full((1, 3), 1.0, np.float32)
    window.session.push(EditLatent(active(window).id, (5,), (0, 1, 2), block))
    assert np.isnan(trails.paths[5]).all()
    qtbot.waitUntil(lambda: bool(np.isfinite(trails.paths).all()), timeout=20_000)
    moved = np.abs(trails.paths - before).max(axis=(1, 2))
    assert moved[5] > 0.5
    assert np.delete(moved, 5).max() == 0


def test_labels_are_carried_along_and_measured(qtbot: Any, window: MainWindow) -> None:
    overlays = window.presenters.overlays
    wait_measured(qtbot, window)
    labels = active(window).clip.masks
    for frame, measured in overlays.regions.measured.items():
        own = np.count_nonzero(labels[frame] == 1) * 1.5**2
        assert measured.regions[1].true_area == pytest.approx(own)
        assert measured.regions[1].dice > 0.8
    still = overlays.regions.measured[0].regions[1]
    assert still.area == still.true_area
    assert abs(still.first) < 1e-6
    words = overlays.measurements.words.text()
    assert "mm²" in words
    assert "Dice" in words
    assert "area-based" in words
    overlays.measurements.quantityChanged.emit("strain")
    assert "FᵀF" in overlays.measurements.words.text()
    overlays.measurements.labelChanged.emit(2)
    assert "circumferential" in overlays.measurements.words.text()
    names = {stroke.colour for stroke in canvas(window, 1).layers.strokes}
    assert len(names) == 2
    window.actions_["view.labels"].trigger()
    assert canvas(window, 1).layers.strokes == ()


def test_what_an_edit_changes_is_measured_anew(qtbot: Any, window: MainWindow) -> None:
    wait_measured(qtbot, window)
    measured = window.presenters.overlays.regions.measured
    before = measured[4]
    for value in (0.5, 1.0):
        block = np.full((1, 1), value, np.float32)
        window.session.push(EditLatent(active(window).id, (4,), (0,), block))
        settle(qtbot, window)
        wait_measured(qtbot, window)
    assert measured[4].regions[1].area != before.regions[1].area


def test_labels_of_another_frame_are_brought_to_the_reference_first(
    qtbot: Any, window: MainWindow
) -> None:
    overlays = window.presenters.overlays
    wait_measured(qtbot, window)
    overlays.measurements.frameChanged.emit(3)
    wait_measured(qtbot, window)
    assert overlays.regions.label_frame == 3
    assert overlays.regions.measured[3].regions[1].dice > 0.9


def test_the_chart_goes_to_frames_and_shows_the_playhead(qtbot: Any, window: MainWindow) -> None:
    wait_measured(qtbot, window)
    window.bench.show_pane("measurements")
    chart = window.presenters.overlays.measurements.chart
    place = QPoint(round(chart.axis.centre(7)), chart.height() // 2)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    assert window.session.playhead == 7
    assert chart.current == 7
    assert "own label" in chart.describe(7)


def test_labels_come_from_a_file(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:
    single = np.zeros((SIDE, SIDE), np.uint8)
    single[10:30, 12:20] = 5
    path = tmp_path / "drawn.npy"
    np.save(path, single[np.newaxis])
    overlays = window.presenters.overlays
    overlays.labels.load(active(window), path)
    qtbot.waitUntil(
        lambda: overlays.regions.labels is not None and overlays.regions.labels.present == (5,)
    )
    wait_measured(qtbot, window)
    assert overlays.regions.measured[0].regions[5].area == 160 * 1.5**2
    assert np.isnan(overlays.regions.measured[4].regions[5].dice)


def test_a_label_file_of_another_size_is_refused_in_one_sentence(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "small.npy"
    np.save(path, np.ones((1, 12, 12), np.uint8))
    said: list[Any] = []
    window.session.notices.posted.connect(said.append)
    overlays = window.presenters.overlays
    overlays.labels.load(active(window), path)
    qtbot.waitUntil(lambda: any("small.npy" in str(notice) for notice in said))
    assert overlays.regions.labels is not None
    assert overlays.regions.labels.present == (1, 2)


def test_a_figure_at_scale_one_has_the_pictures_own_pixels(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    window.presenters.playback.go(4)
    settle(qtbot, window)
    window.actions_["view.labels"].trigger()
    window.bench.viewports._activate(1)
    path = tmp_path / "figure.png"
    window.behaviours.viewports.figures.write_figure(path, BARE, every=False)
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    lines = [bytes(image.constScanLine(y))[: 3 * SIDE] for y in range(SIDE)]
    pixels = np.frombuffer(b"".join(lines), np.uint8).reshape(SIDE, SIDE, 3)
    assert np.array_equal(pixels, np.repeat(generated(window), 3, axis=2))


def test_an_svg_has_overlays_and_words_as_vectors(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    wait_measured(qtbot, window)
    key(window, "3")
    path = tmp_path / "figure.svg"
    options = FigureOptions(scale=3, frame="frame")
    window.behaviours.viewports.figures.write_figure(path, options, every=True)
    text = path.read_text()
    # Four pictures and the colours of the difference's legend.
    assert text.count("<image") == 5
    assert text.count("<path") > 4
    assert re.search(r"<text[^>]*>\s*(10|20) mm", text)
    assert "frame 0" in text
    bare = FigureOptions(scale=3, scale_bar=False, titles=False)
    window.behaviours.viewports.figures.write_figure(path, bare, every=True)
    assert " mm<" not in path.read_text()


def test_a_picture_dragged_out_is_the_one_shown(qtbot: Any, window: MainWindow) -> None:
    window.actions_["view.labels"].trigger()
    out: list[int] = []
    grid = window.bench.viewports
    grid.draggedOut.disconnect()
    grid.draggedOut.connect(out.append)
    surface = canvas(window, 0)
    area = surface.picture_rect().center()
    drag(surface, [(area.x(), area.y()), (area.x(), -30)])
    assert out == [0]
    image = window.behaviours.viewports.figures.dragged_image(0)
    assert image is not None
    assert (image.width(), image.height()) == (SIDE, SIDE)
    assert image.pixelColor(9, 7).red() == active(window).clip.frames[0][7, 9, 0]


def test_a_screenshot_is_written_whole(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "window.png"
    window.behaviours.viewports.figures.write_screenshot(window.grab().toImage(), path)
    assert QImage(str(path)).width() == window.width()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_read_out_names_units_motion_and_labels(qtbot: Any, window: MainWindow) -> None:
    wait_measured(qtbot, window)
    window.presenters.playback.go(3)
    settle(qtbot, window)
    heard: list[str] = []
    window.bench.viewports.hovered.connect(heard.append)
    surface = canvas(window, 1)
    QTest.mouseMove(surface, surface.place_of(24, 20).toPoint())
    for part in ("x 24, y 20", "generated", "source", "px", "mm", "area ×", "carried label"):
        assert part in heard[-1]


def test_the_view_comes_back_from_plain_data(qtbot: Any, window: MainWindow) -> None:
    overlays = window.presenters.overlays
    key(window, "4")
    overlays.trails.place(1, 20.0, 21.0)
    overlays.arrangement.toggle_wipe()
    overlays.arrangement._on_onion("step", 4)
    state = window.session.view.state
    manifest, _ = to_plain(window.session.project.state, state)
    read = view_from_plain(manifest)
    assert isinstance(read, ViewState)
    assert read.viewports == state.viewports
    assert (read.layout, read.contents) == ("1+3", state.contents)
    window.session.view.set(ViewState(active=state.active))
    assert window.bench.viewports.layout_name == "1|2"
    window.session.view.set(read)
    assert window.bench.viewports.layout_name == "1+3"
    assert overlays.trails.points == state.viewports.points_of(active(window).id)
    assert read.viewports.onion == OnionSkin(step=4)


def test_another_subject_has_its_own_points_and_labels(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    overlays = window.presenters.overlays
    overlays.trails.place(1, 20.0, 21.0)
    path = tmp_path / "plain.npz"
    write_clip(Clip(blob_frames(6, 32), uniform_times(6, 10)), path)
    first = active(window).id
    open_clip(qtbot, window, path)
    assert overlays.trails.points == ()
    assert overlays.regions.labels is None
    assert canvas(window, 1).layers.strokes == ()
    window.session.show(first)
    qtbot.waitUntil(lambda: is_encoded(window))
    assert len(overlays.trails.points) == 1
    wait_measured(qtbot, window)


def test_a_drawn_label_is_carried_along_and_can_be_taken_away(
    qtbot: Any, window: MainWindow
) -> None:
    overlays = window.presenters.overlays
    window.actions_["view.draw_label"].trigger()
    assert overlays.drawing.drawing
    surface = canvas(window, 1)
    corners = [(12, 14), (34, 14), (34, 32), (12, 32)]
    for x, y in [*corners, corners[0]]:
        QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=surface.place_of(x, y).toPoint())
    assert not overlays.drawing.drawing
    assert overlays.regions.labels.present == (1,)
    wait_measured(qtbot, window)
    still = overlays.regions.measured[0].regions[1]
    assert still.area == pytest.approx(22 * 18 * 1.5**2, rel=0.12)
    assert "drawn label" in overlays.measurements.label.currentText()
    window.refresh_actions()
    window.actions_["view.clear_label"].trigger()
    assert overlays.regions.labels.present == (1, 2)


def test_one_tool_at_a_time_takes_the_clicks(window: MainWindow) -> None:
    overlays, handles = window.presenters.overlays, window.presenters.shaping.handles
    window.actions_["view.place_points"].trigger()
    window.actions_["view.draw_label"].trigger()
    assert (overlays.trails.placing, overlays.drawing.drawing) == (False, True)
    handles.set_tool(True)
    assert not overlays.drawing.drawing
    window.actions_["view.place_points"].trigger()
    assert overlays.trails.placing
    assert not handles.tool
