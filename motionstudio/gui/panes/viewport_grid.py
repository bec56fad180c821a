"""Viewport grid: one, two or four linked viewports."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from motionstudio.gui.items.layers import Content, Field, Picture
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.panes.viewport import Viewport

_CONTENTS = (Content.SOURCE, Content.GENERATED, Content.GRID, Content.DIFFERENCE)
_SHOWN = {1: (1,), 2: (0, 1), 4: (0, 1, 2, 3)}


class ViewportGrid(QWidget):
    """Four viewports of which one, two or four are shown; they share zoom, place and inputs.

    With one, the generated picture's viewport is shown.

    Signals:
        contentChanged: index of the viewport and its new content.
        activated: index of the viewport that was clicked.
        actionRequested: the button of the empty viewport.
        hovered: read-out for the status bar.
    """

    contentChanged = Signal(int, str)
    activated = Signal(int)
    actionRequested = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PictureView(self)
        self.viewports = tuple(Viewport(self.view) for _ in _CONTENTS)
        self._count = 2
        self._rows = QSplitter(Qt.Orientation.Vertical)
        self._splitters = (QSplitter(), QSplitter())
        for place, viewport in enumerate(self.viewports):
            self._splitters[place // 2].addWidget(viewport)
            viewport.contentChanged.connect(partial(self._tell_content, place))
            viewport.activated.connect(partial(self.activated.emit, place))
            viewport.actionRequested.connect(self.actionRequested)
            viewport.hovered.connect(self.hovered)
        for splitter in (*self._splitters, self._rows):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        for splitter in self._splitters:
            self._rows.addWidget(splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rows)
        self.set_contents(_CONTENTS)
        self.set_layout(2)

    @property
    def layout_count(self) -> int:
        """Number of viewports shown: 1, 2 or 4."""
        return self._count

    @property
    def contents(self) -> tuple[Content, ...]:
        """Contents of all four viewports, hidden ones included."""
        return tuple(viewport.content for viewport in self.viewports)

    @property
    def shown(self) -> tuple[Viewport, ...]:
        """The viewports that are shown."""
        return tuple(self.viewports[place] for place in _SHOWN[self._count])

    def set_layout(self, count: int) -> None:
        """Show 1, 2 or 4 viewports of equal size.

        Raises:
            ValueError: another number.
        """
        if count not in _SHOWN:
            raise ValueError(f"set_layout: expected 1, 2 or 4, got {count}")
        self._count = count
        for place, viewport in enumerate(self.viewports):
            viewport.setVisible(place in _SHOWN[count])
        self._splitters[1].setVisible(count == 4)
        for splitter in (*self._splitters, self._rows):
            splitter.setSizes([1 << 14] * splitter.count())

    def set_contents(self, contents: tuple[Content, ...]) -> None:
        """Contents of the first viewports, in order."""
        for viewport, content in zip(self.viewports, contents, strict=False):
            viewport.set_content(Content(content))

    def set_available(self, content: Content, reason: str) -> None:
        """Allow a content everywhere, or disable it and say why."""
        for viewport in self.viewports:
            viewport.set_available(content, reason)

    def set_source(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as it was read, and its index."""
        for viewport in self.viewports:
            viewport.set_source(picture, frame)

    def set_generated(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as the model makes it, and its index."""
        for viewport in self.viewports:
            viewport.set_generated(picture, frame)

    def set_field(self, displacement: Field | None, inverse: Field | None) -> None:
        """(2, H, W) float32 displacement and its inverse, pixels, or None."""
        for viewport in self.viewports:
            viewport.set_field(displacement, inverse)

    def set_frame(
        self,
        source: Picture | None,
        generated: Picture | None,
        displacement: Field | None = None,
        inverse: Field | None = None,
    ) -> None:
        """Everything about a frame at once; cheaper than one after the other."""
        for viewport in self.viewports:
            viewport.set_frame(source, generated, displacement, inverse)

    def set_spacing(self, spacing: tuple[float, float] | None) -> None:
        """(row, column) mm of a pixel, or None."""
        for viewport in self.viewports:
            viewport.set_spacing(spacing)

    def set_limits(self, magnitude: float, difference: float) -> None:
        """Fixed ends of the scales: pixels of displacement, grey levels of difference."""
        for viewport in self.viewports:
            viewport.set_limits(magnitude, difference)

    def set_stale(self, frame: int | None) -> None:
        """What is generated is as of another frame, or not stale with None."""
        for viewport in self.viewports:
            viewport.set_stale(None if viewport.content is Content.SOURCE else frame)

    def set_preview(self, words: str) -> None:
        """``1/2`` while generated pictures are previews, else empty."""
        for viewport in self.viewports:
            viewport.set_preview("" if viewport.content is Content.SOURCE else words)

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show squares."""
        for viewport in self.viewports:
            viewport.set_smooth(on)

    def set_flicker(self, on: bool) -> None:
        """While on, every viewport shows the source frame."""
        for viewport in self.viewports:
            viewport.set_flicker(on)

    def set_message(self, title: str, text: str = "", action: str = "") -> None:
        """Say something instead of showing pictures; only the first viewport has the button."""
        for viewport in self.viewports:
            first = viewport is self.shown[0]
            viewport.set_message(title, text if first else "", action if first else "")

    def clear_message(self) -> None:
        """Show pictures again."""
        for viewport in self.viewports:
            viewport.clear_message()

    def clear(self) -> None:
        """Forget all pictures of the subject."""
        for viewport in self.viewports:
            viewport.clear()

    def _tell_content(self, place: int, content: str) -> None:
        self.contentChanged.emit(place, content)
