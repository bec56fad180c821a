"""After a crash: what was kept, and what to do with it. Nothing is blocked meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_WIDEST = 720


class RecoveryBar(QFrame):
    """One sentence and three buttons at the upper edge of the pictures.

    Signals:
        recoverRequested, discardRequested, folderRequested: a button was pressed.

    Args:
        parent: the window.
        over: the part of the window at whose upper edge it lies.
    """

    recoverRequested = Signal()
    discardRequested = Signal()
    folderRequested = Signal()

    def __init__(self, parent: QWidget, over: QWidget) -> None:
        super().__init__(parent)
        self._over = over
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.recover = self._button("Recover", "Open what was kept")
        self.discard = self._button("Discard", "Delete what was kept")
        self.folder = self._button("Show folder", "Show where it lies")
        self.recover.setProperty("primary", True)
        self.setObjectName("recovery")
        self.setStyleSheet(
            "#recovery { background: palette(button); border: 1px solid palette(mid);"
            " border-radius: 4px; }"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_S)
        row.addWidget(self.text, 1)
        for button in (self.recover, self.discard, self.folder):
            row.addWidget(button)
        self.recover.clicked.connect(self.recoverRequested)
        self.discard.clicked.connect(self.discardRequested)
        self.folder.clicked.connect(self.folderRequested)
        parent.installEventFilter(self)
        self.hide()

    def offer(self, text: str) -> None:
        """Show it with a sentence."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the edge."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, inside = self.parentWidget(), self.layout()
        if parent is None or inside is None:
            return
        room = self._over.geometry()
        self.setFixedWidth(max(min(_WIDEST, room.width() - 2 * SPACE_L), 320))
        self.setFixedHeight(max(inside.totalHeightForWidth(self.width()), 44))
        self.move(room.center().x() - self.width() // 2, room.top() + SPACE_L)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button
