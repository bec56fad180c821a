"""Latent sliders: every dimension of the current frame as a slider with its number."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.dim_order import DimOrder
from motionstudio.gui.items.group_row import GroupRow
from motionstudio.gui.items.motion_data import plain_names, signed
from motionstudio.gui.items.order_button import OrderButton
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import either, scrolling, under_header
from motionstudio.gui.items.row_layout import Head
from motionstudio.gui.items.slider_row import SliderRow
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_LOCKED = "This is the reference frame: its motion is zero and cannot change"
_START = (
    "All motion starts from frame {}: here it is zero. Go to another frame to change the motion."
)


class LatentSliders(QWidget):
    """Sliders of the current frame, in the order of dimensions or by how much they move.

    Signals:
        editStarted: a gesture begins.
        valuesDragged: rows, dims, total change, and 0 (sliders edit hard).
        editFinished: it ended; one undo step.
        editCancelled: it is to be taken back.
        valueTyped: rows, dims, value.
        resetRequested: rows, dims.
        orderChanged: a ``DimOrder``: which dimensions come first.
        groupToggled: name of a group of dimensions that is to open or close.
        groupPicked: dimensions of a group, to be selected.
        menuRequested: dimension, global position of a menu for it.
        hovered: read-out for the status bar.
    """

    editStarted = Signal()
    valuesDragged = Signal(object, object, float, float)
    editFinished = Signal()
    editCancelled = Signal()
    valueTyped = Signal(object, object, float)
    resetRequested = Signal(object, object)
    orderChanged = Signal(object)
    groupToggled = Signal(str)
    groupPicked = Signal(object)
    menuRequested = Signal(int, QPoint)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = 0
        self._rows: list[SliderRow] = []
        self._names: tuple[str, ...] = ()
        self._order: tuple[int, ...] = ()
        self._muted: tuple[int, ...] = ()
        self._limit = 1.0
        self._groups: tuple[DimGroup, ...] = ()
        self._open: frozenset[str] = frozenset()
        self._heads: tuple[Head, ...] = ()
        self._group_rows: list[GroupRow] = []
        self.header = PaneHeader("Sliders")
        self.sort = OrderButton()
        self.reset_all = ToolButton("reset", "Reset all dimensions of this frame")
        self.start = QLabel()
        self.empty = EmptyState("sliders", "No motion yet", "Open a clip to get its sliders.")
        self._lay_out()
        self.sort.orderChanged.connect(self.orderChanged)
        self.reset_all.clicked.connect(self._reset_frame)
        self._show_tools()

    @property
    def rows(self) -> tuple[SliderRow, ...]:
        """The rows in the order of dimensions."""
        return tuple(self._rows)

    def set_frame(
        self,
        index: int,
        values: NDArray[np.float32],
        original: NDArray[np.float32],
        locked: bool,
        words: str = "",
        read_only: str = "",
    ) -> None:
        """Show one frame: (D,) values beside what was encoded; locked for the reference.

        Args:
            index: of its row.
            values: (D,).
            original: (D,) as encoded.
            locked: whether nothing can change.
            words: what the row stands for, where that is no frame.
            read_only: why no frame can be changed at all, one sentence; empty where some can.

        Raises:
            ValueError: values and original differ in shape.
        """
        if values.shape != original.shape or values.ndim != 1:
            raise ValueError(
                f"set_frame: expected two (D,) arrays, got {values.shape} and {original.shape}"
            )
        self._frame = index
        if len(values) != len(self._rows):
            self._build(len(values))
        reason = read_only or (_LOCKED if locked else "")
        for row, value, source in zip(self._rows, values, original, strict=True):
            row.set_reason(reason)
            row.set_value(float(value), float(source))
        detail = words or f"frame {index}"
        self.header.set_detail(detail if len(values) else "")
        unedited = "" if bool(np.any(values != original)) else "This frame was not edited."
        self.reset_all.set_reason(read_only or (_LOCKED + "." if locked else unedited))
        self.start.setText(read_only or _START.format(index))
        self.start.setVisible(bool(locked or read_only) and bool(len(values)))
        self._stack.setCurrentIndex(0 if len(values) else 1)
        self._show_tools()

    def set_message(self, title: str, text: str) -> None:
        """Say why there is no slider."""
        self.empty.set_words(title, text)

    def set_names(self, names: tuple[str, ...]) -> None:
        """D names of dimensions."""
        self._names = tuple(names)
        self._name_rows()

    def set_limit(self, limit: float) -> None:
        """Sliders run from ``-limit`` to ``limit``."""
        self._limit = limit
        for row in self._rows:
            row.set_limit(limit)

    @property
    def group_rows(self) -> tuple[GroupRow, ...]:
        """Heads of groups from top to bottom."""
        return tuple(self._group_rows[: len(self._heads)])

    def set_groups(self, groups: tuple[DimGroup, ...], open_: frozenset[str]) -> None:
        """The groups that heads stand for, and which of them are open."""
        self._groups, self._open = groups, open_

    def set_order(
        self, how: DimOrder, order: tuple[int, ...], heads: tuple[Head, ...] = ()
    ) -> None:
        """List the dimensions ``order`` from top to bottom, those that are missing not at all.

        ``heads`` of groups stand between them.
        """
        self.sort.set_order(how)
        if order != self._order or heads or self._heads:
            self._order, self._heads = order, heads
            self._arrange()

    def set_muted(self, muted: tuple[int, ...]) -> None:
        """Dimensions that count as zero in pictures."""
        self._muted = muted
        for row in self._rows:
            row.set_muted(row.dim in muted)

    def _lay_out(self) -> None:
        self.header.add_tool(self.sort)
        self.header.add_tool(self.reset_all)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        body, self._stack = either(scrolling(self._list), self.empty)
        column = under_header(self, self.header, body)
        # Below the sliders: they must not jump when playback passes the reference.
        column.addWidget(self.start)
        self.start.setWordWrap(True)
        self.start.setProperty("muted", True)
        self.start.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        self.start.hide()

    def _build(self, dims: int) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            # Gone at once: while a dialog is open, nothing that is to be deleted goes away.
            row.hide()
            row.deleteLater()
        self._rows = [SliderRow(dim, self._list) for dim in range(dims)]
        for row in self._rows:
            row.set_limit(self._limit)
            row.dragStarted.connect(self.editStarted)
            row.dragFinished.connect(self.editFinished)
            row.dragCancelled.connect(self.editCancelled)
            row.dragged.connect(self._drag)
            row.typed.connect(self._type)
            row.resetRequested.connect(self._reset)
            row.menuRequested.connect(self.menuRequested)
            row.set_muted(row.dim in self._muted)
        self._name_rows()
        self._arrange()

    def _name_rows(self) -> None:
        names = self._names if len(self._names) == len(self._rows) else plain_names(len(self._rows))
        metrics = QFontMetrics(font("caption", tabular=True))
        widths = [metrics.horizontalAdvance(name) + SPACE_S for name in names]
        width = min(max(widths, default=0), metrics.horizontalAdvance("M") * 10)
        for row, name in zip(self._rows, names, strict=True):
            row.set_name(name, width)

    def _arrange(self) -> None:
        listed = tuple(dim for dim in self._order if dim < len(self._rows))
        order = listed if listed or self._heads else tuple(range(len(self._rows)))
        shown = frozenset(order)
        for row in self._rows:
            row.setVisible(row.dim in shown)
        wanted: list[QWidget] = [self._rows[dim] for dim in order]
        heads = list(zip(self._heads, self._show_heads(), strict=True))
        for head, group_row in reversed(heads):
            wanted.insert(head.before, group_row)
        for place, widget in enumerate(wanted):
            if self._column.indexOf(widget) != place:
                self._column.insertWidget(place, widget)
        for first, second in pairwise(order):
            self.setTabOrder(self._rows[first].reset, self._rows[second].slider)

    def _show_heads(self) -> list[GroupRow]:
        """One row for each head, made where there were fewer."""
        while len(self._group_rows) < len(self._heads):
            row = GroupRow(self._list)
            row.toggled.connect(self.groupToggled)
            row.picked.connect(self.groupPicked)
            self._group_rows.append(row)
        for place, row in enumerate(self._group_rows):
            row.setVisible(place < len(self._heads))
        shown = self._group_rows[: len(self._heads)]
        for head, row in zip(self._heads, shown, strict=True):
            group = self._groups[head.group]
            row.set_group(group, opened=group.name in self._open)
        return shown

    def _show_tools(self) -> None:
        for tool in (self.sort, self.reset_all):
            tool.setVisible(bool(self._rows))

    def _drag(self, dim: int, delta: float) -> None:
        self.valuesDragged.emit((self._frame,), (dim,), delta, 0.0)
        self.hovered.emit(f"{self._rows[dim].name.text()} changed by {signed(delta)}")

    def _type(self, dim: int, value: float) -> None:
        self.valueTyped.emit((self._frame,), (dim,), value)

    def _reset(self, dim: int) -> None:
        self.resetRequested.emit((self._frame,), (dim,))

    def _reset_frame(self) -> None:
        self.resetRequested.emit((self._frame,), tuple(range(len(self._rows))))
