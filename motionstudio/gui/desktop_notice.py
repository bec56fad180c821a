"""Tells the desktop that a long task has ended while people look at something else."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

_SHOWN_MS = 8000


class DesktopNotice(QObject):
    """A message of the system where it has any, and a mark on the window's entry.

    Args:
        window: whose task it was.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self.told: list[str] = []

    def tell(self, text: str) -> bool:
        """Tell that ``text`` is done; False where the window is in use and nobody needs it."""
        if self._window.isActiveWindow():
            return False
        self.told.append(text)
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            if self._tray is None:
                self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
                self._tray.messageClicked.connect(self._window.activateWindow)
            self._tray.show()
            self._tray.showMessage(
                "MotionStudio", f"Done: {text}", QSystemTrayIcon.MessageIcon.Information, _SHOWN_MS
            )
        return True
