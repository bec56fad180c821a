"""How far a soft edit reaches, drawn where frames are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from motionstudio.core.editing import soft_weights
from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.tokens import LINE_CURVE, Tokens


def paint_soft(
    painter: QPainter,
    axis: TimeAxis,
    rows: Sequence[int],
    width: float,
    height: float,
    tokens: Tokens,
) -> None:
    """A hill over the frames that follow a soft edit of ``rows``, from the top of the widget down.

    Args:
        painter: open on the widget.
        axis: frames to pixels.
        rows: edited rows.
        width: standard deviation in frames.
        height: pixels of a weight of 1.
        tokens: colours.
    """
    if not len(rows):
        return
    shown = axis.visible()
    weights = soft_weights(axis.count, rows, width)[shown.start : shown.stop]
    touched = np.flatnonzero(weights)
    if not touched.size:
        return
    first, last = int(touched[0]), int(touched[-1])
    points = [
        QPointF(axis.centre(shown.start + n), height * (1 - float(weights[n])))
        for n in range(first, last + 1)
    ]
    base = [QPointF(points[-1].x(), height), QPointF(points[0].x(), height)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(tokens.accent, 0.35))
    painter.drawPolygon(QPolygonF([*points, *base]))
    painter.setPen(pen(tokens.accent, LINE_CURVE))
    painter.drawPolyline(QPolygonF(points))
    painter.restore()
