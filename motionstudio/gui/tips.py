"""Tips: one useful sentence at a time, with the keys that are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from motionstudio.gui.presenters.view_mode import why_no_edit

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

FIRST = (
    "{motion.play} plays · a slider, or dragging a coloured cell that was clicked, changes the "
    "motion · Alt-click drops a frame"
)
READING = (
    "{motion.play} plays · the model reads this clip and takes no edits: what is under the pointer "
    "is told here · Alt-click drops a frame"
)
TIPS = (
    "{help.commands} finds every command by name; what cannot be done now says why.",
    "{help.shortcuts} shows the keys and gestures of the pane that you are in.",
    "{drop.toggle} drops the frame under the pointer; the model fills it in.",
    "{motion.back} and {motion.on} step through the frames.",
    "{motion.mark_in} and {motion.mark_out} set the range that is played.",
    "{view.grid} shows the motion as a bent grid, {view.difference} the difference to the truth.",
    "Shift while dragging a value is ten times finer; double-click a slider to reset it.",
    "{latent.neutral} takes the selected values to rest, {latent.reset} back to what was encoded.",
    "{edit.undo} takes back one whole gesture, however long the drag was.",
    "Drop a picture or a film anywhere in the window to open it.",
    "{edit.preferences} changes every shortcut, the size of everything and the theme.",
    "{view.next_pane} moves the keyboard from pane to pane.",
)


class Tips(QObject):
    """Says tips in the status bar of one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._next = 0

    def first(self) -> str:
        """What can be done with a clip that was just opened; empty where tips are off."""
        session = self._window.session
        if not session.settings.value.tips:
            return ""
        return self.filled(READING if why_no_edit(session.card(session.active)) else FIRST)

    def show_next(self) -> None:
        """Say the next tip."""
        text = self.filled(TIPS[self._next % len(TIPS)])
        self._next += 1
        self._window.session.notices.say(text)

    def filled(self, text: str) -> str:
        """``text`` with the keys in use in place of names of actions in braces."""
        actions = self._window.actions_
        for name, action in actions.all.items():
            if f"{{{name}}}" in text:
                keys = actions.keymap.shown(name)
                text = text.replace(f"{{{name}}}", keys or f"“{action.text()}”")
        return text
