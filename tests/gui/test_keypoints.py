"""Keypoints in the whole window: drag, pull axes, select, one undo step, through crop and angle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.keypoint_pose import size_of, turn_of
from motionstudio.document.commands import SetFraming
from motionstudio.document.latent_commands import SetMuted
from motionstudio.document.subject import Framing
from motionstudio.gui.items.keypoint_layer import KeypointLayer
from motionstudio.gui.items.keypoint_mark import ARM, GROUP, KeypointMark
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from motionstudio.models.base import Capability
from motionstudio.models.fomm import FOMM
from motionstudio.models.fomm_model import FOMMModel, card_of
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import ALT, CTRL, NONE, SHIFT, click, hover, move, press, release, wheel
from tests.models import tiny_fomm
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle

FRAME, COUNT, SIDE = 4, 10, 48


def spread_out() -> FOMMModel:
    """A fresh FOMM whose keypoints lie apart: its heat maps have narrow peaks."""
    torch.manual_seed(3)
    weights = {n: v.numpy().copy() for n, v in FOMM(tiny_fomm.CONFIG).state_dict().items()}
    weights["kp_detector.kp.weight"] *= 60
    return FOMMModel(card_of("fresh_fomm", tiny_fomm.CONFIG), weights)


@pytest.fixture
def small_models() -> dict[str, Any]:
    model = spread_out()
    return {model.card.name: model}


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(COUNT, SIDE), uniform_times(COUNT, 20)), path)
    return path


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_path)
    made.presenters.playback.go(FRAME)
    settle(qtbot, made)
    made.refresh_actions()
    made.actions_["handle.tool"].trigger()
    return made


def layer(window: MainWindow) -> KeypointLayer:
    grid = window.bench.viewports
    places = [i for i, v in enumerate(grid.viewports) if v in grid.shown]
    place = next(i for i in places if grid.viewports[i].content is Content.GENERATED)
    return window.presenters.shaping.keypoint_layers.layers[place]


def canvas(window: MainWindow) -> Any:
    return layer(window).parentWidget()


def mark(window: MainWindow, index: int) -> KeypointMark:
    return next(one for one in layer(window).marks if one.index == index)


def disc(window: MainWindow, index: int) -> tuple[float, float]:
    at = layer(window).on_widget(mark(window, index).place)
    return at.x(), at.y()


def tip(window: MainWindow, index: int, column: int) -> tuple[float, float]:
    arms = mark(window, index).arms
    assert arms is not None
    x, y = disc(window, index)
    return x + ARM * arms[column][0], y + ARM * arms[column][1]


def pick(window: MainWindow, *which: int) -> None:
    window.presenters.shaping.keypoints.select(which)


def central(window: MainWindow) -> int:
    """The keypoint nearest to the middle, whose axes lie inside the canvas."""
    middle = np.full(2, SIDE / 2)
    marks = [m for m in layer(window).marks if m.index != GROUP]
    return min(marks, key=lambda m: float(np.hypot(*(np.array(m.place) - middle)))).index


def axes(window: MainWindow, k: int) -> np.ndarray:
    row = active(window).track.values[FRAME]
    return row[6 * k + 2 : 6 * k + 6].reshape(2, 2) + np.eye(2)


def offset(window: MainWindow) -> np.ndarray:
    return np.asarray(active(window).track.offset)


def steps(window: MainWindow) -> str:
    return str(window.session.project.history.undo_label)


def pull(qtbot: Any, window: MainWindow, start: Any, by: tuple[float, float], keys: Any) -> None:
    surface = canvas(window)
    press(surface, start)
    for share in (0.5, 1.0):
        move(surface, (start[0] + share * by[0], start[1] + share * by[1]), keys)
    release(surface, (start[0] + by[0], start[1] + by[1]), keys)
    settle(qtbot, window)


def strike(window: MainWindow, key: Qt.Key, keys: Any = NONE) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(canvas(window), QKeyEvent(kind, key, keys))


def test_marks_lie_where_the_model_has_its_keypoints(window: MainWindow) -> None:
    shown = window.presenters.pictures.shown
    value = np.asarray(shown.overlays["keypoints"])
    places = ((value + 1) / 2 * 31 + 0.5) * SIDE / 32 - 0.5
    marks = layer(window).marks
    np.testing.assert_allclose([m.place for m in marks], places, atol=1e-3)
    assert len({m.ink for m in marks}) == len(marks) == 4
    assert [m.name for m in marks] == ["kp0", "kp1", "kp2", "kp3"]


def test_the_picture_follows_a_disc_and_it_is_one_step(qtbot: Any, window: MainWindow) -> None:
    before, picture = active(window).track.values.copy(), generated(window).copy()
    place = mark(window, 2).place
    pixel = canvas(window).picture_rect().width() / SIDE
    pull(qtbot, window, disc(window, 2), (3 * pixel, -2 * pixel), NONE)
    np.testing.assert_allclose(np.subtract(mark(window, 2).place, place), (3, -2), atol=1e-3)
    changed = np.argwhere(active(window).track.values != before)
    assert {tuple(cell) for cell in changed} == {(FRAME, 12), (FRAME, 13)}
    assert not np.array_equal(generated(window), picture)
    assert steps(window) == f"Move kp2, frame {FRAME}"
    window.session.project.history.undo()
    np.testing.assert_array_equal(active(window).track.values, before)
    assert steps(window) == "Add beat"


def test_the_mark_follows_the_hand_before_the_picture_is_made(window: MainWindow) -> None:
    surface, start = canvas(window), disc(window, 1)
    press(surface, start)
    move(surface, (start[0] + 21, start[1] + 13))
    np.testing.assert_allclose(np.subtract(disc(window, 1), start), (21, 13), atol=1e-3)
    release(surface, (start[0] + 21, start[1] + 13))


def test_a_click_selects_and_moves_nothing(window: MainWindow) -> None:
    click(canvas(window), disc(window, 3))
    assert window.presenters.shaping.keypoints.selected == (3,)
    assert window.session.selection.dims == tuple(range(18, 24))
    assert len(window.session.selection.rows) == COUNT
    assert window.bench.time.matrix.view.chosen.dims == tuple(range(18, 24))
    assert steps(window) == "Add beat"


def test_the_first_axis_turns_and_zooms(qtbot: Any, window: MainWindow) -> None:
    k = central(window)
    pick(window, k)
    before = axes(window, k)
    pull(qtbot, window, tip(window, k, 0), (10.0, 24.0), NONE)
    after = axes(window, k)
    wanted = before[:, 0] + np.array([10.0, 24.0]) / ARM
    np.testing.assert_allclose(after[:, 0], wanted, atol=1e-4)
    change = after @ np.linalg.inv(before)
    np.testing.assert_allclose(change[0, 0], change[1, 1], atol=1e-4)
    np.testing.assert_allclose(change[0, 1], -change[1, 0], atol=1e-4)
    assert steps(window) == f"Turn and zoom kp{k}, frame {FRAME}"
    assert set(np.flatnonzero(offset(window).any(0))) <= set(range(6 * k + 2, 6 * k + 6))


def test_shift_only_turns_and_ctrl_only_zooms(qtbot: Any, window: MainWindow) -> None:
    k = central(window)
    pick(window, k)
    before = axes(window, k)
    pull(qtbot, window, tip(window, k, 0), (0.0, 20.0), SHIFT)
    assert size_of(axes(window, k)) == pytest.approx(size_of(before), abs=1e-4)
    assert turn_of(axes(window, k)) > turn_of(before) + 10
    assert steps(window) == f"Turn kp{k}, frame {FRAME}"
    turned = axes(window, k)
    start, middle = tip(window, k, 0), disc(window, k)
    by = (0.5 * (start[0] - middle[0]), 0.5 * (start[1] - middle[1]))
    pull(qtbot, window, start, by, CTRL)
    np.testing.assert_allclose(axes(window, k), 1.5 * turned, atol=1e-4)
    assert steps(window) == f"Zoom kp{k}, frame {FRAME}"


def test_the_second_axis_shears_alone(qtbot: Any, window: MainWindow) -> None:
    pick(window, 0)
    before = axes(window, 0)
    pull(qtbot, window, tip(window, 0, 1), (12.0, 3.0), NONE)
    after = axes(window, 0)
    np.testing.assert_allclose(after[:, 0], before[:, 0], atol=1e-5)
    np.testing.assert_allclose(after[:, 1] - before[:, 1], np.array([12, 3]) / ARM, atol=1e-4)
    assert steps(window) == f"Shear kp0, frame {FRAME}"


def test_several_move_together_and_turn_as_one(qtbot: Any, window: MainWindow) -> None:
    window.actions_["keypoint.all"].trigger()
    marks = {m.index: np.array(m.place) for m in layer(window).marks}
    assert set(marks) == {0, 1, 2, 3, GROUP}
    pull(qtbot, window, disc(window, 1), (20.0, 5.0), NONE)
    by = np.array(mark(window, 1).place) - marks[1]
    for k in (0, 2, 3, GROUP):
        np.testing.assert_allclose(np.array(mark(window, k).place) - marks[k], by, atol=1e-3)
    assert steps(window) == f"Move 4 keypoints, frame {FRAME}"
    marks = {m.index: np.array(m.place) for m in layer(window).marks}
    before = axes(window, 2)
    pull(qtbot, window, tip(window, GROUP, 0), (-ARM, ARM), NONE)
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    for k in range(4):
        wanted = marks[GROUP] + turn @ (marks[k] - marks[GROUP])
        np.testing.assert_allclose(mark(window, k).place, wanted, atol=1e-2)
    np.testing.assert_allclose(axes(window, 2), turn @ before, atol=1e-4)


def test_an_axis_of_several_turns_each_in_its_place(qtbot: Any, window: MainWindow) -> None:
    pick(window, 0, 1)
    places = [mark(window, k).place for k in (0, 1)]
    before = [axes(window, k) for k in (0, 1)]
    pull(qtbot, window, tip(window, 0, 0), (0.0, 20.0), SHIFT)
    turns = [axes(window, k) @ np.linalg.inv(before[k]) for k in (0, 1)]
    np.testing.assert_allclose(turns[0], turns[1], atol=1e-4)
    np.testing.assert_allclose([mark(window, k).place for k in (0, 1)], places, atol=1e-6)


def test_shift_click_and_boxes_select(window: MainWindow) -> None:
    keypoints, surface = window.presenters.shaping.keypoints, canvas(window)
    click(surface, disc(window, 0))
    click(surface, disc(window, 2), SHIFT)
    assert keypoints.selected == (0, 2)
    click(surface, disc(window, 2), CTRL)
    assert keypoints.selected == (0,)
    area = surface.picture_rect()
    corners = (area.left() + 1, area.top() + 1), (area.right() - 1, area.bottom() - 1)
    press(surface, corners[0])
    move(surface, corners[1])
    release(surface, corners[1])
    assert keypoints.selected == (0, 1, 2, 3)
    strike(window, Qt.Key.Key_Escape)
    assert keypoints.selected == ()
    strike(window, Qt.Key.Key_A, CTRL)
    assert keypoints.selected == (0, 1, 2, 3)
    assert steps(window) == "Add beat"


def test_neighbours_follow_within_the_spread(qtbot: Any, window: MainWindow) -> None:
    surface, start = canvas(window), disc(window, 1)
    press(surface, start)
    move(surface, (start[0] + 20, start[1]))
    wheel(surface, (start[0] + 20, start[1]), 2, ALT)
    release(surface, (start[0] + 20, start[1]))
    settle(qtbot, window)
    moved = offset(window)[:, 6]
    assert moved[FRAME] > moved[FRAME + 1] > moved[FRAME + 2] > 0
    np.testing.assert_allclose(moved[FRAME + 1], moved[FRAME] * np.exp(-0.5), rtol=1e-4)
    assert not offset(window)[0].any(), "the reference never moves"
    window.session.project.history.undo()
    assert not active(window).track.is_edited


def test_escape_takes_the_drag_back(window: MainWindow) -> None:
    surface, start, before = canvas(window), disc(window, 1), active(window).track.values.copy()
    press(surface, start)
    move(surface, (start[0] + 20, start[1]))
    strike(window, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(active(window).track.values, before)
    np.testing.assert_allclose(disc(window, 1), start, atol=1e-6)
    assert steps(window) == "Add beat"
    assert not window.session.project.in_transaction


def test_keys_move_turn_and_reset(qtbot: Any, window: MainWindow) -> None:
    click(canvas(window), disc(window, 2))
    place, before = mark(window, 2).place, axes(window, 2)
    strike(window, Qt.Key.Key_Right)
    strike(window, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    np.testing.assert_allclose(np.subtract(mark(window, 2).place, place), (1, 0.1), atol=1e-3)
    strike(window, Qt.Key.Key_Right, ALT)
    settle(qtbot, window)
    assert turn_of(axes(window, 2)) == pytest.approx(turn_of(before) + 2, abs=1e-3)
    strike(window, Qt.Key.Key_Delete)
    assert not active(window).track.is_edited
    assert steps(window) == f"Reset kp2, frame {FRAME}"


def test_the_reference_does_not_move_and_says_so(qtbot: Any, window: MainWindow) -> None:
    window.presenters.playback.go(0)
    settle(qtbot, window)
    surface, start = canvas(window), disc(window, 1)
    press(surface, start)
    with qtbot.waitSignal(window.session.notices.posted) as said:
        move(surface, (start[0] + 20, start[1]))
    release(surface, (start[0] + 20, start[1]))
    assert not active(window).track.is_edited
    assert not window.session.project.in_transaction
    assert "picture itself" in str(said.args[0])


def test_muted_dimensions_stay(qtbot: Any, window: MainWindow) -> None:
    window.session.push(SetMuted(active(window).id, (12,)))
    settle(qtbot, window)
    place = mark(window, 2).place
    pull(qtbot, window, disc(window, 2), (20.0, 20.0), NONE)
    moved = np.subtract(mark(window, 2).place, place)
    assert moved[0] == pytest.approx(0, abs=1e-6)
    assert moved[1] > 1
    assert not offset(window)[:, 12].any()


def test_marks_and_axes_go_through_crop_and_angle(qtbot: Any, window: MainWindow) -> None:
    framing = Framing(mode="crop", crop=(6, 10, 32, 32), angle=90.0)
    window.session.push(SetFraming(active(window).id, framing))
    qtbot.waitUntil(lambda: not active(window).needs_encoding, timeout=60_000)
    settle(qtbot, window)
    value = np.asarray(window.presenters.pictures.shown.overlays["keypoints"])[1]
    x, y = (value + 1) / 2 * 31 - 15.5
    # Turned clockwise: the model's right is the picture's down.
    np.testing.assert_allclose(mark(window, 1).place, (25.5 - y, 21.5 + x), atol=1e-2)
    pick(window, 1)
    arms = mark(window, 1).arms
    assert arms is not None
    np.testing.assert_allclose(arms[0], (-axes(window, 1)[1, 0], axes(window, 1)[0, 0]), atol=1e-4)
    before, place = axes(window, 1), mark(window, 1).place
    pull(qtbot, window, tip(window, 1, 1), (0.0, -8.0), NONE)
    np.testing.assert_allclose(axes(window, 1)[:, 1] - before[:, 1], (-8 / ARM, 0), atol=1e-4)
    pixel = canvas(window).picture_rect().width() / SIDE
    pull(qtbot, window, disc(window, 1), (2 * pixel, 0.0), NONE)
    np.testing.assert_allclose(np.subtract(mark(window, 1).place, place), (2, 0), atol=1e-2)


def test_names_show_on_hover_and_what_is_far_from_rest(window: MainWindow) -> None:
    said: list[str] = []
    layer(window).hovered.connect(said.append)
    hover(canvas(window), disc(window, 2))
    assert said[-1].startswith("kp2 · moved ")
    before = layer(window).grab().toImage()
    hover(canvas(window), (2.0, 2.0))
    assert said[-1] == ""
    assert layer(window).grab().toImage() != before


def test_only_what_belongs_to_keypoints_is_offered(window: MainWindow) -> None:
    tools = window.presenters.shaping.tools
    window.refresh_actions()
    assert not window.actions_["handle.pin"].isEnabled()
    assert "belong to the model" in window.actions_["handle.pin"].toolTip()
    assert tools.buttons["keypoint.all"].isVisibleTo(tools)
    assert not tools.buttons["handle.pin"].isVisibleTo(tools)
    assert not tools.prior.isVisibleTo(tools)
    assert "4 keypoints" in tools.handles.text()
    window.actions_["handle.tool"].trigger()
    press(canvas(window), (100.0, 100.0))
    release(canvas(window), (100.0, 100.0))
    assert not window.presenters.shaping.keypoints.dragging
    assert layer(window).marks == ()


def test_a_model_without_keypoints_says_so(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, small_models: dict[str, Any]
) -> None:
    from tests.gui.small_model import SmallModel, small_card

    small_models.clear()
    small_models["heart"] = SmallModel(small_card("heart", 1))
    made = make_window()
    open_clip(qtbot, made, clip_path)
    made.refresh_actions()
    action = made.actions_["keypoint.all"]
    assert not action.isEnabled()
    assert "no keypoints" in action.toolTip()
    assert Capability.KEYPOINTS not in small_models["heart"].card.capabilities
    tools = made.presenters.shaping.tools
    assert not tools.buttons["keypoint.all"].isVisibleTo(tools)
    assert tools.buttons["handle.pin"].isVisibleTo(tools)


def test_a_mark_far_left_of_its_axis_is_still_found(window: MainWindow) -> None:
    surface = layer(window)
    places = tuple(surface.on_widget(m.place) for m in surface.marks)
    assert all(isinstance(place, QPointF) for place in places)
    pick(window, 1)
    x, y = tip(window, 1, 0)
    press(canvas(window), (x, y))
    hold = window.presenters.shaping.keypoints._hold
    assert hold is not None
    assert hold.grip == 1
    release(canvas(window), (x, y))
