"""Maps of the model and the rendering in the whole window: what is asked for, shown and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.keypoint_maps import keypoint_colours, tinted
from motionstudio.core.rendering import Rendering
from motionstudio.document.commands import SetFraming
from motionstudio.document.subject import Framing
from motionstudio.gui.items.layers import Content, Veil
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.drawing_model import DrawingModel, drawing_card
from tests.gui.small_model import SIZE, SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle

COUNT = 6


@pytest.fixture
def small_models() -> dict[str, SmallModel]:
    return {"drawing": DrawingModel(drawing_card())}


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(COUNT, SIZE), uniform_times(COUNT, 20)), path)
    made = make_window()
    open_clip(qtbot, made, path)
    settle(qtbot, made)
    made.refresh_actions()
    return made


def model(small_models: dict[str, SmallModel]) -> DrawingModel:
    made = small_models["drawing"]
    assert isinstance(made, DrawingModel)
    return made


def veil(window: MainWindow, place: int = 1) -> Veil | None:
    return window.bench.viewports.viewports[place].canvas.layers.veil


def lay(qtbot: Any, window: MainWindow, name: str, place: int = 1) -> Veil:
    window.bench.viewports.viewports[place].menu.mapChosen.emit(name)
    qtbot.waitUntil(lambda: veil(window, place) is not None)
    found = veil(window, place)
    assert found is not None
    return found


def test_nothing_is_asked_for_until_somebody_looks(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
) -> None:
    assert model(small_models).asked == []
    found = lay(qtbot, window, "occlusion")
    assert model(small_models).asked == [(0, ("occlusion",), False)]
    assert found.legend is not None
    assert found.legend.high == "1 seen"
    assert found.opacity == window.session.view.state.viewports.map_opacity


def test_the_map_follows_the_playhead_and_goes_when_taken_off(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
) -> None:
    lay(qtbot, window, "masks")
    window.presenters.playback.go(4)
    qtbot.waitUntil(lambda: model(small_models).asked[-1][0] == 4)
    four = tinted(np.full((3, 12, 12), 0.04, np.float32))

    def shows_four() -> bool:
        found = veil(window)
        return found is not None and np.array_equal(found.picture, four)

    qtbot.waitUntil(shows_four)
    window.actions_["view.map_masks"].trigger()
    assert veil(window) is None


def test_heat_maps_over_true_frames_are_those_of_the_true_frame(
    qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
) -> None:
    lay(qtbot, window, "heat maps", place=0)
    assert model(small_models).asked == [(0, ("heat maps",), True)]


def test_maps_lie_where_the_model_sees(qtbot: Any, window: MainWindow) -> None:
    window.session.push(SetFraming(active(window).id, Framing("crop", (4, 8, 30, 30), 20.0)))
    settle(qtbot, window)
    found = lay(qtbot, window, "occlusion")
    assert found.box == (8.0, 4.0, 30.0, 30.0)
    assert found.angle == 20.0


def test_contents_on_the_reference_have_no_map(qtbot: Any, window: MainWindow) -> None:
    lay(qtbot, window, "masks")
    window.bench.viewports.viewports[1].menu.contentChosen.emit(Content.MAGNITUDE)
    qtbot.waitUntil(lambda: veil(window) is None)


def test_what_the_model_does_not_have_says_so(window: MainWindow) -> None:
    action = window.actions_["view.map_deformed"]
    assert not action.isEnabled()
    assert "has no deformed source" in action.toolTip()
    assert window.actions_["view.map_masks"].isEnabled()


def test_rendering_by_the_field_moves_the_source_and_can_be_undone(
    qtbot: Any, window: MainWindow
) -> None:
    drawn = generated(window)
    assert len(np.unique(drawn)) <= 2
    pane = window.presenters.picture.pane
    pane.by.setCurrentIndex(1)
    pane.by.activated.emit(1)
    pane.fill.setChecked(False)
    settle(qtbot, window)
    assert active(window).rendering == Rendering("field", fill=False)
    assert "motion field" in window.bench.viewports.viewports[1].canvas.badges
    np.testing.assert_array_equal(generated(window), np.asarray(active(window).clip.frames[0]))
    # Turning both knobs at once is one step.
    window.actions_["edit.undo"].trigger()
    settle(qtbot, window)
    np.testing.assert_array_equal(generated(window), drawn)


def test_controls_say_why_they_are_off(window: MainWindow) -> None:
    pane = window.presenters.picture.pane
    assert not pane.feather.isEnabled()
    assert "no border" in pane.feather.toolTip()
    assert not pane.fill.isEnabled()
    assert pane.by.isEnabled()


def test_colours_of_keypoints_differ() -> None:
    colours = keypoint_colours(10).astype(int)
    apart = np.abs(colours[:, None] - colours[None]).sum(-1)
    assert apart[~np.eye(10, dtype=bool)].min() > 60
