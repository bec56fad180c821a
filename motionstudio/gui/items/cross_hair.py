"""The place under the pointer, marked in every viewport."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal


class CrossHair(QObject):
    """A place as a share of the picture's width and height, shared by several canvases.

    Signals:
        moved: the place is another one, or there is none.
    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place: QPointF | None = None
        self._on = True

    @property
    def place(self) -> QPointF | None:
        """The place, or None when the pointer is on no picture or the cross-hair is off."""
        return self._place if self._on else None

    def set_on(self, on: bool) -> None:
        """Show it or not."""
        if on != self._on:
            self._on = on
            self.moved.emit()

    def point(self, place: QPointF | None) -> None:
        """Mark another place."""
        if place != self._place:
            self._place = place
            if self._on:
                self.moved.emit()
