"""Large type in small windows: nothing lies over anything else, and no header is cut in half."""

from __future__ import annotations

import pytest

from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.gui.overlapping import overlaps
from tests.gui.test_projection_plot import state
from tests.stories.walking import settle_events

SCALES = (100, 150, 200)
LONG_CLIP = 100_000


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    made = make_window((1280, 720))
    made.bench.show_pictures(True)
    return made


def test_nothing_lies_over_anything_at_any_size_however_long_the_clip(window: MainWindow) -> None:
    bench = window.bench
    for scale in SCALES:
        window.session.settings.update(ui_scale=scale)
        bench.timeline.transport.set_count(LONG_CLIP)
        bench.fit_width()
        settle_events()
        assert overlaps(window) == [], f"{scale} %"
    bench.show_pane("overlays")  # the widest
    settle_events()
    assert overlaps(window) == []
    assert not bench.timeline.transport.loop.isVisible(), "the panel of settings has it as well"
    window.session.settings.update(ui_scale=100)
    settle_events()
    assert bench.timeline.transport.loop.isVisible()


def test_a_layout_of_small_type_fits_when_type_is_large(make_window: MakeWindow) -> None:
    window = make_window((1280, 720))
    bench = window.bench
    bench.show_pane("training")
    settle_events()
    saved = bench.state(), bench.parts()
    window.session.settings.update(ui_scale=200)
    settle_events()
    assert bench.restore(*saved)
    settle_events()
    assert overlaps(window) == []


def test_the_header_of_a_low_matrix_makes_room_for_rows(make_window: MakeWindow) -> None:
    window = make_window((1280, 720))
    matrix = window.bench.time.matrix
    for scale in SCALES:
        window.session.settings.update(ui_scale=scale)
        settle_events()
        shown = matrix.header.isVisible()
        assert not shown or matrix.header.height() >= matrix.header.sizeHint().height(), scale
    assert not shown
    window.session.settings.update(ui_scale=100)
    settle_events()
    assert matrix.header.isVisible()


def test_three_axes_and_a_plot_without_motions_fit_the_narrowest_pane(
    make_window: MakeWindow,
) -> None:
    window = make_window((1280, 720))
    window.bench.show_pane("projection")
    settle_events()
    pane, dock = window.presenters.explore.projection_pane, window.bench.docks["projection"]
    assert pane.empty.isVisible()
    assert pane.width() <= dock.width()
    pane.set_state(state(8, 0, "PC 1"))
    pane.set_components(("PC 1 (85 %)", "PC 2 (13 %)", "PC 3 (1 %)"), (0, 1, 2))
    settle_events()
    assert pane.axes[2].isVisible()
    assert pane.width() <= dock.width()
