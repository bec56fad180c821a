"""Pictures drawn in glimpses, through the whole window, with the smallest DRAW there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from motionstudio.core.glimpses import divergences
from motionstudio.core.motion import RowKind
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.glimpses import NO_PARTNER, NOT_DRAWN
from motionstudio.models.draw_model import DrawModel
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel, small_card
from tests.models import tiny_draw
from tests.stories.steps import LONG, active, generated, is_encoded, settle

GLIMPSES = tiny_draw.CONFIG.glimpses
NAME = "fresh_draw"


@pytest.fixture
def model() -> DrawModel:
    return tiny_draw.fresh()


@pytest.fixture
def window(
    make_window: MakeWindow, small_models: dict[str, SmallModel], model: DrawModel
) -> MainWindow:
    small_models[NAME] = model  # type: ignore[assignment]
    return make_window((1280, 800), cards=(small_card("heart", 1), model.card))


def _picture(folder: Path, name: str, left: int) -> Path:
    pixels = np.zeros((36, 36), np.uint8)
    pixels[6:30, left : left + 6] = 255
    cv2.imwrite(str(folder / name), pixels)
    return folder / name


def _draw(qtbot: Any, window: MainWindow, path: Path) -> None:
    """Open a single picture and let the model draw it."""
    count = len(window.session.project.subjects)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) > count, timeout=LONG)
    qtbot.waitUntil(lambda: window.session.media.facts(active(window)) is not None, timeout=LONG)
    window.presenters.library.choose_model(NAME)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    settle(qtbot, window)


def _canvas(qtbot: Any, window: MainWindow, glimpse: int) -> np.ndarray:
    window.session.view.update(playhead=glimpse)
    settle(qtbot, window)
    return generated(window).copy()


def test_a_still_unfolds_into_its_glimpses_and_folds_again(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    _draw(qtbot, window, _picture(tmp_path, "bar.png", 12))
    drawing = active(window)
    assert len(drawing.clip) == GLIMPSES
    assert drawing.held
    assert drawing.track is not None
    assert drawing.track.base.rows is RowKind.GLIMPSE
    assert drawing.track.locked_row is None
    bars = [window.bench.time.errors.bar_rect(glimpse).height() for glimpse in range(GLIMPSES)]
    assert min(bars) > 0
    assert "KL" in window.bench.time.errors.describe(0)
    window.presenters.library.choose_model("heart")
    assert len(active(window).clip) == 1
    assert not active(window).held
    window.actions_["edit.undo"].trigger()
    assert len(active(window).clip) == GLIMPSES
    window.actions_["edit.undo"].trigger()
    assert len(active(window).clip) == 1


def test_an_edited_glimpse_changes_later_strokes_only(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    _draw(qtbot, window, _picture(tmp_path, "bar.png", 12))
    before = [_canvas(qtbot, window, glimpse) for glimpse in range(GLIMPSES)]
    window.presenters.latent.type_value((2,), (0, 1, 2), 2.5)
    after = [_canvas(qtbot, window, glimpse) for glimpse in range(GLIMPSES)]
    same = [np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert same == [True, True, False, False]


def test_windows_lie_over_the_canvas_until_they_are_switched_off(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    _draw(qtbot, window, _picture(tmp_path, "bar.png", 12))
    overlays = window.presenters.overlays
    marks = overlays.marks._parts["glimpses"][1]
    assert [mark.name for mark in marks] == ["looks here", "draws here"]
    # Fresh states look at the whole of 12 model pixels: 36 of the picture, less half a one.
    np.testing.assert_allclose(marks[0].points.min(0), [1, 1], atol=0.01)
    np.testing.assert_allclose(marks[0].points.max(0), [34, 34], atol=0.01)
    box = overlays.pane._fields["windows"]
    assert box.isEnabled()
    box.click()
    assert overlays.marks._parts["glimpses"][1] == ()


def test_resampling_keeps_what_came_before_and_is_one_step(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    assert window.actions_.why_not("glimpse.resample") == "Open a clip first."
    _draw(qtbot, window, _picture(tmp_path, "bar.png", 12))
    track = active(window).track
    assert track is not None
    window.session.view.update(playhead=2)
    glimpses = window.presenters.overlays.glimpses
    glimpses.redraw(7)
    drawn = active(window).track
    assert drawn is not None
    np.testing.assert_array_equal(drawn.values[:2], track.values[:2])
    assert (drawn.values[2:] != track.values[2:]).all()
    window.actions_["edit.undo"].trigger()
    glimpses.redraw(7)
    again = active(window).track
    assert again is not None
    np.testing.assert_array_equal(again.values, drawn.values)
    settle(qtbot, window)


def test_two_drawings_morph_and_a_frame_of_a_clip_is_drawn(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    _draw(qtbot, window, _picture(tmp_path, "left.png", 8))
    glimpses = window.presenters.overlays.glimpses
    assert glimpses.why_not_morph() == NO_PARTNER
    _draw(qtbot, window, _picture(tmp_path, "right.png", 22))
    last = _canvas(qtbot, window, GLIMPSES - 1)
    (other,) = glimpses.partners()
    glimpses.morph(other.id, 5)
    settle(qtbot, window)
    made = active(window)
    assert len(made.clip) == 5
    assert made.track is not None
    assert len(made.track.offset) == 5 * GLIMPSES
    # The first picture of the morph is the finished drawing that it started from.
    np.testing.assert_array_equal(_canvas(qtbot, window, 0), last)
    assert not np.array_equal(_canvas(qtbot, window, 4), last)
    # In the cells are the pictures of the way, not the still that it began with.
    cells = window.bench.timeline.strip._thumbnails
    qtbot.waitUntil(lambda: len({bytes(c.constBits()) for c in cells.values()}) == 5, timeout=LONG)
    assert glimpses.why_not_redraw() == NOT_DRAWN
    glimpses.open()
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    assert len(active(window).clip) == GLIMPSES


def _clip(folder: Path) -> Path:
    frames = np.zeros((4, 36, 36), np.uint8)
    for frame, left in enumerate((6, 10, 14, 18)):
        frames[frame, 6:30, left : left + 6] = 255
    np.savez(folder / "bars.npz", frames=frames)
    return folder / "bars.npz"


def test_a_clip_shows_what_each_glimpse_of_each_frame_costs(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    strip = window.bench.time.costs
    _draw(qtbot, window, _clip(tmp_path))
    base = active(window).track.base  # type: ignore[union-attr]
    assert base.std is not None
    assert not strip.isHidden()
    np.testing.assert_allclose(strip.costs, divergences(base.mean, base.std))
    assert [strip.bar_rect(row).height() > 0 for row in range(len(base.mean))].count(False) == 0
    assert strip.describe(GLIMPSES + 2).startswith("Frame 1, glimpse 2 · KL ")
    qtbot.mouseClick(
        strip, Qt.MouseButton.LeftButton, pos=strip.bar_rect(2 * GLIMPSES).center().toPoint()
    )
    assert window.session.playhead == 2
    # Nothing was seen of a frame that was dropped, and a drawing has the error strip for it.
    window.presenters.drop.toggle((1,))
    qtbot.waitUntil(lambda: is_encoded(window) and bool(np.isnan(strip.costs).any()), timeout=LONG)
    assert np.isnan(strip.costs[GLIMPSES : 2 * GLIMPSES]).all()
    assert "nothing was seen" in strip.describe(GLIMPSES)
    window.presenters.overlays.glimpses.open()
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    assert strip.isHidden()
    settle(qtbot, window)


def test_cells_of_a_drawing_show_its_canvases_and_follow_edits(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    _draw(qtbot, window, _picture(tmp_path, "bar.png", 12))

    def cells() -> list[bytes]:
        shown = window.bench.timeline.strip._thumbnails
        return [bytes(shown[n].constBits()) for n in range(GLIMPSES) if n in shown]

    qtbot.waitUntil(lambda: len(set(cells())) == GLIMPSES, timeout=LONG)
    before = cells()
    window.presenters.latent.type_value((2,), (0, 1, 2), 2.5)
    qtbot.waitUntil(lambda: cells()[2:] != before[2:], timeout=LONG)
    settle(qtbot, window)
    assert cells()[:2] == before[:2]
