"""Latent matrix: selecting, dragging, typing, resetting; silent setters; what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.core.keys import Key, KeySet
from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK
from tests.gui.gestures import (
    ALT,
    CTRL,
    NONE,
    SHIFT,
    centre,
    click,
    double_click,
    drag,
    hover,
    move,
    press,
    release,
    wheel,
)
from tests.gui.spy import Spy, all_signals

FRAMES, DIMS = 12, 8
EDITS = ("editStarted", "valuesDragged", "editFinished", "editCancelled")


def motion() -> np.ndarray:
    rng = np.random.default_rng(2)
    values = rng.normal(0, 1, (FRAMES, DIMS)).astype(np.float32)
    values[0] = 0
    return values


@pytest.fixture
def matrix(qtbot: QtBot, qapp: QApplication) -> LatentMatrix:
    apply(qapp, "dark")
    pane = LatentMatrix(TimeAxis())
    qtbot.addWidget(pane)
    pane.view.axis.set_count(FRAMES)
    pane.set_matrix(motion(), motion())
    pane.set_locked(np.arange(FRAMES) == 0)
    pane.set_limit(2.0)
    pane.resize(900, 260)
    pane.show()
    return pane


def at(pane: LatentMatrix, row: int, dim: int) -> tuple[float, float]:
    return centre(pane.view.cell_rect(row, dim))


def up(place: tuple[float, float], pixels: float) -> tuple[float, float]:
    return place[0], place[1] - pixels


def test_a_click_selects_a_cell_and_shows_its_frame(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, "selectionChanged", "scrubbed")
    click(matrix.view, at(matrix, 5, 3))
    assert spy.heard == [("selectionChanged", (5,), (3,)), ("scrubbed", 5)]


def test_a_drag_over_unselected_cells_selects_a_box(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, "selectionChanged", *EDITS)
    drag(matrix.view, [at(matrix, 7, 5), at(matrix, 4, 3)])
    assert spy.of("selectionChanged")[-1] == ((4, 5, 6, 7), (3, 4, 5))
    assert not {name for name in spy.names if name in EDITS}


def test_a_presenter_that_echoes_the_selection_does_not_disturb_a_gesture(
    matrix: LatentMatrix, qtbot: QtBot
) -> None:
    matrix.selectionChanged.connect(matrix.set_selection)
    spy = Spy(matrix, "selectionChanged")
    drag(matrix.view, [at(matrix, 7, 5), at(matrix, 4, 3), at(matrix, 9, 6)])
    assert spy.of("selectionChanged")[-1] == ((7, 8, 9), (5, 6))
    qtbot.keyClick(matrix.view, Qt.Key.Key_Left, SHIFT)
    assert spy.of("selectionChanged")[-1] == ((7, 8), (5, 6))


def test_ctrl_adds_and_shift_extends(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, "selectionChanged")
    click(matrix.view, at(matrix, 2, 1))
    click(matrix.view, at(matrix, 5, 4), CTRL)
    click(matrix.view, at(matrix, 4, 2), SHIFT)
    assert spy.of("selectionChanged")[1:] == [((2, 5), (1, 4)), ((2, 3, 4), (1, 2))]


def test_heads_select_whole_frames_and_whole_dimensions(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, "selectionChanged")
    view = matrix.view
    click(view, (at(matrix, 6, 0)[0], view.head_height / 2))
    click(view, (view.axis.gutter / 2, at(matrix, 0, 2)[1]))
    click(view, (view.axis.gutter / 2, at(matrix, 0, 5)[1]), CTRL)
    everything, frames = tuple(range(DIMS)), tuple(range(FRAMES))
    assert spy.of("selectionChanged") == [((6,), everything), (frames, (2,)), (frames, (2, 5))]


def test_dragging_a_selected_cell_changes_all_selected_values_in_one_gesture(
    matrix: LatentMatrix,
) -> None:
    matrix.set_selection((4, 5), (2, 3))
    spy = Spy(matrix, *EDITS, "selectionChanged")
    start = at(matrix, 4, 2)
    drag(matrix.view, [start, up(start, 10), up(start, 50)])
    assert spy.names == ["editStarted", "valuesDragged", "valuesDragged", "editFinished"]
    rows, dims, delta, sigma = spy.of("valuesDragged")[-1]
    assert (rows, dims, sigma) == ((4, 5), (2, 3), 0.0)
    assert delta == pytest.approx(1.0)


def test_a_click_without_a_drag_on_a_selection_edits_nothing(matrix: LatentMatrix) -> None:
    matrix.set_selection((4, 5), (2, 3))
    spy = Spy(matrix, *EDITS, "selectionChanged")
    click(matrix.view, at(matrix, 5, 3))
    assert spy.heard == [("selectionChanged", (5,), (3,))]


def test_shift_is_ten_times_finer_and_nothing_jumps_when_it_comes_or_goes(
    matrix: LatentMatrix,
) -> None:
    matrix.set_selection((4,), (2,))
    spy = Spy(matrix, "valuesDragged")
    start = at(matrix, 4, 2)
    press(matrix.view, start)
    steps = [(20, NONE), (20, SHIFT), (40, SHIFT), (40, NONE), (60, NONE)]
    for pixels, keys in steps:
        move(matrix.view, up(start, pixels), keys)
    release(matrix.view, up(start, 60))
    found = [call[2] for call in spy.of("valuesDragged")]
    assert found == pytest.approx([0.4, 0.4, 0.44, 0.44, 0.84])


def test_ctrl_snaps_the_pressed_cell_to_zero_or_one_standard_deviation(
    matrix: LatentMatrix,
) -> None:
    values = motion()
    matrix.set_selection((4,), (2,))
    spy = Spy(matrix, "valuesDragged")
    start = at(matrix, 4, 2)
    press(matrix.view, start)
    for pixels in (-300, -40, 5, 60, 300):
        move(matrix.view, up(start, pixels), CTRL)
    sigma = float(values[:, 2].std())
    for call in spy.of("valuesDragged"):
        reached = float(values[4, 2]) + call[2]
        assert min(abs(reached - mark) for mark in (-sigma, 0.0, sigma)) < 1e-5
    ends = {round(float(values[4, 2]) + call[2], 3) for call in spy.of("valuesDragged")}
    assert {round(-sigma, 3), round(sigma, 3)} <= ends


def test_alt_edits_softly_and_the_wheel_changes_how_many_frames_follow(
    matrix: LatentMatrix,
) -> None:
    matrix.set_soft_width(2.0)
    spy = Spy(matrix, "valuesDragged", "softWidthChanged", "selectionChanged")
    start = at(matrix, 4, 2)
    press(matrix.view, start, ALT)
    move(matrix.view, up(start, 20), ALT)
    wheel(matrix.view, up(start, 20), 1, ALT)
    release(matrix.view, up(start, 20), ALT)
    assert spy.names == ["selectionChanged", "valuesDragged", "softWidthChanged", "valuesDragged"]
    assert [call[3] for call in spy.of("valuesDragged")] == [2.0, 2.5]


def test_the_soft_button_does_what_alt_does(matrix: LatentMatrix) -> None:
    matrix.set_soft_width(3.0)
    matrix.set_selection((4,), (2,))
    spy = Spy(matrix, "softToggled", "valuesDragged")
    start = at(matrix, 4, 2)
    drag(matrix.view, [start, up(start, 20)])
    matrix.soft.click()
    drag(matrix.view, [start, up(start, 20)])
    assert spy.of("softToggled") == [(True,)]
    assert [call[3] for call in spy.of("valuesDragged")] == [0.0, 3.0]


def test_escape_cancels_a_drag_and_then_clears_the_selection(
    matrix: LatentMatrix, qtbot: QtBot
) -> None:
    matrix.set_selection((4,), (2,))
    spy = Spy(matrix, *EDITS, "selectionChanged")
    start = at(matrix, 4, 2)
    press(matrix.view, start)
    move(matrix.view, up(start, 30))
    qtbot.keyClick(matrix.view, Qt.Key.Key_Escape)
    move(matrix.view, up(start, 60))
    release(matrix.view, up(start, 60))
    qtbot.keyClick(matrix.view, Qt.Key.Key_Escape)
    assert spy.names == ["editStarted", "valuesDragged", "editCancelled", "selectionChanged"]
    assert spy.heard[-1] == ("selectionChanged", (), ())


def test_the_reference_never_changes(matrix: LatentMatrix, qtbot: QtBot) -> None:
    matrix.set_selection((0,), (2,))
    spy = Spy(matrix, *EDITS, "valueTyped")
    start = at(matrix, 0, 2)
    drag(matrix.view, [start, up(start, 40)])
    qtbot.keyClick(matrix.view, Qt.Key.Key_Plus)
    double_click(matrix.view, start)
    assert matrix.view.editor is None
    matrix.set_selection((0, 1), (2,))
    drag(matrix.view, [at(matrix, 1, 2), up(at(matrix, 1, 2), 40)])
    assert {call[0] for call in spy.of("valuesDragged")} == {(1,)}
    assert not spy.of("valueTyped")


def test_a_double_click_types_a_number(matrix: LatentMatrix, qtbot: QtBot) -> None:
    spy = Spy(matrix, "valueTyped", *EDITS)
    double_click(matrix.view, at(matrix, 6, 4))
    editor = matrix.view.editor
    assert editor is not None
    assert float(editor.text()) == pytest.approx(float(motion()[6, 4]), abs=1e-3)
    qtbot.keyClicks(editor, "-1.25")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert spy.heard == [("valueTyped", (6,), (4,), -1.25)]
    assert matrix.view.editor is None


def test_escape_leaves_the_number_field_without_a_change(
    matrix: LatentMatrix, qtbot: QtBot
) -> None:
    matrix.set_selection((3,), (1,))
    spy = Spy(matrix, "valueTyped", "selectionChanged")
    qtbot.keyClick(matrix.view, Qt.Key.Key_Return)
    assert matrix.view.editor is not None
    qtbot.keyClicks(matrix.view.editor, "9")
    qtbot.keyClick(matrix.view.editor, Qt.Key.Key_Escape)
    assert matrix.view.editor is None
    assert spy.heard == []


def test_delete_and_the_button_reset_the_selection(matrix: LatentMatrix, qtbot: QtBot) -> None:
    assert not matrix.reset.isEnabled()
    matrix.set_selection((3, 4), (1,))
    spy = Spy(matrix, "resetRequested")
    qtbot.keyClick(matrix.view, Qt.Key.Key_Delete)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Backspace)
    matrix.reset.click()
    assert spy.of("resetRequested") == [((3, 4), (1,))] * 3


def test_arrows_move_shift_arrows_extend_and_plus_nudges(
    matrix: LatentMatrix, qtbot: QtBot
) -> None:
    matrix.set_current(5)
    spy = Spy(matrix, "selectionChanged", *EDITS)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Down)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Down)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Right)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Up, SHIFT)
    assert spy.of("selectionChanged") == [
        ((5,), (0,)), ((5,), (1,)), ((6,), (1,)), ((6, 7), (1,)), ((6, 7), (0, 1)),
    ]  # fmt: skip
    qtbot.keyClick(matrix.view, Qt.Key.Key_Plus)
    qtbot.keyClick(matrix.view, Qt.Key.Key_Minus)
    assert [call[2] for call in spy.of("valuesDragged")] == pytest.approx([0.1, -0.1])
    assert spy.names.count("editStarted") == spy.names.count("editFinished") == 2


def test_ctrl_a_selects_everything(matrix: LatentMatrix, qtbot: QtBot) -> None:
    qtbot.keyClick(matrix.view, Qt.Key.Key_A, CTRL)
    assert matrix.view.chosen.count == FRAMES * DIMS


def test_sorting_puts_the_liveliest_dimension_on_top_and_keys_follow_what_is_seen(
    matrix: LatentMatrix, qtbot: QtBot
) -> None:
    order = np.argsort(-motion().std(axis=0), kind="stable")
    spy = Spy(matrix, "orderChanged")
    matrix.sort.choose(DimOrder.MOTION)
    assert spy.of("orderChanged") == [(DimOrder.MOTION,)]
    tops = [matrix.view.cell_rect(1, int(dim)).top() for dim in order]
    assert tops == sorted(tops)
    matrix.set_selection((3,), (int(order[0]),))
    qtbot.keyClick(matrix.view, Qt.Key.Key_Down)
    assert matrix.view.chosen.dims == (int(order[1]),)


def test_the_range_of_colours_is_told_and_changes_the_picture(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, "limitChanged")
    before = matrix.view.grab().toImage()
    matrix.limit.setValue(0.5)
    assert spy.of("limitChanged") == [(0.5,)]
    assert matrix.view.grab().toImage() != before


def test_positive_is_red_negative_is_blue_and_zero_is_the_canvas(matrix: LatentMatrix) -> None:
    values = np.zeros((FRAMES, DIMS), np.float32)
    values[3, 2], values[5, 2] = 2.0, -2.0
    matrix.set_matrix(values, values)
    matrix.set_current(-1)
    image = matrix.view.grab().toImage()
    hot, cold, still = (
        image.pixelColor(*(int(v) for v in at(matrix, row, 2))) for row in (3, 5, 8)
    )
    assert hot.red() > 200 > hot.blue()
    assert cold.blue() > 200 > cold.red()
    assert max(abs(still.red() - 0x1B), abs(still.green() - 0x1C)) <= 3


def test_edited_cells_carry_a_mark(matrix: LatentMatrix) -> None:
    base, values = motion(), motion()
    values[6, 3] += 0.4
    matrix.set_matrix(values, base)
    matrix.set_current(-1)
    image = matrix.view.grab().toImage()
    area = matrix.view.cell_rect(6, 3).toRect()
    inside = {
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
    }
    assert DARK.edited in inside


def test_many_dimensions_scroll_instead_of_vanishing(matrix: LatentMatrix) -> None:
    many = np.zeros((FRAMES, 90), np.float32)
    matrix.set_matrix(many, many)
    bar = matrix.view._scroll
    assert bar.isVisible()
    bar.setValue(bar.maximum())
    assert matrix.view.cell_rect(3, 89).bottom() <= matrix.view.height() + 1
    spy = Spy(matrix, "selectionChanged")
    click(matrix.view, at(matrix, 3, 88))
    assert spy.of("selectionChanged") == [((3,), (88,))]


def test_hovering_reads_out_the_cell(matrix: LatentMatrix) -> None:
    values = motion()
    matrix.set_std(np.full_like(values, 0.25))
    matrix.set_filled(np.arange(FRAMES) == 6)
    spy = Spy(matrix, "hovered")
    hover(matrix.view, at(matrix, 6, 3))
    words = spy.of("hovered")[-1][0]
    for part in ("Frame 6 of 0-11", "z3 =", "± 0.25", "filled in"):
        assert part in words


def test_hovering_says_how_a_value_is_changed(matrix: LatentMatrix) -> None:
    matrix.set_locked(np.arange(FRAMES) == 0)
    spy = Spy(matrix, "hovered")
    hover(matrix.view, at(matrix, 6, 3))
    assert "click, then drag up or down" in spy.of("hovered")[-1][0]
    click(matrix.view, at(matrix, 6, 3))
    hover(matrix.view, at(matrix, 6, 3))
    words = spy.of("hovered")[-1][0]
    assert "drag up or down" in words
    assert "click, then" not in words
    hover(matrix.view, at(matrix, 0, 3))
    assert "drag" not in spy.of("hovered")[-1][0]


def test_setters_emit_nothing(matrix: LatentMatrix) -> None:
    spy = Spy(matrix, *all_signals(matrix))
    values = motion()
    matrix.set_matrix(values + 1, values)
    matrix.set_std(np.ones_like(values))
    matrix.set_filled(np.zeros(FRAMES, bool))
    matrix.set_names(tuple("abcdefgh"))
    matrix.set_times(np.arange(FRAMES) * 0.1)
    matrix.set_selection((1, 2), (3,))
    matrix.set_limit(3.0)
    matrix.set_current(4)
    matrix.set_order(DimOrder.EDITED)
    matrix.set_compact(True)
    matrix.set_pencil(True)
    matrix.set_keys(KeySet(((1, (Key(2, 0.5),)),)), (3,))
    matrix.set_dropped(np.arange(FRAMES) == 3)
    matrix.set_soft_width(5.0)
    matrix.set_soft(True)
    matrix.grab()
    matrix.set_message("Encoding…")
    assert "valuesDragged" in all_signals(matrix)
    assert spy.heard == []


def test_without_a_matrix_it_says_what_to_do_and_takes_any_gesture(
    qtbot: QtBot, qapp: QApplication
) -> None:
    pane = LatentMatrix(TimeAxis())
    qtbot.addWidget(pane)
    pane.show()
    spy = Spy(pane, "actionRequested", "selectionChanged")
    click(pane.view, (300, 40))
    qtbot.keyClick(pane.view, Qt.Key.Key_Down)
    assert pane.empty.isVisible()
    pane.set_message("The model is missing", "Choose another one.", "Choose…")
    pane.empty.findChild(type(pane.empty._button)).click()
    assert spy.heard == [("actionRequested",)]


def test_matrices_of_two_shapes_are_refused(matrix: LatentMatrix) -> None:
    with pytest.raises(ValueError, match="one shape"):
        matrix.set_matrix(np.zeros((3, 2), np.float32), np.zeros((3, 3), np.float32))
