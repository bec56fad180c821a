"""True frames are read before they are needed: around the playhead, a bounded number of them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.planner import plan, within_reach
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.presenters.canvases import shows_canvases
from motionstudio.gui.presenters.media_store import Image
from motionstudio.gui.presenters.session import Session

_MOST = 128
_BYTES = 192 * 2**20
_THUMBNAIL = 48


class PrefetchPresenter(QObject):
    """One frame at a time is read ahead, so that what a hand asks for waits for one at most.

    Frames at hand also become the small pictures in the cells of the timeline.
    """

    def __init__(self, session: Session, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._timeline = session, timeline
        self._subject = ""
        self._queue: list[int] = []
        self._bare: set[int] = set()
        self._awaited: int | None = None
        self._unreadable: set[tuple[str, int]] = set()
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        session.media.frameReady.connect(self._on_frame)
        session.media.factsReady.connect(self._on_facts)
        session.media.failed.connect(self._on_failed)
        timeline.axis.changed.connect(self.plan)

    def plan(self) -> None:
        """Say anew what is worth reading: cells without pictures, then around the playhead."""
        subject = self._session.active
        if subject is None:
            self._queue = []
            return
        view, count = self._session.view.state, len(subject.clip)
        ahead = 0 if not view.playing else (-1 if view.speed < 0 else 1)
        near = within_reach(count, self._session.playhead, _reach(subject), ahead=ahead)
        around = [near.start + f for f in plan(len(near), self._session.playhead - near.start)]
        bare = [frame for frame in self._timeline.lacking_thumbnails() if frame in near]
        self._bare = set(bare)
        self._queue = [*bare, *(frame for frame in around if frame not in self._bare)]
        self._read_on()

    def _read_on(self) -> None:
        """Ask for the next frame that is not at hand."""
        subject = self._session.active
        if subject is None or self._awaited is not None:
            return
        while self._queue:
            frame = self._queue.pop(0)
            if (subject.id, frame) in self._unreadable:
                continue
            picture = self._session.media.frame(subject, frame)
            if picture is None:
                self._awaited = frame
                return
            self._show(subject, frame, picture)

    def _show(self, subject: Subject, frame: int, picture: Image) -> None:
        # The cells of a drawing show its canvases.
        if subject.id == self._subject and frame in self._bare and not shows_canvases(subject):
            self._bare.discard(frame)
            self._timeline.set_thumbnail(frame, to_image(_shrunk(picture)))

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._start_over()
        elif new.playhead != old.playhead:
            self.plan()

    def _on_change(self, change: Change) -> None:
        if "subjects" in change.kinds:
            self._start_over()

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self._start_over()

    def _start_over(self) -> None:
        self._subject = self._session.view.state.active or ""
        self._awaited = None
        self.plan()

    def _on_frame(self, subject_id: str, frame: int) -> None:
        subject = self._session.active
        if subject is None or subject_id != subject.id:
            return
        picture = self._session.media.frame(subject, frame)
        if picture is not None:
            self._show(subject, frame, picture)
        if frame == self._awaited:
            self._awaited = None
            self._read_on()

    def _on_failed(self, subject_id: str, _reason: object) -> None:
        # A frame that cannot be read is not asked for again; the next one may be fine.
        if subject_id == self._subject and self._awaited is not None:
            self._unreadable.add((subject_id, self._awaited))
            self._awaited = None
            self._read_on()


def _reach(subject: Subject) -> int:
    height, width = subject.clip.size
    one = height * width * subject.clip.channels
    return max(1, min(_MOST, _BYTES // max(one, 1)))


def _shrunk(picture: Image) -> Image:
    """Every n-th pixel, about 48 pixels high: small cells need no more."""
    step = max(1, picture.shape[0] // _THUMBNAIL)
    return picture[::step, ::step]
