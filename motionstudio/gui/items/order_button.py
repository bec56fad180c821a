"""The button that chooses which dimensions come first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.items.tool_button import ToolButton


class OrderButton(ToolButton):
    """Opens a menu with one entry for each order.

    Signals:
        orderChanged: a ``DimOrder`` that was chosen.
    """

    orderChanged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sort", "Order of dimensions (choose what comes first)", parent=parent)
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        for how in DimOrder:
            action = QAction(how.value, self._group)
            action.setCheckable(True)
            action.setObjectName(how.name)
            self._menu.addAction(action)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(self._menu)
        self._group.triggered.connect(self._choose)
        self.set_order(DimOrder.MODEL)

    def set_order(self, how: DimOrder) -> None:
        """Show which order is in use."""
        for action in self._group.actions():
            action.setChecked(action.objectName() == how.name)

    def choose(self, how: DimOrder) -> None:
        """What a click on an entry does."""
        next(a for a in self._group.actions() if a.objectName() == how.name).trigger()

    def _choose(self, action: QAction) -> None:
        self.orderChanged.emit(DimOrder[action.objectName()])
