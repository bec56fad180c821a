"""A sheet of small moving pictures: one motion each, to choose from."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.moving_tile import MovingTile
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.tool_button import primary_button
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_S

COUNT, _ACROSS = 12, 4
_TICK_MS, _CYCLE_MS = 66, 1500


class VariationSheet(QDialog):
    """Twelve films and what can be done with them.

    Signals:
        chosen: index of the film to see on the subject.
        taken: index of the film to take.
        moreRequested: vary the chosen film.
        newRequested: draw with other seeds.
        stopRequested: draw no more of them.
        temperatureChanged: 0 to 2.
        closed: the sheet is gone.
    """

    chosen = Signal(int)
    taken = Signal(int)
    moreRequested = Signal()
    newRequested = Signal()
    stopRequested = Signal()
    temperatureChanged = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Variations")
        self.setModal(False)
        self.tiles = tuple(MovingTile() for _ in range(COUNT))
        self.words = QLabel()
        self.temperature = GestureSlider(
            "Temperature", "0: all alike; 1: the spread that was learned; more: wilder", 0, 2,
            decimals=2,
        )  # fmt: skip
        self.bar = QProgressBar()
        self.stop = QPushButton("Stop")
        self.new = QPushButton("New seeds")
        self.more = QPushButton("More like this")
        self.take = primary_button("Take")
        self._chosen = -1
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._lay_out()
        self._connect()
        self.start("")

    @property
    def chosen_index(self) -> int:
        """The film that was clicked last, or -1."""
        return self._chosen

    def start(self, words: str) -> None:
        """New films are being made; ``words`` say of what."""
        self._chosen = -1
        self.words.setText(words)
        self._done = 0
        for tile in self.tiles:
            tile.set_film(None, "")
            tile.set_selected(False)
        self._refresh(busy=bool(words))

    def set_film(self, index: int, pictures: NDArray[np.uint8], caption: str) -> None:
        """One film is ready: (n, h, w, 1|3) uint8."""
        self.tiles[index].set_film(pictures, caption)
        self._done += 1
        self._refresh(busy=self._done < COUNT)

    def finish(self) -> None:
        """No more films will come."""
        self._refresh(busy=False)

    def select(self, index: int) -> None:
        """Mark a film as chosen."""
        if not self.tiles[index].ready:
            return
        self._chosen = index
        for place, tile in enumerate(self.tiles):
            tile.set_selected(place == index)
        self._refresh(busy=self.stop.isEnabled())
        self.chosen.emit(index)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.closed.emit()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)

    def _tick(self) -> None:
        self._phase = (self._phase + _TICK_MS / _CYCLE_MS) % 1.0
        for tile in self.tiles:
            tile.set_phase(self._phase)

    def _refresh(self, *, busy: bool) -> None:
        self.bar.setRange(0, COUNT)
        self.bar.setValue(self._done)
        self.bar.setVisible(busy)
        self.stop.setEnabled(busy)
        self.stop.setToolTip("Draw no more of them" if busy else "Nothing is being drawn")
        some = self._chosen >= 0
        for button, tip in (
            (self.more, "Vary the chosen motion a little"),
            (self.take, "Let the subject move like the chosen one: one undo step"),
        ):
            button.setEnabled(some)
            button.setToolTip(tip if some else f"{tip}\nClick one of the pictures first.")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(SPACE_S)
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, place // _ACROSS, place % _ACROSS)
        below = QHBoxLayout()
        below.setSpacing(SPACE_S)
        label = MutedLabel("Temperature")
        self.temperature.setFixedWidth(210)
        self.bar.setFixedSize(90, 8)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Films made")
        for widget in (label, self.temperature, self.bar):
            below.addWidget(widget)
        below.addStretch(1)
        for button in (self.stop, self.new, self.more, self.take):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text())
            below.addWidget(button)
        self.new.setToolTip("Draw twelve others")
        self.words.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self.words)
        column.addLayout(grid, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        for place, tile in enumerate(self.tiles):
            tile.chosen.connect(partial(self.select, place))
            tile.taken.connect(partial(self._take, place))
        self.take.clicked.connect(self._take_chosen)
        self.more.clicked.connect(self.moreRequested)
        self.new.clicked.connect(self.newRequested)
        self.stop.clicked.connect(self.stopRequested)
        self.temperature.finished.connect(self._tell_temperature)

    def _tell_temperature(self) -> None:
        self.temperatureChanged.emit(self.temperature.value)

    def _take_chosen(self) -> None:
        self._take(self._chosen)

    def _take(self, index: int) -> None:
        if index >= 0 and self.tiles[index].ready:
            self.taken.emit(index)
