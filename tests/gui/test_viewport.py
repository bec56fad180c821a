"""Viewports: contents, linked zoom, badges, flicker, read-outs, layouts."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.core import display
from motionstudio.gui.items.layer_maker import make_layers
from motionstudio.gui.items.layers import Inputs, Stroke
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.panes.viewport import Content, Viewport
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK, LIGHT
from tests.gui.gestures import MIDDLE, double_click, drag, hover, wheel
from tests.gui.spy import Spy, all_signals

HEIGHT, WIDTH = 40, 60


def picture(level: int, channels: int = 1) -> np.ndarray:
    made = np.full((HEIGHT, WIDTH, channels), level, np.uint8)
    made[10, 20] = 255
    return made


def field() -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    return np.stack([0.1 * (x - 30), -0.05 * (y - 20)]).astype(np.float32)


@pytest.fixture
def viewport(qtbot: QtBot, qapp: QApplication) -> Viewport:
    apply(qapp, "dark")
    pane = Viewport(PictureView())
    qtbot.addWidget(pane)
    pane.resize(400, 340)
    pane.show()
    pane.clear_message()
    pane.set_frame(picture(80), picture(120), field(), field())
    return pane


def shown(pane: Viewport) -> np.ndarray:
    made = pane.canvas.layers.picture
    assert made is not None
    return made


def test_each_content_shows_what_it_says(viewport: Viewport) -> None:
    viewport.set_content(Content.SOURCE)
    assert shown(viewport)[0, 0].tolist() == [80] * 3
    viewport.set_content(Content.GENERATED)
    assert shown(viewport)[0, 0].tolist() == [120] * 3
    viewport.set_content(Content.GRID)
    assert np.isnan(viewport.canvas.layers.lines).any()
    viewport.set_content(Content.ARROWS)
    assert viewport.canvas.layers.arrows.shape[1] == 4
    viewport.set_content(Content.MAGNITUDE)
    assert np.array_equal(
        shown(viewport), display.colourise(display.magnitude(field()), display.sequential(), 0, 5)
    )
    viewport.set_content(Content.DIFFERENCE)
    words = viewport.canvas.layers.legend
    assert words is not None
    assert "RMSE 40.0" in words.words or "RMSE 39.9" in words.words


def test_the_jacobian_legend_tells_the_exact_number_of_folds(viewport: Viewport) -> None:
    folded = np.zeros((2, HEIGHT, WIDTH), np.float32)
    folded[0, :, 30:] = -3 * np.arange(30, dtype=np.float32)
    viewport.set_content(Content.JACOBIAN)
    viewport.set_field(folded, folded)
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert f"{HEIGHT * 30} pixels fold (50 %)" in legend.words
    viewport.set_field(field() * 0, field() * 0)
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert legend.words == "no folds"
    assert len(np.unique(shown(viewport).reshape(-1, 3), axis=0)) == 1


def test_the_difference_keeps_its_scale_from_frame_to_frame() -> None:
    table = display.diverging()
    small = Inputs(source=picture(100), generated=picture(110), difference_limit=50)
    large = Inputs(source=picture(100), generated=picture(150), difference_limit=50)
    one, two = (make_layers(Content.DIFFERENCE, inputs, table) for inputs in (small, large))
    assert one.legend is not None
    assert two.legend is not None
    assert (one.legend.low, one.legend.high) == (two.legend.low, two.legend.high) == ("−50", "+50")
    assert two.picture is not None
    assert one.picture is not None
    assert two.picture[0, 0].tolist() == table[255].tolist()
    assert one.picture[0, 0].tolist() == table[153].tolist()


def test_the_difference_waits_until_both_pictures_are_of_one_frame(viewport: Viewport) -> None:
    viewport.set_content(Content.DIFFERENCE)
    before = shown(viewport).copy()
    viewport.set_source(picture(200), 7)
    assert np.array_equal(shown(viewport), before)
    viewport.set_generated(picture(190), 7)
    words = viewport.canvas.layers.legend
    assert words is not None
    assert "RMSE 10.0" in words.words


def test_spacing_turns_pixels_into_millimetres(viewport: Viewport) -> None:
    viewport.set_spacing((2.0, 2.0))
    viewport.set_content(Content.MAGNITUDE)
    legend = viewport.canvas.layers.legend
    longest = float(display.magnitude(field()).max())
    assert legend is not None
    assert f"{longest:.1f} px = {2 * longest:.1f} mm" in legend.words


def test_what_is_not_ready_leaves_the_old_picture_in_place(viewport: Viewport) -> None:
    viewport.set_generated(None)
    assert shown(viewport)[0, 0].tolist() == [120] * 3
    viewport.clear()
    assert viewport.canvas.layers.picture is None
    assert viewport.canvas.layers.missing


def test_the_menu_tells_the_content_chosen(viewport: Viewport) -> None:
    spy = Spy(viewport, "contentChanged")
    actions = {a.data(): a for a in viewport.menu.actions() if a.data()}
    assert list(actions) == [content.value for content in Content]
    actions["jacobian"].trigger()
    assert spy.of("contentChanged") == [("jacobian",)]
    assert viewport.content is Content.JACOBIAN
    assert "Jacobian" in viewport.menu_button.text()


def test_a_content_that_the_model_lacks_is_disabled_with_the_reason(viewport: Viewport) -> None:
    viewport.set_available(Content.ARROWS, "this model makes no motion field")
    action = next(a for a in viewport.menu.actions() if a.data() == "arrows")
    assert not action.isEnabled()
    assert "makes no motion field" in action.text()
    viewport.set_available(Content.ARROWS, "")
    assert action.isEnabled()


def test_the_stale_badge_waits_then_names_the_frame_and_goes_at_once(
    viewport: Viewport, qtbot: QtBot
) -> None:
    viewport.set_stale(11)
    assert viewport.canvas.badges == ()
    qtbot.waitUntil(lambda: viewport.canvas.badges == ("as of frame 11",))
    viewport.set_stale(None)
    assert viewport.canvas.badges == ()


def test_a_short_wait_shows_no_badge_at_all(viewport: Viewport) -> None:
    viewport.set_stale(3)
    viewport.set_stale(None)
    assert not viewport._stale_timer.isActive()
    assert viewport.canvas.badges == ()


def test_a_preview_is_marked(viewport: Viewport) -> None:
    viewport.set_preview("1/2")
    assert viewport.canvas.badges == ("1/2",)
    viewport.set_preview("")
    assert viewport.canvas.badges == ()


def test_holding_f_flickers_to_the_source(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.canvas.setFocus()
    qtbot.keyPress(viewport.canvas, Qt.Key.Key_F)
    assert shown(viewport)[0, 0].tolist() == [80] * 3
    assert "source" in viewport.canvas.badges
    qtbot.keyRelease(viewport.canvas, Qt.Key.Key_F)
    assert shown(viewport)[0, 0].tolist() == [120] * 3


def test_the_pixel_under_the_pointer_is_read_out(viewport: Viewport) -> None:
    spy = Spy(viewport, "hovered")
    area = viewport.canvas.picture_rect()
    scale = area.width() / WIDTH
    hover(viewport.canvas, (area.left() + 20.5 * scale, area.top() + 10.5 * scale))
    words = spy.of("hovered")[-1][0]
    for part in ("x 20, y 10", "generated 255", "source 255", "px"):
        assert part in words
    hover(viewport.canvas, (1, 1))
    assert spy.of("hovered")[-1] == ("",)


def test_the_wheel_zooms_at_the_pointer_and_double_click_fits(viewport: Viewport) -> None:
    place = QPointF(150, 130)
    before = viewport.canvas.pixel_at(place)
    for _ in range(6):
        wheel(viewport.canvas, (150, 130), 1)
    assert viewport.canvas._view.zoom > 3
    assert viewport.canvas.pixel_at(place) == before
    drag(viewport.canvas, [(150, 130), (110, 130)], button=MIDDLE)
    moved = viewport.canvas.pixel_at(place)
    assert before is not None
    assert moved is not None
    assert moved[0] > before[0]
    double_click(viewport.canvas, (150, 130))
    assert viewport.canvas._view.zoom == 1.0


def test_keys_zoom_and_fit(viewport: Viewport, qtbot: QtBot) -> None:
    qtbot.keyClick(viewport.canvas, Qt.Key.Key_Plus)
    assert viewport.canvas._view.zoom > 1
    qtbot.keyClick(viewport.canvas, Qt.Key.Key_0)
    assert viewport.canvas._view.zoom == 1


def test_a_picture_keeps_its_proportions_and_is_centred() -> None:
    area = PictureView().target(QSizeF(400, 200), QSizeF(60, 40))
    assert (area.width(), area.height()) == (300, 200)
    assert area.center() == QPointF(200, 100)


def test_colour_and_grey_pictures_both_show(viewport: Viewport) -> None:
    viewport.set_generated(picture(50, 3))
    assert shown(viewport).shape == (HEIGHT, WIDTH, 3)


def test_surroundings_follow_the_theme(viewport: Viewport, qapp: QApplication) -> None:
    for mode, tokens in (("light", LIGHT), ("dark", DARK)):
        apply(qapp, mode)  # type: ignore[arg-type]
        assert viewport.canvas.grab().toImage().pixelColor(3, 3).name() == tokens.canvas


def test_setters_emit_nothing(viewport: Viewport) -> None:
    spy = Spy(viewport, *all_signals(viewport))
    for content in Content:
        viewport.set_content(content)
        viewport.set_source(picture(9))
        viewport.set_generated(picture(9))
        viewport.set_field(field(), field())
        viewport.grab()
    viewport.set_limits(3.0, 20.0)
    viewport.set_smooth(False)
    viewport.set_message("Nothing open", "Open a clip.", "Open…")
    viewport.clear_message()
    viewport.clear()
    assert "contentChanged" in all_signals(viewport)
    assert spy.heard == []


def test_the_button_of_an_empty_viewport_is_told(viewport: Viewport) -> None:
    spy = Spy(viewport, "actionRequested")
    viewport.set_message("Nothing open", "Open a clip.", "Open…")
    viewport.empty._button.click()
    assert spy.heard == [("actionRequested",)]


@pytest.fixture
def grid(qtbot: QtBot, qapp: QApplication) -> ViewportGrid:
    apply(qapp, "dark")
    made = ViewportGrid()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.clear_message()
    return made


@pytest.mark.parametrize(("layout", "count"), [("1", 1), ("1|2", 2), ("2x2", 4)])
def test_layouts_share_the_room_equally(grid: ViewportGrid, layout: str, count: int) -> None:
    grid.set_layout(layout)
    QApplication.processEvents()
    visible = [pane for pane in grid.viewports if pane.isVisible()]
    assert len(visible) == count == grid.layout_count
    assert tuple(visible) == grid.shown
    widths = {pane.width() for pane in visible}
    assert max(widths) - min(widths) <= 1
    assert max(widths) >= grid.width() * (0.99 if count == 1 else 0.49)


def test_an_impossible_layout_is_refused(grid: ViewportGrid) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        grid.set_layout("3")


def test_all_viewports_zoom_together(grid: ViewportGrid) -> None:
    grid.set_layout("2x2")
    grid.set_frame(picture(80), picture(120), field(), field())
    wheel(grid.viewports[0].canvas, (80, 60), 3)
    areas = [pane.canvas.picture_rect().width() for pane in grid.viewports]
    assert max(areas) - min(areas) <= 4
    assert grid.view.zoom > 1.5


def test_a_hidden_viewport_catches_up_when_it_is_shown(grid: ViewportGrid) -> None:
    grid.set_layout("1|2")
    grid.set_frame(picture(80), picture(120), field(), field())
    assert grid.viewports[3].canvas.layers.picture is None
    grid.set_layout("2x2")
    assert grid.viewports[3].canvas.layers.picture is not None


def test_the_grid_tells_which_viewport_changed(grid: ViewportGrid) -> None:
    spy = Spy(grid, "contentChanged", "activated")
    action = next(a for a in grid.viewports[1].menu.actions() if a.data() == "magnitude")
    action.trigger()
    grid.viewports[0].canvas.activated.emit()
    assert spy.heard == [("contentChanged", 1, "magnitude"), ("activated", 0)]
    assert grid.contents[1] is Content.MAGNITUDE


def test_only_generated_contents_go_stale(grid: ViewportGrid, qtbot: QtBot) -> None:
    grid.set_frame(picture(80), picture(120))
    grid.set_stale(4)
    qtbot.waitUntil(lambda: grid.viewports[1].canvas.badges == ("as of frame 4",))
    assert grid.viewports[0].canvas.badges == ()


@pytest.mark.parametrize("side", [24, 40])
def test_statement_16_an_identity_is_uniformly_1_and_folds_are_counted_exactly(
    viewport: Viewport, side: int
) -> None:
    still = np.zeros((2, side, side), np.float32)
    viewport.set_inputs(source=None, generated=None, size=(side, side))
    viewport.set_content(Content.JACOBIAN)
    viewport.set_field(still, still)
    table = display.diverging(tuple(QColor(DARK.canvas).getRgb()[:3]))
    middle = display.colourise(np.ones((1, 1)), table, 0.5, 1.5)[0, 0]
    picture = viewport.canvas.layers.picture
    assert picture is not None
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 1
    assert np.abs(picture[0, 0].astype(int) - middle).max() <= 2
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert legend.words == "no folds"
    # Reversing the columns from 5 to 14 folds exactly the pixels whose central difference is
    # negative: those of eight columns, in every row.
    folded = np.zeros((2, side, side), np.float32)
    columns = np.arange(5, 15)
    folded[0][:, 5:15] = (19 - 2 * columns)[np.newaxis]
    from motionstudio.core.warp import jacobian_determinant

    count = int(np.count_nonzero(jacobian_determinant(folded) <= 0))
    assert count == 8 * side
    viewport.set_field(folded, folded)
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert legend.words.startswith(f"{count} pixels fold ({100 * count / side**2:.2g} %)")
    magenta = np.all(shown(viewport) == display.FOLD_COLOUR, axis=2)
    assert int(np.count_nonzero(magenta)) == count


def test_half_size_previews_are_marked_and_compared_with_the_truth(viewport: Viewport) -> None:
    viewport.set_inputs(size=(HEIGHT, WIDTH))
    viewport.set_content(Content.DIFFERENCE)
    viewport.set_preview("½ preview")
    half = np.full((HEIGHT // 2, WIDTH // 2, 1), 130, np.uint8)
    viewport.set_generated(half, 0)
    assert "½ preview" in viewport.canvas.badges
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert "as shown" in legend.words
    assert viewport.canvas.layers.native == (HEIGHT, WIDTH)


def test_every_field_display_has_a_legend(viewport: Viewport) -> None:
    viewport.set_spacing((2.0, 2.0))
    for content, words in (
        (Content.GRID, "mm on the reference"),
        (Content.ARROWS, "hue: direction"),
        (Content.STREAMLINES, "direction"),
        (Content.MAGNITUDE, "mm"),
        (Content.JACOBIAN, "folds"),
    ):
        viewport.set_content(content)
        legend = viewport.canvas.layers.legend
        assert legend is not None
        assert words in legend.words
    viewport.set_inputs(arrow_scale=3.0)
    viewport.set_content(Content.ARROWS)
    legend = viewport.canvas.layers.legend
    assert legend is not None
    assert "3 times as long" in legend.words


def test_density_and_length_change_what_is_drawn(viewport: Viewport) -> None:
    viewport.set_content(Content.GRID)
    few = len(viewport.canvas.layers.lines)
    viewport.set_inputs(density=24)
    assert len(viewport.canvas.layers.lines) > few
    viewport.set_content(Content.ARROWS)
    before = viewport.canvas.layers.arrows
    viewport.set_inputs(arrow_scale=2.0)
    after = viewport.canvas.layers.arrows
    assert np.allclose(after[:, 2:] - after[:, :2], 2 * (before[:, 2:] - before[:, :2]), atol=1e-4)


def test_large_pictures_are_made_at_the_size_of_the_screen(viewport: Viewport) -> None:
    big = np.zeros((2160, 3840, 3), np.uint8)
    big[:, 1920:] = 255
    viewport.set_inputs(source=big, generated=big, size=(2160, 3840))
    viewport.set_content(Content.GENERATED)
    room = viewport.canvas.width() * viewport.canvas.devicePixelRatioF()
    made = shown(viewport)
    assert room <= made.shape[1] < 2 * room + 8
    assert viewport.canvas.layers.native == (2160, 3840)
    area = viewport.canvas.picture_rect()
    left, right = area.left() + area.width() * 0.25, area.left() + area.width() * 0.75
    image = viewport.canvas.grab().toImage()
    assert image.pixelColor(int(left), int(area.center().y())).red() == 0
    assert image.pixelColor(int(right), int(area.center().y())).red() == 255
    for _ in range(14):
        wheel(viewport.canvas, (200, 150), 1)
    assert shown(viewport).size < 3 * 1200 * 1200
    _x, _y, wide, tall = viewport.canvas.layers.extent
    assert wide < 0.2
    assert tall < 0.25


def test_arrows_and_strokes_are_painted_where_their_pixels_are(viewport: Viewport) -> None:
    stroke = Stroke(np.array([[20.0, 10.0]]), "#ff0000", 3.0, dots=True)
    viewport.set_inputs(generated_marks=(stroke,))
    viewport.set_content(Content.GENERATED)
    place = viewport.canvas.place_of(20, 10).toPoint()
    assert viewport.canvas.grab().toImage().pixelColor(place).name() == "#ff0000"
    assert viewport.canvas.pixel_at(QPointF(place)) == (20, 10)
