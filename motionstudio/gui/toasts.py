"""Toasts: one plain sentence each over the window, stacked, with at most two things to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.elided import broken_words
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

MOST_SHOWN = 3
"""More wait until one of these goes."""
MOST_ACTIONS = 2
# What asks for a decision is read slowly, and is gone for good once it has left.
_OFFER_MS = 20_000
_STAYS_MS = {Tone.INFO: 6000, Tone.WARN: 10000, Tone.ERROR: 0}
_WIDTH = 420
FindAction = Callable[[str], QAction | None]


def no_action(_name: str) -> None:
    """Offers nothing: for windows without a table of actions."""


def is_looked_at(window: QWidget) -> bool:
    """Whether people can read what a window says: it is in front, without a question before it."""
    asked = QApplication.activeModalWidget()
    free = asked is None or asked is window.window() or asked.isAncestorOf(window)
    return free and QApplication.applicationState() is Qt.ApplicationState.ApplicationActive


def _is_past(notice: Notice) -> bool:
    """Whether a notice would stay for ever, though its document is there no longer."""
    return notice.tone is Tone.ERROR and not notice.details


class Toast(QFrame):
    """One notice; errors stay until closed, others go by themselves.

    Signals:
        detailsRequested: the ``Notice`` whose whole text is wanted.
        gone: it is not shown any more.

    Args:
        parent: the window.
        find: the action of a name, or None.
    """

    detailsRequested = Signal(object)
    gone = Signal(object)

    def __init__(self, parent: QWidget, find: FindAction = no_action) -> None:
        super().__init__(parent)
        self._window = parent
        self._find = find
        self._notice: Notice | None = None
        self._text, self._hint = QLabel(), QLabel()
        self._details = QPushButton("Details")
        self._buttons = [QPushButton() for _ in range(MOST_ACTIONS)]
        self._close = ToolButton("close", "Close this message (Esc)")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._leave_if_seen)
        self._lay_out()
        self._details.clicked.connect(self._ask_details)
        self._close.clicked.connect(self.leave)
        for button in self._buttons:
            button.clicked.connect(self._act)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown, or was shown last."""
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        """Show a notice, or show it again for its whole time."""
        self._notice = notice
        self._text.setText(notice.text)
        self._hint.setText(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self._details.setVisible(bool(notice.details))
        self._offer(notice.actions)
        tone = {Tone.WARN: "warn", Tone.ERROR: "error"}.get(notice.tone, "")
        self._text.setProperty("tone", tone)
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        self.setAccessibleName(f"{notice.text} {notice.hint}".strip())
        self.show()
        self.raise_()
        self.fit(self._window.width())
        stays = _STAYS_MS[notice.tone]
        if notice.actions and stays:
            stays = _OFFER_MS
        self._timer.stop()
        if stays:
            self._timer.start(stays)

    def fit(self, room: int) -> None:
        """Take the width that there is and the height that the words need."""
        inside = self.layout()
        if inside is not None:
            self.setFixedWidth(min(scaled(_WIDTH), room - 2 * SPACE_L))
            self._break_names(inside)
            # The total counts the frame around the layout, too; without it text is cut off.
            self.setFixedHeight(max(inside.totalHeightForWidth(self.width()), scaled(40)))

    def _leave_if_seen(self) -> None:
        """Go, unless nobody can have read it: in another program, or behind a question."""
        if is_looked_at(self._window):
            self.leave()
        else:
            self._timer.start()

    def _break_names(self, inside: QLayout) -> None:
        """Long names have no blanks to wrap at: their middle goes, the tooltip has it all."""
        notice = self._notice
        if notice is None:
            return
        inside.activate()
        for label, whole in ((self._text, notice.text), (self._hint, notice.hint)):
            shown = broken_words(whole, label.fontMetrics(), label.width())
            label.setText(shown)
            label.setToolTip(whole if shown != whole else "")

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()
        self.gone.emit(self)

    def _offer(self, names: tuple[str, ...]) -> None:
        found = [action for name in names if (action := self._find(name)) is not None]
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(found))
            if place < len(found):
                button.setText(found[place].text())
                button.setToolTip(found[place].toolTip())
                button.setProperty("actionName", found[place].objectName())

    def _act(self) -> None:
        sender = self.sender()
        action = None if sender is None else self._find(str(sender.property("actionName")))
        self.leave()
        if action is not None:
            action.trigger()

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
        for button in (*self._buttons, self._details):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)


class ToastStack(QObject):
    """Notices over one window, the newest at the bottom; what does not fit waits its turn.

    Signals:
        detailsRequested: the ``Notice`` whose whole text is wanted.

    Args:
        parent: the window.
        over: the part of the window at whose lower edge they appear; None: all of it.
        find: the action of a name, or None.
    """

    detailsRequested = Signal(object)

    def __init__(
        self, parent: QWidget, over: QWidget | None = None, find: FindAction = no_action
    ) -> None:
        super().__init__(parent)
        self._window, self._over = parent, over
        self._waiting: deque[Notice] = deque()
        self._free = [Toast(parent, find) for _ in range(MOST_SHOWN)]
        self._shown: list[Toast] = []
        for toast in self._free:
            toast.detailsRequested.connect(self.detailsRequested)
            toast.gone.connect(self._on_gone)
        for watched in (parent, over):
            if watched is not None:
                watched.installEventFilter(self)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown, the oldest first."""
        return tuple(toast.notice for toast in self._shown if toast.notice is not None)

    def isVisible(self) -> bool:
        """Whether anything is shown."""
        return bool(self._shown)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice under the others; the same words are not said twice at a time."""
        again = next((toast for toast in self._shown if toast.notice == notice), None)
        if again is not None:
            again.show_notice(notice)
            self._place()
            return
        if notice.tone is Tone.ERROR and not self._free:
            self._make_room()
        if self._free:
            toast = self._free.pop()
            self._shown.append(toast)
            toast.show_notice(notice)
        elif notice not in self._waiting:
            self._waiting.append(notice)
        self._place()

    def hide(self) -> None:
        """Close the newest."""
        if self._shown:
            self._shown[-1].leave()

    def close_errors(self) -> None:
        """Close what went wrong with a document that is left; faults of the program stay."""
        self._waiting = deque(notice for notice in self._waiting if not _is_past(notice))
        for toast in tuple(self._shown):
            if toast.notice is not None and _is_past(toast.notice):
                toast.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window, or what it lies over, changes its size."""
        moved = event.type() in (QEvent.Type.Resize, QEvent.Type.Move)
        if moved and self._shown:
            self._place()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        """Send the oldest away that is no error: what went wrong is not said late."""
        mild = next((t for t in self._shown if t.notice and t.notice.tone is not Tone.ERROR), None)
        if mild is not None:
            waiting, self._waiting = self._waiting, deque()
            mild.leave()
            self._waiting = waiting

    def _on_gone(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            self._free.append(toast)
        if self._waiting:
            self.show_notice(self._waiting.popleft())
        self._place()

    def _place(self) -> None:
        room = self._over.geometry() if self._over is not None else self._window.rect()
        bottom = room.bottom() - SPACE_L
        for toast in reversed(self._shown):
            toast.fit(room.width())
            bottom -= toast.height()
            toast.move(room.center().x() - toast.width() // 2, bottom)
            toast.raise_()
            bottom -= SPACE_S
