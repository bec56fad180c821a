"""How strong a blend is to be: a slider beside the drop, live, kept or taken back."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_S

_WIDTH = 280


class StrengthPopover(QFrame):
    """Opens after a Ctrl-drop. Return or a click elsewhere keeps the blend, Esc takes it back.

    Signals:
        changed: share of the arriving motion, 0 to 1.
        kept: it stays as it is.
        takenBack: nothing is to change.
    """

    changed = Signal(float)
    kept = Signal()
    takenBack = Signal()

    def __init__(self, own: str, arriving: str, strength: float, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"Blend the motion of {own} with that of {arriving}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._done = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(round(100 * strength))
        self.slider.setAccessibleName(f"Share of the motion of {arriving}")
        self.slider.setToolTip(f"0 %: only {own}; 100 %: only {arriving}")
        self._share = QLabel()
        self.keep = primary_button("Keep")
        self.keep.setToolTip("Keep this blend (Return)")
        self.take_back = QPushButton("Take back")
        self.take_back.setToolTip("Leave the motion as it was (Esc)")
        self._lay_out(own, arriving)
        self.slider.valueChanged.connect(self._on_slider)
        self.keep.clicked.connect(self.close)
        self.take_back.clicked.connect(self._on_take_back)
        self._show_share()

    def open_at(self, place: QPoint) -> None:
        """Show it with its upper left corner at a place of the screen, wholly on that screen."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(place.x(), screen.right() - self.width())
        y = min(place.y(), screen.bottom() - self.height())
        self.move(max(x, screen.left()), max(y, screen.top()))
        self.show()
        self.slider.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_take_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self._done:
            self._done = True
            self.kept.emit()

    def _on_slider(self, value: int) -> None:
        self._show_share()
        self.changed.emit(value / 100)

    def _on_take_back(self) -> None:
        self._done = True
        self.takenBack.emit()
        self.close()

    def _show_share(self) -> None:
        self._share.setText(f"{self.slider.value()} %")

    def _lay_out(self, own: str, arriving: str) -> None:
        title = QLabel(f"Blend {own} with {arriving}")
        title.setWordWrap(True)
        self._share.setMinimumWidth(self._share.fontMetrics().horizontalAdvance("100 %"))
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self._share)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.take_back)
        buttons.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        column.addLayout(row)
        column.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
