"""Where motion can be dragged from and dropped on, and what people see of it meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor, QPixmap
from PySide6.QtWidgets import QWidget

from motionstudio.document.change import Change
from motionstudio.document.transfer_plan import BLEND_FIRST, Offer
from motionstudio.document.view import ViewState
from motionstudio.gui.dialogs.strength_popover import StrengthPopover
from motionstudio.gui.items.ghost_overlay import GhostOverlay
from motionstudio.gui.items.layers import Content
from motionstudio.gui.items.motion_drag import MODIFIERS, MotionTarget, motion_data, start_drag
from motionstudio.gui.items.motion_grip import MotionGrip
from motionstudio.gui.presenters.library import thumbnail
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.transfer import Ghost, TransferPresenter
from motionstudio.gui.status_bar import StatusBar
from motionstudio.gui.workbench import Workbench

NO_GRIP = "Open a clip first: its motion can be taken from here."


class TransferViews(QObject):
    """Makes viewports, track and cards take motion, and shows the ghost over the pictures.

    Args:
        session: shared parts.
        transfer: what hovering and drops mean.
        bench: the panes.
        status: says what a drop does.
        window: parent of the popover.
    """

    def __init__(
        self,
        session: Session,
        transfer: TransferPresenter,
        bench: Workbench,
        status: StatusBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._transfer = session, transfer
        self._bench, self._status, self._window = bench, status, window
        self.popover: StrengthPopover | None = None
        self.overlays = {
            viewport: GhostOverlay(viewport.canvas) for viewport in bench.viewports.viewports
        }
        self.grip = MotionGrip()
        self._place_grip()
        self.targets = [self._accept(widget) for widget in self._track_and_pictures()]
        cards = bench.library.subjects
        self.targets.append(self._accept(cards.viewport(), cards=True))
        transfer.ghostChanged.connect(self._show)
        transfer.blendStarted.connect(self._open_popover)
        bench.library.motionRequested.connect(self.use_on_active)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        self._refresh()

    def use_on_active(self, source: str) -> None:
        """Replace the motion of the subject that is shown by that of another."""
        target = self._session.view.state.active
        if target is None:
            self._session.notices.say("Open a clip or a picture first.")
            return
        offer = Offer(source, target)
        why = self._transfer.why_not(offer)
        if why and source == target:
            self._session.notices.say(why)
        else:
            self._transfer.drop(offer)

    def grab_active(self) -> None:
        """Drag the motion of the subject that is shown."""
        subject = self._session.active
        if subject is None:
            return
        picture = self._session.media.thumbnail(subject)
        shown = QPixmap() if picture is None else QPixmap.fromImage(thumbnail(picture))
        self._status.set_read_out(f"Drop it on another subject: {MODIFIERS}")
        start_drag(self.grip, motion_data(subject.id, subject.name), shown)

    def _track_and_pictures(self) -> list[QWidget]:
        bench = self._bench
        canvases: list[QWidget] = [viewport.canvas for viewport in bench.viewports.viewports]
        return [*canvases, bench.timeline, bench.time.matrix, bench.time.curves]

    def _accept(self, widget: QWidget, *, cards: bool = False) -> MotionTarget:
        target = MotionTarget(widget, self._card_at if cards else self._active_at)
        target.hovered.connect(self._transfer.hover)
        target.left.connect(self._transfer.leave)
        target.dropped.connect(self._transfer.drop)
        return target

    def _active_at(self, _place: QPoint) -> str:
        return self._session.view.state.active or ""

    def _card_at(self, place: QPoint) -> str:
        return self._bench.library.subjects.id_at(place)

    def _place_grip(self) -> None:
        row = self._bench.timeline.tools.layout()
        if row is not None:
            row.addWidget(self.grip)
        self.grip.dragStarted.connect(self.grab_active)

    def _show(self, ghost: Ghost | None) -> None:
        for overlay in self.overlays.values():
            if ghost is None:
                overlay.clear()
        self._bench.library.set_target(
            "" if ghost is None else ghost.target, allowed=ghost is None or ghost.allowed
        )
        if ghost is None:
            self._status.set_read_out("")
            return
        self._status.set_read_out(f"{ghost.words} · {MODIFIERS}" if ghost.allowed else ghost.words)
        if ghost.target == self._session.view.state.active:
            overlay = self._chosen_overlay()
            overlay.show_ghost(ghost.picture, ghost.words, allowed=ghost.allowed)
        else:
            self._chosen_overlay().show_ghost(None, ghost.words, allowed=ghost.allowed)

    def _chosen_overlay(self) -> GhostOverlay:
        """Over the generated picture where there is one, else over what has a picture."""
        shown = list(self._bench.viewports.shown)
        painted = [v for v in shown if not v.canvas.picture_rect().isEmpty()] or shown
        wanted = [v for v in painted if v.content is Content.GENERATED]
        return self.overlays[(wanted or painted)[-1]]

    def _open_popover(self, offer: Offer) -> None:
        own = self._session.find(offer.target)
        if own is None:
            return
        share = BLEND_FIRST if offer.strength is None else offer.strength
        made = StrengthPopover(own.name, self._transfer.name_of(offer), share, self._window)
        made.changed.connect(self._transfer.adjust)
        made.kept.connect(self._transfer.finish)
        made.takenBack.connect(self._transfer.take_back)
        self.popover = made
        made.destroyed.connect(self._forget_popover)
        made.open_at(QCursor.pos())

    def _forget_popover(self) -> None:
        self.popover = None

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._refresh()

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects", "name", "encoding"}:
            self._refresh()

    def _refresh(self) -> None:
        """Name the subject that receives motion; say why none can be taken."""
        subject = self._session.active
        library = self._bench.library
        for cards in (library.subjects, library.samples, library.motions):
            cards.set_receiver("" if subject is None else subject.name)
        moves = subject is not None and subject.has_motion
        still = "A single picture has no motion to take: drop one on it."
        waits = "The motion of this clip is not known yet."
        why = NO_GRIP if subject is None else still if len(subject.clip) == 1 else waits
        self.grip.set_reason("" if moves else why)
