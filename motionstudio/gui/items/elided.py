"""Words that do not fit: shortened in the middle, whole in the tooltip, never cut off."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

_LEAST = "MMM…"
_LEAST_WRAPPED = "M" * 14
"""The longest word that a wrapped label asks room for."""


def broken_words(text: str, metrics: QFontMetrics, room: int) -> str:
    """A text whose every word fits into ``room`` pixels: longer ones lose their middle.

    What a label wraps at blanks it cuts off where there are none, as in names of files.
    """
    return re.sub(
        r"\S+",
        lambda found: metrics.elidedText(found[0], Qt.TextElideMode.ElideMiddle, max(room, 1)),
        text,
    )


class ElidedLabel(QLabel):
    """A line that is shortened where it has too little room, with its whole text as tooltip.

    Where words are wrapped, each that is wider than the label is shortened by itself. ``text()``
    stays whole, and a long name never makes a pane wide. Rich text is left to ``QLabel``.

    Args:
        text: to begin with.
        parent: owner.
        mode: where one line is shortened; names tell most at both ends.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self._told = ""

    @property
    def shown(self) -> str:
        """What is painted."""
        if self.wordWrap():
            return broken_words(self.text(), self.fontMetrics(), self._room())
        return self.fontMetrics().elidedText(self.text(), self._mode, self._room())

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        if self._is_plain():
            least = _LEAST_WRAPPED if self.wordWrap() else _LEAST
            hint.setWidth(min(hint.width(), self.fontMetrics().horizontalAdvance(least)))
        return hint

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_plain() or self.shown == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        wrap = Qt.TextFlag.TextWordWrap if self.wordWrap() else Qt.TextFlag.TextSingleLine
        flags = int(self.alignment()) | int(wrap)
        painter.drawText(self.contentsRect(), flags, self.shown)
        painter.end()

    def _room(self) -> int:
        return self.contentsRect().width() - 2 * max(self.margin(), 0)

    def _is_plain(self) -> bool:
        marked = any(mark in self.text() for mark in ("</", "<br", "&nbsp;"))
        lines = "\n" in self.text() and not self.wordWrap()
        return not (self.textFormat() is Qt.TextFormat.RichText or marked or lines)

    def _tell(self) -> None:
        """The whole text as tooltip where it is shortened, unless there is another already."""
        whole = self.text() if self._is_plain() and self.shown != self.text() else ""
        if self.toolTip() == self._told and whole != self._told:
            self.setToolTip(whole)
            self._told = whole
