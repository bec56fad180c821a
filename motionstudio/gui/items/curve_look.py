"""How curves of many things are told apart: by colour, by dashes, and by the shape of their marks.

Eight colours are all that differ for most people, and fewer for some. Five kinds of dashes and
seven marks go round beside them: as these numbers share no factor, the first forty curves differ
in colour or dashes, neighbours in all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

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
_MARK = 4.8
"""Width of a mark in widths of the line."""


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
    """A piece of a curve along ``line`` with its mark in the middle, as a legend shows it.

    Args:
        painter: of the legend.
        look: of the curve.
        line: in device-independent pixels.
        width: of the line, in the same.
    """
    from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols  # Not before a curve is shown.

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(look.pen(width))
    painter.drawLine(line)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(look.colour)))
    painter.translate(line.center())
    painter.scale(_MARK * width, _MARK * width)  # Symbols are one unit wide.
    painter.drawPath(Symbols[look.mark])
    painter.restore()
