"""Latent curves: selected dimensions over time, what was encoded behind what was edited."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.core.dim_groups import DimGroup
from motionstudio.core.keys import KeySet
from motionstudio.gui.items.curve_view import CurveView
from motionstudio.gui.items.motion_data import Mask, Matrix, motion_data
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.empty_state import EmptyState


class LatentCurves(QWidget):
    """Curves with a band of two posterior standard deviations, under the same time axis.

    Mouse: drag a point up or down (Shift finer, Ctrl snaps, Alt soft); drag a key in time or in
    value, the middle of a segment to bend it; double-click adds a key, right-click chooses the
    easing; drag anywhere else to scrub. With the pencil a drag draws values. Keys: left and
    right step, Alt+arrows and up and down move selected keys, Delete removes them, Esc cancels.

    Signals:
        editStarted: a drag begins.
        valuesDragged: rows, dims, total change since ``editStarted``, soft width in frames.
        editFinished: the drag ended; one undo step.
        editCancelled: the drag is to be taken back.
        scrubbed: show this frame.
        stepRequested: go this many frames on.
        cellsDrawn: dimension to row to value, all that the pencil drew since ``editStarted``.
        keyAdded: row, dim, value.
        keysMoved: keys as (dim, frame) before the gesture, frames on, change of value.
        keysRemoved: keys as (dim, frame).
        keyBent: dim, frame of the key, tension of the segment after it.
        keyMenuRequested: (dim, frame) of a key, global position.
        softWidthChanged: another standard deviation of soft edits, in frames.
        hovered: read-out for the status bar.
    """

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    scrubbed = Signal(int)
    stepRequested = Signal(int)
    hovered = Signal(str)
    cellsDrawn = Signal(object)
    keyAdded = Signal(int, int, float)
    keysMoved = Signal(object, int, float)
    keysRemoved = Signal(object)
    keyBent = Signal(int, int, float)
    keyMenuRequested = Signal(object, QPoint)
    softWidthChanged = Signal(float)
    refused = Signal(str)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CurveView(axis)
        self.header = PaneHeader("Curves")
        self.empty = EmptyState("curve", "No motion yet", "Open a clip to see how it moves.")
        self._dims: tuple[int, ...] = ()
        self._groups: tuple[DimGroup, ...] = ()
        body, self._stack = either(self.view, self.empty)
        under_header(self, self.header, body)
        for name in (
            "editStarted", "valuesDragged", "editFinished", "editCancelled", "scrubbed",
            "stepRequested", "hovered", "cellsDrawn", "keyAdded", "keysMoved", "keysRemoved",
            "keyBent", "keyMenuRequested", "softWidthChanged", "refused",
        ):  # fmt: skip
            getattr(self.view, name).connect(getattr(self, name))

    def set_curves(self, values: Matrix, original: Matrix, std: Matrix | None = None) -> None:
        """Show values (R, D) beside what was encoded, with (R, D) uncertainties or None.

        Raises:
            ValueError: values and original are not matrices of one shape.
        """
        shown = self.view.data
        if values.shape == original.shape == shown.values.shape:
            fresh = shown.with_values(values, original)
        else:
            fresh = motion_data(values, original)
        self.view.set_data(replace(fresh, std=std))
        self._stack.setCurrentIndex(0 if values.size else 1)
        self._refresh_header()

    def set_dims(self, dims: tuple[int, ...]) -> None:
        """The dimensions to show; none shows all of them faintly."""
        self.view.set_dims(tuple(dims))
        self._dims = tuple(dims)
        self._refresh_header()

    def set_names(self, names: tuple[str, ...]) -> None:
        """D names of dimensions."""
        self.view.set_data(replace(self.view.data, names=tuple(names)))
        self._refresh_header()

    def set_row_names(self, names: tuple[str, ...]) -> None:
        """R names of rows that are no frames, for the read-out; empty where they are frames."""
        self.view.set_data(replace(self.view.data, row_names=names))

    def set_groups(self, groups: tuple[DimGroup, ...]) -> None:
        """Groups of dimensions: each curve's label carries the colour of its group."""
        self._groups = groups
        self.view.set_groups(groups)
        self._refresh_header()

    def set_locked(self, locked: Mask) -> None:
        """(R,) True where values cannot change: the reference."""
        self.view.set_data(replace(self.view.data, locked=np.asarray(locked, np.bool_)))

    def set_read_only(self, why: str) -> None:
        """Why the values are for reading only, one sentence; empty: they can be edited."""
        self.view.set_data(replace(self.view.data, read_only=why))

    def set_keys(self, keys: KeySet, muted: tuple[int, ...] = ()) -> None:
        """Values pinned to frames, and the dimensions that are muted."""
        data = self.view.data
        if keys != data.keys or muted != data.muted:
            self.view.set_data(replace(data, keys=keys, muted=muted))

    def set_dropped(self, dropped: Mask) -> None:
        """(R,) True where the frame is withheld from the model, for the read-out."""
        self.view.set_data(replace(self.view.data, dropped=np.asarray(dropped, np.bool_)))

    def set_pencil(self, on: bool) -> None:
        """Take up the pencil, or put it away."""
        self.view.set_pencil(on)

    def set_filled(self, filled: Mask) -> None:
        """(R,) True where the model filled the frame in."""
        self.view.set_data(replace(self.view.data, filled=np.asarray(filled, np.bool_)))

    def set_times(self, times: NDArray[np.float64]) -> None:
        """(R,) seconds, for the read-out."""
        self.view.set_data(replace(self.view.data, times=np.asarray(times, np.float64)))

    def set_soft(self, on: bool) -> None:
        """Whether every drag takes neighbouring frames along, without Alt."""
        self.view.set_soft(on)

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation of soft edits, in frames."""
        self.view.set_soft_width(frames)

    def set_current(self, frame: int) -> None:
        """Move the playhead."""
        self.view.set_current(frame)

    def _refresh_header(self) -> None:
        names = self.view.data.names
        whole = {d: g.name for g in self._groups for d in g.dims if set(g.dims) <= {*self._dims}}
        listed = [d for d in self._dims if d < len(names)]
        shown = list(dict.fromkeys(whole.get(d, names[d]) for d in listed))
        band = " · band: ± 2 standard deviations" if self.view.data.std is not None else ""
        self.header.set_detail(", ".join(shown) + band if shown else "")
