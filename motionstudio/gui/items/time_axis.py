"""The one mapping between frames and pixels that timeline, error strip, matrix and curves share."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

_LONGEST_CELL = 160.0


class TimeAxis(QObject):
    """Frames run left to right between a gutter for labels and a margin for scroll bars.

    Cell ``f`` covers the whole pixels ``left(f) <= x < right(f)``; ``right(f) == left(f + 1)``,
    so that cells of different panes meet on the same pixel whatever the zoom.

    Signals:
        changed: the mapping is another one; repaint.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._width = 640
        self._gutter = 88
        self._margin = 12
        self._zoom = 1.0
        self._offset = 0.0

    @property
    def count(self) -> int:
        """Frames on the axis."""
        return self._count

    @property
    def gutter(self) -> int:
        """Pixels left of frame 0, for labels."""
        return self._gutter

    @property
    def margin(self) -> int:
        """Pixels right of the last frame, for scroll bars."""
        return self._margin

    @property
    def end(self) -> int:
        """First pixel right of the area of frames."""
        return max(self._gutter + 1, self._width - self._margin)

    @property
    def zoom(self) -> float:
        """1 when all frames fit; 2 when half of them do."""
        return self._zoom

    @property
    def first(self) -> float:
        """The frame at the left edge; a fraction where it is cut."""
        return self._offset

    @property
    def scale(self) -> float:
        """Pixels per frame."""
        return self._zoom * (self.end - self._gutter) / max(1, self._count)

    def set_count(self, count: int) -> None:
        """Another number of frames; shows all of them."""
        if count != self._count:
            self._count, self._zoom, self._offset = max(0, count), 1.0, 0.0
            self.changed.emit()

    def set_width(self, width: int) -> None:
        """Width of the panes in pixels; zoom and first frame stay."""
        if width != self._width:
            self._width = width
            self._settle(self._zoom, self._offset)
            self.changed.emit()

    def set_gutter(self, gutter: int) -> None:
        """Pixels for labels, the same in every pane."""
        if gutter != self._gutter:
            self._gutter = gutter
            self._settle(self._zoom, self._offset)
            self.changed.emit()

    def left(self, frame: int) -> int:
        """First pixel of a frame's cell."""
        return self._gutter + math.floor((frame - self._offset) * self.scale + 0.5)

    def right(self, frame: int) -> int:
        """First pixel after a frame's cell."""
        return self.left(frame + 1)

    def edges(self, frames: NDArray[np.intp]) -> NDArray[np.intp]:
        """(n,) ``left`` of many frames at once."""
        places = np.floor((frames - self._offset) * self.scale + 0.5)
        return np.asarray(self._gutter + places, np.intp)

    def pixel(self, place: float) -> int:
        """The pixel at which a place among the frames, whole or not, begins."""
        return self._gutter + math.floor((place - self._offset) * self.scale + 0.5)

    def centre(self, frame: float) -> float:
        """Pixel position of the middle of a frame's cell."""
        low = math.floor(frame)
        middle = (self.left(low) + self.right(low)) / 2
        return middle + (frame - low) * self.scale

    def frame_at(self, x: float) -> int:
        """The frame whose cell holds pixel ``x``, clamped to the frames there are; -1 if none."""
        if self._count == 0:
            return -1
        frame = math.floor((x - self._gutter) / self.scale + self._offset)
        while self.left(frame) > x:
            frame -= 1
        while self.right(frame) <= x:
            frame += 1
        return min(max(frame, 0), self._count - 1)

    def row_of(self, frame: int) -> int:
        """The cell that shows a frame: its own."""
        return frame

    def frame_of(self, row: int) -> int:
        """The frame at which a cell is seen: its own."""
        return row

    def time_centre(self, frame: float) -> float:
        """Pixel position of the middle of a frame, whatever the cells stand for."""
        return self.centre(frame)

    def times_visible(self) -> range:
        """Frames of which at least one pixel shows, whatever the cells stand for."""
        return self.visible()

    def columns(self) -> NDArray[np.intp]:
        """(end - gutter,) the frame under every pixel of the area of frames."""
        shown = self.visible()
        if not len(shown):
            return np.zeros(0, np.intp)
        edges = self.edges(np.arange(shown.start, shown.stop + 1))
        edges = np.clip(edges, self._gutter, self.end) - self._gutter
        return np.repeat(np.arange(shown.start, shown.stop), np.diff(edges)).astype(np.intp)

    def visible(self) -> range:
        """Frames of which at least one pixel shows."""
        if self._count == 0:
            return range(0)
        return range(self.frame_at(self._gutter), self.frame_at(self.end - 1) + 1)

    def zoom_at(self, x: float, factor: float) -> None:
        """Zoom by ``factor`` while what is under pixel ``x`` stays there."""
        anchor = (x - self._gutter) / self.scale + self._offset
        zoom = self._allowed(self._zoom * factor)
        scale = self.scale * zoom / self._zoom
        self._move(zoom, anchor - (x - self._gutter) / scale)

    def pan(self, pixels: float) -> None:
        """Move what is shown by ``pixels`` to the left."""
        self._move(self._zoom, self._offset + pixels / self.scale)

    def fit(self) -> None:
        """Show all frames."""
        self._move(1.0, 0.0)

    def ensure_visible(self, frame: int) -> None:
        """Pan just enough that a frame's whole cell shows."""
        if self.left(frame) < self._gutter:
            self._move(self._zoom, float(frame))
        elif self.right(frame) > self.end:
            span = (self.end - self._gutter) / self.scale
            self._move(self._zoom, frame + 1 - span)

    def _allowed(self, zoom: float) -> float:
        at_fit = (self.end - self._gutter) / max(1, self._count)
        most = min(_LONGEST_CELL / at_fit, float(self._count))
        return min(max(zoom, 1.0), max(1.0, most))

    def _move(self, zoom: float, offset: float) -> None:
        before = (self._zoom, self._offset)
        self._settle(zoom, offset)
        if (self._zoom, self._offset) != before:
            self.changed.emit()

    def _settle(self, zoom: float, offset: float) -> None:
        self._zoom = self._allowed(zoom)
        hidden = self._count * (1 - 1 / self._zoom)
        self._offset = min(max(offset, 0.0), hidden)
