"""What did not change is not told again: every listener of the program would hear it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot
from typing_extensions import override

from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.motion_tools import MotionTools


class Heard(QObject):
    """Counts events of one kind."""

    def __init__(self, kind: QEvent.Type) -> None:
        super().__init__()
        self.kind, self.count = kind, 0

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += int(event.type() is self.kind)
        return False


def test_a_reason_is_told_once(qtbot: QtBot) -> None:
    button, heard = ToolButton("reset", "Reset"), Heard(QEvent.Type.ToolTipChange)
    qtbot.addWidget(button)
    button.installEventFilter(heard)
    for reason, told in (("Nothing to do.", 1), ("Nothing to do.", 1), ("", 2), ("", 2)):
        button.set_reason(reason)
        assert (heard.count, button.isEnabled()) == (told, not reason)
    assert button.toolTip() == "Reset"


def test_words_of_one_tone_are_dressed_once(qtbot: QtBot) -> None:
    tools, heard = MotionTools(), Heard(QEvent.Type.StyleChange)
    qtbot.addWidget(tools)
    tools.set_handles("one", warn=False)
    tools.handles.installEventFilter(heard)
    tools.set_handles("two", warn=False)
    assert (tools.handles.text(), heard.count) == ("two", 0)
    tools.set_handles("three", warn=True)
    assert tools.handles.property("tone") == "warn"
    tools.set_handles("four", warn=False)
    assert tools.handles.property("tone") == ""
