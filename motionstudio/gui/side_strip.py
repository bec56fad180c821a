"""The strip at the right edge: one button for each pane at the side, so that any number fits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.scale import fix_icon
from motionstudio.gui.theme.tokens import ICON_LARGE

_WORDS_FROM = 1500
"""Width of the window in pixels from which the buttons have room for words."""


class SideStrip(QToolBar):
    """Icons of the panes at the side, with words where the window is wide.

    Signals:
        chosen: name of the pane whose button was pressed.

    Args:
        parent: the window.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Panes at the side", parent)
        self.setObjectName("side-strip")
        self.setAccessibleName("Panes at the side")
        self.setMovable(False)
        self.setFloatable(False)
        self.setOrientation(Qt.Orientation.Vertical)
        fix_icon(self, ICON_LARGE)
        self.toggleViewAction().setVisible(False)
        self._entries: dict[str, QAction] = {}
        self.set_wide(False)

    def add(self, name: str, title: str, icon: str) -> None:
        """A button for the pane ``name``."""
        action = QAction(title, self)
        action.setObjectName(name)
        action.setCheckable(True)
        action.setToolTip(f"Show or hide the pane {title}")
        set_icon(action, icon, tokens_for(self.palette()))
        action.triggered.connect(self._choose)
        self.addAction(action)
        self._entries[name] = action
        button = self.button(name)
        button.setAccessibleName(f"Pane {title}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def button(self, name: str) -> QToolButton:
        """The button of a pane.

        Raises:
            ValueError: there is no such pane.
        """
        found = self.widgetForAction(self._entries[name]) if name in self._entries else None
        if not isinstance(found, QToolButton):
            raise ValueError(f"button: expected one of {', '.join(self._entries)}, got {name!r}")
        return found

    def set_shown(self, name: str, shown: bool) -> None:
        """Mark the pane as shown or not."""
        if name in self._entries:
            self._entries[name].setChecked(shown)

    def set_wide(self, wide: bool) -> None:
        """Words under the icons where there is room for them."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonTextUnderIcon if wide else style.ToolButtonIconOnly)

    def fit_to(self, width: int) -> None:
        """Words or not, for a window of ``width`` pixels."""
        self.set_wide(width >= _WORDS_FROM)

    def _choose(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(sender.objectName())
