"""The crop box in the whole window: drag, keys, square or free, one step each, and encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.commands import SetFraming
from motionstudio.document.subject import Framing
from motionstudio.gui.items.crop_layer import CropLayer
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import CTRL, drag, move, press
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle

COUNT, SIZE = 8, (60, 90)


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    frames = np.full((COUNT, *SIZE, 1), 40, np.uint8)
    frames[:, 8:32, 50:74] = blob_frames(COUNT, 24)
    path = tmp_path / "beat.npz"
    write_clip(Clip(frames, uniform_times(COUNT, 20)), path)
    made = make_window()
    open_clip(qtbot, made, path)
    # Opening crops around the motion by itself.
    made.session.push(SetFraming(active(made).id, Framing()))
    settle(qtbot, made)
    made.refresh_actions()
    return made


def layer(window: MainWindow) -> CropLayer:
    return window.presenters.picture.cropping.layers[1]


def canvas(window: MainWindow) -> Any:
    return window.bench.viewports.viewports[1].canvas


def pull(window: MainWindow, start: QPointF, pixels: tuple[float, float], keys: Any = CTRL) -> None:
    """Drag from a place on the widget by pixels (across, down) of the picture."""
    scale = canvas(window).picture_rect().width() / SIZE[1]
    end = start + QPointF(*pixels) * scale
    drag(canvas(window), [(start.x(), start.y()), (end.x(), end.y())], keys)


def begin(window: MainWindow, framing: Framing | None = None) -> None:
    if framing is not None:
        window.session.push(SetFraming(active(window).id, framing))
    window.actions_["crop.box"].trigger()
    assert layer(window).is_on


def test_a_corner_makes_a_square_of_the_whole_picture_in_one_step(
    qtbot: Any, window: MainWindow
) -> None:
    begin(window)
    assert layer(window).box == (0, 0, *SIZE)
    pull(window, layer(window).place_of((1, 1)), (-50, -20))
    assert active(window).framing == Framing("crop", (0, 0, 40, 40))
    assert window.session.project.history.undo_label == "Crop beat"
    settle(qtbot, window)
    assert active(window).has_motion
    window.actions_["edit.undo"].trigger()
    assert active(window).framing == Framing()
    assert layer(window).box == (0, 0, *SIZE)


def test_dragging_inside_moves_and_edges_snap(window: MainWindow) -> None:
    begin(window, Framing("crop", (20, 30, 24, 24)))
    middle = layer(window).place_of((0, 0)) + QPointF(0, 6)
    pull(window, middle, (5, -3))
    assert active(window).framing.crop == (17, 35, 24, 24)
    middle = layer(window).place_of((0, 0)) + QPointF(0, 6)
    pull(window, middle, (0, -16.5), Qt.KeyboardModifier.NoModifier)
    assert active(window).framing.crop == (0, 35, 24, 24)


def test_a_free_box_is_padded_and_a_square_one_fills(window: MainWindow) -> None:
    begin(window, Framing("crop", (20, 30, 24, 24)))
    pane = window.presenters.picture.pane
    pane.square.click()
    assert active(window).framing == Framing("letterbox", (20, 30, 24, 24))
    pull(window, layer(window).place_of((0, 1)), (16, 0))
    assert active(window).framing == Framing("letterbox", (20, 30, 24, 40))
    pane.square.click()
    framing = active(window).framing
    assert framing.mode == "crop"
    assert framing.crop is not None
    assert framing.crop[2:] == (40, 40)


def test_the_knob_turns_the_box(window: MainWindow) -> None:
    begin(window, Framing("crop", (20, 30, 24, 24)))
    middle, knob = layer(window).place_of((0, 0)), layer(window).knob()
    right = QPointF(middle.x() + 40, middle.y())
    drag(canvas(window), [(knob.x(), knob.y()), (right.x(), right.y())], CTRL)
    assert active(window).framing == Framing("crop", (20, 30, 24, 24), 90.0)


def test_keys_nudge_in_one_step_and_escape_takes_a_drag_back(window: MainWindow) -> None:
    begin(window, Framing("crop", (20, 30, 24, 24)))
    canvas(window).setFocus()
    QTest.keyClick(canvas(window), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert active(window).framing.crop == (20, 40, 24, 24)
    start = layer(window).place_of((0, 0)) + QPointF(0, 6)
    press(canvas(window), (start.x(), start.y()))
    move(canvas(window), (start.x() + 30, start.y()))
    assert layer(window).box != (20, 40, 24, 24)
    QTest.keyClick(canvas(window), Qt.Key.Key_Escape)
    assert layer(window).box == (20, 40, 24, 24)
    assert active(window).framing.crop == (20, 40, 24, 24)


def test_around_the_motion_and_back(qtbot: Any, window: MainWindow) -> None:
    window.actions_["crop.around"].trigger()
    qtbot.waitUntil(lambda: active(window).framing.crop is not None)
    y, x, height, width = active(window).framing.crop or (0, 0, 0, 0)
    assert height == width < min(SIZE)
    assert y <= 14
    assert x <= 56
    assert y + height >= 26
    assert x + width >= 68
    window.refresh_actions()
    window.actions_["crop.whole"].trigger()
    assert active(window).framing == Framing()
    window.refresh_actions()
    assert not window.actions_["crop.whole"].isEnabled()
    assert "already" in window.actions_["crop.whole"].toolTip()


def test_one_tool_at_a_time(window: MainWindow) -> None:
    begin(window)
    window.refresh_actions()
    assert window.actions_["crop.box"].isChecked()
    window.actions_["handle.tool"].trigger()
    assert not window.presenters.picture.cropping.tool
    window.presenters.picture.pane.crop.click()
    assert not window.presenters.shaping.drag.on
    window.actions_["view.place_points"].trigger()
    assert not window.presenters.picture.cropping.tool
