"""The title bar of a pane: small, muted, its own few tools at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.elided import ElidedLabel
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS


class MutedLabel(ElidedLabel):
    """Caption text that is read second; elides instead of claiming width."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(font("caption", tabular=True))
        self.setProperty("muted", True)

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self._keep_height()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        """Layouts shrink wrapped words to one line less than they need, where room is short."""
        if self.wordWrap():
            needed = self.heightForWidth(self.width()) if self.text() else 0
            if needed != self.minimumHeight():
                self.setMinimumHeight(needed)


class PaneHeader(QWidget):
    """Title and detail at the left, tools at the right.

    Args:
        title: what the pane is.
        parent: owner.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Button)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_S, 2, SPACE_XS, 2)
        self._row.setSpacing(SPACE_S)
        self._title = QLabel(title)
        self._title.setFont(font("caption"))
        self._detail = MutedLabel()
        self._detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row.addWidget(self._title)
        self._row.addWidget(self._detail, 1)
        fix_size(self, height=CONTROL_HEIGHT + 4, at_least=True)

    def add_tool(self, widget: QWidget) -> None:
        """Append a tool at the right."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_leading(self, widget: QWidget) -> None:
        """Put a control in the place of the title."""
        self._title.hide()
        self._row.insertWidget(0, widget)

    def set_detail(self, text: str) -> None:
        """Muted words after the title; cut off where there is no room."""
        self._detail.setText(text)
        self._detail.setToolTip(text)
