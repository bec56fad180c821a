"""Toasts: one plain sentence over the window, with at most two things to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_STAYS_MS = {Tone.INFO: 6000, Tone.WARN: 10000, Tone.ERROR: 0}
_WIDTH = 420


class Toast(QFrame):
    """The newest notice; errors stay until closed, others go by themselves.

    Signals:
        detailsRequested: the ``Notice`` whose whole text is wanted.

    Args:
        parent: the window.
        over: the part of the window at whose lower edge it appears; None: all of it.
    """

    detailsRequested = Signal(object)

    def __init__(self, parent: QWidget, over: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = over
        self._notice: Notice | None = None
        self._text, self._hint = QLabel(), QLabel()
        self._details = QPushButton("Details")
        self._close = ToolButton("close", "Close this message (Esc)")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._lay_out()
        self._details.clicked.connect(self._ask_details)
        self._close.clicked.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown, or was shown last."""
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._notice = notice
        self._text.setText(notice.text)
        self._hint.setText(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self._details.setVisible(bool(notice.details))
        tone = {Tone.WARN: "warn", Tone.ERROR: "error"}.get(notice.tone, "")
        self._text.setProperty("tone", tone)
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        self.setAccessibleName(f"{notice.text} {notice.hint}".strip())
        self.show()
        self.raise_()
        self._place()
        stays = _STAYS_MS[notice.tone]
        self._timer.stop()
        if stays:
            self._timer.start(stays)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of the window."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, inside = self.parentWidget(), self.layout()
        if parent is None or inside is None:
            return
        room = self._over.geometry() if self._over is not None else parent.rect()
        self.setFixedWidth(min(_WIDTH, room.width() - 2 * SPACE_L))
        # The total counts the frame around the layout, too; without it text is cut off.
        self.setFixedHeight(max(inside.totalHeightForWidth(self.width()), 40))
        self.move(
            room.center().x() - self.width() // 2,
            room.bottom() - self.height() - SPACE_L,
        )

    def _ask_details(self) -> None:
        if self._notice is not None:
            self.detailsRequested.emit(self._notice)

    def _lay_out(self) -> None:
        self.setObjectName("toast")
        self.setStyleSheet(
            "#toast { background: palette(button); border: 1px solid palette(mid);"
            " border-radius: 4px; }"
        )
        for label in (self._text, self._hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._hint.setProperty("muted", True)
        words = QVBoxLayout()
        words.setSpacing(SPACE_S // 2)
        words.addWidget(self._text)
        words.addWidget(self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.addLayout(words, 1)
        row.addWidget(self._details)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
