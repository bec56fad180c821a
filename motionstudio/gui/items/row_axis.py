"""Rows of a motion matrix over the axis of frames: each cell lies over the frames that it shows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from typing_extensions import override

from motionstudio.gui.items.time_axis import TimeAxis


class RowAxis(TimeAxis):
    """The cells of rows that may be no frames, on the pixels of an axis of frames.

    Without edges every row is a frame, and this is the axis of frames itself. Zoom, width and
    gutter are always those of the frames.

    Args:
        frames: the axis that the timeline shows.
        parent: Qt parent.
    """

    def __init__(self, frames: TimeAxis, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._edges: NDArray[np.float64] | None = None
        frames.changed.connect(self.changed)

    def set_edges(self, edges: NDArray[np.float64] | None) -> None:
        """(R + 1,) increasing: where rows begin and end, in frames; None: rows are frames."""
        same = edges is self._edges or (
            edges is not None and self._edges is not None and np.array_equal(edges, self._edges)
        )
        if not same:
            self._edges = edges
            self.changed.emit()

    @property
    @override
    def count(self) -> int:
        return self._frames.count if self._edges is None else len(self._edges) - 1

    @property
    @override
    def gutter(self) -> int:
        return self._frames.gutter

    @property
    @override
    def margin(self) -> int:
        return self._frames.margin

    @property
    @override
    def end(self) -> int:
        return self._frames.end

    @property
    @override
    def zoom(self) -> float:
        return self._frames.zoom

    @property
    @override
    def first(self) -> float:
        return self._frames.first

    @property
    @override
    def scale(self) -> float:
        """Pixels per row, of the narrowest of them."""
        if self._edges is None or len(self._edges) < 2:
            return self._frames.scale
        return self._frames.scale * float(np.diff(self._edges).min())

    @override
    def set_count(self, count: int) -> None:
        self._frames.set_count(count)

    @override
    def set_width(self, width: int) -> None:
        self._frames.set_width(width)

    @override
    def set_gutter(self, gutter: int) -> None:
        self._frames.set_gutter(gutter)

    @override
    def row_of(self, frame: int) -> int:
        """The row that shows a frame: the last one of its cell."""
        if self._edges is None:
            return frame
        return max(0, int(np.searchsorted(self._edges, frame + 1, side="left")) - 1)

    @override
    def frame_of(self, row: int) -> int:
        """The frame at which a row is seen: the last one that it lies over."""
        if self._edges is None:
            return row
        return math.ceil(float(self._edges[row + 1])) - 1

    @override
    def left(self, frame: int) -> int:
        return self._frames.pixel(self._place(frame))

    @override
    def pixel(self, place: float) -> int:
        low = math.floor(place)
        start, stop = self._place(low), self._place(low + 1)
        return self._frames.pixel(start + (place - low) * (stop - start))

    @override
    def edges(self, frames: NDArray[np.intp]) -> NDArray[np.intp]:
        if self._edges is None:
            return self._frames.edges(frames)
        places = self._edges[np.clip(frames, 0, len(self._edges) - 1)]
        pixels = np.floor((places - self._frames.first) * self._frames.scale + 0.5)
        return np.asarray(self.gutter + pixels, np.intp)

    @override
    def centre(self, frame: float) -> float:
        if self._edges is None:
            return self._frames.centre(frame)
        low = math.floor(frame)
        left, right = self.left(low), self.right(low)
        return (left + right) / 2 + (frame - low) * (right - left)

    @override
    def time_centre(self, frame: float) -> float:
        return self._frames.centre(frame)

    @override
    def times_visible(self) -> range:
        return self._frames.visible()

    @override
    def frame_at(self, x: float) -> int:
        """The row whose cell holds pixel ``x``, clamped to the rows there are; -1 if none."""
        if self._edges is None:
            return self._frames.frame_at(x)
        place = (x - self.gutter) / self._frames.scale + self._frames.first
        row = int(np.searchsorted(self._edges, place, side="right")) - 1
        row = min(max(row, 0), self.count - 1)
        while row > 0 and self.left(row) > x:
            row -= 1
        while row < self.count - 1 and self.right(row) <= x:
            row += 1
        return row

    @override
    def visible(self) -> range:
        if self._edges is None:
            return self._frames.visible()
        if not self.count:
            return range(0)
        return range(self.frame_at(self.gutter), self.frame_at(self.end - 1) + 1)

    @override
    def columns(self) -> NDArray[np.intp]:
        if self._edges is None:
            return self._frames.columns()
        shown = self.visible()
        if not len(shown):
            return np.zeros(0, np.intp)
        edges = self.edges(np.arange(shown.start, shown.stop + 1))
        edges = np.clip(edges, self.gutter, self.end) - self.gutter
        return np.repeat(np.arange(shown.start, shown.stop), np.diff(edges)).astype(np.intp)

    @override
    def zoom_at(self, x: float, factor: float) -> None:
        self._frames.zoom_at(x, factor)

    @override
    def pan(self, pixels: float) -> None:
        self._frames.pan(pixels)

    @override
    def fit(self) -> None:
        self._frames.fit()

    @override
    def ensure_visible(self, frame: int) -> None:
        self._frames.ensure_visible(self.frame_of(frame))

    def _place(self, row: int) -> float:
        if self._edges is None:
            return float(row)
        return float(self._edges[min(max(row, 0), len(self._edges) - 1)])
