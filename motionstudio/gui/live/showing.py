"""Brings what the loop says to the window: pictures, keypoints, figures."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from motionstudio.engine.live_requests import DrivenReady, PoseReady
from motionstudio.gui.live.choices import LiveChoices
from motionstudio.gui.live.loop import LiveLoop
from motionstudio.gui.live.window import LiveWindow
from motionstudio.io.capture import Capture, ClipCapture, LiveFrame

_FIGURES_S = 0.25


class Showing(QObject):
    """The way from the loop to the screen.

    Signals:
        told: new figures are shown, four times a second at most while pictures come.

    Args:
        loop: tells.
        window: shows.
        choices: what is set now.
        clock: seconds.
        parent: Qt parent.
    """

    told = Signal()

    def __init__(
        self,
        loop: LiveLoop,
        window: LiveWindow,
        choices: Callable[[], LiveChoices],
        clock: Callable[[], float],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._loop, self._window, self._choices, self._clock = loop, window, choices, clock
        self._told = self._put = self._moment = 0.0
        self._capture: Capture | None = None
        loop.framed.connect(self._on_frame)
        loop.posed.connect(self._on_pose)
        loop.pictured.connect(self._on_picture)
        window.result.painted.connect(self._on_painted)

    def _on_frame(self, frame: LiveFrame) -> None:
        window, capture = self._window, self._loop.capture
        window.driver.set_picture(frame.picture)
        window.driver.set_message("")
        if capture is not self._capture:
            self._capture = capture
            window.set_clip(len(capture) if isinstance(capture, ClipCapture) else 0)
        if frame.position is not None:
            window.set_position(frame.position)
        if self._choices().opacity:
            window.result.set_over(self._loop.framing.apply(frame.picture))
        self._tell_figures()

    def _on_pose(self, response: PoseReady) -> None:
        track = response.pose.track
        shown = track is not None and self._choices().keypoints
        self._window.driver.set_points(track.value[0] if track is not None and shown else None)

    def _on_picture(self, response: DrivenReady) -> None:
        self._put, self._moment = self._clock(), response.moment
        self._window.result.set_picture(response.picture)
        self._window.result.set_message("")

    def _on_painted(self) -> None:
        if self._moment:
            now = self._clock()
            self._loop.figures.shown(1000 * (now - self._put), 1000 * (now - self._moment))

    def _tell_figures(self) -> None:
        """Figures that change with every picture cannot be read."""
        now, match = self._clock(), self._loop.drive.match
        if now - self._told < _FIGURES_S:
            return
        self._told = now
        self._window.set_figures(self._loop.figures.now)
        self._window.controls.set_match(
            "" if match is None else f"Match {match.now:.2f} now : {match.reference:.2f} reference"
        )
        self.told.emit()
