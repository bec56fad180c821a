"""Handles on every viewport that shows the generated picture's geometry."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from motionstudio.gui.items.handle_layer import HandleLayer
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.viewport import Viewport
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.handles import HandlesPresenter
from motionstudio.gui.presenters.session import Session


class HandleLayersPresenter(QObject):
    """``HandlesPresenter`` -> layers over canvases, and their gestures back."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        handles: HandlesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._handles = session, handles
        self.layers = tuple(
            HandleLayer(viewport.canvas, partial(shows_motion, viewport))
            for viewport in grid.viewports
        )
        for layer in self.layers:
            self._connect(layer)
        for viewport in grid.viewports:
            viewport.canvas.viewMoved.connect(self._repaint)
        handles.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the handles where they are now."""
        subject, places = self._session.active, self._handles.places()
        size = None if subject is None or places is None else subject.clip.size
        frame = self._session.playhead
        marks = () if places is None else self._handles.handles.marks(frame, places)
        for layer in self.layers:
            layer.set_size(size)
            layer.set_marks(marks)
            layer.set_tool(self._handles.tool)

    def _repaint(self) -> None:
        for layer in self.layers:
            layer.update()

    def _connect(self, layer: HandleLayer) -> None:
        handles = self._handles
        layer.pressed.connect(handles.press)
        layer.moved.connect(handles.move)
        layer.released.connect(handles.release)
        layer.cancelled.connect(handles.cancel)
        layer.nudged.connect(handles.nudge)
        layer.pinToggled.connect(handles.toggle_pin)
        layer.removed.connect(handles.remove)
        layer.spreadChanged.connect(self._change_spread)

    def _change_spread(self, notches: float) -> None:
        self._handles.set_spread(self._handles.spread + 0.5 * notches)


def shows_motion(viewport: Viewport) -> bool:
    """Whether handles would stand on their material: not on the reference nor a true frame."""
    return viewport.content is not Content.SOURCE and not viewport.content.on_reference
