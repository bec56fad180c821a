"""Models whose rows are pairs of frames or glimpses of them, through the whole window."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from motionstudio.core.motion import RowKind
from motionstudio.core.picture_rows import frames_shown
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import read_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, drag
from tests.gui.row_models import GLIMPSES, GlimpseModel, PairModel, row_card
from tests.gui.small_model import DIMS, SmallModel
from tests.stories.steps import active, click_frame, generated, is_encoded, key, open_clip, settle

FRAMES = 16
ROWS = {RowKind.PAIR: FRAMES - 1, RowKind.GLIMPSE: GLIMPSES * FRAMES}
SHOWN = {RowKind.PAIR: 4, RowKind.GLIMPSE: 3 * 5 + 2}
"""The row whose picture frame 5 shows."""


@pytest.fixture(params=[RowKind.PAIR, RowKind.GLIMPSE], ids=["pairs", "glimpses"])
def kind(request: pytest.FixtureRequest) -> RowKind:
    return RowKind(request.param)


@pytest.fixture
def window(
    qtbot: Any,
    make_window: MakeWindow,
    clip_path: Path,
    small_models: dict[str, SmallModel],
    kind: RowKind,
) -> MainWindow:
    card = row_card(kind)
    made = PairModel(card) if kind is RowKind.PAIR else GlimpseModel(card)
    small_models["heart"] = made
    window = make_window((1600, 1000), cards=(card,))
    open_clip(qtbot, window, clip_path)
    window.bench.show_curves(True)
    QApplication.processEvents()
    return window


def values(window: MainWindow) -> np.ndarray:
    return active(window).track.values


def test_cells_lie_over_the_frames_that_they_show(window: MainWindow, kind: RowKind) -> None:
    time = window.bench.time
    assert values(window).shape == (ROWS[kind], DIMS)
    for row in range(ROWS[kind]):
        cell = time.matrix.view.cell_rect(row, 0)
        frame = frames_shown(active(window).track.base)[row]
        assert time.axis.left(frame) <= cell.right() - 1 < time.axis.right(frame)
        middle = QPointF(cell.center().x(), 60)
        assert time.rows.frame_at(middle.x()) == row
    assert time.matrix.view.cell_rect(0, 0).left() == time.axis.left(0)
    assert time.matrix.view.cell_rect(ROWS[kind] - 1, 0).right() == time.axis.right(FRAMES - 1)


def test_the_sliders_show_the_row_of_the_current_frame(window: MainWindow, kind: RowKind) -> None:
    click_frame(window, 5)
    row = SHOWN[kind]
    shown = [line.number.value() for line in window.bench.sliders.rows]
    np.testing.assert_allclose(shown, values(window)[row], atol=0.006)
    words = {RowKind.PAIR: "frames 4-5", RowKind.GLIMPSE: "frame 5, glimpse 2"}
    assert words[kind] in window.bench.sliders.header._detail.text()
    for strip in (window.bench.timeline.strip, window.bench.time.matrix.view):
        assert strip.current == 5


def test_a_click_on_a_cell_goes_to_its_frame(window: MainWindow, kind: RowKind) -> None:
    matrix, row = window.bench.time.matrix.view, SHOWN[kind] - 1
    cell = matrix.cell_rect(row, 2).center()
    click(matrix, (cell.x(), cell.y()))
    assert matrix.chosen.rows == (row,)
    assert window.session.playhead == frames_shown(active(window).track.base)[row]


def test_a_drag_changes_the_picture_of_its_frame_and_is_undone(
    qtbot: Any, window: MainWindow, kind: RowKind
) -> None:
    click_frame(window, 5)
    settle(qtbot, window)
    before, plain = values(window).copy(), generated(window).copy()
    matrix, row = window.bench.time.matrix.view, SHOWN[kind]
    cell = matrix.cell_rect(row, 2).center()
    place = (cell.x(), cell.y())
    click(matrix, place)
    drag(matrix, [place, (place[0], place[1] - 30), (place[0], place[1] - 60)])
    settle(qtbot, window)
    assert np.flatnonzero((values(window) != before).any(1)).tolist() == [row]
    assert not np.array_equal(generated(window), plain)
    states = window.bench.timeline.strip.states
    assert np.flatnonzero(states.edited).tolist() == [5]
    assert window.session.project.history.undo_label == "Edit z2 at frame 5"
    key(window, "Ctrl+Z")
    settle(qtbot, window)
    assert np.array_equal(values(window), before)
    assert np.array_equal(generated(window), plain)


def test_keys_are_put_where_the_playhead_is(window: MainWindow, kind: RowKind) -> None:
    window.bench.time.curves.set_dims((1,))
    for frame in (5, 9):
        click_frame(window, frame)
        window.actions_["key.add"].trigger()
    rows = active(window).track.keys.frames
    assert [int(frames_shown(active(window).track.base)[row]) for row in rows] == [5, 9]
    assert rows[0] == SHOWN[kind]
    assert np.flatnonzero(window.bench.timeline.strip.states.keyed).tolist() == [5, 9]


def test_resetting_this_frame_takes_the_edit_of_its_row_back(
    window: MainWindow, kind: RowKind
) -> None:
    presenter, row = window.presenters.latent, SHOWN[kind]
    presenter.type_value((row,), (3,), 1.5)
    click_frame(window, 5)
    presenter.reset_selection()
    assert not active(window).track.is_edited


def test_dropped_frames_are_filled_in_rows_and_strip(
    qtbot: Any, window: MainWindow, kind: RowKind
) -> None:
    key(window, "Shift+D")
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    subject, data = active(window), window.bench.time.matrix.view.data
    assert np.array_equal(window.bench.timeline.strip.states.filled, ~subject.kept)
    frames = frames_shown(subject.track.base)
    assert len(frames) == ROWS[kind]
    assert np.array_equal(data.dropped, ~subject.kept[frames])


def test_scrubbing_shows_another_picture_at_every_frame(
    qtbot: Any, window: MainWindow, kind: RowKind
) -> None:
    pictures = []
    for frame in (1, 3, 6):
        click_frame(window, frame)
        settle(qtbot, window)
        pictures.append(generated(window).copy())
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_exports_have_a_picture_for_every_frame_and_a_line_for_every_row(
    qtbot: Any, window: MainWindow, tmp_path: Path, kind: RowKind
) -> None:
    window.presenters.latent.type_value((SHOWN[kind],), (3,), 1.5)
    click_frame(window, 5)
    settle(qtbot, window)
    shown, subject = generated(window).copy(), active(window)
    for what in (ExportKind.APNG, ExportKind.CSV, ExportKind.LATENTS):
        path = tmp_path / f"out{what.suffix}"
        with qtbot.waitSignal(window.presenters.exporting.finished, timeout=20_000) as ended:
            window.presenters.exporting.start(subject, ExportOptions(what, path))
        assert ended.args == [path]
    film = read_clip(tmp_path / f"out{ExportKind.APNG.suffix}")
    # Frame 0 of pairs is the source, which no pair leads to.
    assert len(film) == FRAMES
    at = int(np.searchsorted(film.times, subject.clip.times[5] + 1e-3, side="right")) - 1
    assert np.array_equal(np.asarray(film.frames[at])[..., :1], shown[..., :1])
    with (tmp_path / "out.csv").open(encoding="utf-8") as table:
        assert len(list(csv.reader(table))) == ROWS[kind] + 1
    assert np.array_equal(np.load(tmp_path / "out.npz")["mean"], values(window))


def test_components_and_projection_follow_the_playhead(
    qtbot: Any, window: MainWindow, kind: RowKind
) -> None:
    window.bench.show_pane("projection")
    click_frame(window, 5)
    settle(qtbot, window)
    assert window.presenters.explore.components.row == SHOWN[kind]
