"""Groups of dimensions in the matrix: open and close, select, mute and hear them as a whole."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from motionstudio.core.counting import counted
from motionstudio.core.dim_groups import DimGroup
from motionstudio.gui.items.cell_selection import CellSelection, selection
from motionstudio.gui.items.group_heads import CHEVRON
from motionstudio.gui.items.heat_map import bar_width, button_spans
from motionstudio.gui.items.matrix_heads import MatrixHeads
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.tokens import SPACE_S

_KEYS = Qt.KeyboardModifier


class MatrixGroups(MatrixHeads):
    """The matrix with what can be done at the heads of its groups.

    Signals:
        selectionChanged: rows, dims. scrubbed: show this frame.
        groupToggled: name of a group that is to open or close.
        dimsMuted: dimensions to mute together, or to unmute where all are muted.
        dimsSoloed: dimensions to hear alone, whether they join those heard already.
    """

    selectionChanged = Signal(object, object)
    scrubbed = Signal(int)
    groupToggled = Signal(str)
    dimsMuted = Signal(object)
    dimsSoloed = Signal(object, bool)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._group_from = -1

    def group_at(self, place: QPointF) -> DimGroup | None:
        """The group whose head lies under the pointer, or None."""
        number = self._layout.head_at(place.y()) if place.y() >= self.head_height else None
        return None if number is None else self._groups[number]

    def describe_group(self, group: DimGroup, x: float) -> str:
        """Read-out of a group's head with the pointer at pixel ``x``."""
        words = f"{group.name}: {counted(len(group.dims), 'dimension')}"
        letter = self._group_button(x)
        if letter == "M":
            return f"{words} · mute all of them: they count as zero in pictures and exports"
        if letter == "S":
            return f"{words} · solo: mute all others (Shift adds)"
        if self._on_triangle(x):
            return f"{words} · click opens or closes it"
        return f"{words} · click selects it, double-click opens or closes it"

    def _press_group(self, event: QMouseEvent) -> bool:
        """Whether the press was on the head of a group; then it is done."""
        place, keys = event.position(), event.modifiers()
        group = self.group_at(place)
        self._group_from = -1
        if group is None:
            return bool(not self._layout.order) and place.y() >= self.head_height
        letter = self._group_button(place.x())
        if letter == "M":
            self.dimsMuted.emit(group.dims)
        elif letter == "S":
            self.dimsSoloed.emit(group.dims, bool(keys & _KEYS.ShiftModifier))
        elif self._on_triangle(place.x()):
            self.groupToggled.emit(group.name)
        elif place.x() >= self.axis.gutter:
            self._group_from = min(self.axis.frame_at(place.x()), self._data.frames - 1)
            self._select_group(group.dims, self._group_from)
            self.scrubbed.emit(self._group_from)
        else:
            adds = bool(keys & (_KEYS.ControlModifier | _KEYS.ShiftModifier))
            self._add_group(group.dims, alone=not adds)
        return True

    def _select_group(self, dims: tuple[int, ...], row: int) -> None:
        """Frames from the press to ``row`` of all its dimensions."""
        low, high = sorted((self._group_from, row))
        self._take(selection(range(low, high + 1), dims))

    def _add_group(self, dims: tuple[int, ...], *, alone: bool) -> None:
        chosen = set(self._chosen.dims)
        wanted = set(dims)
        if not alone:
            wanted = chosen - wanted if wanted <= chosen else chosen | wanted
        self._take(selection(range(self._data.frames), wanted))

    def _take(self, chosen: CellSelection) -> None:
        """Select cells, with the cursor on the first of them."""
        if chosen.count:
            self._cursor.put((chosen.rows[0], chosen.dims[0]))
        self._choose(chosen)

    def _drag_group(self, row: int) -> None:
        """Frames of a group while the button is down over its head."""
        if self._group_from >= 0:
            self._select_group(self._chosen.dims, row)
            self.scrubbed.emit(row)

    def _choose(self, chosen: CellSelection) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self._tell()
            self.selectionChanged.emit(chosen.rows, chosen.dims)
            self.refresh()

    def _add_dim(self, dim: int) -> None:
        dims = set(self._chosen.dims) ^ {dim}
        self._choose(selection(range(self._data.frames), dims))

    def _choose_for_menu(self, place: QPointF) -> None:
        row, dim = self._cell_at(place)
        group = self.group_at(place)
        if group is not None:
            if not set(self._chosen.dims).issuperset(group.dims):
                self._take(selection(range(self._data.frames), group.dims))
            return
        self._cursor.put((row, dim))
        if place.x() < self.axis.gutter:
            if dim not in self._chosen.dims or len(self._chosen.rows) < self._data.frames:
                self._choose(selection(range(self._data.frames), [dim]))
        elif place.y() < self.head_height:
            if row not in self._chosen.rows:
                self._choose(selection([row], range(self._data.dims)))
        elif (row, dim) not in self._chosen:
            self._choose(selection([row], [dim]))

    def _group_button(self, x: float) -> str:
        if not 0 <= x < self.axis.gutter:
            return ""
        spans = zip("MS", button_spans(self.axis), strict=True)
        return next((letter for letter, (left, right) in spans if left <= x <= right), "")

    def _on_triangle(self, x: float) -> bool:
        left = heads_skip(bar_width(self.axis))
        return left <= x < left + CHEVRON


def heads_skip(bar: float) -> float:
    """Pixels at the left of a group's head that belong to the letters M and S."""
    return bar + SPACE_S
