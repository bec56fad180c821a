"""Document -> project file, in the background; autosave against crashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.picture import as_shown
from motionstudio.document.autosave import Autosave
from motionstudio.document.change import Change, ProjectState
from motionstudio.document.project_file import write_project
from motionstudio.document.view import ViewState
from motionstudio.gui.background import Background
from motionstudio.gui.presenters.media_store import MediaFacts
from motionstudio.gui.presenters.session import Session
from motionstudio.io.fingerprint import Fingerprints
from motionstudio.io.thumbnail import png_thumbnail

AUTOSAVE_SECONDS = 60
UNTITLED = "Untitled"
_SOON_MS = 1000

Then = Callable[[bool], object]
Marks = tuple[object, ...]
Stamp = tuple[int, int]


def marks_of(view: ViewState) -> Marks:
    """What people put on the pictures themselves: worth a save, unlike where they look."""
    seen = view.viewports
    return seen.points, seen.drawn, seen.label_frames, seen.label_files, seen.handles


def _stamp_of(path: Path) -> Stamp | None:
    """When a file was written and how long it is; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A document at one moment, with what its file needs besides.

    Attributes:
        state: the document. ``view``: what people looked at.
        facts: of subjects whose pictures are known. ``thumbnails``: of those whose are not.
    """

    state: ProjectState
    view: ViewState
    facts: Mapping[str, MediaFacts]
    thumbnails: Mapping[str, bytes]


class SavingPresenter(QObject):
    """Takes snapshots in the window's thread and writes them in another.

    Signals:
        changed: ``busy``, ``saved_at`` or the document's path is different now.
        autosaved: a version was written.

    Args:
        session: shared parts.
        background: where files are written.
        autosave: this window's versions.
        parent: Qt parent.
        clock: the time of day.
    """

    changed = Signal()
    autosaved = Signal()

    def __init__(
        self,
        session: Session,
        background: Background,
        autosave: Autosave,
        parent: QObject | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(parent)
        self._session, self._background, self._clock = session, background, clock
        self.autosave = autosave
        self._fingerprints = Fingerprints()
        self._thumbnails: dict[str, bytes] = {}
        self._made: dict[str, tuple[MediaFacts, bytes]] = {}
        self._document = 0
        self._saving = False
        self._waiting: tuple[Path, Then | None] | None = None
        self._saved_at = ""
        self._left_as: Stamp | None = None
        self._marks = marks_of(session.view.state)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_SECONDS * 1000)
        self._timer.timeout.connect(self.autosave_now)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def name(self) -> str:
        """The document's name for people: of its file, else of its first subject."""
        project = self._session.project
        if project.path is not None:
            return project.path.stem
        return project.subjects[0].name if project.subjects else UNTITLED

    @property
    def busy(self) -> bool:
        """Whether the document is being written."""
        return self._saving

    @property
    def unsaved(self) -> bool:
        """Whether the document holds something that its file does not."""
        project = self._session.project
        marked = project.path is not None and marks_of(self._session.view.state) != self._marks
        return marked or not project.history.clean

    @property
    def saved_at(self) -> str:
        """When it was written last, as ``14:02``, or empty."""
        return self._saved_at

    @property
    def changed_elsewhere(self) -> bool:
        """Whether another window or program wrote the document's file since this one did."""
        path, left = self._session.project.path, self._left_as
        if path is None or left is None or self._saving:
            return False
        return _stamp_of(path) not in (left, None)

    def set_interval(self, seconds: float) -> None:
        """How long after a change a version is kept."""
        self._timer.setInterval(round(seconds * 1000))

    def begin_document(self, thumbnails: Mapping[str, bytes]) -> None:
        """Another document is shown, with small pictures from its file.

        What is being written of the one before is finished, but says nothing of this one.
        """
        self._document += 1
        self._saving, self._waiting = False, None
        self._thumbnails, self._made = dict(thumbnails), {}
        self._saved_at = ""
        path = self._session.project.path
        self._left_as = None if path is None else _stamp_of(path)
        self._marks = marks_of(self._session.view.state)
        self._timer.stop()
        self._background.submit(self.autosave.clear, lambda _: None)
        # A recovered version or a copy is in no file of its own yet.
        self.autosave_now()
        self.changed.emit()

    def snapshot(self) -> Snapshot:
        """The document as it is now."""
        session = self._session
        state = session.project.state
        facts = {s.id: found for s in state.subjects if (found := session.media.known(s))}
        kept = {s.id for s in state.subjects} - set(facts)
        stored = {id: png for id, png in self._thumbnails.items() if id in kept}
        return Snapshot(state, session.view.state, facts, stored)

    def save(self, path: Path, then: Then | None = None) -> None:
        """Write the document to ``path``, which is its file from then on.

        Args:
            path: of the project file.
            then: told whether it worked.
        """
        if self._saving:
            self._waiting = (path, then)
            return
        self._saving = True
        self._session.project.history.begin_save()
        self.changed.emit()
        snapshot = self.snapshot()
        written = partial(self._on_saved, self._document, path, marks_of(snapshot.view), then)
        self._background.submit(partial(self._write, snapshot, path), written)

    def autosave_now(self) -> None:
        """Keep a version of what is not saved."""
        project = self._session.project
        if project.in_transaction:
            QTimer.singleShot(_SOON_MS, self, self.autosave_now)
            return
        if not self.unsaved:
            return
        snapshot, document, name = self.snapshot(), project.path, self.name
        self._background.submit(
            lambda: self.autosave.write(partial(self._write, snapshot), document, name),
            self._on_autosaved,
        )

    def shutdown(self) -> None:
        """No versions any more; the window is closed in good order."""
        self._timer.stop()

    def _write(self, snapshot: Snapshot, path: Path) -> None:
        """Called in the background thread."""
        made = {id: self._png(id, facts) for id, facts in snapshot.facts.items()}
        write_project(
            snapshot.state,
            path,
            view=snapshot.view,
            thumbnails={**snapshot.thumbnails, **made},
            fingerprints=self._fingerprints,
        )

    def _png(self, subject_id: str, facts: MediaFacts) -> bytes:
        known = self._made.get(subject_id)
        if known is None or known[0] is not facts:
            known = (facts, png_thumbnail(as_shown(facts.reference.frame, facts.range)))
            self._made[subject_id] = known
        return known[1]

    def _on_saved(
        self, document: int, path: Path, marks: Marks, then: Then | None, result: object
    ) -> None:
        written = not isinstance(result, BaseException)
        if written:
            self._session.settings.remember(path)
        if isinstance(result, BaseException):
            self._session.notices.report(result)
        if document != self._document:
            return
        self._saving = False
        if written:
            self._marks = marks
        self._take_over(path, written=written)
        self.changed.emit()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.save(*waiting)
        if then is not None:
            then(written)

    def _take_over(self, path: Path, *, written: bool) -> None:
        """The document lives in ``path`` now; where nothing has changed since, that is enough."""
        history = self._session.project.history
        if written:
            self._session.project.path = path
            self._left_as = _stamp_of(path)
            self._saved_at = self._clock().strftime("%H:%M")
        history.end_save(written=written)
        if written and not self.unsaved:
            self._timer.stop()
            self._background.submit(self.autosave.clear, lambda _: None)

    def _on_autosaved(self, result: object) -> None:
        if isinstance(result, BaseException):
            self._session.notices.report(result)
            return
        self.autosaved.emit()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if marks_of(new) != marks_of(old) and self.unsaved:
            if not self._timer.isActive():
                self._timer.start()
            self.changed.emit()

    def _on_change(self, _change: Change) -> None:
        if not self._timer.isActive():
            self._timer.start()
