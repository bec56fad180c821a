"""What people do with the latent matrix in the window, by mouse, keys and menus."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.keys import Easing
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Decoded, Motion
from motionstudio.document.view import Selection
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import CTRL, NONE, SHIFT, click, double_click, drag, move, press, release
from tests.gui.small_model import DIMS, SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, is_encoded, key, open_clip, settle

FRAMES = 16


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window((1600, 1000))
    open_clip(qtbot, made, clip_path)
    made.bench.show_curves(True)
    QApplication.processEvents()
    return made


def track(window: MainWindow) -> LatentTrack:
    found = active(window).track
    assert found is not None
    return found


def select(window: MainWindow, rows: Any, dims: Any) -> None:
    matrix = window.bench.time.matrix
    matrix.set_selection(rows, dims)
    chosen = matrix.view.chosen
    window.session.view.update(selection=Selection(chosen.rows, chosen.dims))
    window.refresh_actions()


def run(window: MainWindow, name: str) -> None:
    window.refresh_actions()
    action = window.actions_[name]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def steps(window: MainWindow) -> int:
    return len(window.session.project.history.steps)


def spot(point: QPointF) -> tuple[float, float]:
    return point.x(), point.y()


def test_statement_01_one_undo_restores_everything_after_three_seconds_of_dragging(
    qtbot: Any, window: MainWindow
) -> None:
    window.presenters.playback.go(5)
    settle(qtbot, window)
    values, picture, before = track(window).values.tobytes(), generated(window), steps(window)
    row = window.bench.sliders.rows[2]
    slider = row.slider
    start = slider.knob()
    press(slider, spot(start))
    for n in range(180):
        shift = 60 * np.sin(n / 9)
        move(slider, (start.x() + shift, start.y()))
        if n % 6 == 0:
            QApplication.processEvents()
    release(slider, (start.x() + 20, start.y()))
    settle(qtbot, window)
    assert track(window).values.tobytes() != values
    assert not np.array_equal(generated(window), picture)
    assert steps(window) == before + 1
    key(window, "Ctrl+Z")
    settle(qtbot, window)
    assert track(window).values.tobytes() == values
    assert not track(window).is_edited
    assert np.array_equal(generated(window), picture)


def test_statement_02_no_edit_is_the_plain_reconstruction_bit_for_bit(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
) -> None:
    assert track(window).motion() is track(window).base
    window.presenters.playback.go(7)
    settle(qtbot, window)
    plain = generated(window).copy()
    select(window, (7,), (1,))
    window.presenters.latent.type_value((7,), (1,), 1.0)
    window.presenters.mute._toggle(2)
    settle(qtbot, window)
    assert not np.array_equal(generated(window), plain)
    window.presenters.latent.reset_all()
    window.presenters.mute.unmute()
    settle(qtbot, window)
    assert track(window).motion() is track(window).base
    assert np.array_equal(generated(window), plain)


def test_statement_03_two_hundred_moves_start_few_decodes_and_the_last_is_shown(
    qtbot: Any,
    window: MainWindow,
    small_models: dict[str, SmallModel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model that needs a tenth of the drag for one answer: ten decodes, and two more."""
    window.presenters.playback.go(5)
    settle(qtbot, window)
    model, decode = small_models[active(window).model], SmallModel.decode
    permits, asked = threading.Semaphore(0), []

    def slow(self: SmallModel, motion: Motion, *args: Any, **options: Any) -> Decoded:
        asked.append(float(motion.mean[5, 0]))
        assert permits.acquire(timeout=60)
        return decode(self, motion, *args, **options)

    monkeypatch.setattr(SmallModel, "decode", slow)
    slider = window.bench.sliders.rows[0].slider
    at, answers = spot(slider.knob()), 10
    press(slider, at)
    for n in range(200):
        started = len(asked)
        move(slider, (at[0] + 5 + n * 0.2, at[1]))
        if n % (200 // answers) == 0:
            permits.release()
            qtbot.waitUntil(lambda s=started: len(asked) > s, timeout=20_000)
    release(slider, (at[0] + 5 + 199 * 0.2, at[1]))
    during, last = len(asked), float(track(window).values[5, 0])
    for _ in range(400):
        permits.release()
    settle(qtbot, window)
    assert answers <= during <= answers + 2
    assert len(set(asked[:during])) > answers // 2, "the pictures followed the hand"
    assert asked[-1] == last
    assert set(asked[during + 1 :]) <= {last}, "only the one under way was out of date"
    assert window.presenters.pictures.up_to_date
    assert model.decodes >= len(asked)


def test_keys_are_added_dragged_bent_eased_and_removed(qtbot: Any, window: MainWindow) -> None:
    curves, at_first = window.bench.time.curves, steps(window)
    select(window, range(FRAMES), (3,))
    view = curves.view
    for frame in (3, 12):
        window.presenters.playback.go(frame)
        run(window, "key.add")
    assert [k.frame for k in track(window).keys.of(3)] == [3, 12]
    assert window.bench.timeline.strip.states.is_keyed(12)
    # A double click adds a key where the pointer is.
    double_click(view, (view.axis.centre(8), view._y(0.5)))
    added = track(window).keys.at(8, 3)
    assert added is not None
    assert added.value == pytest.approx(0.5, abs=0.05)
    # The way of the hand decides: first in time, then in value; never both.
    before = steps(window)
    x, y = spot(view.point(8, 3))
    drag(view, [(x, y), (x + view.axis.scale, y + 2), (x + 2 * view.axis.scale, y + 40)])
    assert [k.frame for k in track(window).keys.of(3)] == [3, 10, 12]
    assert track(window).values[10, 3] == pytest.approx(added.value, abs=1e-5)
    x, y = spot(view.point(10, 3))
    drag(view, [(x, y), (x + 2, y - 8), (x + 60, y - 20)])
    assert track(window).values[10, 3] > added.value
    assert steps(window) == before + 2
    # Dropped on another key it takes its place.
    x, y = spot(view.point(10, 3))
    drag(view, [(x, y), (x + view.axis.scale, y), (x + 2 * view.axis.scale, y)])
    assert [k.frame for k in track(window).keys.of(3)] == [3, 12]
    # The middle of a segment bends it.
    one, two = view.segments(3)[0]
    plain = track(window).values[7, 3]
    x, y = spot(view.middle(3, one, two))
    drag(view, [(x, y), (x, y - 15), (x, y - 25)])
    assert track(window).keys.of(3)[0].tension != 0
    assert track(window).values[7, 3] != plain
    low, high = sorted(k.value for k in track(window).keys.of(3))
    inside = track(window).values[3:13, 3]
    assert (inside >= low - 1e-6).all()
    assert (inside <= high + 1e-6).all()
    # Easing from the menu of the key.
    view.pick({(3, 3)})
    run(window, "ease.hold")
    assert track(window).keys.of(3)[0].easing is Easing.HOLD
    assert np.allclose(track(window).values[3:12, 3], track(window).keys.of(3)[0].value)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert [k.frame for k in track(window).keys.of(3)] == [12]
    run(window, "key.remove_all")
    assert not track(window).is_edited
    window.session.project.history.go_to(at_first)
    assert not track(window).keys
    assert not track(window).is_edited


def test_the_menu_of_a_key_draws_the_shapes(window: MainWindow) -> None:
    select(window, range(FRAMES), (3,))
    window.presenters.playback.go(4)
    run(window, "key.add")
    window.bench.time.curves.keyMenuRequested.emit((3, 4), QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    shapes = [a for a in menu.actions() if a.objectName().startswith("ease.ease")]
    assert shapes
    assert all(not action.icon().isNull() for action in shapes)
    menu.close()


def test_keys_keep_their_values_when_frames_are_dropped(qtbot: Any, window: MainWindow) -> None:
    select(window, range(FRAMES), (2,))
    for frame in (4, 10):
        window.presenters.keys.add_at(frame, 2, 1.0)
    before = track(window).values[4:11, 2].copy()
    base = track(window).base
    window.presenters.drop.keep_every(2)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert track(window).base is not base
    assert np.allclose(track(window).values[4:11, 2], before, atol=1e-6)
    window.presenters.playback.go(0)
    key(window, "Shift+.")
    marks = []
    for _ in range(FRAMES):
        marks.append(window.session.playhead)
        key(window, "Shift+.")
    assert {4, 10} <= set(marks)


def test_the_pencil_draws_in_curves_and_over_the_matrix(window: MainWindow) -> None:
    time = window.bench.time
    select(window, range(FRAMES), (1,))
    run(window, "latent.pencil")
    view, before = time.curves.view, steps(window)
    top = view.limit
    drags = ((4, 0.2), (7, 0.8), (9, 0.4))
    places = [(view.axis.centre(t), view._y(v * top)) for t, v in drags]
    drag(view, places)
    drawn = track(window).values[4:10, 1] / top
    assert drawn == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.6, 0.4], abs=0.06)
    assert steps(window) == before + 1
    matrix = time.matrix.view
    value = float(track(window).values[3, 1])
    cells = [matrix.cell_rect(t, 1).center() for t in (3, 6, 8)]
    drag(matrix, [spot(cell) for cell in cells])
    assert np.allclose(track(window).values[3:9, 1], value)
    assert steps(window) == before + 2
    press(matrix, spot(cells[0]))
    move(matrix, spot(matrix.cell_rect(12, 1).center()))
    QTest.keyClick(matrix, Qt.Key.Key_Escape)
    release(matrix, spot(cells[0]))
    assert steps(window) == before + 2
    run(window, "latent.pencil")


