"""Heads of groups in the matrix: name and colour, and how much the group moves in each frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.cell_selection import CellSelection
from motionstudio.gui.items.heat_map import rgb
from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.motion_data import MotionData
from motionstudio.gui.items.row_layout import RowLayout
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS, Tokens

BAND = 3
"""Pixels of a group's colour at the left edge."""
CHEVRON = 12
"""Pixels of the triangle that opens and closes a group."""
_GAP_FROM = 4


def motion_of(data: MotionData, group: DimGroup) -> NDArray[np.float64]:
    """(R,) root mean square of a group's values in each frame."""
    block = data.values[:, list(group.dims)].astype(np.float64)
    return np.asarray(np.sqrt(np.square(block).mean(1)), np.float64)


class GroupHeadPainter:
    """Paints heads and bands of groups over one frame of the widget.

    Args:
        painter: open on the widget.
        axis: frames to pixels.
        layout: rows and heads to pixels.
        tokens: colours.
        groups: of the matrix.
    """

    def __init__(
        self,
        painter: QPainter,
        axis: TimeAxis,
        layout: RowLayout,
        tokens: Tokens,
        groups: tuple[DimGroup, ...],
    ) -> None:
        self._painter, self._axis, self._layout = painter, axis, layout
        self._tokens, self._groups = tokens, groups

    def bands(self) -> None:
        """The colour of each group beside its head and rows."""
        heads = self._layout.heads
        for place, head in enumerate(heads):
            ink = self._groups[head.group].colour
            top = self._layout.head_span(place)[0]
            after = place + 1 < len(heads)
            bottom = self._layout.head_span(place + 1)[0] if after else self._layout.end
            if ink:
                self._painter.fillRect(QRectF(0, top + 1, BAND, bottom - top - 2), QColor(ink))

    def names(
        self, data: MotionData, chosen: CellSelection, open_: frozenset[str], *, skip: float
    ) -> None:
        """Triangle and name of every group; ``skip`` pixels at the left belong to buttons."""
        painter, tokens = self._painter, self._tokens
        painter.setFont(font("caption", tabular=True))
        metrics = QFontMetricsF(painter.font())
        picked, quiet = set(chosen.dims), set(data.muted)
        for place, head in enumerate(self._layout.heads):
            group = self._groups[head.group]
            top, bottom = self._layout.head_span(place)
            bright = picked.issuperset(group.dims)
            ink = tokens.accent if bright else tokens.text
            if quiet.issuperset(group.dims):
                ink = tokens.disabled
            middle = (top + bottom) / 2
            self._triangle(skip, middle, ink, opened=group.name in open_)
            room = self._axis.gutter - skip - CHEVRON - SPACE_S
            words = metrics.elidedText(group.name, Qt.TextElideMode.ElideRight, room)
            painter.setPen(QColor(ink))
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(round(skip + CHEVRON), round(baseline)), words)

    def strips(self, data: MotionData, chosen: CellSelection) -> None:
        """How much each group moves over time; edited frames have a line above, selected below.

        Full height is the largest motion of any group in any frame.
        """
        motions = [motion_of(data, group) for group in self._groups]
        most = max((float(motion.max()) for motion in motions), default=0.0)
        columns = np.minimum(self._axis.columns(), data.frames - 1)
        picked, edited, lowest = set(chosen.dims), data.edited, self._painter.device().height()
        rows = np.isin(np.arange(data.frames), chosen.rows)
        for place, head in enumerate(self._layout.heads):
            group = self._groups[head.group]
            top, bottom = self._layout.head_span(place)
            if bottom <= self._layout.head or top > lowest or not columns.size:
                continue
            share = motions[head.group] / max(most, 1e-9)
            pixels = self._strip(share[columns], bottom - top - 2, group.colour)
            touched = np.flatnonzero(edited[:, list(group.dims)].any(1))
            pixels[:2, np.isin(columns, touched)] = rgb(self._tokens.edited)
            if picked.issuperset(group.dims):
                pixels[-2:, rows[columns]] = rgb(self._tokens.accent)
            if self._axis.scale > _GAP_FROM:
                gaps = np.flatnonzero(np.diff(columns, append=-1))
                pixels[:, gaps] = rgb(self._tokens.surface)
            height, width = pixels.shape[:2]
            image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_BGR888)
            self._painter.drawImage(QPoint(self._axis.gutter, top + 1), image)

    def _strip(self, share: NDArray[np.float64], height: int, ink: str) -> NDArray[np.uint8]:
        """(height, W, 3) bars as tall as ``share`` (W,) says."""
        pixels = np.empty((height, len(share), 3), np.uint8)
        pixels[:] = rgb(self._tokens.raised)
        from_below = height - np.arange(height)[:, np.newaxis]
        pixels[from_below <= np.rint(share * height)] = rgb(ink or self._tokens.muted)
        return pixels

    def _triangle(self, left: float, middle: float, ink: str, *, opened: bool) -> None:
        painter, half = self._painter, 3.5
        x = left + SPACE_XS
        corners = [(-half, -2.0), (half, -2.0), (0.0, 3.0)] if opened else [
            (-2.0, -half), (-2.0, half), (3.0, 0.0)
        ]  # fmt: skip
        painter.save()
        painter.setPen(pen(ink, 0.0, 0.0))
        painter.setBrush(QColor(ink))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))
        painter.restore()
