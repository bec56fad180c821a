"""Futures: how the clip may go on after a frame, several ways side by side in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.future_chart import FutureChart
from motionstudio.gui.items.future_tile import FutureTile
from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.tool_button import ToolButton, primary_button
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

MOST_FRAMES, MOST_FUTURES = 50, 16
_WIDE = 108
_NARROW = 56
_SEEDS = 999_999


class Futures(QWidget):
    """Dumb: choices at the top, films in step below them, errors, and what to do with one.

    Signals:
        startChanged: the frame after which to go on.
        countChanged, futuresChanged, seedChanged: whole numbers that were chosen.
        temperatureChanged: the spread that was chosen.
        diceRequested: another seed, and go on at once.
        continueRequested, stopRequested: make futures, or stop that.
        chosen: index of the future to see large; -1: the truth.
        frameChanged: which frame of the futures is shown.
        keepRequested: make a clip of the chosen future.
        hovered: read-out for the status bar.
    """

    startChanged = Signal(int)
    countChanged = Signal(int)
    futuresChanged = Signal(int)
    seedChanged = Signal(int)
    temperatureChanged = Signal(float)
    diceRequested = Signal()
    continueRequested = Signal()
    stopRequested = Signal()
    chosen = Signal(int)
    frameChanged = Signal(int)
    keepRequested = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Futures")
        self.start, self.count, self.futures = QSpinBox(), QSpinBox(), QSpinBox()
        self.seed = QSpinBox()
        self.dice = ToolButton("dice", "Another seed")
        self.temperature = GestureSlider(
            "Temperature", "0: the most likely future; 1: the spread that was learned", 0, 2,
            decimals=2,
        )  # fmt: skip
        self.go = primary_button("Continue")
        self.stop = QPushButton("Stop")
        self.words = MutedLabel()
        self.tiles: tuple[FutureTile, ...] = ()
        self.play = ToolButton("play", "Play the futures", checkable=True)
        self.place, self.frame_label = QSlider(Qt.Orientation.Horizontal), QLabel("")
        self.chart = FutureChart()
        self.keep = QPushButton("Keep as clip")
        self._chosen = 0
        self._timer = QTimer(self)
        self._lay_out()
        self._name()
        self._connect()
        self.clear("")

    @property
    def chosen_index(self) -> int:
        """The future that is seen large; -1: the truth."""
        return self._chosen

    @property
    def frame(self) -> int:
        """The frame of the futures that is shown."""
        return self.place.value()

    @property
    def truth(self) -> FutureTile | None:
        """The tile of what really follows, or None."""
        return next((tile for tile in self.tiles if tile.name == "Truth"), None)

    @property
    def made(self) -> tuple[FutureTile, ...]:
        """The tiles of the futures."""
        return tuple(tile for tile in self.tiles if tile.name != "Truth")

    def set_start(self, frame: int, frames: int) -> None:
        """After which of ``frames`` frames the clip would go on."""
        with QSignalBlocker(self.start):
            self.start.setRange(0, max(0, frames - 1))
            self.start.setValue(frame)

    def set_reason(self, reason: str, *, able: bool) -> None:
        """Why the clip cannot be continued from here, or empty; ``able``: from elsewhere it can."""
        fields = (self.start, self.count, self.futures, self.seed, self.temperature)
        for widget in fields:
            widget.setEnabled(able)
        self.dice.set_reason(reason)
        tip = "Let the model go on with the clip (Ctrl+Alt+F)"
        self.go.setEnabled(not reason)
        self.go.setToolTip(f"{tip}\n{reason}" if reason else tip)

    def set_chance(self, reason: str) -> None:
        """Why there is one future only, without seed or temperature; empty: there are many."""
        for row in (self.futures, self._seed_row, self.temperature):
            self._form.setRowVisible(row, not reason)
        self.words.setToolTip(reason)

    def set_busy(self, busy: bool) -> None:
        """Whether futures are being made."""
        self.stop.setEnabled(busy)
        self.stop.setToolTip("Stop, and keep what is made" if busy else "Nothing is being made")

    def clear(self, words: str) -> None:
        """Show no futures, and say something instead."""
        self._rebuild(())
        self.play.setChecked(False)
        self.place.setRange(0, 0)
        self._show_results(False)
        self.words.setText(words)
        self.set_keep_reason("Continue the clip first.")

    def show_films(
        self,
        films: NDArray[np.uint8],
        known: NDArray[np.bool_] | None,
        truth: NDArray[np.uint8],
        interval: float,
    ) -> None:
        """Show futures (N, K, h, w, C) as far as they are ``known``, beside the truth.

        ``interval``: seconds from frame to frame.
        """
        names = (("Truth",) if len(truth) else ()) + tuple(
            f"Future {number + 1}" for number in range(len(films))
        )
        if tuple(tile.name for tile in self.tiles) != names:
            self._rebuild(names)
        if (tile := self.truth) is not None:
            tile.set_film(truth)
        for number, made in enumerate(self.made):
            made.set_film(films[number], None if known is None else known[number])
        self._arrange()
        self._timer.setInterval(max(15, round(1000 * interval)))
        with QSignalBlocker(self.place):
            self.place.setRange(0, films.shape[1] - 1)
        self._show_results(True)
        self.select(self._chosen if self._chosen < len(films) else 0)
        self.go_to(self.frame)

    def show_errors(self, errors: NDArray[np.floating], copied: NDArray[np.floating]) -> None:
        """Curves of (N, M) errors and of copying the last frame."""
        self.chart.set_errors(errors, copied, self._colours())
        for values, tile in zip(errors, self.made, strict=True):
            known = values[np.isfinite(values)]
            tile.set_words(f"· {known.mean():.3f}" if known.size else "")
        if (truth := self.truth) is not None and len(copied):
            truth.set_words("")

    def set_keep_reason(self, reason: str) -> None:
        """Why the chosen future cannot be kept; empty where it can."""
        tip = "Make a clip of the project out of the chosen future and the frames before it"
        self.keep.setEnabled(not reason)
        self.keep.setToolTip(f"{tip}\n{reason}" if reason else tip)

    def select(self, index: int) -> None:
        """Mark a future as the one that is seen large; -1: the truth."""
        self._chosen = index
        for number, tile in enumerate(self.made):
            tile.set_selected(number == index)
        if (truth := self.truth) is not None:
            truth.set_selected(index < 0)

    def go_to(self, frame: int) -> None:
        """Show a frame of every film."""
        count = self.place.maximum() + 1
        frame = min(max(frame, 0), count - 1)
        with QSignalBlocker(self.place):
            self.place.setValue(frame)
        self.frame_label.setText(f"+{frame + 1} of {count}")
        for tile in self.tiles:
            tile.set_frame(frame)
        self.chart.set_current(frame)
        self.frameChanged.emit(frame)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.play.setChecked(False)

    def _rebuild(self, names: Sequence[str]) -> None:
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        colours = self._colours()
        truth = names[:1] == ("Truth",)
        self.tiles = tuple(
            FutureTile(name, "" if name == "Truth" else colours[(place - truth) % len(colours)])
            for place, name in enumerate(names)
        )
        for tile in self.tiles:
            number = self.made.index(tile) if tile in self.made else -1
            tile.chosen.connect(partial(self._choose, number))
        self._arrange()

    def _arrange(self) -> None:
        columns = max(2, self.width() // scaled(_WIDE + 40))
        room = self.width() - 2 * SPACE_S - (columns - 1) * self._grid.spacing()
        for place, tile in enumerate(self.tiles):
            tile.setFixedHeight(tile.heightForWidth(max(room // columns, 1)))
            self._grid.addWidget(tile, place // columns, place % columns)

    def _choose(self, index: int) -> None:
        self.select(index)
        self.chosen.emit(index)

    def _colours(self) -> tuple[str, ...]:
        return tokens_for(self.palette()).series

    def _show_results(self, on: bool) -> None:
        for widget in (self._tiles_box, self._time_box, self.chart, self.keep):
            widget.setVisible(on)

    def _step(self) -> None:
        self.go_to((self.frame + 1) % (self.place.maximum() + 1))

    def _on_play(self, on: bool) -> None:
        self._timer.start() if on else self._timer.stop()
        self.play.set_icon_name("pause" if on else "play")

    def _connect(self) -> None:
        self.start.valueChanged.connect(self.startChanged)
        self.count.valueChanged.connect(self.countChanged)
        self.futures.valueChanged.connect(self.futuresChanged)
        self.seed.valueChanged.connect(self.seedChanged)
        self.temperature.finished.connect(self._tell_temperature)
        self.dice.clicked.connect(self.diceRequested)
        self.go.clicked.connect(self.continueRequested)
        self.stop.clicked.connect(self.stopRequested)
        self.keep.clicked.connect(self.keepRequested)
        self.place.valueChanged.connect(self.go_to)
        self.chart.scrubbed.connect(self.go_to)
        self.chart.hovered.connect(self.hovered)
        self._timer.timeout.connect(self._step)
        self.play.toggled.connect(self._on_play)

    def _tell_temperature(self) -> None:
        self.temperatureChanged.emit(self.temperature.value)

    def _name(self) -> None:
        for box, low, high, name, tip in (
            (self.start, 0, 0, "After frame", "The last frame that the model is shown: where the "
             "playhead is"),
            (self.count, 1, MOST_FRAMES, "Frames", "How many frames to make"),
            (self.futures, 1, MOST_FUTURES, "Futures", "How many ways of going on to make"),
            (self.seed, 0, _SEEDS, "Seed", "Equal seeds give equal futures"),
        ):  # fmt: skip
            box.setRange(low, high)
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setKeyboardTracking(False)
        self.stop.setAccessibleName("Stop making futures")
        self.set_busy(False)
        self.keep.setAccessibleName("Keep as clip")
        self.place.setAccessibleName("Frame of the futures")
        self.place.setToolTip("Go through the futures, all in step")
        self.frame_label.setFont(font("caption", tabular=True))
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What the futures are")

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(SPACE_XS)
        self._seed_row = QWidget()
        seed = QHBoxLayout(self._seed_row)
        seed.setContentsMargins(0, 0, 0, 0)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.dice)
        # The pane is narrow: a line each, and no field wider than what is beside the longest name.
        for box in (self.start, self.count, self.futures, self.seed):
            box.setMinimumWidth(scaled(_NARROW))
        for name, widget in (("After frame", self.start), ("Frames", self.count),
                             ("Futures", self.futures), ("Seed", self._seed_row),
                             ("Temperature", self.temperature)):  # fmt: skip
            self._form.addRow(name, widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go, 1)
        buttons.addWidget(self.stop)
        self._tiles_box, self._time_box = QWidget(), QWidget()
        self._grid = QGridLayout(self._tiles_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_XS)
        time = QHBoxLayout(self._time_box)
        time.setContentsMargins(0, 0, 0, 0)
        time.addWidget(self.play)
        time.addWidget(self.place, 1)
        time.addWidget(self.frame_label)
        self.chart.setFixedHeight(scaled(112))
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_S)
        inner.setSpacing(SPACE_S)
        inner.addLayout(self._form)
        inner.addLayout(buttons)
        for part in (self.words, self._tiles_box, self._time_box, self.chart, self.keep):
            inner.addWidget(part)
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(body, 1)
