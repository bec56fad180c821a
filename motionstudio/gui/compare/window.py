"""The window of the comparison: models at the left, films, one time, errors and paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.compare.paths import PathsPlot
from motionstudio.gui.compare.tile import Tile
from motionstudio.gui.items.curve_look import Look, look_of
from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.items.region_chart import RegionChart, Series
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_S

_SIZE = (1180, 680)
_GUTTER = 58
_KEY = Qt.ItemDataRole.UserRole


class CompareWindow(QWidget):
    """Dumb: it shows films and says which models are checked.

    Signals:
        chosenChanged: other models are checked.
        closed: it was closed.
    """

    chosenChanged = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Compare models")
        self.models, self.words = QListWidget(), MutedLabel()
        self.play = ToolButton("play", "Play (Space)", checkable=True)
        self.place, self.frame = QSlider(Qt.Orientation.Horizontal), QLabel("0")
        self.axis = TimeAxis(self)
        self.chart, self.films = RegionChart(self.axis), QScrollArea()
        self.paths = PathsPlot()
        self.tiles: dict[str, Tile] = {}
        self._kept: NDArray[np.bool_] = np.ones(1, np.bool_)
        self._timer = QTimer(self)
        self._lay_out()
        self._connect()
        self.resize(scaled(_SIZE[0]), scaled(_SIZE[1]))

    @property
    def looks(self) -> dict[str, Look]:
        """Colour, dashes and mark of each tile's curves."""
        series = tokens_for(self.palette()).series
        names = [name for name in self.tiles if name != "truth"]
        return {name: look_of(number, series) for number, name in enumerate(names)}

    def set_models(self, models: Sequence[tuple[str, str, str]], chosen: Sequence[str]) -> None:
        """Models as (name, words, why not), the chosen ones first; disabled ones last."""
        with QSignalBlocker(self.models):
            self.models.clear()
            for name, words, why in sorted(models, key=lambda m: (bool(m[2]), m[0] not in chosen)):
                item = QListWidgetItem(words)
                item.setData(_KEY, name)
                item.setToolTip(why or words)
                ticked = name in chosen and not why
                state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
                item.setCheckState(state)
                item.setFlags(
                    Qt.ItemFlag.NoItemFlags if why
                    else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable
                )  # fmt: skip
                self.models.addItem(item)

    def chosen(self) -> tuple[str, ...]:
        """Names of the checked models, in order."""
        items = [self.models.item(row) for row in range(self.models.count())]
        checked = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        return tuple(str(item.data(_KEY)) for item in checked)

    def begin(self, names: Sequence[str], kept: NDArray[np.bool_], fps: float) -> None:
        """Make room for the truth and these models; their films come later."""
        for tile in self.tiles.values():
            tile.deleteLater()
        self.tiles = {name: Tile(name) for name in ("truth", *names)}
        columns = max(1, int(np.ceil(np.sqrt(len(self.tiles) * 1.6))))
        for place, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, place // columns, place % columns)
        for name, look in self.looks.items():
            self.tiles[name].set_look(look)
        self._kept = kept
        self._timer.setInterval(max(15, round(1000 / max(fps, 1.0))))
        self.axis.set_count(len(kept))
        self.place.setRange(0, len(kept) - 1)
        self.show_frame(min(self.place.value(), len(kept) - 1))

    def show_film(self, name: str, pictures: NDArray[np.uint8], words: str) -> None:
        """A film has arrived."""
        if name in self.tiles:
            self.tiles[name].set_film(pictures)
            self.tiles[name].set_words(words)

    def show_errors(self, errors: Mapping[str, NDArray[np.float32]]) -> None:
        """Curves of the errors over time, by model."""
        none, looks = np.full(len(self._kept), np.nan), self.looks
        self.chart.set_series(
            tuple(
                Series(name, values.astype(np.float64), none, looks[name].colour, looks[name].dash)
                for name, values in errors.items()
            ),
            "RMSE",
            from_zero=True,
        )

    def show_frame(self, frame: int) -> None:
        """Go to a frame everywhere."""
        with QSignalBlocker(self.place):
            self.place.setValue(frame)
        dropped = 0 <= frame < len(self._kept) and not self._kept[frame]
        self.frame.setText(f"{frame} / {len(self._kept) - 1}{' dropped' if dropped else ''}")
        for name, tile in self.tiles.items():
            tile.show_frame(frame, dropped and name != "truth")
        self.chart.set_current(frame)
        self.paths.set_frame(frame)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self.play.setChecked(False)
        super().hideEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space checks a model while the list has the keyboard, and plays elsewhere."""
        if (
            watched is self.models
            and event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _step(self) -> None:
        self.show_frame((self.place.value() + 1) % max(1, len(self._kept)))

    def _on_play(self, on: bool) -> None:
        self._timer.start() if on else self._timer.stop()
        self.play.set_icon_name("pause" if on else "play")

    def _connect(self) -> None:
        self.models.itemChanged.connect(self.chosenChanged)
        self.place.valueChanged.connect(self.show_frame)
        self.chart.scrubbed.connect(self.show_frame)
        self._timer.timeout.connect(self._step)
        self.play.toggled.connect(self._on_play)
        self.play.setShortcut("Space")
        self.models.installEventFilter(self)

    def _lay_out(self) -> None:
        self.models.setAccessibleName("Models to compare")
        self.models.setProperty("roomy", True)
        self.models.setFixedWidth(scaled(270))
        self.models.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.models.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.words.setWordWrap(True)
        self.place.setAccessibleName("Frame")
        self.frame.setFont(font("caption", tabular=True))
        self.frame.setMinimumWidth(scaled(110))
        self.axis.set_gutter(_GUTTER)
        self.chart.setMaximumHeight(scaled(130))
        self.chart.set_message("Errors of each frame appear here.")
        self.paths.setMaximumWidth(scaled(330))
        films = QWidget()
        self._grid = QGridLayout(films)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_S)
        # Thirty models are more than a screen is high: their films scroll, time stays in reach.
        self.films.setWidget(films)
        self.films.setWidgetResizable(True)
        self.films.setFrameShape(QFrame.Shape.NoFrame)
        self.films.setAccessibleName("Films of the models")
        left = QVBoxLayout()
        left.addWidget(QLabel("Models"))
        left.addWidget(self.models, 1)
        left.addWidget(self.words)
        time = QHBoxLayout()
        for widget in (self.play, self.place, self.frame):
            time.addWidget(widget, 1 if widget is self.place else 0)
        below = QHBoxLayout()
        below.addWidget(self.chart, 1)
        right = QVBoxLayout()
        right.addWidget(self.films, 1)
        right.addLayout(time)
        right.addLayout(below)
        side = QVBoxLayout()
        side.addWidget(QLabel("Latent paths"))
        side.addWidget(self.paths, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_S)
        row.addLayout(left)
        row.addLayout(right, 1)
        row.addLayout(side)
