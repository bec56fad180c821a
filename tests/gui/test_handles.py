"""Dragging the picture in the whole window: pick, drag, pin, undo, keys, and what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.engine.responses import Failed
from motionstudio.gui.items.handle_layer import HandleLayer
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.handle_set import HandleSet
from motionstudio.io import write_clip
from motionstudio.models.base import Capability
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import ALT, NONE, SHIFT, Place, double_click, move, press, release, wheel
from tests.gui.small_model import SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle

FRAME, COUNT = 4, 12


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(COUNT, 48), uniform_times(COUNT, 20), cyclic=True), path)
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


def handles(window: MainWindow) -> HandleSet:
    return window.presenters.shaping.handles.handles


def layer(window: MainWindow) -> HandleLayer:
    grid = window.bench.viewports
    places = [i for i, v in enumerate(grid.viewports) if v in grid.shown]
    place = next(i for i in places if grid.viewports[i].content is Content.GENERATED)
    return window.presenters.shaping.layers.layers[place]


def canvas(window: MainWindow) -> Any:
    return layer(window).parentWidget()


def at(window: MainWindow, x: float, y: float) -> Place:
    place = layer(window).on_widget((x, y))
    return place.x(), place.y()


def done(window: MainWindow) -> bool:
    return not window.presenters.shaping.handles.dragging


def drag(qtbot: Any, window: MainWindow, start: Place, stop: Place) -> None:
    surface = canvas(window)
    press(surface, at(window, *start))
    for share in (0.3, 0.7, 1.0):
        there = (start[0] + share * (stop[0] - start[0]), start[1] + share * (stop[1] - start[1]))
        move(surface, at(window, *there))
    release(surface, at(window, *stop))
    qtbot.waitUntil(lambda: done(window), timeout=10_000)
    settle(qtbot, window)


def send(window: MainWindow, key: Qt.Key, kind: QEvent.Type, keys: Any = NONE) -> None:
    QApplication.sendEvent(canvas(window), QKeyEvent(kind, key, keys))


def strike(window: MainWindow, key: Qt.Key, keys: Any = NONE) -> None:
    send(window, key, QEvent.Type.KeyPress, keys)
    send(window, key, QEvent.Type.KeyRelease, keys)


def test_the_picture_follows_the_hand_and_it_is_one_step(qtbot: Any, window: MainWindow) -> None:
    before = active(window).track.values.copy()
    picture = window.presenters.pictures.shown.picture.copy()
    drag(qtbot, window, (20.0, 24.0), (22.0, 23.0))
    place = window.presenters.shaping.handles.places()[0]
    np.testing.assert_allclose(place, (22.0, 23.0), atol=0.3)
    assert not np.array_equal(window.presenters.pictures.shown.picture, picture)
    history = window.session.project.history
    assert history.undo_label == f"Drag 1 point, frame {FRAME}"
    history.undo()
    np.testing.assert_array_equal(active(window).track.values, before)
    settle(qtbot, window)
    np.testing.assert_array_equal(window.presenters.pictures.shown.picture, picture)
    assert handles(window).handles[0].targets == {}, "the handle stays, its target is gone"


def test_frames_nearby_follow_within_the_spread(qtbot: Any, window: MainWindow) -> None:
    window.presenters.shaping.handles.set_spread(1.0)
    drag(qtbot, window, (20.0, 24.0), (22.0, 24.0))
    track = active(window).track
    size = np.abs(track.offset).sum(1)
    assert size[FRAME] > size[FRAME + 1] > size[FRAME + 2] > 0
    np.testing.assert_allclose(
        track.offset[FRAME + 1], track.offset[FRAME] * np.exp(-0.5), atol=1e-5
    )
    assert not track.offset[0].any(), "the reference never moves"
    assert not track.offset[FRAME + 5].any()


def test_without_spread_only_this_frame_moves(qtbot: Any, window: MainWindow) -> None:
    window.presenters.shaping.handles.set_spread(0.0)
    drag(qtbot, window, (20.0, 24.0), (22.0, 24.0))
    assert np.flatnonzero(active(window).track.offset.any(1)).tolist() == [FRAME]


def test_a_wheel_with_alt_changes_the_spread_while_dragging(qtbot: Any, window: MainWindow) -> None:
    presenter = window.presenters.shaping.handles
    presenter.set_spread(1.0)
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    move(surface, at(window, 22, 24))
    qtbot.waitUntil(lambda: bool(active(window).track.offset.any()), timeout=10_000)
    wheel(surface, at(window, 22, 24), -2, ALT)
    assert presenter.spread == 0.0
    assert np.flatnonzero(active(window).track.offset.any(1)).tolist() == [FRAME]
    release(surface, at(window, 22, 24))
    qtbot.waitUntil(lambda: done(window), timeout=10_000)
    window.session.project.history.undo()
    assert not active(window).track.is_edited


def test_escape_stops_and_restores(qtbot: Any, window: MainWindow) -> None:
    surface, before = canvas(window), active(window).track.values.copy()
    press(surface, at(window, 20, 24))
    move(surface, at(window, 23, 24))
    qtbot.waitUntil(lambda: active(window).track.is_edited, timeout=10_000)
    strike(window, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(active(window).track.values, before)
    assert window.session.project.history.undo_label == "Add beat"
    move(surface, at(window, 25, 24))
    release(surface, at(window, 25, 24))
    settle(qtbot, window)
    assert not active(window).track.is_edited
    assert not window.session.project.in_transaction


def test_the_escape_action_stops_a_drag_too(qtbot: Any, window: MainWindow) -> None:
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    move(surface, at(window, 23, 24))
    qtbot.waitUntil(lambda: active(window).track.is_edited, timeout=10_000)
    window.behaviours.helps.cancel()
    assert not active(window).track.is_edited


def test_a_press_alone_moves_nothing(qtbot: Any, window: MainWindow) -> None:
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    release(surface, at(window, 20, 24))
    qtbot.waitUntil(lambda: done(window), timeout=10_000)
    assert not active(window).track.is_edited
    assert window.session.project.history.undo_label == "Add beat"
    assert len(handles(window).handles) == 1


def test_a_pin_holds_its_place(qtbot: Any, window: MainWindow) -> None:
    presenter = window.presenters.shaping.handles
    press(canvas(window), at(window, 30, 30), SHIFT)
    release(canvas(window), at(window, 30, 30), SHIFT)
    assert handles(window).handles[0].pinned
    before = presenter.places()[0].copy()
    drag(qtbot, window, (18.0, 20.0), (20.0, 19.0))
    after = presenter.places()
    np.testing.assert_allclose(after[0], before, atol=0.3)
    np.testing.assert_allclose(after[1], (20.0, 19.0), atol=0.3)
    assert window.session.project.history.undo_label == f"Drag 1 point, frame {FRAME}"


def test_two_points_are_held_at_once(qtbot: Any, window: MainWindow) -> None:
    drag(qtbot, window, (18.0, 20.0), (19.5, 20.0))
    drag(qtbot, window, (30.0, 30.0), (30.0, 28.5))
    places = window.presenters.shaping.handles.places()
    np.testing.assert_allclose(places, [(19.5, 20.0), (30.0, 28.5)], atol=0.4)
    assert window.session.project.history.undo_label == f"Drag 2 points, frame {FRAME}"


def test_handles_stay_on_their_material_while_scrubbing(qtbot: Any, window: MainWindow) -> None:
    drag(qtbot, window, (20.0, 24.0), (22.0, 24.0))
    there = window.presenters.shaping.handles.places()[0].copy()
    window.presenters.playback.go(0)
    settle(qtbot, window)
    rest = window.presenters.shaping.handles.places()[0]
    np.testing.assert_allclose(rest, handles(window).handles[0].point, atol=1e-3)
    assert not np.allclose(rest, there, atol=0.5)
    window.presenters.playback.go(FRAME)
    settle(qtbot, window)
    np.testing.assert_allclose(window.presenters.shaping.handles.places()[0], there, atol=1e-3)


def test_what_cannot_be_reached_says_how_far_it_is(qtbot: Any, window: MainWindow) -> None:
    for pin in ((18, 24), (26, 24), (22, 20), (22, 28)):
        press(canvas(window), at(window, *pin), SHIFT)
        release(canvas(window), at(window, *pin), SHIFT)
    drag(qtbot, window, (22.0, 24.0), (28.0, 24.0))
    marks = layer(window).marks
    short = [mark for mark in marks if mark.short]
    assert short
    assert all(mark.distance is not None and mark.distance > 1 for mark in short)
    words = window.presenters.shaping.tools.handles
    assert "cannot come nearer" in words.text()
    assert words.property("tone") == "warn"


def test_the_reference_says_why_it_cannot_move(qtbot: Any, window: MainWindow) -> None:
    window.presenters.playback.go(0)
    settle(qtbot, window)
    with qtbot.waitSignal(window.session.notices.posted) as said:
        press(canvas(window), at(window, 20, 24))
    assert "Frame 0 is the picture itself" in said.args[0].text
    move(canvas(window), at(window, 25, 24))
    release(canvas(window), at(window, 25, 24))
    assert not active(window).track.is_edited


def test_arrow_keys_drag_the_selected_point(qtbot: Any, window: MainWindow) -> None:
    window.presenters.shaping.handles.add_in_middle()
    before = window.presenters.shaping.handles.places()[0].copy()
    canvas(window).setFocus()
    for _ in range(2):
        send(window, Qt.Key.Key_Right, QEvent.Type.KeyPress)
    send(window, Qt.Key.Key_Right, QEvent.Type.KeyRelease)
    qtbot.waitUntil(lambda: done(window), timeout=10_000)
    settle(qtbot, window)
    after = window.presenters.shaping.handles.places()[0]
    np.testing.assert_allclose(after - before, (2.0, 0.0), atol=0.3)
    window.session.project.history.undo()
    assert not active(window).track.is_edited, "keys held down are one step"


def test_keys_pin_and_remove(window: MainWindow) -> None:
    window.presenters.shaping.handles.add_in_middle()
    strike(window, Qt.Key.Key_P)
    assert handles(window).handles[0].pinned
    strike(window, Qt.Key.Key_Delete)
    assert handles(window).handles == []
    assert window.session.project.history.undo_label == "Add beat", "no part of the document"


def test_a_double_click_pins_and_lets_go(qtbot: Any, window: MainWindow) -> None:
    window.presenters.shaping.handles.add_in_middle()
    x, y = window.presenters.shaping.handles.places()[0]
    for pinned in (True, False):
        double_click(canvas(window), at(window, x, y))
        qtbot.waitUntil(lambda: done(window), timeout=10_000)
        assert handles(window).handles[0].pinned is pinned


def test_without_the_tool_the_picture_is_not_dragged(qtbot: Any, window: MainWindow) -> None:
    window.refresh_actions()
    window.actions_["handle.tool"].trigger()
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    move(surface, at(window, 25, 24))
    release(surface, at(window, 25, 24))
    assert handles(window).handles == []
    assert not active(window).track.is_edited


def test_a_model_without_handles_says_why(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, small_models: dict[str, SmallModel]
) -> None:
    plain = small_card("heart", 1, Capability.ENCODE | Capability.DECODE | Capability.INVERSE
                       | Capability.EDIT | Capability.DISPLACEMENT)  # fmt: skip
    small_models["heart"].card = plain
    window = make_window(cards=(plain,))
    open_clip(qtbot, window, clip_path)
    window.refresh_actions()
    action = window.actions_["handle.tool"]
    assert not action.isEnabled()
    assert "cannot do this: Dragging the picture needs" in action.toolTip()


def test_a_failing_solver_ends_the_gesture_and_keeps_the_document(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel], monkeypatch: Any
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("injected")

    monkeypatch.setattr(small_models["heart"], "solve", broken)
    failures: list[Failed] = []
    window.engine.responseReady.connect(
        lambda r: failures.append(r) if isinstance(r, Failed) else None
    )
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    move(surface, at(window, 22, 24))
    qtbot.waitUntil(lambda: bool(failures) and done(window), timeout=10_000)
    assert not window.session.project.in_transaction
    assert not active(window).track.is_edited


def test_many_moves_ask_few_questions_and_end_at_the_last(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel], monkeypatch: Any
) -> None:
    model, asked = small_models["heart"], []
    solve = type(model).solve

    def counted(self: SmallModel, *args: Any, **options: Any) -> Any:
        asked.append(args[3].targets.copy())
        return solve(self, *args, **options)

    monkeypatch.setattr(type(model), "solve", counted)
    surface = canvas(window)
    press(surface, at(window, 20, 24))
    for step in range(100):
        move(surface, at(window, 20 + step / 50, 24))
    qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    assert len(asked) < 20, "moves that come faster than answers are not queued"
    release(surface, at(window, 22, 24))
    qtbot.waitUntil(lambda: done(window), timeout=10_000)
    settle(qtbot, window)
    np.testing.assert_allclose(asked[-1][0], (21.98, 24.0), atol=0.05)


def test_a_new_project_does_not_trip_over_a_drag_that_is_still_solved_for(
    qtbot: Any, window: MainWindow
) -> None:
    presenter = window.presenters.shaping.handles
    presenter.press(24.0, 24.0, -1, False)
    presenter.move(27.0, 24.0)
    presenter.release()
    assert presenter.dragging
    window.projects.may_leave(lambda: None)
    assert not window.session.project.in_transaction
