"""Looking for a motion in all clips, in the window, by a model whose laws are exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import RowKind
from motionstudio.core.motion_windows import Span
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, hover
from tests.gui.small_model import SmallModel
from tests.gui.viewing_models import ComposingModel, viewing_card
from tests.stories.steps import active, click_frame, do, is_encoded

LONG = 60_000


def moving(path: Path, places: list[int]) -> Path:
    """A clip of a bright square at these columns."""
    frames = np.full((len(places), 48, 48, 1), 40, np.uint8)
    for frame, x in zip(frames, places, strict=True):
        frame[20:28, x : x + 8] = 220
    write_clip(Clip(frames, uniform_times(len(places), 20)), path)
    return path


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> MainWindow:
    card = viewing_card(RowKind.PREFIX, composes=True)
    small_models["heart"] = ComposingModel(card)
    window = make_window(cards=(card,))
    there = list(range(4, 37, 4))
    read(qtbot, window, moving(tmp_path / "turning.npz", [*there, *there[-2::-1]]))
    read(qtbot, window, moving(tmp_path / "going.npz", list(range(2, 38, 3))))
    window.session.show(window.session.project.subjects[0].id)
    window.bench.show_pane("search")
    QApplication.processEvents()
    return window


def read(qtbot: Any, window: MainWindow, path: Path) -> None:
    count = len(window.session.project.subjects)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) > count, timeout=LONG)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)


def look(qtbot: Any, window: MainWindow, action: str) -> None:
    search = window.presenters.search
    window.refresh_actions()
    assert window.actions_.why_not(action) == ""
    do(window, action)
    assert search.running
    qtbot.waitUntil(lambda: not search.running, timeout=LONG)


def names(window: MainWindow) -> list[str]:
    search = window.presenters.search
    return [search.pool.find(match.id).name for match in search.found.matches]


def test_a_motion_is_found_in_another_clip_and_a_click_goes_there(
    qtbot: Any, window: MainWindow
) -> None:
    search, pane = window.presenters.search, window.presenters.search.pane
    window.session.view.update(play_range=(0, 8))
    assert search.span == Span(0, 8)
    assert "Frames 0-8, the play range" in pane.query.text()
    look(qtbot, window, "search.find")
    assert names(window)[0] == "going"
    tiles = [tile for tile in pane.tiles if tile.isVisible()]
    assert len(tiles) == len(search.found.matches) == 5
    assert all(tile.ready for tile in tiles)
    assert "going, frames" in tiles[0].toolTip()
    match = search.found.matches[0]
    click(tiles[0], (20, 20))
    assert active(window).name == "going"
    assert window.session.view.state.play_range == (match.span.start, match.span.stop)
    assert window.session.playhead == match.span.start


def test_a_match_in_a_sample_opens_it(qtbot: Any, window: MainWindow) -> None:
    search = window.presenters.search
    look(qtbot, window, "search.find")
    assert search.pool.read()
    places = [n for n, m in enumerate(search.found.matches) if m.id.startswith("sample:")]
    if not places:
        pytest.skip("no sample is among the five most alike")
    search.go(places[0])
    name = search.pool.find(search.found.matches[places[0]].id).name
    qtbot.waitUntil(lambda: active(window).name == name, timeout=LONG)
    span = search.found.matches[places[0]].span
    qtbot.waitUntil(
        lambda: window.session.view.state.play_range == (span.start, span.stop), timeout=LONG
    )


def test_the_reverse_and_two_parts_in_a_row_are_found(qtbot: Any, window: MainWindow) -> None:
    search = window.presenters.search
    assert "first part" in window.actions_.why_not("search.composed")
    window.session.view.update(play_range=(0, 8))
    look(qtbot, window, "search.reverse")
    best = search.found.matches[0]
    assert search.pool.find(best.id).name != "going"
    window.session.view.update(play_range=(0, 4))
    do(window, "search.remember")
    assert "frames 0-4" in search.pane.first.text()
    window.session.view.update(play_range=(4, 8))
    look(qtbot, window, "search.composed")
    assert names(window)[0] == "going"


def test_the_laws_are_told_and_the_map_leads_to_frames(qtbot: Any, window: MainWindow) -> None:
    search, pane = window.presenters.search, window.presenters.search.pane
    window.session.view.update(play_range=(0, 4))
    look(qtbot, window, "search.check")
    assert pane.laws.text().splitlines()[0].startswith("0.00")
    assert len(pane.map.spans) == 13
    place = pane.map.place_of(9, 2)
    said: list[str] = []
    pane.hovered.connect(said.append)
    hover(pane.map, (place.x(), place.y()))
    assert "Frames 9-13 and 2-6" in said[-1]
    click(pane.map, (place.x(), place.y()))
    assert window.session.playhead == pane.map.spans[9].start == 9
    assert not search.running


def test_without_a_range_the_motion_around_the_playhead_is_meant(window: MainWindow) -> None:
    click_frame(window, 4)
    assert window.presenters.search.span == Span(1, 7)
    click_frame(window, 0)
    assert window.presenters.search.span == Span(0, 6)
    assert "around the playhead" in window.presenters.search.pane.query.text()


def test_a_search_can_be_stopped(qtbot: Any, window: MainWindow) -> None:
    search = window.presenters.search
    do(window, "search.find")
    assert "search" in window.presenters.tasks.running
    window.presenters.cancel_task("search")
    assert not search.running
    assert "search" not in window.presenters.tasks.running
    assert "No motion" in window.actions_.why_not("search.stop")


def test_models_that_do_not_compose_say_which_do(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    read(qtbot, window, moving(tmp_path / "going.npz", list(range(2, 38, 3))))
    window.bench.show_pane("search")
    for name in ("search.find", "search.reverse", "search.check"):
        assert "composes motions" in window.actions_.why_not(name)
    pane = window.presenters.search.pane
    assert not pane.look.isEnabled()
    assert "composes motions" in pane.look.toolTip()


def test_what_was_found_does_not_outlive_its_project(qtbot: Any, window: MainWindow) -> None:
    search = window.presenters.search
    do(window, "search.remember")
    look(qtbot, window, "search.find")
    assert any(tile.isVisible() for tile in search.pane.tiles)
    do(window, "file.new")
    qtbot.waitUntil(lambda: not window.session.project.subjects, timeout=LONG)
    assert search.found is None
    assert not any(tile.isVisible() for tile in search.pane.tiles)
    assert "frames" not in search.pane.first.text()
