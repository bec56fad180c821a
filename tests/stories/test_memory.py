"""A model whose rows are pairs and whose flows are composed, through the whole window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import GATES
from motionstudio.document.commands import EditLatent
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.models import tiny_stae
from tests.stories.conftest import blob_frames
from tests.stories.steps import LONG, active, do, generated, open_clip, settle

FRAMES = 8


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, Any]
) -> MainWindow:
    model = tiny_stae.fresh()
    small_models[model.card.name] = model
    made = make_window((1280, 720), cards=(model.card,))
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(FRAMES, 32), uniform_times(FRAMES, 20)), path)
    open_clip(qtbot, made, path)
    return made


def _at(qtbot: Any, window: MainWindow, frame: int) -> np.ndarray:
    window.session.view.update(playhead=frame)
    settle(qtbot, window)
    return generated(window).copy()


def _edit(window: MainWindow, row: int) -> None:
    block = np.full((1, 3), 4.0, np.float32)
    window.session.push(EditLatent(active(window).id, (row,), (0, 1, 2), block, "Edit"))


def test_a_changed_pair_moves_all_later_frames_and_what_is_measured_in_them(
    qtbot: Any, window: MainWindow
) -> None:
    early, late = _at(qtbot, window, 2), _at(qtbot, window, 6)
    told: list[object] = []
    window.presenters.overlays.fields.outdated.connect(told.append)
    _edit(window, 3)
    assert told == [None], "fields of all frames are outdated, not only that of the pair"
    assert (_at(qtbot, window, 6) != late).any()
    np.testing.assert_array_equal(_at(qtbot, window, 2), early)
    do(window, "edit.undo")
    np.testing.assert_array_equal(_at(qtbot, window, 6), late)


def test_gates_are_shown_where_there_is_a_memory(qtbot: Any, window: MainWindow) -> None:
    window.bench.show_pane("statistics")
    track, part = active(window).track, window.presenters.explore.statistics_pane.gates
    assert track is not None
    qtbot.waitUntil(part.isVisible, timeout=LONG)
    shown = np.stack([one.values for one in part.chart.series], 1)
    np.testing.assert_allclose(shown, track.base.state[GATES], atol=1e-6)
    part.chart.scrubbed.emit(4)
    assert window.session.playhead == 4
    window.session.show(None)
    assert part.isHidden()


def test_flow_memory_and_expectation_lie_over_the_picture(qtbot: Any, window: MainWindow) -> None:
    _at(qtbot, window, 4)
    settings = window.session.view.state.viewports
    maps = ("", "flow", "memory", "next error")
    window.session.view.update(layout="2x2", viewports=replace(settings, maps=maps))
    grid = window.bench.viewports

    def laid() -> bool:
        veils = [v._inputs.generated_veil for v in grid.viewports[1:]]
        return all(veil is not None for veil in veils)

    qtbot.waitUntil(laid, timeout=LONG)
    names = [v._inputs.generated_veil.name for v in grid.viewports[1:]]
    assert names == ["Flow to the next frame", "Memory", "Error of the next frame"]


def test_it_goes_on_in_one_way(qtbot: Any, window: MainWindow) -> None:
    futures = window.presenters.predicting
    _at(qtbot, window, 5)
    do(window, "future.go_on")
    qtbot.waitUntil(lambda: futures.found is not None and futures.found.last, timeout=LONG)
    assert len(futures.pane.made) == 1
    assert futures.found is not None
    assert futures.found.pictures.shape[:2] == (1, futures.count)
