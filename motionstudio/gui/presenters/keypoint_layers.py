"""Keypoints on every viewport that shows the generated picture's geometry."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from motionstudio.gui.items.keypoint_layer import KeypointLayer
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.handle_layers import shows_motion
from motionstudio.gui.presenters.keypoints import KeypointsPresenter
from motionstudio.gui.presenters.session import Session


class KeypointLayersPresenter(QObject):
    """``KeypointsPresenter`` -> layers over canvases, and their gestures back."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        keypoints: KeypointsPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._keypoints = session, keypoints
        self.layers = tuple(
            KeypointLayer(viewport.canvas, partial(shows_motion, viewport))
            for viewport in grid.viewports
        )
        for layer in self.layers:
            self._connect(layer)
            layer.hovered.connect(grid.hovered)
        for viewport in grid.viewports:
            viewport.canvas.viewMoved.connect(self._repaint)
        keypoints.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the keypoints where they are now."""
        on, subject = self._keypoints.tool, self._session.active
        marks = self._keypoints.marks() if on else ()
        size = subject.clip.size if subject is not None and marks else None
        for layer in self.layers:
            layer.set_size(size)
            layer.set_marks(marks)
            layer.set_tool(on)

    def _repaint(self) -> None:
        for layer in self.layers:
            layer.update()

    def _connect(self, layer: KeypointLayer) -> None:
        keypoints = self._keypoints
        layer.pressed.connect(keypoints.press)
        layer.moved.connect(keypoints.move)
        layer.pulled.connect(keypoints.pull)
        layer.released.connect(keypoints.release)
        layer.cancelled.connect(keypoints.cancel)
        layer.picked.connect(keypoints.pick)
        layer.nudged.connect(keypoints.nudge)
        layer.turned.connect(keypoints.turn)
        layer.resetRequested.connect(keypoints.reset)
        layer.allRequested.connect(keypoints.select_all)
        layer.spreadChanged.connect(self._change_spread)

    def _change_spread(self, notches: float) -> None:
        self._keypoints.set_spread(self._keypoints.spread + 0.5 * notches)
