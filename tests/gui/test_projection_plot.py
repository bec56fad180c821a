"""The plot of the projection alone: many points are drawn in an event of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.gui.items.projection_data import PlotState, Trajectory
from motionstudio.gui.items.projection_plot import ProjectionPlot


def state(count: int, seed: int, x_name: str) -> PlotState:
    """One active trajectory of ``count`` points."""
    none = np.zeros(count, np.bool_)
    points = np.random.default_rng(seed).normal(size=(count, 2)) * 10**seed
    one = Trajectory(
        id="a", name="a", hue=0, points=points, kept=~none, filled=none, edited=none,
        chosen=none, locked=None, active=True,
    )  # fmt: skip
    return PlotState((one,), x_name, "PC 2")


def drawn(plot: ProjectionPlot) -> np.ndarray[Any, Any]:
    x, y = plot._parts._active.getData()
    return np.stack([x, y], axis=1)[: len(plot.state.trajectories[0].points)]


@pytest.mark.parametrize("count", [50, 6_000])
def test_other_axes_are_drawn_at_once_or_in_the_next_event(qtbot: Any, count: int) -> None:
    plot = ProjectionPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    first, second = state(count, 0, "PC 1"), state(count, 1, "PC 3")
    plot.set_state(first)
    plot._draw()
    plot.set_state(second)
    assert plot.state is second
    at_once = np.allclose(drawn(plot), second.trajectories[0].points)
    assert at_once == (count == 50)
    qtbot.waitUntil(lambda: np.allclose(drawn(plot), second.trajectories[0].points))
    left, right, _, _ = plot.bounds()
    assert right - left > 20  # fitted to what is ten times as wide


def test_a_state_that_follows_is_not_overtaken_by_one_that_waits(qtbot: Any) -> None:
    plot = ProjectionPlot()
    qtbot.addWidget(plot)
    plot.set_state(state(6_000, 0, "PC 1"))
    plot._draw()
    plot.set_state(state(6_000, 1, "PC 3"))
    last = state(6_000, 2, "PC 3")
    plot.set_state(last)
    qtbot.waitUntil(lambda: not plot._later.isActive())
    assert np.allclose(drawn(plot), last.trajectories[0].points)
    left, right, _, _ = plot.bounds()
    assert right - left > 200


def symbols(plot: ProjectionPlot) -> int:
    """How many pictures of symbols the plot holds."""
    scatters = (plot._parts._dots, plot._parts._active_dots, plot._parts._playhead)
    return sum(len(scatter.fragmentAtlas) for scatter in scatters)


def test_drawing_the_same_again_holds_no_more_symbols(qtbot: Any) -> None:
    plot = ProjectionPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.set_state(state(50, 0, "PC 1"))
    plot._draw()
    before = symbols(plot)
    for frame in range(50):
        plot.set_state(replace(state(50, 0, "PC 1"), playhead=frame))
        plot._draw()
    assert symbols(plot) == before > 0


def test_symbols_of_clips_that_are_shown_no_more_are_given_back(qtbot: Any) -> None:
    plot = ProjectionPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    for count in range(300, 330):
        plot.set_state(state(count, 0, f"PC {count}"))
        plot._draw()
    assert symbols(plot) < 3 * 330 + 300
