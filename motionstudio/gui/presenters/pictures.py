"""Which generated picture is on screen: looked up, or asked for, current one first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.upsampling import Positions
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.gallery import LIMIT
from motionstudio.engine.planner import REST_MS, plan, within_reach
from motionstudio.engine.requests import DecodeRequest, Lane, Scale
from motionstudio.engine.responses import Failed, FrameReady, Response
from motionstudio.gui.presenters.positions import Rows, Timing, upsampling_of
from motionstudio.gui.presenters.resolve import decode_request, frames_of_change
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_pictures

BADGE_MS = 150
"""An outdated picture is marked as such only after this long."""

_PICTURE_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference", "rendering"}
_FRESH = (Lane.SCRUB, Lane.PREVIEW)
# A share of the gallery, so that the pictures around the playhead never push each other out; and
# a bound on how many are named at a time, which takes about 10 microseconds each.
_SHARE, _MOST = 0.7, 512
_FIELDS = 16  # bytes a pixel of displacement and inverse


class PicturesPresenter(QObject):
    """Playhead and document -> ``DecodeRequest`` -> the picture to show.

    One preview is under way at a time: the next is asked for when it is answered, with what is
    wanted by then. So a hand that never rests still sees pictures, and no more are made than can
    be shown. A picture is shown only while the document still has the values it was made from.
    Requests name rows; here rows become frames and, with up-sampling, positions between them.

    Signals:
        pictureChanged: ``shown`` is another picture.
        staleChanged: whether ``shown`` is outdated for longer than a blink.
        cachedChanged: (T,) bool, frames whose final pictures, those in between included, are at
            hand.
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
        self._at = 0
        self._cached: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._since: dict[str, int] = {}
        self._preview: int | None = None
        self._asked: dict[int, dict[int, int]] = {}
        self._tried: dict[str, LatentTrack] = {}
        self._rows, self._places = Rows(), Positions(0)
        self._planned = 0
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
        """The picture on screen, or None before the first; ``frame`` is one of the subject's."""
        return self._shown

    @property
    def under_way(self) -> bool:
        """Whether a preview is being made."""
        return self._preview is not None

    @property
    def up_to_date(self) -> bool:
        """Whether the picture on screen is the one that was asked for, or there is none."""
        shown, subject = self._shown, self._session.active
        if why_no_pictures(self._session.card(subject)):
            return True
        return (
            shown is not None
            and subject is not None
            and shown.subject == subject.id
            and self._at == self._wanted(subject)
            and self._is_valid(shown)
        )

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._rest.stop()
        self._badge.stop()
        self._stopped = True

    def try_on(self, subject_id: str, track: LatentTrack | None) -> None:
        """Show a subject with another motion than the document's; None: with its own again.

        It lasts until the document changes the subject; nothing of it is kept or undone.
        """
        if track is None and subject_id not in self._tried:
            return
        self._tried.pop(subject_id, None)
        if track is not None:
            self._tried[subject_id] = track
        if subject_id == self._session.view.state.active:
            # Whatever is under way shows the motion before.
            self._asked.clear()
            self._session.engine.cancel(Lane.REFINE)
            self._edited, self._at = True, -1
            self._recount(None)
            self.refresh()

    def refresh(self) -> None:
        """Show what is at hand for the playhead; ask for it otherwise."""
        if self._stopped:
            return
        subject = self._session.active
        wanted = 0 if subject is None else self._wanted(subject)
        request = None if subject is None else self._request(subject, Lane.SCRUB, (wanted,))
        if subject is None or request is None:
            self._clear()
            return
        ready = self._session.engine.lookup(request, request.frames[0])
        if ready is not None:
            self._show(ready, wanted)
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
        if subject is None or why_no_pictures(self._session.card(subject)):
            return False
        return shown.subject == subject.id and subject.track is not None

    def _wanted(self, subject: Subject) -> int:
        """The position that the playhead is at."""
        return self._places_of(subject).at(self._session.playhead, self._session.view.state.part)

    def _places_of(self, subject: Subject) -> Positions:
        factor = upsampling_of(subject, self._session.view.state.upsampling)
        if (self._places.count, self._places.factor) != (len(subject.clip), factor):
            self._places = Timing.of(subject, factor).places
        return self._places

    def _ask(self, subject: Subject) -> None:
        if not self.up_to_date and not self._badge.isActive():
            self._badge.start()
        if self._preview is not None or self.up_to_date:
            return
        lane = Lane.PREVIEW if self._edited else Lane.SCRUB
        request = self._request(subject, lane, (self._wanted(subject),), Scale.AUTO)
        if request is not None:
            self._preview = request.id
            self._post(request, (self._wanted(subject),))

    def _post(self, request: DecodeRequest, positions: tuple[int, ...]) -> None:
        self._asked[request.id] = dict(zip(request.frames, positions, strict=True))
        self._session.engine.post(request)

    def _request(
        self,
        subject: Subject,
        lane: Lane,
        positions: tuple[int, ...],
        scale: Scale = Scale.FULL,
    ) -> DecodeRequest | None:
        card = self._session.card(subject)
        facts = self._session.media.facts(subject)
        if subject.id in self._tried:
            subject = replace(subject, track=self._tried[subject.id])
        # A frame of its own needs no finer rows: its values, and so its picture, are the same.
        factor = self._places_of(subject).factor
        finer = any(position % factor for position in positions)
        known = self._rows.of(subject, factor if finer else 1)
        if card is None or facts is None or known is None or why_no_pictures(card):
            return None
        motion, rows = known
        step = 1 if finer else factor
        frames = tuple(int(rows[position // step]) for position in positions)
        revision = self._session.project.revision
        return decode_request(
            subject, facts, card, revision, lane=lane, frames=frames, scale=scale, motion=motion
        )

    def _on_change(self, change: Change) -> None:
        if not change.kinds & _PICTURE_KINDS:
            return
        revision = self._session.project.revision
        for subject in self._session.project.subjects:
            if change.subject_id in (None, subject.id):
                self._since[subject.id] = revision
                self._tried.pop(subject.id, None)
        active = self._session.active
        if active is None or change.subject_id in (None, active.id):
            self._edited = True
            if "media" in change.kinds and self._shown is not None:
                # Another document, or another file: what was made of the one before is not its.
                self._shown = None
                self.pictureChanged.emit()
            self._places = Positions(0)
            self._session.engine.cancel(Lane.REFINE)
            self._recount(frames_of_change(change, active))
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active or new.upsampling != old.upsampling:
            self._session.engine.cancel(Lane.REFINE)
            self._asked.clear()
            if new.active != old.active:
                self._shown = None
            self._recount(None)
            self.pictureChanged.emit()
        where = (new.active, new.playhead, new.part, new.upsampling)
        if where != (old.active, old.playhead, old.part, old.upsampling):
            self.refresh()
        # A playhead that never rests would leave previews for ever.
        if new.playing and (not old.playing or self._ran_on()):
            self._complete()

    def _ran_on(self) -> bool:
        """Whether playback came so far that other pictures are needed now."""
        subject = self._session.active
        if subject is None:
            return False
        reach = self._reach(subject)
        if reach >= len(self._places_of(subject)):
            return False
        return abs(self._wanted(subject) - self._planned) > reach // 4

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self.refresh()

    def _on_response(self, response: Response) -> None:
        if isinstance(response, FrameReady):
            if response.lane in (*_FRESH, Lane.REFINE):
                self._take(response)
            return
        self._asked.pop(response.id, None)
        if response.id == self._preview:
            self._preview = None
            self._edited = False
            self.previewAnswered.emit()
            subject = self._session.active
            if subject is not None and not isinstance(response, Failed):
                self._ask(subject)

    def _take(self, ready: FrameReady) -> None:
        subject, positions = self._session.active, self._asked.get(ready.id)
        if subject is None or ready.subject != subject.id or not self._is_valid(ready):
            return
        if positions is None or ready.frame not in positions:
            return  # Somebody else's, or of another up-sampling.
        position = positions[ready.frame]
        if ready.scale is Scale.FULL and not ready.preview and position < len(self._cached):
            self._cached[position] = True
            self._tell_cached()
        wanted = position == self._wanted(subject)
        if wanted or (ready.lane in _FRESH and self._session.engine.is_current(ready)):
            self._show(ready, position)

    def _is_valid(self, ready: FrameReady) -> bool:
        return ready.revision >= self._since.get(ready.subject, 0)

    def _show(self, ready: FrameReady, position: int) -> None:
        frame = self._places.frame_of(position)[0]
        same = self._shown is not None and (self._shown.key, self._shown.frame) == (
            ready.key, frame,
        )  # fmt: skip
        self._shown, self._at = replace(ready, frame=frame), position
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
        start, stop = self._span(subject)
        self._planned = here = self._wanted(subject)
        at_hand = tuple(int(p) for p in np.flatnonzero(self._cached[start:stop]))
        order = plan(stop - start, here - start, changed=(), cached=at_hand)
        positions = tuple(position + start for position in order)
        request = self._request(subject, Lane.REFINE, positions) if positions else None
        if request is not None:
            self._post(request, positions)

    def _reach(self, subject: Subject) -> int:
        """How many pictures of the subject may be kept at hand."""
        height, width = subject.clip.size
        one = height * width * (subject.clip.channels + _FIELDS)
        return min(_MOST, max(1, int(_SHARE * LIMIT / max(one, 1))))

    def _span(self, subject: Subject) -> tuple[int, int]:
        """First position that is worth having at hand, and the one after the last."""
        view = self._session.view.state
        ahead = 0 if not view.playing else (-1 if view.speed < 0 else 1)
        places = self._places_of(subject)
        near = within_reach(len(places), self._wanted(subject), self._reach(subject), ahead=ahead)
        return near.start, near.stop

    def _recount(self, changed: tuple[int, ...] | None) -> None:
        """Look which final pictures are at hand; those of ``changed`` (None: all) are not."""
        subject = self._session.active
        count = 0 if subject is None else len(self._places_of(subject))
        if len(self._cached) != count or changed is None:
            self._cached = np.zeros(count, np.bool_)
        factor = self._places.factor
        for frame in changed or ():
            # An edited row bends the curve up to two frames away.
            away = 2 * factor - 1 if factor > 1 else 0
            self._cached[max(0, frame * factor - away) : frame * factor + away + 1] = False
            if self._places.closed and frame < 2:
                self._cached[-factor:] = False
        if subject is not None and changed == ():
            self._look_up(subject)
        self._tell_cached()

    def _look_up(self, subject: Subject) -> None:
        start, stop = self._span(subject)
        request = self._request(subject, Lane.REFINE, tuple(range(start, stop)))
        if request is not None:
            lookup, probe = self._session.engine.lookup, replace(request, frames=())
            found = [lookup(probe, row) is not None for row in request.frames]
            self._cached = np.zeros(len(self._cached), np.bool_)
            self._cached[start:stop] = found

    def _tell_cached(self) -> None:
        places, cached = self._places, self._cached
        whole = cached.copy()
        if places.factor > 1 and len(cached):
            room = np.ones(places.count * places.factor, np.bool_)
            room[: len(cached)] = cached
            whole = np.asarray(room.reshape(places.count, places.factor).all(axis=1))
        self.cachedChanged.emit(whole)

    def _timer(self, ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(slot)
        return timer