@pytest.mark.parametrize("name", ["gain", "smooth", "shift", "stretch", "seam"])
def test_operations_preview_live_and_are_one_step(
    qtbot: Any, window: MainWindow, name: str
) -> None:
    select(window, range(2, FRAMES), (1, 2))
    before, values = steps(window), track(window).values.copy()
    run(window, f"change.{name}")
    popover = window.presenters.operations.popover
    assert popover.isVisible()
    for share in (0.9, 0.7, 0.8):
        popover.slider.setValue(round(popover.slider.maximum() * share))
        window.presenters.gate.flush()
    changed = track(window).values
    assert not np.array_equal(changed, values)
    outside = np.ones(values.shape, bool)
    outside[2:, 1:3] = False
    assert np.array_equal(changed[outside], values[outside])
    QTest.keyClick(popover.slider, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert np.array_equal(track(window).values, values)
    assert steps(window) == before
    run(window, f"change.{name}")
    popover.slider.setValue(round(popover.slider.maximum() * 0.8))
    # A click elsewhere keeps it and does what it does.
    click(window.bench.time.matrix.view, (400.0, 60.0))
    assert not popover.isVisible()
    assert np.array_equal(track(window).values, changed)
    assert steps(window) == before + 1
    window.session.project.history.undo()
    assert np.array_equal(track(window).values, values)


@pytest.mark.parametrize("name", ["shift", "stretch", "seam"])
def test_a_single_cell_stands_for_the_whole_dimension_where_time_is_changed(
    window: MainWindow, name: str
) -> None:
    select(window, (5,), (2,))
    values = track(window).values.copy()
    run(window, f"change.{name}")
    popover = window.presenters.operations.popover
    assert f"{FRAMES} frames" in popover.detail.text()
    popover.slider.setValue(round(popover.slider.maximum() * 0.8))
    window.presenters.gate.flush()
    changed = track(window).values != values
    assert changed[:, 2].sum() > 1
    assert not np.delete(changed, 2, axis=1).any()
    QTest.keyClick(popover.slider, Qt.Key.Key_Escape)
    select(window, (5,), (2,))
    run(window, "change.reverse")
    assert np.allclose(track(window).values[1:, 2], values[1:, 2][::-1], atol=1e-6)


def test_cancel_takes_the_popover_away_with_its_preview(window: MainWindow) -> None:
    select(window, range(2, 9), (2,))
    values, before = track(window).values.copy(), steps(window)
    run(window, "change.gain")
    popover = window.presenters.operations.popover
    popover.slider.setValue(popover.slider.maximum())
    window.presenters.gate.flush()
    assert not np.array_equal(track(window).values, values)
    window.actions_["task.cancel"].trigger()
    assert not popover.isVisible()
    assert np.array_equal(track(window).values, values)
    assert steps(window) == before


def test_reverse_is_a_step_and_undone_by_itself(window: MainWindow) -> None:
    select(window, range(3, 9), (0,))
    values = track(window).values.copy()
    run(window, "change.reverse")
    assert np.allclose(track(window).values[3:9, 0], values[3:9, 0][::-1], atol=1e-6)
    run(window, "change.reverse")
    assert np.allclose(track(window).values, values, atol=1e-6)


def test_muting_changes_the_picture_and_solo_mutes_the_others(
    qtbot: Any, window: MainWindow
) -> None:
    window.presenters.playback.go(5)
    settle(qtbot, window)
    plain = generated(window).copy()
    busy = window.bench.time.matrix.view.order[0]
    select(window, range(FRAMES), (busy,))
    run(window, "latent.mute")
    settle(qtbot, window)
    assert not np.array_equal(generated(window), plain)
    assert track(window).motion().mean[5, busy] == 0
    run(window, "latent.mute")
    settle(qtbot, window)
    assert np.array_equal(generated(window), plain)
    run(window, "latent.solo")
    assert track(window).muted == tuple(d for d in range(DIMS) if d != busy)
    run(window, "latent.unmute")
    assert track(window).muted == ()
    settle(qtbot, window)
    assert not window.actions_["latent.unmute"].isEnabled()


def test_the_letters_at_the_head_of_a_row_mute_and_solo(window: MainWindow) -> None:
    view = window.bench.time.matrix.view
    window.bench.show_curves(False)  # They share their height with the matrix.
    QApplication.processEvents()
    assert view._layout.row_height >= 11
    dim = view.order[1]
    y = view.cell_rect(3, dim).center().y()
    move(view, (5.0, y), NONE, Qt.MouseButton.NoButton)
    click(view, (8.0, y))
    assert track(window).muted == (dim,)
    click(view, (8.0, y))
    assert track(window).muted == ()


def test_a_double_click_on_the_head_of_a_row_names_it(qtbot: Any, window: MainWindow) -> None:
    view = window.bench.time.matrix.view
    dim = view.order[2]
    y = view.cell_rect(3, dim).center().y()
    double_click(view, (view.axis.gutter - 12.0, y))
    assert view.editor is not None
    view.editor.setText("squeeze")
    QTest.keyClick(view.editor, Qt.Key.Key_Return)
    assert active(window).dim_name(dim) == "squeeze"
    window.bench.time.matrix.filter.setText("squ")
    assert view.order == (dim,)
    window.bench.time.matrix.filter.clear()
    assert len(view.order) == DIMS
    window.session.project.history.undo()
    assert active(window).dim_name(dim) == f"z{dim}"


def test_blocks_travel_through_the_clipboard_to_another_subject(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    select(window, range(4, 10), (1, 2))
    block = track(window).values[4:10, 1:3].copy()
    run(window, "edit.copy")
    said: list[str] = []
    window.session.notices.posted.connect(lambda notice: said.append(notice.text))
    first = active(window).id
    path = tmp_path / "other.npz"
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20)), path)
    second = open_clip(qtbot, window, path)
    assert second.id != first
    select(window, (3,), (4,))
    run(window, "edit.paste")
    assert np.allclose(track(window).values[3:9, 4:6], block, atol=1e-6)
    select(window, range(1, 12), (0, 1))
    run(window, "edit.paste")
    assert track(window).values[1, 0] == pytest.approx(block[0, 0], abs=1e-6)
    assert track(window).values[11, 1] == pytest.approx(block[-1, 1], abs=1e-6)
    qtbot.waitUntil(lambda: "resampled" in " ".join(said), timeout=5_000)
    select(window, (3, 4), (4,))
    run(window, "edit.cut")
    assert not track(window).edited[3:5, 4].any()


