"""Viewport grid: four viewports in one of four arrangements, linked or on their own."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from motionstudio.gui.items.cross_hair import CrossHair
from motionstudio.gui.items.layers import Content, Field, Picture
from motionstudio.gui.items.picture_parts import Reducer
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.items.read_out import Units
from motionstudio.gui.panes.viewport import Viewport

_CONTENTS = (Content.SOURCE, Content.GENERATED, Content.GRID, Content.DIFFERENCE)
_SHOWN = {"1": (1,), "1|2": (0, 1), "2x2": (0, 1, 2, 3), "1+3": (1, 0, 2, 3)}
_LARGE_SHARE = (5 << 12, 2 << 12)


class ViewportGrid(QWidget):
    """Four viewports, some of which are shown; they share pictures and, linked, zoom and place.

    Layouts: ``1`` (the generated picture's), ``1|2``, ``2x2``, and ``1+3`` with a large one.

    Signals:
        contentChanged: index of the viewport and its new content.
        wipeChanged: index of the viewport and the content right of its divider, or empty.
        mapChanged: index of the viewport and the map of the model over it, or empty.
        dividerMoved: share of the picture's width.
        smoothChanged: whether pictures are smooth between pixels.
        activated: index of the viewport that was clicked.
        actionRequested: the button of the empty viewport.
        hovered: read-out for the status bar.
        placed: a viewport's index and the native place x, y that was clicked in it.
        playRequested: Space was pressed in a viewport.
        draggedOut: index of the viewport whose picture is being dragged out of it.
    """

    contentChanged = Signal(int, str)
    wipeChanged = Signal(int, str)
    mapChanged = Signal(int, str)
    dividerMoved = Signal(float)
    smoothChanged = Signal(bool)
    activated = Signal(int)
    actionRequested = Signal()
    hovered = Signal(str)
    placed = Signal(int, float, float)
    playRequested = Signal()
    draggedOut = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PictureView(self)
        self._own_views = tuple(PictureView(self) for _ in _CONTENTS)
        self.cross_hair = CrossHair(self)
        reducer = Reducer()
        self.viewports = tuple(Viewport(self.view, self.cross_hair, reducer) for _ in _CONTENTS)
        self._layout, self._active, self._linked = "1|2", 1, True
        self._root = QSplitter()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._root)
        for place, viewport in enumerate(self.viewports):
            self._connect(place, viewport)
        self.set_contents(_CONTENTS)
        self.set_layout("1|2")

    @property
    def layout_name(self) -> str:
        """``1``, ``1|2``, ``2x2`` or ``1+3``."""
        return self._layout

    @property
    def layout_count(self) -> int:
        """Number of viewports shown: 1, 2 or 4."""
        return len(_SHOWN[self._layout])

    @property
    def contents(self) -> tuple[Content, ...]:
        """Contents of all four viewports, hidden ones included."""
        return tuple(viewport.content for viewport in self.viewports)

    @property
    def shown(self) -> tuple[Viewport, ...]:
        """The viewports that are shown."""
        return tuple(self.viewports[place] for place in _SHOWN[self._layout])

    @property
    def active(self) -> int:
        """Index of the viewport that was clicked last, if it is shown, else the last one shown."""
        places = _SHOWN[self._layout]
        return self._active if self._active in places else places[-1]

    @property
    def linked(self) -> bool:
        """Whether all viewports zoom and pan together."""
        return self._linked

    def set_layout(self, layout: str) -> None:
        """Show the viewports in another arrangement.

        Raises:
            ValueError: another name than ``1``, ``1|2``, ``2x2`` or ``1+3``.
        """
        if layout not in _SHOWN:
            raise ValueError(f"set_layout: expected one of {list(_SHOWN)}, got {layout!r}")
        self._layout = layout
        for place, viewport in enumerate(self.viewports):
            # Parted and shown before they are put in place: a splitter gives hidden parts no room.
            viewport.setParent(self)
            viewport.setVisible(place in _SHOWN[layout])
        old, self._root = self._root, self._arranged(layout)
        self._column.replaceWidget(old, self._root)
        self._root.show()
        self._share_room()
        old.hide()
        old.deleteLater()

    def set_contents(self, contents: tuple[Content, ...]) -> None:
        """Contents of the first viewports, in order; those that stay are left alone."""
        for viewport, content in zip(self.viewports, contents, strict=False):
            if viewport.content is not Content(content):
                viewport.set_content(Content(content))

    def set_wipes(self, wipes: tuple[Content | None, ...], divider: float) -> None:
        """What is right of the dividers of the viewports, and where the dividers stand."""
        for viewport, content in zip(self.viewports, wipes, strict=False):
            if (viewport.wipe, viewport.canvas.divider or divider) != (content, divider):
                viewport.set_wipe(content, divider)

    def set_linked(self, on: bool) -> None:
        """Zoom and pan together, or each viewport on its own from where it is."""
        if on == self._linked:
            return
        if on:
            self.view.follow(self._own_views[self.active])
        self._linked = on
        for viewport, own in zip(self.viewports, self._own_views, strict=True):
            if not on:
                own.follow(self.view)
            viewport.canvas.set_view(self.view if on else own)

    def fit(self) -> None:
        """Show the whole of every picture."""
        for view in (self.view, *self._own_views):
            view.fit()

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

    def set_inputs(self, **values: Any) -> None:
        """Fields of ``Inputs`` by name, for every viewport."""
        for viewport in self.viewports:
            viewport.set_inputs(**values)

    def set_units(self, units: Units) -> None:
        """How levels and labels under the pointer are told."""
        for viewport in self.viewports:
            viewport.set_units(units)

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
        """``½ preview`` while generated pictures are previews, else empty."""
        for viewport in self.viewports:
            viewport.set_preview("" if viewport.content is Content.SOURCE else words)

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show squares."""
        for viewport in self.viewports:
            viewport.set_smooth(on)

    def set_placing(self, on: bool) -> None:
        """While on, clicks on pictures are told with their places."""
        for viewport in self.viewports:
            viewport.canvas.set_placing(on)

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

    def _arranged(self, layout: str) -> QSplitter:
        """A splitter with the viewports of a layout in it, of equal size but for ``1+3``."""
        panes = [self.viewports[place] for place in _SHOWN[layout]]
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if layout == "2x2":
            return _split(down, _split(across, *panes[:2]), _split(across, *panes[2:]))
        if layout == "1+3":
            return _split(across, panes[0], _split(down, *panes[1:]))
        return _split(across, *panes)

    def _share_room(self) -> None:
        for splitter in (self._root, *self._root.findChildren(QSplitter)):
            splitter.setSizes([1 << 14] * splitter.count())
        if self._layout == "1+3":
            self._root.setSizes(list(_LARGE_SHARE))

    def _connect(self, place: int, viewport: Viewport) -> None:
        canvas = viewport.canvas
        viewport.contentChanged.connect(partial(self._tell_content, place))
        viewport.wipeChanged.connect(partial(self._tell_wipe, place))
        viewport.mapChanged.connect(partial(self._tell_map, place))
        viewport.activated.connect(partial(self._activate, place))
        viewport.actionRequested.connect(self.actionRequested)
        viewport.hovered.connect(self.hovered)
        viewport.smooth_action.toggled.connect(self._on_smooth)
        canvas.dividerMoved.connect(self.dividerMoved)
        canvas.playRequested.connect(self.playRequested)
        canvas.placed.connect(partial(self._tell_place, place))
        canvas.draggedOut.connect(partial(self._tell_out, place))

    def _activate(self, place: int) -> None:
        self._active = place
        self.activated.emit(place)

    def _tell_content(self, place: int, content: str) -> None:
        self.contentChanged.emit(place, content)

    def _tell_wipe(self, place: int, content: str) -> None:
        self.wipeChanged.emit(place, content)

    def _tell_map(self, place: int, name: str) -> None:
        self.mapChanged.emit(place, name)

    def _tell_place(self, place: int, x: float, y: float) -> None:
        self.placed.emit(place, x, y)

    def _tell_out(self, place: int) -> None:
        self.draggedOut.emit(place)

    def _on_smooth(self, on: bool) -> None:
        self.set_smooth(on)
        self.smoothChanged.emit(on)


def _split(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(1)
    for part in parts:
        splitter.addWidget(part)
        part.show()
    return splitter
