"""The strip at the right edge: one button for each pane at the side, so that any number fits."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget
from typing_extensions import override

from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.scale import factor, fix_icon, scaled
from motionstudio.gui.theme.tokens import ICON_LARGE

_WORDS_FROM = 1500
"""Width of the window in pixels from which the buttons have room for words."""
_SMALLEST = 12
"""Side of the smallest icons in pixels."""


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
        self._wide = False
        self._fitted: tuple[object, ...] = ()

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

    @property
    def names(self) -> tuple[str, ...]:
        """Panes that have a button, from the top."""
        return tuple(self._entries)

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

    def fit_to(self, width: int) -> None:
        """Words under the icons where a window of ``width`` pixels has room for them."""
        self._wide = width >= _WORDS_FROM
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out words, then make icons smaller, until no button is behind an arrow."""
        wanted = (self.height(), len(self._entries), self._wide, factor())
        if wanted == self._fitted or not self._entries:
            return
        self._fitted = wanted
        style = Qt.ToolButtonStyle
        largest = scaled(ICON_LARGE)
        looks = [(style.ToolButtonIconOnly, size) for size in range(largest, _SMALLEST - 1, -1)]
        for look, size in [(style.ToolButtonTextUnderIcon, largest)][: self._wide] + looks:
            self.setToolButtonStyle(look)
            self.setIconSize(QSize(size, size))
            if self.sizeHint().height() <= self.height():
                return

    def _choose(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(sender.objectName())
