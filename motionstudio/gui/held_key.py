"""Knows whether the key of an action is held down, and tells when it comes up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class HeldKey(QObject):
    """Watches the key events that reach a window; shortcuts tell of presses only.

    Signals:
        released: the watched key came up.

    Args:
        window: the window.
    """

    released = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._down = -1
        self._watched = -1
        window.installEventFilter(self)

    def watch(self, keys: Sequence[QKeySequence]) -> bool:
        """Whether one of ``keys`` is down; if so ``released`` follows when it comes up."""
        down = QKeySequence(self._down) if self._down >= 0 else QKeySequence()
        if not down.isEmpty() and any(sequence == down for sequence in keys):
            self._watched = self._down
            return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at keys; take none."""
        kind = event.type()
        if isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
                self._down = event.key()
            elif kind is QEvent.Type.KeyRelease and event.key() == self._down:
                self._down = -1
                if self._watched == event.key():
                    self._end()
        elif kind is QEvent.Type.WindowDeactivate and self._watched >= 0:
            self._end()
        return super().eventFilter(watched, event)

    def _end(self) -> None:
        self._watched = self._down = -1
        self.released.emit()
