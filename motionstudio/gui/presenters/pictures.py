"""Which generated picture is on screen: looked up, or asked for, current frame first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.planner import REST_MS, plan
from motionstudio.engine.requests import DecodeRequest, Lane, Scale
from motionstudio.engine.responses import Failed, FrameReady, Response
from motionstudio.gui.presenters.resolve import decode_request
from motionstudio.gui.presenters.session import Session

BADGE_MS = 150
"""An outdated picture is marked as such only after this long."""

_PICTURE_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference"}
_FRESH = (Lane.SCRUB, Lane.PREVIEW)


class PicturesPresenter(QObject):
    """Playhead and document -> ``DecodeRequest`` -> the picture to show.

    One preview is under way at a time: the next is asked for when it is answered, with what is
    wanted by then. So a hand that never rests still sees pictures, and no more are made than can
    be shown. A picture is shown only while the document still has the values it was made from.

    Signals:
        pictureChanged: ``shown`` is another picture.
        staleChanged: whether ``shown`` is outdated for longer than a blink.
        cachedChanged: (T,) bool, frames whose final picture is at hand.
        rested: nothing has moved for a while; long work may begin.
        previewAnswered: the preview under way was answered, whatever the answer.
    """

    pictureChanged = Signal()
    staleChanged = Signal(bool)
    cachedChanged = Signal(object)
    rested = Signal()
    previewAnswered = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: FrameReady | None = None
        self._cached: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._since: dict[str, int] = {}
        self._preview: int | None = None
        self._edited = False
        self._stopped = False
        self._rest = self._timer(REST_MS, self._on_rest)
        self._badge = self._timer(BADGE_MS, self._on_badge)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)
        session.engine.responseReady.connect(self._on_response)

    @property
    def shown(self) -> FrameReady | None:
        """The picture on screen, or None before the first."""
        return self._shown

    @property
    def under_way(self) -> bool:
        """Whether a preview is being made."""
        return self._preview is not None

    @property
    def up_to_date(self) -> bool:
        """Whether the picture on screen is the one that was asked for."""
        shown, subject = self._shown, self._session.active
        return (
            shown is not None
            and subject is not None
            and shown.subject == subject.id
            and shown.frame == self._session.playhead
            and self._is_valid(shown)
        )

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._rest.stop()
        self._badge.stop()
        self._stopped = True

    def refresh(self) -> None:
        """Show what is at hand for the playhead; ask for it otherwise."""
        if self._stopped:
            return
        subject = self._session.active
        request = None if subject is None else self._request(subject, Lane.SCRUB, ())
        if subject is None or request is None:
            self._clear()
            return
        ready = self._session.engine.lookup(request, self._session.playhead)
        if ready is not None:
            self._show(ready)
        else:
            self._ask(subject)
        self._rest.start()

    def _clear(self) -> None:
        self._badge.stop()
        if self._shown is not None and not self._belongs(self._shown):
            self._shown = None
            self.pictureChanged.emit()
            self.staleChanged.emit(False)
        elif self._shown is not None:
            self._badge.start()

    def _belongs(self, shown: FrameReady) -> bool:
        subject = self._session.active
        return subject is not None and shown.subject == subject.id and subject.track is not None

    def _ask(self, subject: Subject) -> None:
        if not self.up_to_date and not self._badge.isActive():
            self._badge.start()
        if self._preview is not None or self.up_to_date:
            return
        lane = Lane.PREVIEW if self._edited else Lane.SCRUB
        request = self._request(subject, lane, (self._session.playhead,), Scale.AUTO)
        if request is not None:
            self._preview = request.id
            self._session.engine.post(request)

    def _request(
        self,
        subject: Subject,
        lane: Lane,
        frames: tuple[int, ...],
        scale: Scale = Scale.FULL,
    ) -> DecodeRequest | None:
        card = self._session.card(subject)
        facts = self._session.media.facts(subject)
        if card is None or facts is None:
            return None
        revision = self._session.project.revision
        return decode_request(subject, facts, card, revision, lane=lane, frames=frames, scale=scale)

    def _on_change(self, change: Change) -> None:
        if not change.kinds & _PICTURE_KINDS:
            return
        revision = self._session.project.revision
        for subject in self._session.project.subjects:
            if change.subject_id in (None, subject.id):
                self._since[subject.id] = revision
        active = self._session.active
        if active is None or change.subject_id in (None, active.id):
            self._edited = True
            self._session.engine.cancel(Lane.REFINE)
            self._recount(change.frames if change.kinds == {"latent"} else None)
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._session.engine.cancel(Lane.REFINE)
            self._shown = None
            self._recount(None)
            self.pictureChanged.emit()
        if new.active != old.active or new.playhead != old.playhead:
            self.refresh()
        if new.playing and not old.playing:
            # A playhead that never rests would leave previews for ever.
            self._complete()

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self.refresh()

    def _on_response(self, response: Response) -> None:
        if isinstance(response, FrameReady) and response.lane in (*_FRESH, Lane.REFINE):
            self._take(response)
        elif response.id == self._preview and not isinstance(response, FrameReady):
            self._preview = None
            self._edited = False
            self.previewAnswered.emit()
            subject = self._session.active
            if subject is not None and not isinstance(response, Failed):
                self._ask(subject)

    def _take(self, ready: FrameReady) -> None:
        if ready.subject != self._session.view.state.active or not self._is_valid(ready):
            return
        if ready.scale is Scale.FULL and not ready.preview and ready.frame < len(self._cached):
            self._cached[ready.frame] = True
            self.cachedChanged.emit(self._cached.copy())
        wanted = ready.frame == self._session.playhead
        if wanted or (ready.lane in _FRESH and self._session.engine.is_current(ready)):
            self._show(ready)

    def _is_valid(self, ready: FrameReady) -> bool:
        return ready.revision >= self._since.get(ready.subject, 0)

    def _show(self, ready: FrameReady) -> None:
        same = self._shown is not None and self._shown.key == ready.key
        self._shown = ready
        if self.up_to_date:
            self._badge.stop()
            self.staleChanged.emit(False)
        if not same:
            self.pictureChanged.emit()

    def _on_badge(self) -> None:
        if not self.up_to_date:
            self.staleChanged.emit(True)

    def _on_rest(self) -> None:
        if not self._session.view.state.playing:
            self._complete()
        self.rested.emit()

    def _complete(self) -> None:
        """Ask for the final pictures that are missing, the current one first, then outward."""
        subject = self._session.active
        if subject is None:
            return
        self._recount(())
        count = len(self._cached)
        at_hand = tuple(int(t) for t in np.flatnonzero(self._cached))
        frames = plan(count, self._session.playhead, changed=(), cached=at_hand)
        request = self._request(subject, Lane.REFINE, frames)
        if request is not None and frames:
            self._session.engine.post(request)

    def _recount(self, changed: tuple[int, ...] | None) -> None:
        """Look which final pictures are at hand; those of ``changed`` (None: all) are not."""
        subject = self._session.active
        count = 0 if subject is None else len(subject.clip)
        if len(self._cached) != count or changed is None:
            self._cached = np.zeros(count, np.bool_)
        self._cached[list(changed or ())] = False
        if subject is not None and changed == ():
            request = self._request(subject, Lane.REFINE, ())
            if request is not None:
                lookup, probe = self._session.engine.lookup, replace(request, frames=())
                found = [lookup(probe, t) is not None for t in range(count)]
                self._cached = np.array(found, np.bool_)
        self.cachedChanged.emit(self._cached.copy())

    def _timer(self, ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(slot)
        return timer
