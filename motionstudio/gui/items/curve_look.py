"""How curves of many things are told apart: by colour, by dashes, and by the shape of their marks.

Eight colours are all that differ for most people, and fewer for some. Five kinds of dashes and
seven marks go round beside them: as these numbers share no factor, the first forty curves differ
in colour or dashes, neighbours in all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5.0, 2.5),
    (1.0, 2.0),
    (7.0, 2.0, 1.0, 2.0),
    (2.5, 1.5),
)
"""Dash and gap lengths in widths of the line; none: solid."""
MARKS = ("o", "s", "t", "d", "t1", "p", "star")
"""Marks by pyqtgraph's names: disc, square, triangles, diamond, pentagon, star."""
_SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "s": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "t": ((-1.1, -0.9), (1.1, -0.9), (0, 1.1)),
    "t1": ((-1.1, 0.9), (1.1, 0.9), (0, -1.1)),
    "d": ((0, -1.3), (1, 0), (0, 1.3), (-1, 0)),
    "p": ((0, -1.1), (1.05, -0.34), (0.65, 0.9), (-0.65, 0.9), (-1.05, -0.34)),
    "star": ((0, -1.3), (0.35, -0.4), (1.25, -0.4), (0.5, 0.15), (0.8, 1.05), (0, 0.5),
             (-0.8, 1.05), (-0.5, 0.15), (-1.25, -0.4), (-0.35, -0.4)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What one curve looks like.

    Attributes:
        colour: ``#rrggbb``.
        dash: as ``DASHES``.
        mark: one of ``MARKS``.
    """

    colour: str
    dash: tuple[float, ...] = ()
    mark: str = "o"

    def pen(self, width: float) -> QPen:
        """A line of ``width`` pixels, whatever the units of the plot are."""
        made = QPen(QColor(self.colour), width)
        made.setCosmetic(True)
        if self.dash:
            made.setDashPattern(list(self.dash))
            made.setCapStyle(Qt.PenCapStyle.FlatCap)
        return made


def look_of(number: int, colours: Sequence[str]) -> Look:
    """The look of curve ``number``, from 0, in the colours of a theme."""
    return Look(
        colours[number % len(colours)], DASHES[number % len(DASHES)], MARKS[number % len(MARKS)]
    )


def paint_sample(painter: QPainter, look: Look, line: QLineF, width: float) -> None:
    """A piece of a curve along ``line`` with its mark in the middle, as a legend shows it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(look.pen(width))
    painter.drawLine(line)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(look.colour)))
    half = 2.4 * width
    if look.mark == "o":
        painter.drawEllipse(line.center(), half, half)
    else:
        middle = line.center()
        corners = [QPointF(middle.x() + half * x, middle.y() + half * y)
                   for x, y in _SHAPES[look.mark]]  # fmt: skip
        painter.drawPolygon(QPolygonF(corners))
    painter.restore()