def test_selecting_by_what_cells_are(window: MainWindow) -> None:
    window.presenters.latent.type_value((3, 5), (2,), 0.7)
    run(window, "select.edited")
    assert window.session.selection == Selection((3, 5), (2,))
    run(window, "select.invert")
    assert window.session.selection.dims == (2,)
    assert set(window.session.selection.rows) == set(range(FRAMES)) - {3, 5}
    window.presenters.keys.add_at(6, 4, 0.2)
    run(window, "select.keyed")
    assert window.session.selection == Selection((6,), (4,))
    view = window.bench.time.matrix.view
    click(view, spot(view.cell_rect(2, 1).center()))
    click(view, spot(view.cell_rect(4, 1).center()), SHIFT)
    click(view, spot(view.cell_rect(8, 1).center()), CTRL)
    assert window.session.selection == Selection((2, 3, 4, 8), (1,))


def test_letting_go_of_alt_in_a_drag_lets_go_of_the_neighbours(window: MainWindow) -> None:
    before, matrix = track(window).values.copy(), window.bench.time.matrix
    matrix.editStarted.emit()
    matrix.valuesDragged.emit((8,), (1,), 0.5, 3.0)
    assert track(window).values[9, 1] != before[9, 1]
    matrix.valuesDragged.emit((8,), (1,), 0.5, 0.0)
    matrix.editFinished.emit()
    expected = before.copy()
    expected[8, 1] += 0.5
    np.testing.assert_allclose(track(window).values, expected, atol=1e-6)
    np.testing.assert_array_equal(track(window).values[9], before[9])


def test_a_key_dragged_over_edited_frames_and_back_leaves_them_as_they_were(
    window: MainWindow,
) -> None:
    presenters, curves = window.presenters, window.bench.time.curves
    presenters.latent.type_value((9, 10, 11), (1,), 0.75)
    presenters.keys.add_at(3, 1, 0.2)
    presenters.keys.add_at(6, 1, -0.4)
    before = track(window).values.copy()
    curves.editStarted.emit()
    for by in (4, 0):
        curves.keysMoved.emit(frozenset({(1, 6)}), by, 0.0)
    curves.editFinished.emit()
    np.testing.assert_array_equal(track(window).values, before)
