"""A model that remembers: its clip goes on, its flow moves another clip, and words are true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import RowKind
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from motionstudio.models.base import Capability
from tests.gui.conftest import MakeWindow
from tests.gui.motion_drops import MotionDrag
from tests.gui.small_model import SmallModel
from tests.models import tiny_stae, tiny_vae
from tests.stories.steps import LONG, active, click_frame, do, generated, open_clip, settle


def _moving(path: Path, step: int) -> Path:
    """A square that goes to the right."""
    frames = np.full((8, 32, 32, 1), 30, np.uint8)
    for t in range(8):
        frames[t, 12:20, 4 + step * t : 12 + step * t] = 220
    write_clip(Clip(frames, uniform_times(8, 10)), path)
    return path


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, small_models: dict[str, SmallModel], tmp_path: Path
) -> MainWindow:
    model = tiny_stae.fresh()
    small_models[model.card.name] = model  # type: ignore[assignment]
    window = make_window((1280, 800), cards=(model.card,))
    for name, step in (("fast", 2), ("slow", 1)):
        open_clip(qtbot, window, _moving(tmp_path / f"{name}.npz", step))
    return window


def test_it_goes_on_and_its_flow_moves_another_clip(qtbot: Any, window: MainWindow) -> None:
    fast, slow = window.session.project.subjects
    window.session.show(fast.id)
    settle(qtbot, window)
    click_frame(window, 5)
    do(window, "future.go_on")
    futures = window.presenters.predicting
    qtbot.waitUntil(lambda: not futures.running and not futures.why_not_keep(), timeout=LONG)
    do(window, "future.keep")
    settle(qtbot, window)
    assert "future" in active(window).name

    window.session.show(slow.id)
    window.session.view.update(playhead=6)
    settle(qtbot, window)
    before = generated(window).copy()
    MotionDrag(fast.id).drop(window.bench.viewports.shown[0].canvas)
    settle(qtbot, window)
    driver, moved = (window.session.project.subject(one.id).track for one in (fast, slow))
    assert driver is not None
    assert moved is not None
    assert moved.base.rows is RowKind.PAIR
    np.testing.assert_allclose(moved.motion().mean, driver.motion().mean, atol=1e-5)
    assert not np.array_equal(generated(window), before)
    said = [notice.text for notice in window.session.notices.recent]
    assert "The rows of fast move slow now." in said
    assert not any("refined" in text for text in said)
    do(window, "edit.undo")
    settle(qtbot, window)
    assert np.array_equal(generated(window), before)


def test_what_has_no_spread_says_why(window: MainWindow) -> None:
    window.refresh_actions()
    why = window.actions_.why_not("view.uncertainty")
    assert "no spread" in why
    assert "carried over" not in why


def test_a_model_that_gives_pictures_is_not_said_to_move_the_source(
    qtbot: Any, make_window: MakeWindow, small_models: dict[str, SmallModel], tmp_path: Path
) -> None:
    model = tiny_vae.fresh()
    assert Capability.DISPLACEMENT not in model.card.capabilities
    small_models[model.card.name] = model  # type: ignore[assignment]
    window = make_window(cards=(model.card,))
    open_clip(qtbot, window, _moving(tmp_path / "fast.npz", 2))
    window.refresh_actions()
    assert "gives no motion field" in window.actions_.why_not("view.field_render")
