"""Bars and cells for each latent dimension: spread, divergence, what it goes along with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from motionstudio.core.display import colourise
from motionstudio.gui.items.heat_map import latent_table
from motionstudio.gui.items.ink import mix, outline
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

Double = NDArray[np.float64]
Column = Literal["name", "variance", "divergence"] | int

_ROW = 1.35
_CELL, _CELL_NARROW = 30.0, 13.0
_WIDE = 340
_LEAST_BAR = 40.0
VARIANCE_TIP = (
    "Variance of the posterior mean over the frames. A unit is active where it is above 0.01 "
    "(Burda et al. 2016); without a posterior, above a hundredth of the largest."
)
DIVERGENCE_TIP = (
    "KL divergence of the posterior from the standard normal, in nats, mean over the frames: how "
    "much the model says with this dimension."
)


@dataclass(frozen=True, slots=True, eq=False)
class TableData:
    """What the table shows.

    Attributes:
        names: D names of dimensions.
        variance: (D,).
        divergence: (D,) nats, or None where the model gives no deviations.
        active: (D,) bool.
        factors: k names of known factors; ``correlation`` (D, k) in [-1, 1] or NaN.
    """

    names: tuple[str, ...] = ()
    variance: Double = field(default_factory=lambda: np.zeros(0))
    divergence: Double | None = None
    active: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    factors: tuple[str, ...] = ()
    correlation: Double = field(default_factory=lambda: np.zeros((0, 0)))


def sign_of(factor: int) -> str:
    """One character for a column that is too narrow for two: 1 to 9, then a to z.

    The caption of the pane tells what it stands for.
    """
    if factor < 9:
        return str(factor + 1)
    return chr(ord("a") + factor - 9) if factor < 35 else str(factor + 1)


class StatisticTable(QWidget):
    """One line for each dimension, sorted by a column; a click selects the dimension.

    Click a column's head to sort by it. Keys: up and down walk, Return selects.

    Signals:
        dimensionChosen: index of the dimension.
        hovered: read-out for the status bar.
    """

    dimensionChosen = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = TableData()
        self._order: list[int] = []
        self._by: Column = "variance"
        self._chosen: tuple[int, ...] = ()
        self._line = 0
        self.setAccessibleName("Statistics of each dimension")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def order(self) -> tuple[int, ...]:
        """Dimensions from the top."""
        return tuple(self._order)

    @property
    def data(self) -> TableData:
        """What is shown."""
        return self._data

    def set_data(self, data: TableData) -> None:
        """Show other figures."""
        self._data = data
        if isinstance(self._by, int) and self._by >= len(data.factors):
            self._by = "variance"
        self._sort()

    def set_chosen(self, dims: tuple[int, ...]) -> None:
        """Mark the selected dimensions."""
        if dims != self._chosen:
            self._chosen = dims
            self.update()

    def area(self, line: int) -> QRectF:
        """Where a line lies, counted from the top without the head."""
        return QRectF(0, (line + 1) * self._height(), self.width(), self._height())

    def sort_by(self, column: Column) -> None:
        """Largest first by variance, divergence or size of a correlation; names in order."""
        self._by = column
        self._sort()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, round((len(self._order) + 1) * self._height()) + SPACE_S)

    @override
    def minimumSizeHint(self) -> QSize:
        # Where a clip knows many factors, their columns are scrolled to rather than cut off.
        name = self._name_width() + 2 * SPACE_S
        bars = _LEAST_BAR * (1 if self._data.divergence is None else 2)
        cells = _CELL_NARROW * len(self._data.factors)
        return QSize(max(150, round(name + bars + cells)), self.sizeHint().height())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self._words(event.position().toPoint()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        line, column = self._line_at(place), self._column_at(place)
        if line is None and column is not None:
            self.sort_by(column)
        elif line is not None:
            self._line = line
            self.dimensionChosen.emit(self._order[line])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._order:
            self._line = min(max(self._line + step, 0), len(self._order) - 1)
            self.hovered.emit(self._about(self._order[self._line]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._order:
            self.dimensionChosen.emit(self._order[self._line])
        else:
            event.ignore()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words(event.pos()), self)
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._order:
            return
        painter = QPainter(self)
        painter.setFont(font("caption", tabular=True))
        self._paint_head(painter)
        first = max(0, int(event.rect().top() / self._height()) - 1)
        last = int(event.rect().bottom() / self._height()) + 1
        for line in range(first, min(last, len(self._order))):
            self._paint_line(painter, line)

    def _paint_head(self, painter: QPainter) -> None:
        tokens = tokens_for(self.palette())
        for column, area in self._columns().items():
            painter.setPen(QColor(tokens.text if column == self._by else tokens.muted))
            names = {"name": "", "variance": "Variance", "divergence": "KL (nats)"}
            words = self._head_of(column) if isinstance(column, int) else names[column]
            metrics = QFontMetricsF(painter.font())
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width() - 2)
            box = QRectF(area.left(), 0, area.width(), self._height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_line(self, painter: QPainter, line: int) -> None:
        tokens, data, dim = tokens_for(self.palette()), self._data, self._order[line]
        top, height = (line + 1) * self._height(), self._height()
        if dim in self._chosen:
            whole = QRectF(0, top, self.width(), height)
            painter.fillRect(whole, mix(tokens.surface, tokens.accent, 0.22))
        for column, area in self._columns().items():
            box = QRectF(area.left(), top, area.width() - SPACE_XS, height)
            if column == "name":
                painter.setPen(QColor(tokens.text if data.active[dim] else tokens.disabled))
                metrics = QFontMetricsF(painter.font())
                words = metrics.elidedText(
                    data.names[dim], Qt.TextElideMode.ElideRight, box.width()
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            elif isinstance(column, int):
                self._paint_cell(painter, box, float(data.correlation[dim, column]))
            else:
                values = data.variance if column == "variance" else data.divergence
                if values is not None:
                    self._paint_bar(painter, box, values, dim)
        if self.hasFocus() and line == self._line:
            outline(painter, QRectF(0, top, self.width(), height), tokens.accent, 1.5)

    def _paint_bar(self, painter: QPainter, box: QRectF, values: Double, dim: int) -> None:
        tokens = tokens_for(self.palette())
        value = float(values[dim])
        words = f"{value:.2f}" if value >= 0.01 or not value else f"{value:.0e}"
        room = QFontMetricsF(painter.font()).horizontalAdvance("00.00") + SPACE_XS
        bar = box.adjusted(0, box.height() * 0.3, -room, -box.height() * 0.3)
        share = float(values[dim]) / max(float(values.max()), 1e-12)
        painter.fillRect(bar, QColor(tokens.line))
        ink = tokens.series[0] if self._data.active[dim] else tokens.disabled
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()),
                         QColor(ink))  # fmt: skip
        painter.setPen(QColor(tokens.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_cell(self, painter: QPainter, box: QRectF, value: float) -> None:
        tokens = tokens_for(self.palette())
        area = box.adjusted(0, 1, 2, -1)
        if np.isnan(value):
            painter.setPen(QColor(tokens.disabled))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "–")
            return
        red, green, blue = colourise(np.array([[value]]), latent_table(tokens), -1.0, 1.0)[0, 0]
        painter.fillRect(area, QColor(int(red), int(green), int(blue)))

    def _head_of(self, factor: int) -> str:
        return sign_of(factor)

    def _height(self) -> float:
        return QFontMetricsF(font("caption")).height() * _ROW

    def _columns(self) -> dict[Column, QRectF]:
        """Where the columns lie, from left to right."""
        name = self._name_width() + SPACE_S
        count = len(self._data.factors)
        bars = _LEAST_BAR * 2 + name + 2 * SPACE_S
        roomy = self.width() >= max(_WIDE, bars + _CELL * count)
        cell = _CELL if roomy else _CELL_NARROW
        cells = cell * count
        kinds: list[Column] = ["variance"]
        if self._data.divergence is not None:
            kinds.append("divergence")
        left = float(SPACE_S)
        found: dict[Column, QRectF] = {"name": QRectF(left, 0, name, 0)}
        left += name
        room = max((self.width() - left - cells - SPACE_XS) / len(kinds), _LEAST_BAR)
        for kind in kinds:
            found[kind] = QRectF(left, 0, room, 0)
            left += room
        for place in range(len(self._data.factors)):
            found[place] = QRectF(left, 0, cell, 0)
            left += cell
        return found

    def _name_width(self) -> float:
        metrics = QFontMetricsF(font("caption", tabular=True))
        widest = max((metrics.horizontalAdvance(name) for name in self._data.names), default=0)
        return min(widest, metrics.horizontalAdvance("M") * 8)

    def _line_at(self, place: QPoint) -> int | None:
        line = int(place.y() / self._height()) - 1
        return line if 0 <= line < len(self._order) else None

    def _column_at(self, place: QPoint) -> Column | None:
        for column, area in self._columns().items():
            if area.left() <= place.x() < area.right():
                return column
        return None

    def _words(self, place: QPoint) -> str:
        line, column = self._line_at(place), self._column_at(place)
        if line is not None:
            return self._about(self._order[line], column)
        if column == "variance":
            return VARIANCE_TIP
        if column == "divergence":
            return DIVERGENCE_TIP
        if isinstance(column, int):
            return f"Correlation over the frames with {self._data.factors[column]}"
        return ""

    def _about(self, dim: int, column: Column | None = None) -> str:
        data = self._data
        state = "active" if data.active[dim] else "not active"
        words = f"{data.names[dim]}: variance {data.variance[dim]:.3g}, {state}"
        if data.divergence is not None:
            words += f", KL {data.divergence[dim]:.2f} nats"
        shown = range(len(data.factors)) if not isinstance(column, int) else (column,)
        for place in shown:
            value = data.correlation[dim, place]
            figure = "unknown" if np.isnan(value) else f"{value:+.2f}"
            words += f", with {data.factors[place]} {figure}"
        return words

    def _sort(self) -> None:
        data = self._data
        order = np.arange(len(data.names))
        if self._by == "variance":
            order = np.argsort(-data.variance, kind="stable")
        elif self._by == "divergence" and data.divergence is not None:
            order = np.argsort(-data.divergence, kind="stable")
        elif isinstance(self._by, int):
            size = np.nan_to_num(np.abs(data.correlation[:, self._by]), nan=-1.0)
            order = np.argsort(-size, kind="stable")
        self._order = [int(dim) for dim in order]
        self.updateGeometry()
        self.update()
