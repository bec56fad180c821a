"""A model that draws steps between frames, in the whole window: truth, shapes, stills, maps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from motionstudio.core.motion import RowKind
from motionstudio.datasets import make
from motionstudio.datasets.sample import to_clip
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.motion_drops import MotionDrag
from tests.models import tiny_visual_dynamics
from tests.stories.steps import LONG, active, do, generated, open_clip, settle

FRAMES = 6


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, Any]
) -> MainWindow:
    model = tiny_visual_dynamics.fresh()
    small_models[model.card.name] = model
    window = make_window((1280, 720), cards=(model.card,))
    sample = make("correlated_shapes", {"frames": FRAMES, "size": 32}, 16, 1_000_259)
    path = tmp_path / "shapes.npz"
    write_clip(to_clip(sample), path)
    open_clip(qtbot, window, path)
    return window


def go(qtbot: Any, window: MainWindow, frame: int) -> np.ndarray:
    window.session.view.update(playhead=frame)
    settle(qtbot, window)
    return generated(window).copy()


def test_frame_0_is_the_source_and_an_edit_goes_on_into_later_frames(
    qtbot: Any, window: MainWindow
) -> None:
    subject = active(window)
    assert subject.track is not None
    assert subject.track.base.rows is RowKind.PAIR
    assert subject.track.base.mean.shape[0] == FRAMES - 1
    source = np.asarray(subject.clip.frames[0], np.float64)
    first = go(qtbot, window, 0)
    # At the model's 16 pixels, pasted back: the same picture, blurred.
    assert np.abs(first - source).mean() < 20
    before = [go(qtbot, window, frame) for frame in range(FRAMES)]
    slider = window.bench.sliders
    assert slider.isEnabled()
    from motionstudio.document.commands import EditLatent

    block = np.full((1, 1), 2.0, np.float32)
    window.session.push(EditLatent(subject.id, (2,), (0,), block, "Edit"))
    after = [go(qtbot, window, frame) for frame in range(FRAMES)]
    changed = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert changed == [False, False, False, True, True, True]


def test_steps_start_from_true_frames_on_demand(qtbot: Any, window: MainWindow) -> None:
    rolled = go(qtbot, window, 4)
    action = window.actions_["steps.from_truth"]
    assert action.isEnabled()
    action.trigger()
    settle(qtbot, window)
    forced = generated(window).copy()
    assert action.isChecked()
    assert not np.array_equal(rolled, forced)
    truth = np.asarray(active(window).clip.frames[4], np.float64)
    assert np.abs(forced - truth).mean() < np.abs(rolled - truth).mean() + 1
    window.session.project.history.undo()
    settle(qtbot, window)
    np.testing.assert_array_equal(generated(window), rolled)
    assert not action.isChecked()


def test_labelled_shapes_are_followed_and_other_pictures_say_what_they_lack(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    correlating = window.presenters.correlating
    do(window, "steps.correlation")
    assert correlating.running
    qtbot.waitUntil(lambda: not correlating.running, timeout=LONG)
    pane = correlating.pane
    assert pane.isVisible()
    assert len(pane.plots) == 3
    titles = " ".join(plot.title() for plot in pane.plots)
    assert all(f"label {number}" in titles for number in (1, 2, 3))
    assert "200 futures" in pane.words.text()
    path = tmp_path / "still.png"
    Image.fromarray(np.full((32, 32, 3), 99, np.uint8)).save(path)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: active(window).name == "still", timeout=LONG)
    qtbot.waitUntil(lambda: "labelled shapes" in pane.words.text(), timeout=LONG)
    assert not pane.draw.isEnabled()
    assert "labelled shapes" in pane.draw.toolTip()
    assert not pane.plots


def test_steps_are_dragged_onto_a_still(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:
    source = active(window)
    path = tmp_path / "still.png"
    other = make("correlated_shapes", {"size": 32}, 16, 1_000_313).frames[0]
    Image.fromarray(np.rint(np.moveaxis(other, 0, -1) * 255).astype(np.uint8)).save(path)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: active(window).name == "still", timeout=LONG)
    facts = window.session.media.facts
    qtbot.waitUntil(lambda: facts(active(window)) is not None, timeout=LONG)
    MotionDrag(source.id).drop(window.bench.viewports.shown[0].canvas)
    settle(qtbot, window)
    moved = active(window)
    assert moved.name == "still"
    assert len(moved.clip) == FRAMES
    assert moved.track is not None
    assert source.track is not None
    np.testing.assert_array_equal(moved.track.base.mean, source.track.motion().mean)
    first, last = go(qtbot, window, 0), go(qtbot, window, FRAMES - 1)
    assert not np.array_equal(first, last)


def test_maps_of_a_step_lie_over_the_picture(qtbot: Any, window: MainWindow) -> None:
    go(qtbot, window, 3)
    viewport = window.bench.viewports.viewports[1]
    window.bench.viewports.viewports[1].activated.emit()
    for name in ("kernels", "difference_image", "features_before"):
        action = window.actions_[f"view.map_{name}"]
        assert action.isEnabled(), action.toolTip()
        action.trigger()
        qtbot.waitUntil(lambda: shown_veil(window), timeout=LONG)
        action.trigger()
        qtbot.waitUntil(lambda: not shown_veil(window), timeout=LONG)
    assert viewport.isVisible()
    assert "no heat maps" in window.actions_["view.map_heat_maps"].toolTip()


def shown_veil(window: MainWindow) -> bool:
    """Whether any viewport shows a map."""
    return any(view.inputs.generated_veil is not None for view in window.bench.viewports.viewports)
