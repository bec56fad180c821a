"""Keys of commands that cannot be done now: the window says why, instead of nothing at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.actions.table import ActionTable

# Escape asks for nothing where there is nothing to cancel.
_QUIET = (Qt.Key.Key_Escape,)


class RefusedKeys(QObject):
    """Tells why the key of a disabled command did nothing.

    Qt leaves the shortcut of a disabled action alone; the key then goes from the focused widget up
    to the window, where it arrives when nobody wanted it.

    Args:
        window: where such keys arrive.
        actions: the commands of the window and their keys.
        say: gets one sentence.
    """

    def __init__(self, window: QWidget, actions: ActionTable, say: Callable[[str], object]) -> None:
        super().__init__(window)
        self._actions, self._say = actions, say
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at keys that nobody took; leave all events alone."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            quiet = event.isAutoRepeat() or event.key() in _QUIET
            action = None if quiet else self._meant(event)
            if action is not None:
                self._tell(action)
        return super().eventFilter(watched, event)

    def _meant(self, event: QKeyEvent) -> QAction | None:
        """The command that the key would do, or None where it belongs to none."""
        pressed = QKeySequence(event.keyCombination())
        found = [each for each in self._actions.all.values() if pressed in each.shortcuts()]
        return found[0] if found and not any(each.isEnabled() for each in found) else None

    def _tell(self, action: QAction) -> None:
        reason = self._actions.why_not(action.objectName())
        if reason:
            self._say(f"{action.text().rstrip('…')}: {reason}")
