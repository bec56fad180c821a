"""Everything that draws into viewports or measures what they show, wired to each other."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from motionstudio.gui.panes.measurements import Measurements
from motionstudio.gui.panes.overlays import Overlays
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.arrangement import ArrangementPresenter
from motionstudio.gui.presenters.canvases import CanvasPresenter
from motionstudio.gui.presenters.drawing import DrawingPresenter
from motionstudio.gui.presenters.fields import FieldStore
from motionstudio.gui.presenters.ghosts import GhostsPresenter
from motionstudio.gui.presenters.glimpse_costs import GlimpseCosts
from motionstudio.gui.presenters.glimpses import GlimpsePresenter
from motionstudio.gui.presenters.label_source import LabelSource
from motionstudio.gui.presenters.marks import Marks
from motionstudio.gui.presenters.measuring import MeasuringPresenter
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.playback import PlaybackPresenter
from motionstudio.gui.presenters.regions import RegionsPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.trails import TrailsPresenter
from motionstudio.gui.workbench import Workbench


class OverlayPresenters(QObject):
    """Arrangement, onion skin, tracked points, labels and their measurements.

    Args:
        session: shared parts.
        bench: gets the panes Overlays and Measurements.
        pictures: what is on screen.
        playback: goes to frames.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        pictures: PicturesPresenter,
        playback: PlaybackPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.pane, self.measurements = Overlays(), Measurements()
        bench.add_pane("overlays", "Overlays", self.pane, icon="onion")
        bench.add_pane("measurements", "Measurements", self.measurements, icon="measure")
        grid: ViewportGrid = bench.viewports
        self.marks = Marks(grid)
        self.fields = FieldStore(session, pictures, self)
        self.trails = TrailsPresenter(session, grid, pictures, self.fields, self.marks, self)
        self.drawing = DrawingPresenter(session, grid, pictures, self.trails, self.marks, self)
        self.labels = LabelSource(session, self)
        self.regions = RegionsPresenter(session, self.labels, self.fields, self)
        self.measuring = MeasuringPresenter(
            session, grid, self.measurements, self.regions, self.marks, self
        )
        self.ghosts = GhostsPresenter(session, grid, pictures, self)
        self.arrangement = ArrangementPresenter(
            session, grid, self.pane, self.trails, pictures, self
        )
        self.glimpses = GlimpsePresenter(session, pictures, self.marks, self.pane, self)
        self.costs = GlimpseCosts(session, bench.time, self)
        self.canvases = CanvasPresenter(session, bench.timeline, self)
        grid.playRequested.connect(playback.toggle)
        self.measurements.scrubbed.connect(playback.go)
        self.measurements.stepRequested.connect(playback.step)
        self.pane.copyRequested.connect(self.copy_tracks)

    def copy_tracks(self) -> None:
        """Put the table of tracked points on the clipboard."""
        QGuiApplication.clipboard().setText(self.trails.table_text())
        self._session.notices.say("The paths of the tracked points are on the clipboard.")

    def shutdown(self) -> None:
        """Ask for nothing any more."""
        self.canvases.stop()
        self.fields.stop()
        self.ghosts.stop()
        self.regions.stop()
        self.arrangement.stop()
