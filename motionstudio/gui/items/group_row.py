"""The head of a group of dimensions between their sliders: colour, name, open or closed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget
from typing_extensions import override

from motionstudio.core.counting import counted
from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.group_heads import BAND
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS


class GroupRow(QWidget):
    """A triangle that opens and closes the group, and its name, which selects it.

    Signals:
        toggled: name of the group that is to open or close.
        picked: its dimensions.
    """

    toggled = Signal(str)
    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = DimGroup("", ())
        self.arrow, self.name = QToolButton(), QToolButton()
        self.name.setFont(font("caption"))
        self.name.setToolTip("Select all dimensions of this group")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, 0, SPACE_XS, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(self.arrow)
        row.addWidget(self.name)
        row.addStretch(1)
        for button in (self.arrow, self.name):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.arrow.clicked.connect(self._toggle)
        self.name.clicked.connect(self._pick)
        fix_size(self, height=CONTROL_HEIGHT)

    def set_group(self, group: DimGroup, *, opened: bool) -> None:
        """Stand for this group."""
        self._group = group
        arrow = Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow
        self.arrow.setArrowType(arrow)
        verb = "Close" if opened else "Open"
        self.arrow.setAccessibleName(f"{verb} {group.name}")
        self.arrow.setToolTip(f"{verb} this group: {counted(len(group.dims), 'dimension')}")
        self.name.setText(group.name)
        self.name.setAccessibleName(f"Select {group.name}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._group.colour:
            band = QRectF(0, SPACE_XS / 2, BAND, self.height() - SPACE_XS)
            QPainter(self).fillRect(band, QColor(self._group.colour))

    def _toggle(self) -> None:
        self.toggled.emit(self._group.name)

    def _pick(self) -> None:
        self.picked.emit(self._group.dims)
