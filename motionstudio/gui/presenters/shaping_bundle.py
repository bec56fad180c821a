"""What shapes a motion as a whole: handles, strength, blending, variations, uncertainty."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.gui.panes.motion_tools import MotionTools
from motionstudio.gui.presenters.drag_tool import DragTool
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.fitting import FittingPresenter
from motionstudio.gui.presenters.handle_layers import HandleLayersPresenter
from motionstudio.gui.presenters.handles import HandlesPresenter
from motionstudio.gui.presenters.keypoint_layers import KeypointLayersPresenter
from motionstudio.gui.presenters.keypoints import KeypointsPresenter, selecting
from motionstudio.gui.presenters.motion_tools import MotionToolsPresenter
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.tasks import TaskPresenter
from motionstudio.gui.presenters.uncertainty import UncertaintyPresenter
from motionstudio.gui.presenters.variations import VariationsPresenter
from motionstudio.gui.presenters.whole_motion import WholeMotionPresenter
from motionstudio.gui.workbench import Workbench


class ShapingPresenters(QObject):
    """Made once for each window.

    Args:
        session: shared parts.
        bench: the panes; the pane Motion is added to them.
        pictures, fitting, tasks, gate: of the same window.
        window: parent of the sheet of variations.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        pictures: PicturesPresenter,
        fitting: FittingPresenter,
        tasks: TaskPresenter,
        gate: EditGate,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.tools = MotionTools()
        bench.add_pane("motion", "Motion", self.tools, icon="drag")
        self.handles = HandlesPresenter(session, pictures, self)
        self.layers = HandleLayersPresenter(session, bench.viewports, self.handles, self)
        choose = selecting(session, bench.time.matrix.set_selection)
        self.keypoints = KeypointsPresenter(session, pictures, gate, choose, self)
        self.keypoint_layers = KeypointLayersPresenter(
            session, bench.viewports, self.keypoints, self
        )
        self.drag = DragTool(session, self.handles, self.keypoints, self)
        self.whole = WholeMotionPresenter(session, self.tools, gate, self)
        self.motion_tools = MotionToolsPresenter(
            session, self.tools, self.drag, fitting, tasks, self
        )
        self.variations = VariationsPresenter(session, pictures, fitting, self.tools, window)
        self.uncertainty = UncertaintyPresenter(session, bench.viewports, pictures, self)
        self.tools.set_samples(self.uncertainty.count)
        self.tools.samplesChanged.connect(self.uncertainty.set_count)
        self.drag.changed.connect(self.changed)
        self.variations.opened.connect(self.changed)

    def cancel(self) -> bool:
        """Take a gesture under way back; tells whether there was one."""
        return self.drag.cancel() or self.whole.cancel()
