"""The crop, the rendering and the maps of the model, with the pane that shows them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from motionstudio.gui.panes.picture import PicturePane
from motionstudio.gui.presenters.cropping import CroppingPresenter
from motionstudio.gui.presenters.model_maps import ModelMapsPresenter
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.rendering import RenderingPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.workbench import Workbench


class PicturePresenters(QObject):
    """Made once for each window.

    Args:
        session: shared parts.
        bench: the panes; the pane Picture is added to them.
        pictures: what is on screen.
        parent: Qt parent.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.pane = PicturePane()
        bench.add_pane("picture", "Picture", self.pane, icon="crop")
        self.cropping = CroppingPresenter(session, bench.viewports, self)
        self.rendering = RenderingPresenter(session, self)
        self.maps = ModelMapsPresenter(session, bench.viewports, pictures, self)
        pane, cropping = self.pane, self.cropping
        pane.cropToggled.connect(cropping.set_tool)
        pane.squareToggled.connect(cropping.set_square)
        pane.aroundRequested.connect(cropping.around_motion)
        pane.wholeRequested.connect(cropping.reset)
        pane.renderingChanged.connect(self.rendering.set_rendering)
        pane.mapChosen.connect(self.maps.choose)
        pane.opacityChanged.connect(self.maps.set_opacity)
        for part in (cropping, self.rendering, self.maps):
            part.changed.connect(self._show)
        self._show()

    def cancel(self) -> bool:
        """Take a gesture under way back; tells whether there was one."""
        return self.cropping.cancel()

    def _show(self) -> None:
        cropping, rendering, maps = self.cropping, self.rendering, self.maps
        self.pane.set_crop(
            on=cropping.tool,
            square=cropping.square,
            seen=self._seen(),
            reasons=(cropping.why_not(), cropping.why_no_motion(), cropping.why_no_reset()),
        )
        reasons = (rendering.why_not(), rendering.why_no_fill(), rendering.why_no_border())
        self.pane.set_rendering(rendering.shown, reasons)
        self.pane.set_map(maps.chosen, maps.opacity, maps.why_not())
        self.changed.emit()

    def _seen(self) -> str:
        """What the model sees, in words."""
        subject = self._session.active
        if subject is None or self.cropping.why_not():
            return ""
        (y, x, height, width), (rows, columns) = self.cropping.box, subject.clip.size
        if (y, x, height, width) == (0, 0, rows, columns):
            return f"all of {columns} × {rows} px"
        words = f"{width} × {height} of {columns} × {rows} px, from column {x}, row {y}"
        angle = self.cropping.framing.angle
        return words + (f", turned by {angle:+g}°".replace("-", "−") if angle else "")
