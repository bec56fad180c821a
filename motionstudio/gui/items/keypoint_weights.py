"""A compact list of keypoints: colour, on or off, and how strongly each is carried over."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.core.carrying import STRENGTH_MAX, Transfer
from motionstudio.core.keypoint_maps import keypoint_colours
from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import SPACE_XS

_PERCENT = 100.0
_CHIP = 10


class KeypointWeights(QWidget):
    """One row for each keypoint, and three buttons for all of them.

    Signals:
        switched: the options with other keypoints on or off, and the step for people.
        started: name of the step; a weight is taken hold of.
        moved: the options with another weight, while it is held.
        finished: it was let go.
    """

    switched = Signal(object, str)
    started = Signal(str)
    moved = Signal(object)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._how = Transfer()
        self.rows: list[KeypointRow] = []
        self.all = ToolButton("add", "Carry every keypoint over", text="All")
        self.none = ToolButton("remove", "Let every keypoint rest", text="None")
        self.invert = ToolButton("flicker", "Swap those that move and those that rest",
                                 text="Invert")  # fmt: skip
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_XS)
        for button in (self.all, self.none, self.invert):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(buttons)
        column.addLayout(self._list)
        self.all.clicked.connect(self._all_on)
        self.none.clicked.connect(self._all_off)
        self.invert.clicked.connect(self._swap)

    def set_how(self, how: Transfer, count: int) -> None:
        """Show the weights of ``count`` keypoints."""
        self._how = how
        self._make(count)
        weights = how.weights or (1.0,) * count
        for row, weight in zip(self.rows, weights, strict=True):
            row.show_weight(weight, row.keypoint not in how.off)
        off = len(how.off)
        self.all.set_reason("" if off else "Every keypoint is on.")
        self.none.set_reason("" if off < count else "Every keypoint is off.")

    def _make(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            self._list.removeWidget(row)
            row.deleteLater()
        for keypoint in range(len(self.rows), count):
            row = KeypointRow(keypoint)
            row.switched.connect(self._switch)
            row.weight.started.connect(self._begin)
            row.weighted.connect(self._weigh)
            row.weight.finished.connect(self.finished)
            self._list.addWidget(row)
            self.rows.append(row)
        for row, (red, green, blue) in zip(self.rows, keypoint_colours(count), strict=True):
            row.set_colour(QColor(int(red), int(green), int(blue)))

    def _all_on(self) -> None:
        self._set_off((), "All keypoints")

    def _all_off(self) -> None:
        self._set_off(tuple(row.keypoint for row in self.rows), "No keypoint")

    def _swap(self) -> None:
        off = tuple(row.keypoint for row in self.rows if row.keypoint not in self._how.off)
        self._set_off(off, "Invert keypoints")

    def _switch(self, keypoint: int, on: bool) -> None:
        off = tuple(sorted({*self._how.off, keypoint} - ({keypoint} if on else set())))
        self._set_off(off, f"Keypoint {keypoint} {'on' if on else 'off'}")

    def _set_off(self, off: tuple[int, ...], what: str) -> None:
        self.switched.emit(replace(self._how, off=off), what)

    def _begin(self) -> None:
        row = self.sender().parent() if self.sender() is not None else None
        keypoint = row.keypoint if isinstance(row, KeypointRow) else 0
        self.started.emit(f"Weight of keypoint {keypoint}")

    def _weigh(self, keypoint: int, weight: float) -> None:
        weights = list(self._how.weights or (1.0,) * len(self.rows))
        weights[keypoint] = weight
        plain = all(each == 1 for each in weights)
        self.moved.emit(replace(self._how, weights=() if plain else tuple(weights)))


class KeypointRow(QWidget):
    """Chip, switch and weight of one keypoint.

    Signals:
        switched: keypoint, on.
        weighted: keypoint, weight.
    """

    switched = Signal(int, bool)
    weighted = Signal(int, float)

    def __init__(self, keypoint: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keypoint = keypoint
        self._chip = _Chip()
        self.on = QCheckBox(f"{keypoint}")
        self.on.setAccessibleName(f"Keypoint {keypoint}")
        self.on.setToolTip(f"Whether keypoint {keypoint} moves; off, it stays at rest")
        self.weight = GestureSlider(
            f"Weight of keypoint {keypoint}", "How strongly it is carried over: 100 % as it is",
            0, _PERCENT * STRENGTH_MAX, suffix=" %", parent=self,
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(self._chip)
        row.addWidget(self.on)
        row.addWidget(self.weight, 1)
        self.on.toggled.connect(self._tell_on)
        self.weight.moved.connect(self._tell_weight)

    def set_colour(self, colour: QColor) -> None:
        """The colour that the keypoint has in pictures."""
        self._chip.set_colour(colour)

    def show_weight(self, weight: float, on: bool) -> None:
        """Show both; nothing is signalled."""
        with QSignalBlocker(self.on):
            self.on.setChecked(on)
        self.weight.set_value(_PERCENT * weight)
        self.weight.set_reason("" if on else "It is off.")

    def _tell_on(self, on: bool) -> None:
        self.switched.emit(self.keypoint, on)

    def _tell_weight(self, percent: float) -> None:
        self.weighted.emit(self.keypoint, percent / _PERCENT)


class _Chip(QWidget):
    """A disc in the colour of a keypoint."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor()
        fix_size(self, width=_CHIP, height=_CHIP)

    def set_colour(self, colour: QColor) -> None:
        """Another colour."""
        self._colour = colour
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_CHIP, _CHIP)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        radius = min(self.width(), self.height()) / 2 - 1
        painter.drawEllipse(QRectF(self.rect()).center(), radius, radius)
