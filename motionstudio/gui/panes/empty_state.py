"""What a pane shows while it has nothing to show: what it is for, and the one next action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.gui.items.elided import ElidedLabel
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.icons import pixmap
from motionstudio.gui.theme.tokens import ICON_LARGE, SPACE_L, SPACE_S


class EmptyState(QWidget):
    """An icon, a title, a sentence and at most one button, in the middle of the pane.

    Args:
        icon_name: one of our icons, or empty for none.
        title: what is missing, in a few words.
        text: what the pane is for and what to do.
        action: the words on the button, or empty for none.
        parent: owner.

    Signals:
        actionRequested: the button was pressed.
    """

    actionRequested = Signal()

    def __init__(
        self,
        icon_name: str,
        title: str,
        text: str = "",
        action: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._title = ElidedLabel()
        self._text = ElidedLabel()
        self._button = primary_button("")
        self._title.setFont(font("title"))
        self._text.setProperty("muted", True)
        self._button.clicked.connect(self.actionRequested)
        self._lay_out()
        self.set_words(title, text, action)

    def set_words(self, title: str, text: str = "", action: str = "") -> None:
        """Other words; empty ones take no room."""
        for label, words in ((self._title, title), (self._text, text)):
            label.setText(words)
            label.setVisible(bool(words))
        self._button.setText(action)
        self._button.setAccessibleName(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {text}".strip())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_icon()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_icon()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_S)
        column.setSpacing(SPACE_S)
        column.addStretch(1)
        for widget in (self._picture, self._title, self._text):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            widget.setWordWrap(widget is not self._picture)
            column.addWidget(widget)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._show_icon()

    def _show_icon(self) -> None:
        needed = self._title.sizeHint().height() * 4 + ICON_LARGE * 4
        shown = bool(self._icon_name) and (self.height() >= needed or not self.isVisible())
        self._picture.setVisible(shown)
        if shown:
            colour = tokens_for(self.palette()).muted
            ratio = self.devicePixelRatioF()
            self._picture.setPixmap(pixmap(self._icon_name, colour, ICON_LARGE * 2, ratio))
