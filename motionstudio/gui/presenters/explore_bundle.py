"""Everything about components: projection, sliders and presets, statistics; made once a window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.gui.panes.components import Components
from motionstudio.gui.panes.projection import Projection
from motionstudio.gui.panes.statistics import Statistics
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.components import ComponentsPresenter
from motionstudio.gui.presenters.directions import DirectionsPresenter
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.exploring import ExploringPresenter
from motionstudio.gui.presenters.likelihood import LikelihoodPresenter
from motionstudio.gui.presenters.manifold import ManifoldPresenter
from motionstudio.gui.presenters.mapping import MapMaker
from motionstudio.gui.presenters.memory_gates import GatesPresenter
from motionstudio.gui.presenters.projection import ProjectionPresenter
from motionstudio.gui.presenters.projection_export import ProjectionExport
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.small_pictures import SmallPictures
from motionstudio.gui.presenters.statistics import StatisticsPresenter
from motionstudio.gui.workbench import Workbench


class ExplorePresenters(QObject):
    """Makes the panes Projection, Components and Statistics, and wires them.

    Args:
        session: shared parts.
        bench: gets the panes.
        gate: holds edits back while a picture is being made.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.projection_pane = Projection()
        bench.add_pane("projection", "Projection", self.projection_pane, icon="projection")
        self.fit = ComponentFit(session, self)
        self.pictures = SmallPictures(session, self)
        self.maps = MapMaker(session, self)
        self.projection = ProjectionPresenter(
            session, self.projection_pane, self.fit, gate, self.maps, self
        )
        self.exploring = ExploringPresenter(
            session, self.projection_pane, self.fit, self.projection, self.pictures, self
        )
        self.projection_export = ProjectionExport(
            session, self.projection_pane, self.fit, self.maps, self
        )
        self.components_pane = Components()
        bench.add_pane("components", "Components", self.components_pane, icon="components")
        self.components = ComponentsPresenter(session, self.components_pane, self.fit, gate, self)
        self.directions = DirectionsPresenter(
            session, self.components_pane.directions, self.fit, gate, self
        )
        bench.time.matrix.softToggled.connect(self.components.set_soft)
        bench.time.matrix.softWidthChanged.connect(self.components.set_soft_width)
        self.statistics_pane = Statistics()
        bench.add_pane("statistics", "Statistics", self.statistics_pane, icon="statistics")
        self.statistics = StatisticsPresenter(session, self.statistics_pane, self)
        self.likelihood = LikelihoodPresenter(session, self.statistics_pane, self)
        self.gates = GatesPresenter(session, self.statistics_pane.gates, self)
        self.manifold = ManifoldPresenter(session, bench, self.projection_pane, self)

    def cancel(self) -> bool:
        """Take back the drag of a point, slider or amount; False where there is none."""
        return any(
            gestures.cancel() for gestures in (self.projection, self.components, self.directions)
        )

    def shutdown(self) -> None:
        """Ask for nothing any more."""
        self.maps.stop()
        self.pictures.stop()
