"""Motion search: where the chosen motion happens again, and what its laws say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.core.motion_windows import Span
from motionstudio.gui.items.likeness_map import LikenessMap
from motionstudio.gui.items.match_tile import MatchTile
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import scrolling, under_header
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

TILES = 5
_TICK_MS = 50
_SECONDS = 1.6
_ACROSS = 2


@dataclass(frozen=True, slots=True, eq=False)
class FoundMotion:
    """A match as the pane shows it.

    Attributes:
        film: (n, h, w, C) uint8.
        caption: a few words below it. ``tip``: all that is known of it.
    """

    film: NDArray[np.uint8]
    caption: str
    tip: str


class MotionSearch(QWidget):
    """Dumb: what is looked for, five films in step, a map, and figures.

    Signals:
        findRequested, reverseRequested, composedRequested: look for the motion, its reverse, or
            the first part and then this one.
        rememberRequested: keep this motion as a first part.
        checkRequested: hold it against the laws of composition.
        chosen: number of the film that was clicked.
        frameChosen: frame to go to.
        appeared: the pane is shown.
        hovered: read-out for the status bar.
    """

    findRequested = Signal()
    reverseRequested = Signal()
    composedRequested = Signal()
    rememberRequested = Signal()
    checkRequested = Signal()
    chosen = Signal(int)
    frameChosen = Signal(int)
    appeared = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Motion search")
        self.query, self.words, self.first = MutedLabel(), MutedLabel(), MutedLabel()
        self.look = primary_button("Find")
        self.reverse = QPushButton("Reverse")
        self.remember = QPushButton("Keep first")
        self.composed = QPushButton("First + this")
        self.check = QPushButton("Check")
        self.tiles = tuple(MatchTile() for _ in range(TILES))
        self.map = LikenessMap()
        self.laws = QLabel()
        self._phase = 0.0
        self._films = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._tips: dict[QPushButton, str] = {
            self.look: "Find where the same motion happens again, in all open clips and samples",
            self.reverse: "Find where this motion happens the other way round",
            self.remember: "Keep this motion as the first of two that are composed",
            self.composed: "Find where the kept motion is followed by this one",
            self.check: "Recompose the motion in many ways and see whether it stays the same",
        }
        self._lay_out()
        self._connect()
        self.clear()

    def set_query(self, words: str, first: str) -> None:
        """What is looked for, and the motion that is kept as a first part (or empty)."""
        self.query.setText(words)
        self.first.setText(first)
        self.first.setVisible(bool(first))

    def set_reasons(self, reason: str, composed: str) -> None:
        """Why nothing can be looked for, and why nothing composed; empty where it can."""
        buttons = (self.look, self.reverse, self.remember, self.check)
        reasons = {**dict.fromkeys(buttons, reason), self.composed: reason or composed}
        for button, why in reasons.items():
            button.setEnabled(not why)
            button.setToolTip(f"{self._tips[button]}\n{why}" if why else self._tips[button])

    def set_words(self, words: str) -> None:
        """How it goes, or what came of it."""
        self.words.setText(words)

    def set_matches(self, found: Sequence[FoundMotion]) -> None:
        """The films, best first; those that are left over are hidden."""
        self._films = len(found)
        for place, tile in enumerate(self.tiles):
            there = place < len(found)
            tile.setVisible(there)
            tile.set_selected(False)
            if there:
                tile.set_match(found[place].film, found[place].caption, found[place].tip)
        self._run()

    def select(self, place: int) -> None:
        """Mark the film that was gone to; -1: none."""
        for number, tile in enumerate(self.tiles):
            tile.set_selected(number == place)

    def set_laws(
        self,
        figures: Sequence[tuple[str, str]],
        spans: Sequence[Span],
        likeness: NDArray[np.float32],
    ) -> None:
        """Names and values of figures, and the map of windows that move alike."""
        self.laws.setText("\n".join(f"{value}  {name}" for name, value in figures))
        self.laws.setToolTip("Distances: 0 the same motion, 1 unrelated, 2 the opposite")
        self.laws.setVisible(bool(figures))
        self.map.set_map(spans, likeness)

    def clear(self) -> None:
        """Show nothing found."""
        self.set_matches(())
        self.set_laws((), (), np.zeros((0, 0), np.float32))
        self.set_words("")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()
        self.appeared.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _tick(self) -> None:
        self._phase = (self._phase + _TICK_MS / 1000 / _SECONDS) % 1.0
        for tile in self.tiles[: self._films]:
            tile.set_phase(self._phase)

    def _run(self) -> None:
        if self._films and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _lay_out(self) -> None:
        for label in (self.query, self.words, self.first):
            label.setWordWrap(True)
        self.laws.setFont(font("caption", tabular=True))
        self.laws.setWordWrap(True)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.query)
        column.addLayout(_row(self.look, self.reverse))
        column.addLayout(_row(self.remember, self.composed))
        column.addWidget(self.first)
        column.addWidget(self.words)
        films = QGridLayout()
        films.setSpacing(SPACE_XS)
        for place, tile in enumerate(self.tiles):
            films.addWidget(tile, place // _ACROSS, place % _ACROSS)
        column.addLayout(films)
        heading = QLabel("Laws of composition")
        heading.setFont(font("caption"))
        line = QHBoxLayout()
        line.addWidget(heading, 1)
        line.addWidget(self.check)
        column.addLayout(line)
        column.addWidget(self.laws)
        column.addWidget(self.map)
        column.addStretch(1)
        under_header(self, self.header, scrolling(inner, "Motion search"))

    def _connect(self) -> None:
        self.look.clicked.connect(self.findRequested)
        self.reverse.clicked.connect(self.reverseRequested)
        self.remember.clicked.connect(self.rememberRequested)
        self.composed.clicked.connect(self.composedRequested)
        self.check.clicked.connect(self.checkRequested)
        self.map.chosen.connect(self.frameChosen)
        self.map.hovered.connect(self.hovered)
        for place, tile in enumerate(self.tiles):
            tile.chosen.connect(partial(self.chosen.emit, place))


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_XS)
    for button in buttons:
        button.setAccessibleName(button.text())
        # Beside pictures there is little room: four words in two rows must do.
        button.setMinimumWidth(0)
        row.addWidget(button, 1)
    return row
