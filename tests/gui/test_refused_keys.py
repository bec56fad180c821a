"""Keys of commands that cannot be done now, and what the window says instead of nothing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.session.notices.recent]


def press(qtbot: Any, window: MainWindow, keys: str) -> None:
    with qtbot.waitExposed(window):
        window.show()
    window.bench.timeline.strip.setFocus()
    QTest.keySequence(window.bench.timeline.strip, keys)
    window.session.notices.say(f"after {keys}")
    qtbot.waitUntil(lambda: said(window)[-1:] == [f"after {keys}"])


def test_the_key_of_a_command_that_cannot_be_done_says_why(
    qtbot: Any, make_window: MakeWindow
) -> None:
    window = make_window()
    press(qtbot, window, "Ctrl+L")
    assert said(window)[-2] == "Drive live: Open a clip or a picture first."


def test_escape_and_keys_of_no_command_say_nothing(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    before = said(window)
    press(qtbot, window, "Esc")
    press(qtbot, window, "F24")
    assert said(window) == [*before, "after Esc", "after F24"]


def test_a_held_key_says_it_once(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    press(qtbot, window, "Ctrl+L")
    count = len(said(window))
    again = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, "", True
    )
    QApplication.sendEvent(window, again)
    press(qtbot, window, "F24")
    assert len(said(window)) == count + 1
