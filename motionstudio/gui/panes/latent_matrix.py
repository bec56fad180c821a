"""Latent matrix: the motion as coloured numbers, frames to the right, dimensions downwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QWidget
from typing_extensions import override

from motionstudio.core.dim_groups import DimGroup
from motionstudio.core.display import symmetric_limit
from motionstudio.core.keys import KeySet
from motionstudio.gui.items.cell_selection import selection
from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.items.heat_map import latent_table
from motionstudio.gui.items.legend import ColourBar
from motionstudio.gui.items.matrix_view import MatrixView
from motionstudio.gui.items.motion_data import Mask, Matrix, motion_data
from motionstudio.gui.items.order_button import OrderButton
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import font, tokens_for

_ROWS_FIRST = 0.75
"""Share of the least height of the rows with which the header may stay."""


class LatentMatrix(QWidget):
    """Heat map of the latent motion, its columns under the frame cells of the timeline.

    Mouse: click or drag a box to select, Ctrl adds, Shift extends; names select a dimension, the
    column head a frame. Drag a selected cell up or down to change all selected values: Shift is
    ten times finer, Ctrl snaps to 0 and one standard deviation, Alt takes neighbours along (the
    wheel sets how many). Double-click types a number. Keys: arrows, Shift+arrows, plus and
    minus, Return types, Delete resets, Ctrl+A, Esc cancels a drag or clears the selection.

    Signals:
        editStarted: a gesture that changes values begins.
        valuesDragged: rows, dims, total change since ``editStarted``, and the standard deviation
            in frames of a soft edit (0 for a hard one).
        editFinished: the gesture ended; one undo step.
        editCancelled: the gesture is to be taken back.
        valueTyped: rows, dims, value.
        resetRequested: rows, dims go back to what was encoded.
        selectionChanged: rows, dims.
        limitChanged: another range of colours.
        softWidthChanged: another standard deviation of soft edits, in frames.
        softToggled: every drag takes neighbouring frames along, or only with Alt.
        orderChanged: a ``DimOrder``: which dimensions come first.
        filterChanged: words; only dimensions whose names hold one of them are listed.
        cellsDrawn: dimension to row to value, all that the pencil painted since ``editStarted``.
        pencilToggled: the pencil is taken up or put away.
        nameTyped: dimension, name.
        muteToggled: dimension. soloToggled: dimension, whether it joins those heard already.
        groupToggled: name of a group of dimensions that is to open or close.
        allGroupsToggled: every group is to open, or to close where all are open.
        dimsMuted: dimensions of a group. dimsSoloed: the same, whether they join those heard.
        arranged: other dimensions are listed, or in another order.
        menuRequested: global position of a menu for the selection.
        scrubbed: show this frame.
        stepRequested: go this many frames on.
        actionRequested: the button of the empty pane.
        hovered: read-out for the status bar.
    """

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    valueTyped = Signal(object, object, float)
    resetRequested = Signal(object, object)
    selectionChanged = Signal(object, object)
    limitChanged = Signal(float)
    softWidthChanged = Signal(float)
    softToggled = Signal(bool)
    orderChanged = Signal(object)
    filterChanged = Signal(str)
    cellsDrawn = Signal(object)
    pencilToggled = Signal(bool)
    nameTyped = Signal(int, str)
    muteToggled = Signal(int)
    soloToggled = Signal(int, bool)
    groupToggled = Signal(str)
    allGroupsToggled = Signal()
    dimsMuted = Signal(object)
    dimsSoloed = Signal(object, bool)
    arranged = Signal()
    menuRequested = Signal(QPoint)
    scrubbed = Signal(int)
    stepRequested = Signal(int)
    actionRequested = Signal()
    hovered = Signal(str)
    refused = Signal(str)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = MatrixView(axis)
        self.header = PaneHeader("Motion matrix")
        self.bar = ColourBar()
        self.limit = QDoubleSpinBox()
        self.sort = OrderButton()
        self.filter = QLineEdit()
        self.compact = ToolButton(
            "fit-rows", "Fit all dimensions (thin rows instead of scrolling)", checkable=True
        )
        self.groups = ToolButton("groups", "Open all groups of dimensions, or close them")
        self.pencil = ToolButton(
            "pencil", "Pencil: draw values free-hand here and in the curves (B)", checkable=True
        )
        self.soft = ToolButton(
            "curve",
            "Soft edit: neighbouring frames follow (Alt while dragging; Alt+wheel: how many)",
            checkable=True,
        )
        self.reset = ToolButton("reset", "Reset the selection to what was encoded (Del)")
        self.empty = EmptyState(
            "matrix",
            "No motion yet",
            "Open a clip: the model turns it into rows of numbers that you can change here.",
        )
        self._limit_by_hand = False
        self._lay_out()
        self._connect()
        self._refresh_bar()
        self._refresh_header()

    def set_matrix(self, values: Matrix, original: Matrix) -> None:
        """Show values (R, D) float32 beside what was encoded, of the same shape.

        Names, states and uncertainties stay while the shape does, else they start afresh.

        Raises:
            ValueError: the two are not matrices of one shape.
        """
        shown = self.view.data
        same = values.shape == original.shape == shown.values.shape
        fresh = shown if same else motion_data(values, original)
        changed = original is not shown.original
        self.view.set_data(shown.with_values(values, original) if same else fresh)
        if not same and not self._limit_by_hand:
            self.set_limit(symmetric_limit(original))
        if not same or changed:
            self._stack.setCurrentIndex(0 if values.size else 1)
        self._refresh_header()

    def set_row_names(self, names: tuple[str, ...]) -> None:
        """R names of rows that are no frames, for the read-out; empty where they are frames."""
        self.view.set_data(replace(self.view.data, row_names=names))
        self._refresh_header()

    def set_std(self, std: Matrix | None) -> None:
        """(R, D) posterior standard deviations, for the read-out, or None."""
        self.view.set_data(replace(self.view.data, std=std))

    def set_filled(self, filled: Mask) -> None:
        """(R,) True where the model filled the frame in."""
        self.view.set_data(replace(self.view.data, filled=self._rows(filled)))

    def set_locked(self, locked: Mask) -> None:
        """(R,) True where values cannot change: the reference."""
        self.view.set_data(replace(self.view.data, locked=self._rows(locked)))

    def set_read_only(self, why: str) -> None:
        """Why the matrix is for reading only, one sentence; empty: it can be edited.

        ``set_locked`` says which rows are locked, which are then all of them.
        """
        if why != self.view.data.read_only:
            self.view.set_data(replace(self.view.data, read_only=why))
            self._refresh_header()

    def set_dropped(self, dropped: Mask) -> None:
        """(R,) True where the frame is withheld from the model, for the read-out."""
        self.view.set_data(replace(self.view.data, dropped=self._rows(dropped)))

    def set_keys(self, keys: KeySet, muted: tuple[int, ...] = ()) -> None:
        """Values pinned to frames, and the dimensions that are muted."""
        data = self.view.data
        if keys != data.keys or muted != data.muted:
            self.view.set_data(replace(data, keys=keys, muted=muted))
            self._refresh_header()

    def set_names(self, names: tuple[str, ...]) -> None:
        """D names of dimensions.

        Raises:
            ValueError: another number of names than dimensions.
        """
        if len(names) != self.view.data.dims:
            raise ValueError(f"set_names: expected {self.view.data.dims} names, got {len(names)}")
        self.view.set_data(replace(self.view.data, names=tuple(names)))

    def set_times(self, times: NDArray[np.float64]) -> None:
        """(R,) seconds, for the read-out."""
        self.view.set_data(replace(self.view.data, times=np.asarray(times, np.float64)))

    def set_selection(self, rows: Iterable[int], dims: Iterable[int]) -> None:
        """Select the cells where ``rows`` cross ``dims``."""
        self.view.set_selection(selection(rows, dims))
        self._refresh_header()

    def set_limit(self, limit: float) -> None:
        """Colours run from ``-limit`` to ``limit``."""
        with QSignalBlocker(self.limit):
            self.limit.setValue(limit)
        self.view.set_limit(limit)
        self._refresh_bar()

    def set_current(self, frame: int) -> None:
        """Move the playhead."""
        self.view.set_current(frame)

    def set_order(self, how: DimOrder) -> None:
        """Which dimensions come first."""
        self.sort.set_order(how)
        self.view.set_order(how)

    def set_groups(self, groups: tuple[DimGroup, ...], open_: frozenset[str]) -> None:
        """Group the dimensions under heads; only those of open groups are listed."""
        self.view.set_groups(groups, open_)
        self.arranged.emit()
        self._refresh_header()

    def set_compact(self, on: bool) -> None:
        """Whether rows get so thin that all dimensions show at once."""
        with QSignalBlocker(self.compact):
            self.compact.setChecked(on)
        self.view.set_compact(on)

    def set_pencil(self, on: bool) -> None:
        """Take up the pencil, or put it away."""
        with QSignalBlocker(self.pencil):
            self.pencil.setChecked(on)
        self.view.set_pencil(on)

    def name_dim(self, dim: int) -> None:
        """Let the name of a dimension be typed at the head of its row."""
        self.view.name_dim(dim)

    def set_soft(self, on: bool) -> None:
        """Whether every drag takes neighbouring frames along, without Alt."""
        with QSignalBlocker(self.soft):
            self.soft.setChecked(on)
        self.view.set_soft(on)

    def set_soft_width(self, frames: float) -> None:
        """Standard deviation of soft edits, in frames."""
        self.view.set_soft_width(frames)

    def set_message(self, title: str, text: str = "", action: str = "") -> None:
        """Say something instead of showing a matrix, until ``set_matrix`` is called again."""
        self.empty.set_words(title, text, action)
        empty = np.zeros((0, 0), np.float32)
        self.view.set_data(motion_data(empty, empty))
        self._stack.setCurrentIndex(1)
        self._refresh_header()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._refresh_bar()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_header()

    def fit_header(self) -> None:
        """Where both would be cut, as with the largest type in a low window, rows come first."""
        tall = max(self.header.sizeHint().height(), self.header.minimumHeight())
        both = tall + _ROWS_FIRST * self.view.minimumSizeHint().height()
        self.header.setVisible(self.height() >= both)

    def _lay_out(self) -> None:
        self.limit.setRange(0.01, 100.0)
        self.limit.setDecimals(2)
        self.limit.setPrefix("± ")
        self.limit.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.limit.setAccessibleName("Range of colours")
        self.limit.setToolTip("Values from which colours are fullest")
        self.limit.setFont(font("caption", tabular=True))
        self.limit.setKeyboardTracking(False)
        self.filter.setPlaceholderText("Filter names")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter dimensions by name")
        self.filter.setToolTip("List only dimensions whose names hold one of these words")
        self.filter.setFont(font("caption"))
        self.filter.setFixedWidth(QFontMetrics(self.filter.font()).horizontalAdvance("M" * 10))
        for tool in (self.filter, self.groups, self.sort, self.compact, self.bar, self.limit,
                     self.pencil, self.soft, self.reset):  # fmt: skip
            self.header.add_tool(tool)
        body, self._stack = either(self.view, self.empty)
        under_header(self, self.header, body)

    def _connect(self) -> None:
        for name in (
            "editStarted", "valuesDragged", "editFinished", "editCancelled", "valueTyped",
            "resetRequested", "selectionChanged", "softWidthChanged", "scrubbed",
            "stepRequested", "hovered", "cellsDrawn", "nameTyped", "muteToggled", "soloToggled",
            "menuRequested", "groupToggled", "dimsMuted", "dimsSoloed", "refused",
        ):  # fmt: skip
            getattr(self.view, name).connect(getattr(self, name))
        self.view.selectionChanged.connect(self._refresh_header)
        self.limit.valueChanged.connect(self._change_limit)
        self.soft.toggled.connect(self._toggle_soft)
        self.sort.orderChanged.connect(self._change_order)
        self.filter.textChanged.connect(self._change_filter)
        self.compact.toggled.connect(self.view.set_compact)
        self.pencil.toggled.connect(self._toggle_pencil)
        self.reset.clicked.connect(self._ask_reset)
        self.groups.clicked.connect(self.allGroupsToggled)
        self.empty.actionRequested.connect(self.actionRequested)

    def _change_limit(self, limit: float) -> None:
        self._limit_by_hand = True
        self.view.set_limit(limit)
        self._refresh_bar()
        self.limitChanged.emit(limit)

    def _toggle_soft(self, on: bool) -> None:
        self.view.set_soft(on)
        self.softToggled.emit(on)

    def _change_order(self, how: DimOrder) -> None:
        self.view.set_order(how)
        self.orderChanged.emit(how)

    def _change_filter(self, words: str) -> None:
        self.view.set_filter(words)
        self._refresh_header()
        self.filterChanged.emit(words)

    def _toggle_pencil(self, on: bool) -> None:
        self.view.set_pencil(on)
        self.pencilToggled.emit(on)

    def _ask_reset(self) -> None:
        chosen = self.view.chosen
        if chosen.count:
            self.resetRequested.emit(chosen.rows, chosen.dims)

    def _rows(self, mask: Mask) -> Mask:
        if mask.shape != (self.view.data.frames,):
            raise ValueError(
                f"expected a mask of shape ({self.view.data.frames},), got {mask.shape}"
            )
        return mask.astype(np.bool_)

    def _refresh_bar(self) -> None:
        limit = self.limit.value()
        self.bar.set_scale(latent_table(tokens_for(self.palette())), f"−{limit:g}", f"+{limit:g}")

    def _refresh_header(self) -> None:
        data, chosen = self.view.data, self.view.chosen
        what = "rows" if data.row_names else "frames"
        words = f"{data.dims} dimensions × {data.frames} {what}" if data.values.size else ""
        if chosen.count:
            words = chosen.describe(data.names, data.row_names)
        if data.muted:
            few = ", ".join(data.names[dim] for dim in data.muted[:3])
            words += f" · muted: {few}" if len(data.muted) <= 3 else f" · {len(data.muted)} muted"
        if data.read_only and data.values.size:
            words += " · for reading only"
        self.header.set_detail(words)
        for sketching in (self.pencil, self.soft):
            sketching.set_reason(data.read_only)
        for tool in (self.filter, self.sort, self.compact, self.bar, self.limit, self.pencil,
                     self.soft, self.reset):  # fmt: skip
            tool.setVisible(bool(data.values.size))
        self.groups.setVisible(bool(self.view.groups))
        self.reset.set_reason(data.read_only or ("" if chosen.count else "Select cells first."))
