"""Latent curves: points that can be dragged, ghosts, bands, silence of setters."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK
from tests.gui.gestures import ALT, SHIFT, drag, hover, move, press, release
from tests.gui.spy import Spy, all_signals

FRAMES, DIMS = 10, 5
EDITS = ("editStarted", "valuesDragged", "editFinished", "editCancelled")


def motion() -> np.ndarray:
    time = np.linspace(0, 2 * np.pi, FRAMES, endpoint=False)[:, None]
    return (np.sin(time) * np.linspace(1, 2, DIMS)).astype(np.float32)


@pytest.fixture
def curves(qtbot: QtBot, qapp: QApplication) -> LatentCurves:
    apply(qapp, "dark")
    pane = LatentCurves(TimeAxis())
    qtbot.addWidget(pane)
    pane.view.axis.set_count(FRAMES)
    pane.set_curves(motion(), motion())
    pane.set_locked(np.arange(FRAMES) == 0)
    pane.set_dims((2, 4))
    pane.resize(800, 300)
    pane.show()
    return pane


def at(pane: LatentCurves, row: int, dim: int) -> tuple[float, float]:
    point = pane.view.point(row, dim)
    return point.x(), point.y()


def test_dragging_a_point_changes_one_value_by_what_the_axis_says(curves: LatentCurves) -> None:
    spy = Spy(curves, *EDITS, "scrubbed")
    start = at(curves, 3, 4)
    target = curves.view.limit
    top = curves.view._plot().top()
    drag(curves.view, [start, (start[0], top)])
    assert spy.names == ["editStarted", "valuesDragged", "editFinished"]
    rows, dims, delta, sigma = spy.of("valuesDragged")[0]
    assert (rows, dims, sigma) == ((3,), (4,), 0.0)
    assert float(motion()[3, 4]) + delta == pytest.approx(target, abs=0.02)


def test_shift_is_finer_and_alt_is_soft(curves: LatentCurves) -> None:
    curves.set_soft_width(3.0)
    spy = Spy(curves, "valuesDragged")
    x, y = at(curves, 3, 4)
    press(curves.view, (x, y))
    move(curves.view, (x, y - 20))
    move(curves.view, (x, y - 20), SHIFT)
    move(curves.view, (x, y - 40), SHIFT)
    move(curves.view, (x, y - 40), ALT)
    release(curves.view, (x, y - 40))
    first, still, fine, soft = (call[2] for call in spy.of("valuesDragged"))
    assert still == pytest.approx(first)
    assert fine == pytest.approx(first * 1.1)
    assert soft == pytest.approx(fine)
    assert [call[3] for call in spy.of("valuesDragged")] == [0.0, 0.0, 0.0, 3.0]


def test_the_reference_point_cannot_be_dragged(curves: LatentCurves) -> None:
    spy = Spy(curves, *EDITS)
    x, y = at(curves, 0, 4)
    drag(curves.view, [(x, y), (x, y - 40)])
    assert spy.heard == []


def test_dragging_beside_the_curves_scrubs(curves: LatentCurves) -> None:
    spy = Spy(curves, "scrubbed", *EDITS)
    axis = curves.view.axis
    drag(curves.view, [(axis.centre(6), 4), (axis.centre(8), 4)])
    assert spy.heard == [("scrubbed", 6), ("scrubbed", 8)]


def test_escape_cancels_a_drag(curves: LatentCurves, qtbot: QtBot) -> None:
    spy = Spy(curves, *EDITS)
    x, y = at(curves, 3, 4)
    press(curves.view, (x, y))
    move(curves.view, (x, y - 9))
    qtbot.keyClick(curves.view, Qt.Key.Key_Escape)
    release(curves.view, (x, y - 9))
    assert spy.names == ["editStarted", "valuesDragged", "editCancelled"]


def test_the_axis_of_values_does_not_move_under_a_drag_unless_it_must(
    curves: LatentCurves,
) -> None:
    before = curves.view.limit
    curves.set_curves(motion() * 0.1, motion())
    assert curves.view.limit == before
    curves.set_curves(motion() * 9, motion())
    assert curves.view.limit > before


def test_edited_points_are_marked_and_the_encoded_curve_stays_as_a_ghost(
    curves: LatentCurves,
) -> None:
    def count(name: str) -> int:
        image = curves.view.grab().toImage()
        return sum(
            image.pixelColor(x, y).name() == name
            for x in range(curves.view.axis.gutter, image.width())
            for y in range(image.height())
        )

    curves.set_dims((4,))
    curves.set_current(-1)
    assert count(DARK.edited) == 0
    values = motion()
    values[3:6, 4] += 0.4
    curves.set_curves(values, motion())
    assert count(DARK.edited) > 20


def test_without_a_selection_all_dimensions_show_faintly(curves: LatentCurves) -> None:
    curves.set_dims(())
    faint = curves.view.grab().toImage()
    curves.set_curves(motion() * 0.5, motion())
    assert curves.view.grab().toImage() != faint


def test_hovering_a_point_reads_it_out(curves: LatentCurves) -> None:
    spy = Spy(curves, "hovered")
    hover(curves.view, at(curves, 3, 4))
    assert "z4 = +" in spy.of("hovered")[-1][0]


def test_setters_emit_nothing(curves: LatentCurves) -> None:
    spy = Spy(curves, *all_signals(curves))
    curves.set_curves(motion(), motion(), np.ones_like(motion()))
    curves.set_dims((0, 1))
    curves.set_names(tuple("abcde"))
    curves.set_filled(np.ones(FRAMES, bool))
    curves.set_times(np.arange(FRAMES) * 0.2)
    curves.set_current(4)
    curves.grab()
    assert spy.heard == []


def test_focus_shows_as_a_ring_and_leaves_the_curves_visible(
    curves: LatentCurves, qtbot: QtBot
) -> None:
    with qtbot.waitActive(curves):
        curves.activateWindow()
    curves.view.setFocus()
    assert curves.view.hasFocus()
    image = curves.view.grab().toImage()
    assert image.pixelColor(0, 5).name() == DARK.accent
    assert image.pixelColor(image.width() // 2, 3).name() == DARK.surface
