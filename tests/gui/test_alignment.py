"""Frame cells, error bars, matrix columns and curves lie under each other to the pixel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.error_strip import ErrorStrip
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import LIGHT

DIMS = 6


class Stack(QWidget):
    """The four strips over one axis, as the window lays them out."""

    def __init__(self, frames: int) -> None:
        super().__init__()
        self.axis = TimeAxis(self)
        self.timeline, self.errors = Timeline(self.axis), ErrorStrip(self.axis)
        self.matrix, self.curves = LatentMatrix(self.axis), LatentCurves(self.axis)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for pane in (self.timeline, self.errors, self.matrix, self.curves):
            column.addWidget(pane)
        odd = np.arange(frames) % 2 == 1
        self.timeline.set_times(np.arange(frames) * 0.04)
        self.timeline.set_kept(~odd)
        self.errors.set_errors(np.where(odd, 8.0, np.nan), odd)
        values = np.where(odd, 1.0, -1.0)[:, None] * np.ones(DIMS)
        self.matrix.set_matrix(values.astype(np.float32), values.astype(np.float32))
        self.curves.set_curves(values.astype(np.float32), values.astype(np.float32))


@pytest.fixture(params=[(25, 900), (7, 641), (64, 1280)], ids=["25", "7", "64"])
def stack(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Stack:
    frames, width = request.param
    apply(qapp, "light")
    made = Stack(frames)
    qtbot.addWidget(made)
    made.resize(width, 600)
    made.show()
    return made


def edges(pane: QWidget, y: int, axis: TimeAxis) -> list[int]:
    """Columns where the colour in row ``y`` changes, inside the area of frames."""
    image = pane.grab().toImage()
    row = [image.pixel(x, y) for x in range(axis.gutter, axis.end)]
    return [axis.gutter + i + 1 for i, (a, b) in enumerate(pairwise(row)) if a != b]


def matrix_starts(stack: Stack) -> list[int]:
    """First pixel of every visible column of the heat map, read from the picture."""
    view = stack.matrix.view
    y = round(view.cell_rect(stack.axis.visible().start, 2).center().y())
    image = view.grab().toImage()
    gap = int(LIGHT.surface[1:], 16)
    starts = [stack.axis.gutter]
    for x in range(stack.axis.gutter + 1, stack.axis.end):
        before, here = image.pixel(x - 1, y) & 0xFFFFFF, image.pixel(x, y) & 0xFFFFFF
        if before == gap and here != gap:
            starts.append(x)
    return starts


def visible_lefts(stack: Stack) -> list[int]:
    axis = stack.axis
    return [max(axis.left(f), axis.gutter) for f in axis.visible()]


@pytest.mark.parametrize("zoom", [1.0, 1.7])
def test_columns_of_the_matrix_begin_where_frame_cells_begin(stack: Stack, zoom: float) -> None:
    stack.axis.zoom_at(400, zoom)
    stack.timeline.set_current(-1)
    stack.matrix.set_current(-1)
    assert matrix_starts(stack) == visible_lefts(stack)


@pytest.mark.parametrize("zoom", [1.0, 1.7])
def test_frame_cells_change_colour_exactly_at_their_borders(stack: Stack, zoom: float) -> None:
    stack.axis.zoom_at(400, zoom)
    stack.timeline.set_current(-1)
    strip = stack.timeline.strip
    y = round(strip.cell_rect(0).bottom()) - 1
    found = edges(strip, y, stack.axis)
    assert set(visible_lefts(stack)[1:]) <= set(found)


def test_error_bars_and_curve_points_share_the_cells(stack: Stack) -> None:
    axis = stack.axis
    stack.curves.set_dims((0,))
    for frame in axis.visible():
        cell = stack.timeline.strip.cell_rect(frame)
        assert stack.errors.bar_rect(frame).left() == cell.left()
        assert stack.matrix.view.cell_rect(frame, 1).left() == cell.left()
        assert stack.matrix.view.cell_rect(frame, 1).right() == cell.right()
        assert stack.curves.view.point(frame, 0).x() == cell.center().x()


def test_the_playhead_is_one_line_through_all_strips(stack: Stack) -> None:
    frame = stack.axis.count // 2
    panes = (stack.timeline, stack.errors, stack.matrix, stack.curves)
    for pane in panes:
        pane.set_current(frame)
    x = stack.axis.centre(frame)
    accent = int(LIGHT.accent[1:], 16)
    for view in (stack.timeline.strip, stack.errors, stack.matrix.view, stack.curves.view):
        image = view.grab().toImage()
        y = view.height() - 3
        lit = [i for i in range(image.width()) if image.pixel(i, y) & 0xFFFFFF == accent]
        assert lit
        assert all(abs(i + 0.5 - x) <= 1.5 for i in lit)


def test_wide_names_move_every_strip_together(stack: Stack) -> None:
    before = stack.axis.gutter
    stack.matrix.set_names(("left ventricular radius", *(f"z{i}" for i in range(1, DIMS))))
    assert stack.axis.gutter > before
    assert stack.timeline.strip.cell_rect(0).left() == stack.axis.gutter
    assert matrix_starts(stack) == visible_lefts(stack)
