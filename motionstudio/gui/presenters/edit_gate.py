"""Lets a drag change the document only as fast as pictures of it can be made."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_LONGEST_MS = 100


class EditGate(QObject):
    """Runs the newest of many changes: at once when idle, else when the last one is answered.

    A hand moves faster than a model: without the gate every picture would be outdated before it
    is finished, and nothing would be shown until the hand rests. No change is lost: the newest
    one always runs, after a tenth of a second at the latest.

    Args:
        busy: whether the picture of the change before is still being made.
        parent: Qt parent.
    """

    def __init__(self, busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._busy = busy
        self._waiting: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LONGEST_MS)
        self._timer.timeout.connect(self.flush)

    def submit(self, change: Callable[[], None]) -> None:
        """Run ``change`` now or soon, unless a newer one replaces it."""
        self._waiting = change
        if not self._busy():
            self.flush()
        elif not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Run what waits."""
        self._timer.stop()
        change, self._waiting = self._waiting, None
        if change is not None:
            change()

    def discard(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting = None
