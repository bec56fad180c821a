"""What the middle of the window shows while nothing is open: where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from motionstudio.gui.items.emptied import emptied
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

RECENT_SHOWN = 5
_RECENT_WIDTH = 460
"""Pixels that the name and folder of a file take at most."""
_BUTTONS = (
    ("file.sample_project", "Open sample project", True),
    ("file.open", "Open…", False),
    ("file.open_folder", "Open folder…", False),
)


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file that was opened lately: its name, its folder for people, its path."""

    name: str
    folder: str
    path: str


class Welcome(QWidget):
    """Three ways to begin, what was opened lately, a tip.

    Signals:
        actionRequested: name of the action whose button was pressed.
        recentChosen: path of a file that was opened lately.
    """

    actionRequested = Signal(str)
    recentChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Welcome")
        self.buttons: dict[str, QPushButton] = {}
        self._recent = QWidget()
        self._rows = QVBoxLayout(self._recent)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE_XS)
        self._tip = MutedLabel()
        self._tip.setWordWrap(True)
        self._tip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def set_actions(self, known: Sequence[str]) -> None:
        """Offer only actions that there are."""
        for name, button in self.buttons.items():
            button.setVisible(name in known)

    def set_recent(self, files: Sequence[RecentFile]) -> None:
        """What was opened lately, the newest first."""
        emptied(self._rows)
        if files:
            self._rows.addWidget(MutedLabel("Opened lately"))
        for file in files[:RECENT_SHOWN]:
            button = QPushButton()
            words, room = f"{file.name}   —   {file.folder}", scaled(_RECENT_WIDTH)
            shown = button.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            button.setText(shown)
            button.setProperty("quiet", True)
            button.setAccessibleName(f"Open {file.name}")
            button.setToolTip(f"Open {file.path}")
            button.clicked.connect(partial(self._choose, file.path))
            self._rows.addWidget(button)
        self._recent.setVisible(bool(files))

    def set_tip(self, text: str) -> None:
        """A sentence at the bottom; empty for none."""
        self._tip.setText(text)

    def _choose(self, path: str, *_what: object) -> None:
        self.recentChosen.emit(path)

    def _ask(self, name: str, *_what: object) -> None:
        self.actionRequested.emit(name)

    def _lay_out(self) -> None:
        title = QLabel("See and shape motion")
        title.setFont(font("title"))
        text = QLabel(
            "Open a clip: the model finds its motion and lays it out as numbers that you can drag. "
            "Open a picture to give it a motion."
        )
        text.setProperty("muted", True)
        text.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        for name, words, primary in _BUTTONS:
            button = primary_button(words) if primary else QPushButton(words)
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.clicked.connect(partial(self._ask, name))
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch(1)
        drop = MutedLabel("or drop files anywhere in the window")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addStretch(2)
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addLayout(row)
        column.addWidget(drop, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(scaled(SPACE_L))
        column.addWidget(self._recent, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        column.addWidget(self._tip)
