"""The pictures in the viewports: the true frame, the generated one, its field."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.document.change import Change
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import Scale
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.encoding import SINGLE_PICTURE
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_pictures
from motionstudio.models.base import Capability

_NEEDS = {
    Content.GRID: Capability.INVERSE,
    Content.ARROWS: Capability.INVERSE,
    Content.STREAMLINES: Capability.INVERSE,
    Content.JACOBIAN: Capability.INVERSE,
    Content.MAGNITUDE: Capability.DISPLACEMENT,
}


class ViewportPresenter(QObject):
    """Pictures and true frames -> viewports; never blanks what is on screen."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._pictures = session, grid, pictures
        pictures.pictureChanged.connect(self._show_generated)
        pictures.staleChanged.connect(self._show_stale)
        session.media.frameReady.connect(self._on_frame)
        session.media.factsReady.connect(self._on_facts)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)

    def refresh(self) -> None:
        """Show the active subject from scratch."""
        subject = self._session.active
        self._grid.clear()
        if subject is None:
            self._grid.set_message(
                "Open a clip to see its motion",
                "Drop a video, GIF, NIfTI, DICOM folder or array file anywhere in this window.",
                "Open…",
            )
            return
        if subject.media_problem:
            self._grid.set_message("Media missing", subject.media_problem, "Find missing media…")
            return
        self._grid.clear_message()
        self._grid.set_spacing(subject.clip.spacing)
        still = len(subject.clip) == 1
        card = self._session.card(subject)
        self._grid.set_inputs(
            size=subject.clip.size,
            awaited=SINGLE_PICTURE if still else "",
            fieldless=missing_reason(card, Capability.INVERSE, "This view"),
            undrawn=why_no_pictures(card),
        )
        for content, capability in _NEEDS.items():
            self._grid.set_available(
                content, missing_reason(card, capability, f"The {content.value}")
            )
        self._grid.set_available(Content.DIFFERENCE, why_no_pictures(card))
        self._show_true()
        self._show_generated()

    def set_message(self, title: str, text: str) -> None:
        """Say something instead of pictures."""
        self._grid.set_message(title, text)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        elif new.playhead != old.playhead:
            self._show_true()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if change.kinds & {"subjects", "model"} and (
            active is None or change.subject_id in (None, active.id)
        ):
            self.refresh()

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self._show_true()

    def _on_frame(self, subject_id: str, frame: int) -> None:
        if subject_id != self._session.view.state.active:
            return
        if frame == self._session.playhead:
            self._show_true()

    def _show_true(self) -> None:
        """The true frame at the playhead; the one before stays until it is read."""
        subject, frame = self._session.active, self._session.playhead
        if subject is None:
            return
        picture = self._session.media.frame(subject, frame)
        if picture is not None:
            self._grid.set_source(picture, frame)

    def _show_generated(self) -> None:
        shown = self._pictures.shown
        if shown is None:
            self._grid.set_inputs(generated=None, displacement=None, inverse=None)
            self._grid.set_preview("")
            return
        self._grid.set_inputs(
            generated=shown.picture,
            generated_frame=shown.frame,
            displacement=shown.displacement,
            inverse=shown.inverse,
        )
        words = ["½ preview"] if shown.scale is Scale.HALF else []
        if self._moves_source():
            words.append("motion field")
        self._grid.set_preview(" · ".join(words))

    def _moves_source(self) -> bool:
        """Whether the picture is the source moved, where the model would draw one itself."""
        subject = self._session.active
        card = self._session.card(subject)
        if subject is None or card is None or not card.draws:
            return False
        return subject.rendering.by == "field" and Capability.DISPLACEMENT in card.capabilities

    def _show_stale(self, stale: bool) -> None:
        shown = self._pictures.shown
        self._grid.set_stale(shown.frame if stale and shown is not None else None)
