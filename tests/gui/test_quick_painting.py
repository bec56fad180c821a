"""What is painted quickly looks like what it replaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.cell_marks import Cells, mark_edited, mark_keyed
from motionstudio.gui.items.curve_lines import dashes
from motionstudio.gui.items.heat_map import CellColours
from motionstudio.gui.items.layer_maker import make_layers
from motionstudio.gui.items.layers import Content, Layers, Stroke
from motionstudio.gui.items.motion_data import MotionData, motion_data
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.items.row_layout import Head, RowLayout
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes import viewport
from motionstudio.gui.theme.tokens import DARK, LIGHT


def _data(frames: int = 30, dims: int = 9) -> MotionData:
    values = np.random.default_rng(0).normal(size=(frames, dims)).astype(np.float32)
    return motion_data(values, values)


def test_kept_colours_are_those_of_the_cells_in_sight() -> None:
    data, kept = replace(_data(), muted=(2,)), CellColours()
    frames, dims = np.arange(30), np.arange(9)
    first = kept.of(data, frames, dims, 1.0, DARK)
    again = kept.of(data, frames[4:20:3], dims[::-2], 1.0, DARK)
    np.testing.assert_array_equal(again, first[::-2, 4:20:3])


@pytest.mark.parametrize("what", ["values", "muted", "limit", "theme"])
def test_kept_colours_follow_what_they_depend_on(what: str) -> None:
    data, kept = _data(), CellColours()
    frames, dims = np.arange(30), np.arange(9)
    for _ in range(2):
        before = kept.of(data, frames, dims, 1.0, DARK)
    changed = {
        "values": replace(data, values=data.values * 0.5), "muted": replace(data, muted=(0,)),
    }  # fmt: skip
    limit, tokens = 2.0 if what == "limit" else 1.0, LIGHT if what == "theme" else DARK
    after = kept.of(changed.get(what, data), frames, dims, limit, tokens)
    fresh = CellColours().of(changed.get(what, data), frames, dims, limit, tokens)
    np.testing.assert_array_equal(after, fresh)
    assert (after != before).any()


@given(
    st.integers(1, 60), st.lists(st.integers(0, 60), max_size=4), st.integers(1, 30),
    st.integers(0, 400),
)  # fmt: skip
def test_spans_are_tops_and_bottoms(
    rows: int, heads: list[int], thinnest: int, scroll: int
) -> None:
    layout = RowLayout(thinnest)
    before = sorted(min(head, rows) for head in heads)
    layout.set_order(tuple(range(rows)), tuple(Head(n, b) for n, b in enumerate(before)))
    layout.set_area(20, 300)
    layout.set_scroll(scroll)
    assert list(layout.spans()) == [(p, layout.top(p), layout.bottom(p)) for p in layout.shown()]


def _cells(room: int) -> Cells:
    """One row of three cells of ``room`` + 1 pixels."""
    side = room + 1
    axis, layout = TimeAxis(), RowLayout(side)
    axis.set_count(3)
    axis.set_gutter(0)
    axis.set_width(3 * side)
    layout.set_order((0,))
    layout.set_area(0, side)
    columns = np.minimum(axis.columns(), 2)
    pixels = np.full((side, len(columns), 3), 100, np.uint8)
    return Cells(pixels, axis, layout, columns, np.zeros(side, np.intp))


@pytest.mark.parametrize("mark", [mark_edited, mark_keyed])
def test_marks_are_solid_inside_and_absent_elsewhere(mark: object) -> None:
    assert callable(mark)
    cells = _cells(20)
    mask = np.zeros(cells.pixels.shape[:2], np.bool_)
    middle = cells.columns == 1
    mask[:, middle] = True
    ink, edge = np.array([1, 2, 3], np.uint8), np.array([200, 210, 220], np.uint8)
    mark(cells, mask, ink, edge)
    (dx, _), (dy, _) = cells.across(), cells.down()
    y, x = np.abs(dy).argmin(), np.flatnonzero(middle)[np.abs(dx[middle]).argmin()]
    np.testing.assert_array_equal(cells.pixels[y, x], ink)
    assert (cells.pixels[~mask] == 100).all()
    assert (cells.pixels[0][:, 0] == 100).all()


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20), st.floats(1, 9), st.floats(1, 9))
def test_dashes_lie_on_the_line_and_cover_their_share(
    heights: list[float], on: float, off: float
) -> None:
    count = len(heights)
    x, y = np.linspace(0, 10 * (count - 1), count), np.array(heights, np.float64)
    made = dashes(x, y, on, off)
    length = np.hypot(np.diff(x), np.diff(y)).sum()
    assert len(made) == np.ceil(length / (on + off))
    for dash in made:
        for point in (dash.p1(), dash.p2()):
            assert point.y() == pytest.approx(np.interp(point.x(), x, y), abs=1e-6)
    assert sum(dash.length() for dash in made) <= on * len(made) + 1e-6


@pytest.mark.parametrize("known", [0, 1, 5])
def test_dashes_end_where_the_line_does(known: int) -> None:
    x, y = np.arange(9.0) * 10, np.zeros(9)
    y[known:] = np.nan
    made = dashes(x, y, 6, 4)
    assert max((dash.x2() for dash in made), default=0) <= 10 * max(known - 1, 0)
    assert bool(made) == (known > 1)


def test_several_changes_of_a_frame_are_made_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Content] = []

    def counted(content: Content, *rest: object) -> Layers:
        made.append(content)
        return make_layers(content, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(viewport, "make_layers", counted)
    pane = viewport.Viewport(PictureView())
    pane.set_content(Content.SOURCE)
    qtbot.addWidget(pane)
    pane.clear_message()
    pane.resize(300, 300)
    pane.show()
    first, last = (np.full((8, 8, 1), level, np.uint8) for level in (10, 200))
    qtbot.waitExposed(pane)
    made.clear()
    for picture in (first, last):
        pane.set_source(picture)
        pane.set_inputs(source_marks=(Stroke(np.zeros((2, 2)), "#ffffff"),))
    assert not made
    assert pane.canvas.layers.picture is not None
    assert pane.canvas.layers.picture[0, 0, 0] == 200
    assert len(pane.canvas.layers.strokes) == 1
    assert made == [Content.SOURCE]


def test_what_waits_is_painted(qtbot: QtBot) -> None:
    canvas = PictureCanvas(PictureView())
    qtbot.addWidget(canvas)
    canvas.resize(100, 100)
    canvas.later(lambda: canvas.set_layers(Layers(picture=np.full((4, 4, 3), 255, np.uint8))))
    assert canvas.waits
    assert canvas.grab().toImage().pixelColor(50, 50).lightness() > 250
    assert not canvas.waits
