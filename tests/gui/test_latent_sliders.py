"""Latent sliders: the current frame's values, by mouse, keys and typing."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.theme.apply import apply
from tests.gui.gestures import SHIFT, double_click, move, press, release
from tests.gui.spy import Spy, all_signals

ORIGINAL = np.array([0.0, 0.5, -0.5, 1.0], np.float32)
VALUES = np.array([0.0, 0.9, -0.5, 1.0], np.float32)
EDITS = ("editStarted", "valuesDragged", "editFinished", "editCancelled")


@pytest.fixture
def sliders(qtbot: QtBot, qapp: QApplication) -> LatentSliders:
    apply(qapp, "dark")
    pane = LatentSliders()
    qtbot.addWidget(pane)
    pane.set_limit(2.0)
    pane.set_frame(6, VALUES, ORIGINAL, False)
    pane.resize(320, 260)
    pane.show()
    return pane


def test_dragging_the_knob_tells_the_total_change_of_the_current_frame(
    sliders: LatentSliders,
) -> None:
    spy = Spy(sliders, *EDITS)
    slider = sliders.rows[1].slider
    x, y = slider.knob().x(), slider.knob().y()
    per_unit = slider._pixels_per_unit()
    press(slider, (x, y))
    move(slider, (x + per_unit / 2, y))
    move(slider, (x + per_unit / 2, y), SHIFT)
    move(slider, (x + per_unit, y), SHIFT)
    release(slider, (x + per_unit, y))
    assert spy.names == ["editStarted", *["valuesDragged"] * 3, "editFinished"]
    assert {call[:2] for call in spy.of("valuesDragged")} == {((6,), (1,))}
    assert [call[2] for call in spy.of("valuesDragged")] == pytest.approx([0.5, 0.5, 0.55])


def test_a_press_on_the_track_brings_the_knob_there(sliders: LatentSliders) -> None:
    spy = Spy(sliders, "valuesDragged")
    slider = sliders.rows[0].slider
    press(slider, (slider._x(1.0), slider.height() / 2))
    assert spy.of("valuesDragged")[0][2] == pytest.approx(1.0)


def test_double_click_and_buttons_reset(sliders: LatentSliders) -> None:
    spy = Spy(sliders, "resetRequested")
    row = sliders.rows[1]
    double_click(row.slider, (row.slider.knob().x(), row.slider.knob().y()))
    double_click(row.name, (4, 4))
    row.reset.click()
    sliders.reset_all.click()
    assert spy.of("resetRequested") == [((6,), (1,))] * 3 + [((6,), (0, 1, 2, 3))]


def test_reset_is_offered_only_where_something_was_edited(sliders: LatentSliders) -> None:
    assert [row.reset.isEnabled() for row in sliders.rows] == [False, True, False, False]
    sliders.set_frame(6, ORIGINAL, ORIGINAL, False)
    assert not sliders.reset_all.isEnabled()


def test_keys_nudge_and_reset(sliders: LatentSliders, qtbot: QtBot) -> None:
    spy = Spy(sliders, *EDITS, "resetRequested")
    slider = sliders.rows[2].slider
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_Left, SHIFT)
    qtbot.keyClick(slider, Qt.Key.Key_Delete)
    assert [call[2] for call in spy.of("valuesDragged")] == pytest.approx([0.08, -0.008])
    assert spy.names.count("editFinished") == 2
    assert spy.of("resetRequested") == [((6,), (2,))]


def test_a_typed_number_is_told(sliders: LatentSliders) -> None:
    spy = Spy(sliders, "valueTyped")
    sliders.rows[3].number.setValue(-0.75)
    assert spy.of("valueTyped") == [((6,), (3,), -0.75)]


def test_the_reference_frame_is_locked_and_says_why(sliders: LatentSliders) -> None:
    sliders.set_frame(0, ORIGINAL, ORIGINAL, True)
    row = sliders.rows[0]
    assert not row.slider.isEnabled()
    assert not row.number.isEnabled()
    assert "reference" in row.slider.toolTip()
    assert sliders.start.isVisible()
    assert "frame 0" in sliders.start.text()
    sliders.set_frame(1, ORIGINAL, ORIGINAL, False)
    assert row.slider.isEnabled()
    assert not sliders.start.isVisible()


def test_sorting_brings_the_liveliest_dimension_up(sliders: LatentSliders) -> None:
    spy = Spy(sliders, "orderChanged")
    sliders.sort.choose(DimOrder.MOTION)
    assert spy.of("orderChanged") == [(DimOrder.MOTION,)]
    sliders.set_order(DimOrder.MOTION, (3, 1, 2, 0))
    QApplication.processEvents()
    heights = [sliders.rows[dim].y() for dim in (3, 1, 2, 0)]
    assert heights == sorted(heights)


def test_setters_emit_nothing(sliders: LatentSliders) -> None:
    spy = Spy(sliders, *all_signals(sliders))
    sliders.set_frame(3, ORIGINAL * 2, ORIGINAL, False)
    sliders.set_names(("size", "twist", "shift", "tilt"))
    sliders.set_limit(3.0)
    sliders.set_order(DimOrder.MODEL, (0, 1))
    sliders.set_muted((1,))
    sliders.set_frame(3, np.zeros(7, np.float32), np.zeros(7, np.float32), False)
    assert spy.heard == []
    assert len(sliders.rows) == 7


def test_every_control_has_a_name_for_assistive_technology(sliders: LatentSliders) -> None:
    sliders.set_names(("size", "twist", "shift", "tilt"))
    for row, name in zip(sliders.rows, ("size", "twist", "shift", "tilt"), strict=True):
        for control in (row.slider, row.number, row.reset):
            assert name in control.accessibleName()


def test_two_shapes_are_refused(sliders: LatentSliders) -> None:
    with pytest.raises(ValueError, match=r"\(D,\)"):
        sliders.set_frame(1, VALUES, ORIGINAL[:2], False)


def test_rows_of_another_model_take_the_place_of_the_old(sliders: LatentSliders) -> None:
    old = sliders.rows
    wider = np.zeros(6, np.float32)
    sliders.set_frame(2, wider, wider, False)
    assert len(sliders.rows) == 6
    assert not any(row.isVisible() for row in old)
    QApplication.processEvents()
    assert all(row.isVisible() for row in sliders.rows)
