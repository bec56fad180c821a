"""Timeline: gestures become signals, masks become marks, setters stay silent."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.core.playback import Loop
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.timeline import DropChoice, Timeline
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK, LIGHT
from tests.gui.gestures import ALT, CTRL, MIDDLE, SHIFT, centre, click, double_click, drag, hover
from tests.gui.gestures import wheel as turn
from tests.gui.spy import Spy, all_signals

FRAMES = 20


@pytest.fixture
def timeline(qtbot: QtBot, qapp: QApplication) -> Timeline:
    apply(qapp, "dark")
    pane = Timeline(TimeAxis())
    qtbot.addWidget(pane)
    pane.set_times(np.arange(FRAMES) * 0.05)
    pane.resize(900, 120)
    pane.show()
    return pane


def cell(pane: Timeline, frame: int) -> tuple[float, float]:
    return centre(pane.strip.cell_rect(frame))


def on_ruler(pane: Timeline, frame: int) -> tuple[float, float]:
    return pane.axis.centre(frame), pane.strip.ruler_height / 2


def test_press_and_drag_on_the_ruler_scrubs(timeline: Timeline) -> None:
    spy = Spy(timeline, "scrubbed", "frameClicked")
    drag(timeline.strip, [on_ruler(timeline, f) for f in (3, 4, 4, 7)])
    assert spy.heard == [("scrubbed", 3), ("scrubbed", 4), ("scrubbed", 7)]


def test_shift_drag_on_the_ruler_sets_the_range_and_double_click_clears_it(
    timeline: Timeline,
) -> None:
    spy = Spy(timeline, "rangeChanged")
    drag(timeline.strip, [on_ruler(timeline, 9), on_ruler(timeline, 4)], SHIFT)
    double_click(timeline.strip, on_ruler(timeline, 5))
    assert spy.of("rangeChanged") == [((4, 9),), (None,)]


def test_a_click_on_a_cell_tells_frame_and_modifiers(timeline: Timeline) -> None:
    spy = Spy(timeline, "frameClicked", "keptPainted")
    click(timeline.strip, cell(timeline, 6))
    click(timeline.strip, cell(timeline, 7), CTRL)
    assert [call[0] for call in spy.of("frameClicked")] == [6, 7]
    assert spy.of("frameClicked")[1][1] & CTRL
    assert not spy.of("keptPainted")


def test_alt_click_drops_a_kept_frame_and_restores_a_dropped_one(timeline: Timeline) -> None:
    spy = Spy(timeline, "keptPainted")
    click(timeline.strip, cell(timeline, 5), ALT)
    kept = np.ones(FRAMES, bool)
    kept[5] = False
    timeline.set_kept(kept)
    click(timeline.strip, cell(timeline, 5), ALT)
    assert spy.of("keptPainted") == [((5,), False), ((5,), True)]


def test_painting_follows_its_first_cell_and_skips_no_frame_of_a_fast_drag(
    timeline: Timeline,
) -> None:
    kept = np.ones(FRAMES, bool)
    kept[[6, 8]] = False
    timeline.set_kept(kept)
    spy = Spy(timeline, "keptPainted")
    drag(timeline.strip, [cell(timeline, f) for f in (5, 9)], ALT)
    drag(timeline.strip, [cell(timeline, f) for f in (8, 6)], ALT)
    assert spy.of("keptPainted") == [((5, 6, 7, 8, 9), False), ((6, 7, 8), True)]


def test_drop_mode_drops_by_plain_clicks(timeline: Timeline) -> None:
    spy = Spy(timeline, "keptPainted", "frameClicked")
    timeline.drop_mode.click()
    click(timeline.strip, cell(timeline, 4))
    assert spy.heard == [("keptPainted", (4,), False)]


def test_the_reference_cannot_be_dropped_by_click_paint_or_key(
    timeline: Timeline, qtbot: QtBot
) -> None:
    timeline.set_reference(2)
    timeline.set_current(2)
    spy = Spy(timeline, "keptPainted")
    click(timeline.strip, cell(timeline, 2), ALT)
    drag(timeline.strip, [cell(timeline, f) for f in (1, 3)], ALT)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Return)
    assert spy.of("keptPainted") == [((1, 3), False)]


def test_escape_takes_a_stroke_back(timeline: Timeline, qtbot: QtBot) -> None:
    from tests.gui.gestures import move, press, release

    spy = Spy(timeline, "keptPainted")
    press(timeline.strip, cell(timeline, 5), ALT)
    move(timeline.strip, cell(timeline, 7), ALT)
    assert not timeline.strip.shown_kept(6)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Escape)
    release(timeline.strip, cell(timeline, 7), ALT)
    assert timeline.strip.shown_kept(6)
    assert not spy.heard


def test_the_menu_offers_every_choice_and_tells_it(timeline: Timeline) -> None:
    kept = np.ones(FRAMES, bool)
    kept[3] = False
    timeline.set_kept(kept)
    timeline.set_keyed(~kept)
    timeline.set_range((2, 9))
    spy = Spy(timeline, "dropMenuRequested")
    menu = timeline.strip.drop_menu(6)
    for action in menu.actions():
        if action.data():
            action.trigger()
    assert spy.of("dropMenuRequested") == [(choice.value, 6) for choice in DropChoice]


def test_choices_without_effect_are_disabled(timeline: Timeline) -> None:
    actions = {a.data(): a for a in timeline.strip.drop_menu(6).actions() if a.data()}
    assert not actions[DropChoice.OUTSIDE_RANGE.value].isEnabled()
    assert "Shift" in actions[DropChoice.OUTSIDE_RANGE.value].text()
    assert not actions[DropChoice.NOT_KEYED.value].isEnabled()
    assert not actions[DropChoice.RESTORE.value].isEnabled()
    assert not timeline.restore.isEnabled()


def test_the_menu_offers_another_reference(timeline: Timeline) -> None:
    spy = Spy(timeline, "referenceRequested")
    menu = timeline.strip.drop_menu(6)
    next(a for a in menu.actions() if "reference" in a.text()).trigger()
    assert spy.of("referenceRequested") == [(6,)]


def test_the_wheel_steps_and_with_ctrl_zooms_at_the_pointer(timeline: Timeline) -> None:
    spy = Spy(timeline, "stepRequested")
    place = cell(timeline, 10)
    turn(timeline.strip, place, -1)
    turn(timeline.strip, place, 0.5)
    turn(timeline.strip, place, 0.5)
    assert spy.of("stepRequested") == [(1,), (-1,)]
    for _ in range(5):
        turn(timeline.strip, place, 1, CTRL)
    assert timeline.axis.zoom > 2
    assert timeline.axis.frame_at(place[0]) == 10
    assert len(spy.of("stepRequested")) == 2


def test_the_middle_button_pans(timeline: Timeline) -> None:
    timeline.axis.zoom_at(450, 4.0)
    before = timeline.axis.visible()
    drag(timeline.strip, [(500, 40), (300, 40)], button=MIDDLE)
    assert timeline.axis.visible().start > before.start


def test_keys_step_go_to_the_ends_and_toggle(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_current(4)
    spy = Spy(timeline, "stepRequested", "startRequested", "endRequested", "keptPainted")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(timeline.strip, key)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Return)
    assert spy.heard == [
        ("stepRequested", -1), ("stepRequested", 1), ("startRequested",), ("endRequested",),
        ("keptPainted", (4,), False),
    ]  # fmt: skip


def test_transport_tells_what_is_wanted(timeline: Timeline) -> None:
    spy = Spy(
        timeline, "playToggled", "stepRequested", "loopChosen", "realTimeToggled", "fpsChanged",
        "scrubbed",
    )  # fmt: skip
    parts = timeline.transport
    parts.play.click()
    timeline.set_playing(True)
    parts.play.click()
    parts.back.click()
    parts.forward.click()
    parts.loop.click()
    parts.real_time.click()
    parts.fps.setValue(25.0)
    parts.frame.setValue(8)
    assert spy.heard == [
        ("playToggled", True), ("playToggled", False), ("stepRequested", -1),
        ("stepRequested", 1), ("loopChosen", Loop.PING_PONG), ("realTimeToggled", True),
        ("fpsChanged", 25.0), ("scrubbed", 8),
    ]  # fmt: skip


def test_setters_emit_nothing(timeline: Timeline) -> None:
    spy = Spy(timeline, *all_signals(timeline))
    half = np.arange(FRAMES) % 2 == 0
    timeline.set_times(np.arange(FRAMES) * 0.1)
    for setter in (timeline.set_kept, timeline.set_edited, timeline.set_filled):
        setter(half)
    timeline.set_cached(half)
    timeline.set_current(7)
    timeline.set_reference(3)
    timeline.set_range((1, 5))
    timeline.set_playing(True)
    timeline.set_loop(Loop.ONCE)
    timeline.set_real_time(True)
    timeline.set_fps(30.0)
    timeline.set_drop_mode(True)
    timeline.set_keyed(half)
    timeline.set_thumbnail(2, QImage(4, 4, QImage.Format.Format_RGB888))
    timeline.set_speed(-2.0)
    timeline.set_part(1, 4, 0.7125)
    timeline.set_upsampling(4, "")
    timeline.grab()
    assert "scrubbed" in all_signals(timeline)
    assert spy.heard == []


def test_hovering_reads_out_frame_time_and_state(timeline: Timeline) -> None:
    kept = np.ones(FRAMES, bool)
    kept[4] = False
    timeline.set_kept(kept)
    timeline.set_filled(~kept)
    spy = Spy(timeline, "hovered")
    hover(timeline.strip, cell(timeline, 4))
    words = spy.of("hovered")[-1][0]
    assert timeline.hovered_frame() == 4
    for part in ("Frame 4 of 0-19", "0.200 s", "dropped", "filled in"):
        assert part in words


def test_assistive_technology_hears_the_current_frame(timeline: Timeline) -> None:
    timeline.set_current(3)
    assert "Frame 3 of 0-19" in timeline.strip.accessibleDescription()


def test_dropped_kept_and_current_frames_look_different(timeline: Timeline) -> None:
    kept = np.ones(FRAMES, bool)
    kept[4] = False
    timeline.set_kept(kept)
    timeline.set_current(10)
    image = timeline.strip.grab().toImage()

    def colours(frame: int) -> set[str]:
        area = timeline.strip.cell_rect(frame).toRect().adjusted(2, 2, -3, -3)
        return {
            image.pixelColor(x, y).name()
            for x in range(area.left(), area.right())
            for y in range(area.top(), area.bottom())
        }

    assert DARK.dropped_fill in colours(4)
    assert DARK.dropped_fill not in colours(5)
    assert len(colours(5)) == 1
    assert len(colours(10)) > 1


def test_a_mask_of_the_wrong_length_is_refused(timeline: Timeline) -> None:
    with pytest.raises(ValueError, match=r"\(20,\)"):
        timeline.set_kept(np.ones(3, bool))


def test_another_theme_repaints_at_once(timeline: Timeline, qapp: QApplication) -> None:
    for mode, tokens in (("dark", DARK), ("light", LIGHT)):
        apply(qapp, mode)  # type: ignore[arg-type]
        image = timeline.strip.grab().toImage()
        assert image.pixelColor(2, image.height() - 1) == QColor(tokens.surface)


def test_an_empty_timeline_says_what_it_is_for_and_takes_any_gesture(
    qtbot: QtBot, qapp: QApplication
) -> None:
    pane = Timeline(TimeAxis())
    qtbot.addWidget(pane)
    pane.resize(700, 100)
    pane.show()
    spy = Spy(pane, *(name for name in all_signals(pane) if name != "hovered"))
    drag(pane.strip, [(300, 10), (350, 12)])
    click(pane.strip, (300, 60), ALT)
    qtbot.keyClick(pane.strip, Qt.Key.Key_Return)
    assert not pane.every_second.isEnabled()
    assert spy.heard == []


def test_two_thousand_frames_keep_their_marks_in_cells_too_narrow_for_them(
    timeline: Timeline,
) -> None:
    timeline.set_times(np.arange(2000) * 0.04)
    kept, edited, keyed = np.ones(2000, bool), np.zeros(2000, bool), np.zeros(2000, bool)
    kept[500:600] = False
    edited[1200:1300] = keyed[1600:1700] = True
    for setter, mask in (
        (timeline.set_kept, kept), (timeline.set_edited, edited), (timeline.set_keyed, keyed),
    ):  # fmt: skip
        setter(mask)
    image = timeline.strip.grab().toImage()

    def colours(frame: int) -> set[str]:
        area = timeline.strip.cell_rect(frame).toRect()
        return {image.pixelColor(area.left(), y).name() for y in range(area.top(), area.bottom())}

    assert DARK.dropped_fill in colours(550)
    assert DARK.edited in colours(1250)
    assert DARK.keyed in colours(1650)
    assert not {DARK.dropped_fill, DARK.edited, DARK.keyed} & colours(100)


def test_a_picture_that_is_ready_repaints_its_band_only(timeline: Timeline) -> None:
    timeline.set_kept(np.arange(FRAMES) != 3)
    timeline.strip.grab()
    still = timeline.strip._still
    ready = np.zeros(FRAMES, bool)
    ready[7] = True
    timeline.set_cached(ready)
    image = timeline.strip.grab().toImage()
    assert timeline.strip._still is still
    x = round(timeline.axis.centre(7))
    assert image.pixelColor(x, timeline.strip.ruler_height).name() == DARK.good
    x = round(timeline.axis.centre(12))
    assert image.pixelColor(x, timeline.strip.ruler_height).name() != DARK.good


def test_the_overview_moves_what_is_shown(timeline: Timeline) -> None:
    timeline.axis.zoom_at(300, 4)
    bar = timeline.overview
    before, middle = timeline.axis.visible(), bar.shown_part().center()
    drag(bar, [(middle.x(), 4), (middle.x() + 200, 4)])
    after = timeline.axis.visible()
    assert after.start > before.start
    assert len(after) == pytest.approx(len(before), abs=1)
    double_click(bar, (400, 4))
    assert timeline.axis.visible() == range(FRAMES)


def test_plus_and_minus_zoom_at_the_playhead(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_current(10)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Plus)
    assert timeline.axis.zoom > 1
    assert 10 in timeline.axis.visible()
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Minus)
    assert timeline.axis.zoom == 1
