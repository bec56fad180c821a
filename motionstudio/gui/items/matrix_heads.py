"""The heads of the rows of the matrix: name a dimension, mute it, hear it alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.gui.items.heat_map import ROOM_FOR_BUTTONS, button_spans
from motionstudio.gui.items.matrix_surface import MatrixSurface
from motionstudio.gui.items.name_editor import NameEditor
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.value_editor import ValueEditor

_BUTTON_WORDS = {
    "M": "mute: it counts as zero in pictures and exports",
    "S": "solo: mute all others (Shift adds)",
}


class MatrixHeads(MatrixSurface):
    """The matrix with what can be done at the names of its rows.

    Signals:
        nameTyped: dimension, name; empty gives the plain one back.
        muteToggled: dimension.
        soloToggled: dimension, whether it joins those that are heard already.
    """

    nameTyped = Signal(int, str)
    muteToggled = Signal(int)
    soloToggled = Signal(int, bool)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self.editor: ValueEditor | NameEditor | None = None

    def name_dim(self, dim: int) -> None:
        """Open a field over the head of a row to name its dimension."""
        self.reveal(self.axis.row_of(self._current), dim)
        place = self._layout.position(dim)
        if place < 0:
            return
        top, bottom = self._layout.top(place), self._layout.bottom(place)
        area = QRectF(0, top, self.axis.gutter, bottom - top)
        self.editor = NameEditor(self, area, dim, self._data.names[dim])
        self.editor.entered.connect(self.nameTyped)
        self.editor.closed.connect(self._forget_editor)

    def describe_head(self, x: float, dim: int) -> str:
        """Read-out of a row's head with the pointer at pixel ``x``."""
        name, quiet = self._data.names[dim], " · muted" if dim in self._data.muted else ""
        words = f"{name}{quiet} · moves ± {float(self._data.spread[dim]):.2f}"
        letter = self._on_button(x, dim)
        if letter:
            return f"{words} · {_BUTTON_WORDS[letter]}"
        return f"{words} · click selects it, double-click names it"

    def _press_button(self, x: float, dim: int, *, add: bool) -> bool:
        """Whether the press was on M or S of a row; then it is done."""
        letter = self._on_button(x, dim)
        if letter == "M":
            self.muteToggled.emit(dim)
        elif letter == "S":
            self.soloToggled.emit(dim, add)
        return bool(letter)

    def _on_button(self, x: float, dim: int) -> str:
        shown = dim == self._under or dim in self._data.muted
        if self._layout.row_height < ROOM_FOR_BUTTONS or not shown:
            return ""
        spans = zip("MS", button_spans(self.axis), strict=True)
        return next((letter for letter, (left, right) in spans if left <= x <= right), "")

    def _hover_head(self, place: QPointF, dim: int) -> None:
        inside = place.x() < self.axis.gutter and place.y() >= self.head_height
        group = self._layout.head_at(place.y()) if inside else None
        under = dim if inside and group is None else None
        if group != self._under_group:
            self._under_group = group
            self.refresh()
        if under != self._under:
            self._under = under
            self.refresh()

    def _leave_head(self) -> None:
        if self._under is not None or self._under_group is not None:
            self._under = self._under_group = None
            self.refresh()

    def _forget_editor(self) -> None:
        self.editor = None
        self.setFocus()
