"""Manners of keys in the whole program: Space for a focused button, tooltips with keys in use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolTip, QWidget
from typing_extensions import override

from motionstudio.gui.actions.keymap import Keymap


class KeyManners(QObject):
    """Lets a focused button keep its Space although Space also plays; tells the keys in use.

    Args:
        window: the tooltips of its widgets are looked after.
        keymap: which keys were changed.
    """

    def __init__(self, window: QWidget, keymap: Keymap) -> None:
        super().__init__(window)
        self._window = window
        self._keymap = keymap
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def stop(self) -> None:
        """Look after nothing any more."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Space and tooltips out of the stream of events; leave the rest alone."""
        kind = event.type()  # Once: every event of the program comes by here.
        if kind is QEvent.Type.ToolTip and self._tell_keys(watched, event):
            return True
        if (
            kind is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, QAbstractButton)
        ):
            event.accept()
            return True
        return False

    def _tell_keys(self, watched: QObject, event: QEvent) -> bool:
        """Show a tooltip that names keys which were changed, with those in use instead."""
        if not isinstance(watched, QWidget) or not isinstance(event, QHelpEvent):
            return False
        tip = watched.toolTip()
        told = self._keymap.translate(tip)
        if told != tip and watched.window() is self._window:
            QToolTip.showText(event.globalPos(), told, watched)
            return True
        return False
