"""Orders, filters, strokes, drags of keys, marks, and clipboard tables of the latent editor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keys import MOST_TENSION, Easing, Key, KeySet, dense, segment
from motionstudio.gui.items import curve_surface
from motionstudio.gui.items.curve_lines import polygon, thinned
from motionstudio.gui.items.dim_order import DimOrder, order_dims
from motionstudio.gui.items.key_drag import BendDrag, KeyDrag
from motionstudio.gui.items.motion_data import motion_data
from motionstudio.gui.items.stroke import CellStroke, CurveStroke
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.presenters.clipboard import fitted, from_table, to_named_table, to_table
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK
from tests.gui.gestures import centre, click, double_click, drag, hover, move, press
from tests.gui.spy import Spy

FREE = np.zeros(12, np.bool_)


def numbers(rows: int = 12, dims: int = 6) -> np.ndarray:
    rng = np.random.default_rng(4)
    return (rng.normal(size=(rows, dims)) * np.arange(1, dims + 1)).astype(np.float32)


@pytest.fixture
def matrix(qtbot: QtBot, qapp: QApplication) -> LatentMatrix:
    apply(qapp, "dark")
    pane = LatentMatrix(TimeAxis())
    qtbot.addWidget(pane)
    pane.view.axis.set_count(12)
    pane.set_matrix(numbers(), numbers())
    pane.resize(900, 260)
    pane.show()
    return pane


def test_every_order_puts_first_what_it_says() -> None:
    values = numbers()
    edited = values.copy()
    edited[3, 1] += 1
    names = ("roll", "z2", "z10", "arm", "Leg", "z1")
    keys = KeySet(((4, (Key(2, 0.0),)),))
    data = replace(motion_data(edited, values), names=names, keys=keys)
    assert order_dims(data, DimOrder.MODEL) == (0, 1, 2, 3, 4, 5)
    spread = values.std(0)
    assert [*order_dims(data, DimOrder.MOTION)] == [*np.argsort(-spread, kind="stable")]
    assert order_dims(data, DimOrder.EDITED) == (1, 4, 0, 2, 3, 5)
    assert order_dims(data, DimOrder.NAME) == (3, 4, 0, 5, 1, 2)


def test_activity_is_the_divergence_from_the_prior() -> None:
    values = numbers()
    std = np.full_like(values, 0.5)
    std[:, 5] = 1.0
    values[:, 5] = 0
    data = replace(motion_data(values, values), std=std)
    mean, variance = values.astype(float), 0.25
    expected = 0.5 * (mean**2 + variance - np.log(variance) - 1).mean(0)
    assert np.allclose(data.activity[:5], expected[:5], rtol=1e-5)
    assert data.activity[5] == pytest.approx(0, abs=1e-6)
    assert order_dims(data, DimOrder.ACTIVITY)[-1] == 5


def test_a_filter_hides_rows_and_keeps_selected_ones_harmless(matrix: LatentMatrix) -> None:
    matrix.set_names(("heart", "rot", "rise", "arm", "heartbeat", "z5"))
    matrix.set_selection(range(12), (1, 2))
    spy = Spy(matrix, "filterChanged", "selectionChanged")
    matrix.filter.setText("HEART")
    assert matrix.view.order == (0, 4)
    assert spy.of("filterChanged") == [("HEART",)]
    assert matrix.view.cell_rect(3, 1).isEmpty()
    matrix.view.grab()
    click(matrix.view, centre(matrix.view.cell_rect(3, 4)))
    assert spy.of("selectionChanged")[-1] == ((3,), (4,))
    matrix.filter.setText("nothing like it")
    assert len(matrix.view.order) == 6


def test_fitting_all_rows_ends_the_scrolling(matrix: LatentMatrix) -> None:
    many = np.random.default_rng(0).normal(size=(12, 90)).astype(np.float32)
    matrix.set_matrix(many, many)
    assert matrix.view._scroll.isVisible()
    matrix.compact.click()
    assert not matrix.view._scroll.isVisible()
    assert matrix.view.cell_rect(2, 89).bottom() <= matrix.view.height() + 1
    matrix.compact.click()
    assert matrix.view._scroll.isVisible()


def test_arrows_bring_what_they_select_into_view(matrix: LatentMatrix, qtbot: QtBot) -> None:
    many = np.zeros((12, 90), np.float32)
    matrix.set_matrix(many, many)
    matrix.set_selection((3,), (0,))
    for _ in range(60):
        qtbot.keyClick(matrix.view, Qt.Key.Key_Down)
    assert matrix.view.chosen.dims == (60,)
    area = matrix.view.cell_rect(3, 60)
    assert matrix.view.head_height <= area.top()
    assert area.bottom() <= matrix.view.height() + 1


def test_a_wide_motion_wakes_no_loop_over_cells(matrix: LatentMatrix) -> None:
    large = np.random.default_rng(0).normal(size=(2000, 256)).astype(np.float32)
    matrix.view.axis.set_count(2000)
    matrix.set_matrix(large + 1, large)
    matrix.set_filled(np.arange(2000) % 2 == 0)
    matrix.set_selection(range(2000), range(256))
    assert not matrix.view.grab().isNull()
    assert (1999, 255) in matrix.view.chosen
    assert (2000, 0) not in matrix.view.chosen


def test_keyed_cells_carry_a_dot_and_muted_rows_fade(matrix: LatentMatrix) -> None:
    matrix.set_current(-1)
    plain = matrix.view.grab().toImage()
    matrix.set_keys(KeySet(((2, (Key(6, 1.0),)),)), (3,))
    image = matrix.view.grab().toImage()
    x, y = (round(v) for v in centre(matrix.view.cell_rect(6, 2)))
    near = {image.pixelColor(x + dx, y + dy).name() for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    assert DARK.keyed in near
    x, y = (round(v) for v in centre(matrix.view.cell_rect(5, 3)))
    surface = np.array([0x24, 0x25, 0x28])
    before, after = (
        np.abs(np.array(i.pixelColor(x, y).getRgb()[:3]) - surface).sum() for i in (plain, image)
    )
    assert after < 0.5 * before


def test_the_read_out_names_every_state(matrix: LatentMatrix) -> None:
    values = numbers()
    values[6, 2] = -0.41
    matrix.set_matrix(values, numbers())
    matrix.set_dropped(np.arange(12) == 6)
    matrix.set_keys(KeySet(((2, (Key(6, -0.41),)),)), (2,))
    spy = Spy(matrix, "hovered")
    hover(matrix.view, centre(matrix.view.cell_rect(6, 2)))
    words = spy.of("hovered")[-1][0]
    assert "Frame 6 of 0-11" in words
    assert "dropped · z2 = −0.41, edited, keyed, muted" in words
    matrix.set_selection((6,), (2,))
    assert "z2 = −0.41, edited" in matrix.view.accessibleDescription()


def test_a_soft_drag_shows_how_far_it_reaches(matrix: LatentMatrix) -> None:
    matrix.set_selection((6,), (2,))
    matrix.set_current(-1)
    matrix.set_soft(True)
    x, y = centre(matrix.view.cell_rect(6, 2))
    still = matrix.view.grab().toImage()
    press(matrix.view, (x, y))
    move(matrix.view, (x, y - 30))
    assert matrix.view.grab().toImage() != still


def test_a_stroke_over_cells_leaves_no_gap_and_spares_the_reference() -> None:
    stroke = CellStroke((1, 2), 0.7)
    locked = FREE.copy()
    locked[3] = True
    assert stroke.go((7, 2), (0, 1, 2, 3), locked)
    assert stroke.cells() == {2: dict.fromkeys((1, 2, 4, 5, 6, 7), 0.7)}
    assert not stroke.go((7, 2), (0, 1, 2, 3), locked)


@given(st.lists(st.tuples(st.integers(0, 11), st.floats(-2, 2)), min_size=1, max_size=8))
def test_a_drawn_curve_has_every_frame_that_the_hand_passed(path: list[tuple[int, float]]) -> None:
    stroke = CurveStroke(4)
    for row, value in path:
        stroke.go(row, value, FREE)
    drawn = stroke.cells()[4]
    rows = [row for row, _ in path]
    assert set(drawn) == set(range(min(rows), max(rows) + 1))
    assert drawn[path[-1][0]] == pytest.approx(path[-1][1])
    values = [value for _, value in path]
    assert all(min(values) - 1e-9 <= v <= max(values) + 1e-9 for v in drawn.values())


def test_a_drag_of_keys_stays_on_the_way_it_began() -> None:
    keys = KeyDrag(QPointF(100, 100), 20, 0.01, 0.5, 1.0)
    assert not keys.move(QPointF(102, 101), fine=False, snap=False)
    assert keys.move(QPointF(131, 105), fine=False, snap=False)
    assert (keys.by, keys.up) == (2, 0.0)
    keys.move(QPointF(131, 300), fine=False, snap=False)
    assert (keys.by, keys.up) == (2, 0.0)
    value = KeyDrag(QPointF(100, 100), 20, 0.01, 0.5, 1.0)
    value.move(QPointF(104, 80), fine=False, snap=False)
    assert value.by == 0
    assert value.up == pytest.approx(0.2)
    value.move(QPointF(104, 55), fine=False, snap=True)
    assert 0.5 + value.up == pytest.approx(1.0)


@pytest.mark.parametrize("easing", [Easing.LINEAR, Easing.AUTO, Easing.EASE_IN_OUT])
def test_a_bent_segment_passes_where_it_was_dragged(easing: Easing) -> None:
    one, two = Key(0, 1.0, easing), Key(10, 3.0)
    bend = BendDrag(0, one, two)
    for wanted in (1.6, 2.0, 2.5):
        bent = replace(one, tension=bend.to(wanted))
        assert segment(bent, two, np.array([0.5]))[0] == pytest.approx(wanted, abs=0.05)
    assert abs(bend.to(-100)) <= MOST_TENSION


def test_lines_are_thinned_without_losing_peaks() -> None:
    x, y = np.arange(20_000.0), np.zeros(20_000)
    y[12_345] = 5.0
    few_x, few_y = thinned(x, y, 500)
    assert len(few_x) <= 1_002
    assert few_y.max() == 5.0
    assert few_x[few_y.argmax()] == 12_345
    assert [(p.x(), p.y()) for p in polygon(x[:3], x[:3] * 2)] == [(0, 0), (1, 2), (2, 4)]


def test_curves_add_and_remove_keys_by_mouse_and_keyboard(qtbot: QtBot, qapp: QApplication) -> None:
    apply(qapp, "dark")
    curves = LatentCurves(TimeAxis())
    qtbot.addWidget(curves)
    curves.view.axis.set_count(12)
    curves.set_curves(numbers(), numbers())
    curves.set_dims((1,))
    curves.resize(800, 300)
    curves.show()
    spy = Spy(curves, "keyAdded", "keysMoved", "keysRemoved", "keyMenuRequested", "editFinished")
    view = curves.view
    double_click(view, (view.axis.centre(5), view._y(0.5 * view.limit)))
    row, dim, value = spy.of("keyAdded")[0]
    assert (row, dim) == (5, 1)
    assert value == pytest.approx(0.5 * view.limit, rel=0.02)
    values = numbers()
    curves.set_keys(KeySet(((1, (Key(5, float(values[5, 1])), Key(9, float(values[9, 1])))),)))
    at = view.point(5, 1)
    drag(view, [(at.x(), at.y()), (at.x() + 2 * view.axis.scale, at.y())])
    assert spy.of("keysMoved")[-1] == (frozenset({(1, 5)}), 2, 0.0)
    view.pick({(1, 9)})
    qtbot.keyClick(view, Qt.Key.Key_Up)
    places, by, up = spy.of("keysMoved")[-1]
    assert (places, by) == (frozenset({(1, 9)}), 0)
    assert up > 0
    view.pick({(1, 9)})
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert spy.of("keysRemoved")[-1] == (frozenset({(1, 9)}),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\t2\n3\t4", [[1, 2], [3, 4]]),
        ("1,5\t−2\n3\t4", [[1.5, -2], [3, 4]]),
        ("0,5;1,25\r\n-1;2\r\n", [[0.5, 1.25], [-1, 2]]),
        ("0.5, 1.5\n2, 3", [[0.5, 1.5], [2, 3]]),
        ("frame\tz0\troll\n4\t1\t2\n5\t3\t4", [[1, 2], [3, 4]]),
        ("z0\tz1\n1\t2", [[1, 2]]),
        ("7", [[7]]),
    ],
)
def test_tables_of_spreadsheets_are_understood(text: str, expected: list[list[float]]) -> None:
    assert from_table(text).tolist() == expected


@pytest.mark.parametrize("text", ["", "hello", "1\t2\n3", "nan", "1\tx"])
def test_what_is_no_table_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(MotionStudioError, match="clipboard"):
        from_table(text)


def test_a_table_comes_back_as_it_was_copied() -> None:
    values, rows, dims = numbers(), (2, 3, 7), (1, 4)
    block = values[np.ix_(rows, dims)]
    assert np.array_equal(from_table(to_table(values, rows, dims)), block)
    named = to_named_table(values, rows, dims, ("roll", "rise"))
    assert named.splitlines()[0] == "frame\troll\trise"
    assert np.array_equal(from_table(named), block)
    assert np.array_equal(fitted(block, 3), block)
    assert fitted(block, 5)[[0, 2, 4]] == pytest.approx(block)


def test_a_curve_with_a_key_on_every_frame_shapes_only_what_is_in_sight(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, shaped = 2000, [0]
    values = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    keys = tuple(Key(t, float(values[t, 0])) for t in range(count))

    def counting(some: tuple[Key, ...]) -> object:
        shaped[0] += len(some)
        return dense(some)

    monkeypatch.setattr(curve_surface, "dense", counting)
    curves = LatentCurves(TimeAxis())
    qtbot.addWidget(curves)
    view, axis = curves.view, curves.view.axis
    axis.set_count(count)
    curves.set_curves(values, values)
    curves.set_keys(KeySet(((0, keys),)))
    curves.set_dims((0,))
    curves.resize(900, 300)
    curves.show()
    axis.zoom_at(400, 80)
    assert axis.scale >= 26
    view.grab()
    assert 0 < shaped[0] < 600
    place = view.point(axis.visible().start + 3, 0)
    assert view.key_at(place) == (0, axis.visible().start + 3)
