"""Small flat buttons whose icons follow the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from typing_extensions import override

from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.scale import fix_icon, fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, ICON_SMALL


class ToolButton(QToolButton):
    """An icon with a tooltip; the tooltip's first sentence is the accessible name.

    Args:
        icon_name: name of one of our icons.
        tooltip: what it does, and its shortcut in brackets.
        checkable: whether it stays down.
        text: words beside the icon for what a newcomer could misread.
        parent: owner.
    """

    def __init__(
        self,
        icon_name: str,
        tooltip: str,
        *,
        checkable: bool = False,
        text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._tip = tooltip
        self.setAutoRaise(True)
        self.setCheckable(checkable)
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip.split(" (")[0])
        fix_icon(self, ICON_SMALL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            fix_size(self, height=CONTROL_HEIGHT)
        else:
            fix_size(self, width=CONTROL_HEIGHT, height=CONTROL_HEIGHT)
        set_icon(self, icon_name, tokens_for(self.palette()))

    def set_icon_name(self, icon_name: str) -> None:
        """Show another icon."""
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            set_icon(self, icon_name, tokens_for(self.palette()))

    def set_reason(self, reason: str) -> None:
        """Why it cannot be used now, shown in the tooltip; empty when it can."""
        self.setEnabled(not reason)
        tip = f"{self._tip}\n{reason}" if reason else self._tip
        if tip != self.toolTip():  # Setting it tells every listener, whatever it was.
            self.setToolTip(tip)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            set_icon(self, self._icon_name, tokens_for(self.palette()))


def primary_button(text: str, parent: QWidget | None = None) -> QPushButton:
    """The one button of a pane that stands for the next action."""
    button = QPushButton(text, parent)
    button.setProperty("primary", True)
    button.setAccessibleName(text)
    return button
