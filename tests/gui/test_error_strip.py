"""Error strip: bars, their scale, withheld frames, scrubbing."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.error_strip import ErrorStrip
from motionstudio.gui.theme.apply import apply
from motionstudio.gui.theme.tokens import DARK
from tests.gui.gestures import drag, hover
from tests.gui.spy import Spy, all_signals

FRAMES = 8
ERRORS = np.array([0, 1, 2, 4, 8, np.nan, 2, 1], float)
WITHHELD = np.arange(FRAMES) == 4


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication) -> ErrorStrip:
    apply(qapp, "dark")
    pane = ErrorStrip(TimeAxis())
    qtbot.addWidget(pane)
    pane.axis.set_count(FRAMES)
    pane.resize(600, 60)
    pane.show()
    pane.set_errors(ERRORS, WITHHELD)
    pane.set_current(-1)
    return pane


def test_bars_are_as_tall_as_their_error(strip: ErrorStrip) -> None:
    tall = [strip.bar_rect(frame).height() for frame in range(FRAMES)]
    assert tall[0] == tall[5] == 0
    assert tall[4] == pytest.approx(2 * tall[3]) == pytest.approx(8 * tall[1])
    assert len({strip.bar_rect(frame).bottom() for frame in range(FRAMES)}) == 1


def test_the_scale_does_not_shrink_while_the_clip_stays(strip: ErrorStrip) -> None:
    before = strip.bar_rect(1).height()
    strip.set_errors(np.where(np.isnan(ERRORS), 0, ERRORS) / 8, WITHHELD)
    assert strip.bar_rect(4).height() == pytest.approx(before)
    strip.set_errors(np.ones(3), np.zeros(3, bool))
    assert strip.bar_rect(1).height() > before


def test_withheld_frames_look_different(strip: ErrorStrip) -> None:
    image = strip.grab().toImage()

    def colours(frame: int) -> set[str]:
        area = strip.bar_rect(frame).toRect().adjusted(1, 2, -2, -1)
        return {
            image.pixelColor(x, y).name()
            for x in range(area.left(), area.right())
            for y in range(area.top(), area.bottom())
        }

    assert DARK.dropped_fill in colours(4)
    assert len(colours(3)) == 1


def test_pressing_and_dragging_scrubs_and_keys_step(strip: ErrorStrip, qtbot: QtBot) -> None:
    spy = Spy(strip, "scrubbed", "stepRequested")
    axis = strip.axis
    drag(strip, [(axis.centre(2), 20), (axis.centre(3), 20)])
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert spy.heard == [("scrubbed", 2), ("scrubbed", 3), ("stepRequested", 1)]


def test_the_read_out_tells_error_and_truth(strip: ErrorStrip) -> None:
    spy = Spy(strip, "hovered")
    hover(strip, (strip.axis.centre(4), 20))
    assert spy.of("hovered")[-1][0] == (
        "Frame 4 of 0-7 · RMSE 8.00 grey levels against the withheld truth"
    )
    hover(strip, (strip.axis.centre(5), 20))
    assert "not known" in spy.of("hovered")[-1][0]


def test_setters_emit_nothing_and_refuse_two_shapes(strip: ErrorStrip) -> None:
    spy = Spy(strip, *all_signals(strip), "hovered", "stepRequested")
    strip.set_errors(ERRORS * 2, WITHHELD)
    strip.set_measure("RMSE", "grey levels")
    strip.set_message("Encoding…")
    strip.set_current(3)
    strip.grab()
    assert spy.heard == []
    with pytest.raises(ValueError, match=r"\(T,\)"):
        strip.set_errors(ERRORS, WITHHELD[:2])
