"""The pane Futures in the whole window, with the smallest model that continues clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import Float
from motionstudio.document.commands import SetKeptMask
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from motionstudio.models.base import Capability, ModelCard
from motionstudio.models.prediction import Futures
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import _ALL, SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, do, open_clip, settle

FRAMES = 10


class Drawing(SmallModel):
    """Futures that are the last frame, darker by a draw of the seed."""

    def predict(self, past: Float, count: int, **options: Any) -> Futures:
        rng = np.random.default_rng(options["seed"])
        share = rng.uniform(0.2, 0.9, (options["futures"], 1, 1, 1, 1)).astype(np.float32)
        frames = np.repeat((past[-1] * share)[:, :1], count, 1)
        return Futures(np.ascontiguousarray(frames))


def _card(**changes: Any) -> ModelCard:
    card = small_card("heart", 1, _ALL | Capability.PREDICT)
    return card.model_copy(update=changes)


def _opened(
    qtbot: Any, make: MakeWindow, folder: Path, models: dict[str, SmallModel], card: ModelCard
) -> MainWindow:
    models["heart"] = Drawing(card)
    window = make((1280, 720), cards=(card, small_card("plain", 1)))
    models["plain"] = SmallModel(small_card("plain", 1))
    path = folder / "beat.npz"
    write_clip(Clip(blob_frames(FRAMES, 48), uniform_times(FRAMES, 20)), path)
    open_clip(qtbot, window, path)
    return window


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> MainWindow:
    return _opened(qtbot, make_window, tmp_path, small_models, _card())


def _continue(qtbot: Any, window: MainWindow, frame: int) -> None:
    window.session.view.update(playhead=frame)
    settle(qtbot, window)
    futures = window.presenters.predicting
    assert not futures.pane.stop.isEnabled(), "there is nothing to stop yet"
    do(window, "future.go_on")
    qtbot.waitUntil(
        lambda: not futures.running and futures.found is not None and futures.found.last,
        timeout=20_000,
    )


def test_futures_stand_beside_the_truth_and_an_error_curve(qtbot: Any, window: MainWindow) -> None:
    _continue(qtbot, window, 5)
    pane = window.presenters.predicting.pane
    assert pane.isVisible()
    assert [tile.name for tile in pane.tiles] == ["Truth", *(f"Future {n}" for n in (1, 2, 3, 4))]
    assert pane.truth is not None
    np.testing.assert_array_equal(len(pane.truth.film), FRAMES - 6)
    assert len(pane.made[0].film) == 8
    names = [one.name for one in pane.chart.series]
    assert names == ["last frame copied", *(f"future {n}" for n in (1, 2, 3, 4))]
    assert (pane.made[0].film != pane.made[1].film).any()
    assert "the truth ends after 4" in pane.words.text()


def test_the_pane_needs_no_more_width_than_a_small_window_gives(
    qtbot: Any, window: MainWindow
) -> None:
    _continue(qtbot, window, 5)
    pane = window.presenters.predicting.pane
    settle(qtbot, window)
    assert pane.visibleRegion().boundingRect().width() == pane.width()
    assert pane.rect().contains(pane.dice.mapTo(pane, pane.dice.rect().bottomRight()))
    assert pane.rect().contains(pane.stop.mapTo(pane, pane.stop.rect().bottomRight()))


def test_all_films_go_in_step_and_a_clicked_one_is_seen_large(
    qtbot: Any, window: MainWindow
) -> None:
    _continue(qtbot, window, 5)
    pane, grid = window.presenters.predicting.pane, window.bench.viewports
    QTest.mouseClick(pane.made[2], Qt.MouseButton.LeftButton)
    assert Content.FUTURE in [viewport.content for viewport in grid.shown]
    pane.place.setValue(3)
    assert {tile.frame for tile in pane.tiles} == {3}
    large = next(v for v in grid.shown if v.content is Content.FUTURE)

    def seen() -> bool:
        picture = large._inputs.future
        return picture is not None and "+4 frames" in large._inputs.future_words

    qtbot.waitUntil(seen, timeout=20_000)
    assert large._inputs.future_words.startswith("future 3 after frame 5, seed 0")
    assert large._inputs.future.shape[:2] == active(window).clip.size


def test_the_same_seed_gives_the_same_futures_and_another_others(
    qtbot: Any, window: MainWindow
) -> None:
    pane = window.presenters.predicting.pane
    films = []
    for seed in (3, 3, 4):
        pane.seed.setValue(seed)
        _continue(qtbot, window, 4)
        films.append(pane.made[0].film.copy())
    np.testing.assert_array_equal(films[0], films[1])
    assert (films[0] != films[2]).any()


def test_a_future_is_kept_as_a_clip_that_is_encoded_and_undone(
    qtbot: Any, window: MainWindow
) -> None:
    _continue(qtbot, window, 5)
    futures, before = window.presenters.predicting, active(window)
    film = futures.pane.made[0].film.copy()
    QTest.mouseClick(futures.pane.keep, Qt.MouseButton.LeftButton)
    made = active(window)
    assert made.id != before.id
    assert made.name == f"{before.name}, future 1"
    assert len(made.clip) == 6 + len(film)
    np.testing.assert_array_equal(made.clip.frames[6:], film)
    settle(qtbot, window)
    do(window, "edit.undo")
    assert [one.id for one in window.session.project.subjects] == [before.id]


def test_viewports_show_what_they_showed_before_when_another_clip_is_shown(
    qtbot: Any, window: MainWindow
) -> None:
    _continue(qtbot, window, 5)
    grid = window.bench.viewports
    before = grid.contents
    QTest.mouseClick(window.presenters.predicting.pane.made[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.actions_["future.keep"].isEnabled)
    do(window, "future.keep")
    assert grid.contents == before
    assert not window.presenters.predicting.pane.tiles


def test_it_says_why_nothing_can_be_continued(qtbot: Any, window: MainWindow) -> None:
    action, futures = window.actions_["future.go_on"], window.presenters.predicting
    window.session.view.update(playhead=0)
    window.refresh_actions()
    assert not action.isEnabled()
    assert "2 kept frames in a row" in futures.why_not()
    window.session.view.update(playhead=5)
    kept = np.ones(FRAMES, np.bool_)
    kept[5] = False
    window.session.push(SetKeptMask(active(window).id, kept))
    assert futures.why_not() == "Frame 5 is dropped: go to a frame that the model is shown."
    window.session.push(SetKeptMask(active(window).id, np.ones(FRAMES, np.bool_)))
    window.presenters.library.choose_model("plain")
    assert "needs a model that continues sequences" in futures.why_not()
    assert not futures.pane.go.isEnabled()
    assert "continues sequences" in futures.pane.go.toolTip()


def test_a_model_without_chance_has_one_future_and_no_seed(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> None:
    card = _card(one_future=True)
    window = _opened(qtbot, make_window, tmp_path, small_models, card)
    _continue(qtbot, window, 5)
    pane = window.presenters.predicting.pane
    assert len(pane.made) == 1
    for hidden in (pane.seed, pane.dice, pane.futures, pane.temperature):
        assert not hidden.isVisible()
