"""The plane of a latent space with two dimensions, opened ready to look at."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from motionstudio.core.motion import ORIGIN
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.workbench import Workbench

_SHARE, _PICTURES = 0.3, 0.41
"""Of the window: width of the pane at most, area of the pictures at least."""

_LOW_TIME, _TIME = 170, 0.27
"""Height of time and motion at least: in pixels, and of a window with room for curves."""


class ManifoldPresenter(QObject):
    """Sets the projection pane up as Kingma and Welling show the plane.

    Args:
        session: shared parts.
        bench: shows the pane.
        pane: the projection pane.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        pane: ProjectionPane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bench, self._pane = session, bench, pane

    def why_not(self) -> str:
        """Why there is no plane; empty where there is one."""
        active = self._session.active
        if active is None or active.track is None:
            return "Open a clip first."
        base = active.track.base
        if base.dims != 2:
            return f"{active.model} has {base.dims} latent dimensions; a plane has two."
        if ORIGIN not in base.state:
            return "This motion was found elsewhere: where it lies in the plane is not known."
        return ""

    def open(self) -> None:
        """Show the plane in normal quantiles, with its pictures; empty space is explored."""
        if self.why_not():
            return
        self._bench.show_pane("projection")
        self._widen()
        old = self._session.view.state.projection
        shown = replace(
            old,
            axes=(0, 1),
            embedding=None,
            quantiles=True,
            fit=replace(old.fit, scope="dimensions"),
        )
        self._session.view.update(projection=shown)
        self._pane.grid.setChecked(True)
        self._pane.explore.setChecked(True)

    def _widen(self) -> None:
        """Four hundred pictures need some room; the edges of the panes give it back.

        A matrix of two dimensions needs little height, and pictures keep their share of the window.
        """
        window, docks = self._pane.window(), self._bench.docks
        dock, time, centre = docks["projection"], docks["time"], self._bench.centre
        wanted = round(window.width() * _SHARE)
        if not isinstance(window, QMainWindow) or dock.width() >= wanted:
            return
        low = max(scaled(_LOW_TIME), round(_TIME * window.height()) if self._bench.tall else 0)
        spare = max(0, time.height() - low)
        high = centre.height() + spare
        lent = centre.width() - _PICTURES * window.width() * window.height() / high
        width = min(wanted, dock.width() + max(0, int(lent)))
        if spare:
            room = time.height() - spare
            window.resizeDocks([time], [room], Qt.Orientation.Vertical)
        window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
