"""Groups of dimensions: heads in the matrix and between sliders, selected and muted as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.dim_groups import DimGroup, fitting, groups_by_name
from motionstudio.core.keypoints import dim_names
from motionstudio.gui.items.dim_groups import grouped
from motionstudio.gui.items.matrix_view import MatrixView
from motionstudio.gui.items.row_layout import Head, RowLayout
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import CTRL, click, double_click, hover
from tests.gui.small_model import SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip

GROUPS = {"near": (0, 1, 2), "far": (3, 4), "rest": (5, 6, 7)}
COUNT = 10


@pytest.fixture
def small_models() -> dict[str, SmallModel]:
    card = small_card("heart", 1).model_copy(update={"groups": GROUPS})
    return {"heart": SmallModel(card)}


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(COUNT, 48), uniform_times(COUNT, 20)), path)
    made = make_window()
    open_clip(qtbot, made, path)
    made.refresh_actions()
    return made


def matrix(window: MainWindow) -> MatrixView:
    return window.bench.time.matrix.view


def head(window: MainWindow, name: str, x: float) -> tuple[float, float]:
    view = matrix(window)
    place = next(i for i, h in enumerate(view.heads) if view.groups[h.group].name == name)
    top, bottom = view._layout.head_span(place)
    return x, (top + bottom) / 2


def label(window: MainWindow) -> float:
    return matrix(window).axis.gutter - 6.0


def test_names_with_a_dot_make_groups_and_others_none() -> None:
    made = groups_by_name(dim_names(3, jacobian=True))
    assert list(made) == ["kp0", "kp1", "kp2"]
    assert made["kp1"] == tuple(range(6, 12))
    assert groups_by_name(("z0", "kp0.x")) == {}
    assert fitting({"a": (0, 2), "b": (1,)}, 3, ("#ff0000",)) == (
        DimGroup("a", (0, 2), "#ff0000"),
        DimGroup("b", (1,)),
    )
    assert fitting({"a": (0, 1)}, 3) == ()
    assert fitting({"a": (0, 1), "b": (1, 2)}, 3) == ()


def test_a_group_stands_where_its_first_dimension_would() -> None:
    groups = fitting(GROUPS, 8)
    order = (4, 7, 0, 1, 2, 3, 5, 6)
    listed, heads = grouped(order, groups, frozenset({"far", "near"}))
    assert heads == (Head(1, 0), Head(2, 2), Head(0, 2))
    assert listed == (3, 4, 0, 1, 2)
    assert grouped(order, (), frozenset()) == (order, ())
    assert grouped((7, 0), groups, frozenset({"rest"})) == ((7,), (Head(2, 0), Head(0, 1)))


def test_rows_and_heads_cover_every_pixel_once() -> None:
    layout = RowLayout(7, 18)
    layout.set_order((3, 4, 0, 1), (Head(1, 0), Head(0, 2), Head(2, 4)))
    layout.set_area(10, 60)
    assert layout.hidden == 4 * 7 + 3 * 18 - 60
    for scroll in (0, 9, layout.hidden):
        layout.set_scroll(scroll)
        dims = layout.pixel_dims()
        assert len(dims) == 60
        for y, dim in enumerate(dims, start=10):
            group = layout.head_at(y)
            assert (group is None) == (dim >= 0)
            if group is None:
                place = layout.position_at(y)
                assert layout.order[place] == dim
                assert layout.top(place) <= y < layout.bottom(place)
    layout.set_order((), (Head(0, 0), Head(1, 0)))
    assert layout.hidden == 0
    assert layout.head_at(10 + 18 - layout._scroll) == 1
    assert (layout.pixel_dims() == -1).all()


def test_groups_are_closed_at_first_and_open_by_their_triangle(window: MainWindow) -> None:
    view, sliders = matrix(window), window.bench.sliders
    assert view.order == ()
    assert {view.groups[h.group].name for h in view.heads} == set(GROUPS)
    assert [row.name.text() for row in sliders.group_rows] == [
        view.groups[h.group].name for h in view.heads
    ]
    assert not any(row.isVisibleTo(sliders) for row in sliders.rows)
    click(view, head(window, "far", view.axis.gutter // 4 + 8 + 5))
    assert view.order == (3, 4)
    assert [row.dim for row in sliders.rows if row.isVisibleTo(sliders)] == [3, 4]
    sliders.group_rows[0].arrow.click()
    assert window.session.view.state.open_groups != ("far",)
    window.actions_["latent.groups"].trigger()
    assert sorted(view.order) == list(range(8))
    window.actions_["latent.groups"].trigger()
    assert view.order == ()


def test_a_click_selects_the_group_and_ctrl_adds(window: MainWindow) -> None:
    view = matrix(window)
    click(view, head(window, "far", label(window)))
    chosen = window.session.selection
    assert (chosen.dims, len(chosen.rows)) == ((3, 4), COUNT)
    assert window.bench.time.curves.view.dims == (3, 4)
    click(view, head(window, "near", label(window)), CTRL)
    assert window.session.selection.dims == (0, 1, 2, 3, 4)
    click(view, head(window, "far", label(window)), CTRL)
    assert window.session.selection.dims == (0, 1, 2)
    assert window.bench.time.curves.header._detail.text().startswith("near")
    click(view, head(window, "rest", view.axis.centre(4)))
    assert window.session.selection.dims == (5, 6, 7)
    assert window.session.selection.rows == (4,)
    assert window.session.playhead == 4
    double_click(view, head(window, "rest", label(window)))
    assert view.order == (5, 6, 7)
    window.bench.sliders.group_rows[0].name.click()
    assert len(window.session.selection.rows) == COUNT


def test_a_group_is_muted_and_heard_as_one(window: MainWindow) -> None:
    view = matrix(window)
    hover(view, head(window, "far", 6.0))
    click(view, head(window, "far", 6.0))
    assert active(window).track.muted == (3, 4)
    click(view, head(window, "far", 6.0))
    assert active(window).track.muted == ()
    solo = view.axis.gutter // 4
    click(view, head(window, "near", solo))
    assert active(window).track.muted == (3, 4, 5, 6, 7)
    assert window.session.project.history.undo_label.startswith("Solo")


def test_a_filter_shows_what_it_found_in_closed_groups(window: MainWindow) -> None:
    window.bench.time.matrix.filter.setText("z4")
    assert matrix(window).order == (4,)
    assert [matrix(window).groups[h.group].name for h in matrix(window).heads] == ["far"]
    window.bench.time.matrix.filter.setText("")
    assert matrix(window).order == ()


def test_with_all_groups_closed_nothing_hidden_is_edited(qtbot: Any, window: MainWindow) -> None:
    from PySide6.QtCore import Qt

    view, before = matrix(window), active(window).track.values.copy()
    x = view.axis.centre(3)
    click(view, (x, view.height() - 2.0))
    double_click(view, (x, view.height() - 2.0))
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    np.testing.assert_array_equal(active(window).track.values, before)
    assert view.editor is None
    assert view.group_at(QPointF(x, 1.0)) is None


def test_heads_show_how_much_a_group_moves(window: MainWindow) -> None:
    view = matrix(window)
    name = view.groups[view.heads[0].group].name
    picture = view.grab().toImage()
    y = head(window, name, 0.0)[1]
    at_rest = picture.pixelColor(round(view.axis.centre(0)), round(y))
    moving = {
        picture.pixelColor(round(view.axis.centre(row)), round(y + 5)).name()
        for row in range(1, COUNT)
    }
    assert moving - {at_rest.name()}
    said: list[str] = []
    view.hovered.connect(said.append)
    hover(view, head(window, name, label(window)))
    assert said[-1].startswith(f"{name}: {len(GROUPS[name])} dimensions")
