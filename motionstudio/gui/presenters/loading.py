"""Project file -> document and view, read in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import Change, ProjectState
from motionstudio.document.project_file import OpenedProject, read_project
from motionstudio.document.view import ViewState
from motionstudio.gui.background import Background
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.session import Session
from motionstudio.io.fingerprint import Fingerprints


class LoadingPresenter(QObject):
    """Reads project files and goes over to what they hold.

    Signals:
        busyChanged: what is being read, or empty.
        leaving: another document is about to be shown; gestures and playing must end.
        loaded: the ``OpenedProject`` that is shown now.
        failed: what was read last is not shown; people were told why.

    Args:
        session: shared parts.
        background: where files are read.
        shelf: folder for copies of media that projects carry; None: this user's cache.
        parent: Qt parent.
    """

    busyChanged = Signal(str)
    leaving = Signal()
    loaded = Signal(object)
    failed = Signal()

    def __init__(
        self,
        session: Session,
        background: Background,
        shelf: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._background, self._shelf = session, background, shelf
        self._newest = 0
        self._edits = 0
        session.project.changed.connect(self._on_change)

    @property
    def newest(self) -> int:
        """Number of the last project that was asked for, from 1."""
        return self._newest

    def open(
        self,
        path: Path,
        *,
        document: Path | None = None,
        changed: bool = False,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Read a project and show it, unless the document is edited meanwhile.

        Of several that are read at a time, the last one is shown.

        Args:
            path: of the file that is read.
            document: of the file that the document lives in, or None: it has none yet.
            changed: whether there is something in it that no file of the user's holds.
            then: called once it is shown.
        """
        self.busyChanged.emit(f"Opening {path.name}")
        self._newest += 1
        asked, edits = self._newest, self._edits

        def deliver(result: object) -> None:
            if asked != self._newest:
                return
            self.busyChanged.emit("")
            if isinstance(result, OpenedProject) and self._may_leave(path, edits):
                self._take(result, document, changed=changed, then=then)
                return
            if isinstance(result, BaseException):
                self._session.notices.report(result)
            self.failed.emit()

        self._background.submit(partial(read_project, path, shelf=self._shelf), deliver)

    def show(self, opened: OpenedProject, document: Path | None, *, changed: bool = False) -> None:
        """Go over to a document."""
        session = self._session
        self.leaving.emit()
        before = session.view.state
        view = opened.view or replace(ViewState(), layout=before.layout, contents=before.contents)
        if session_active(view, opened.state) is None:
            first = opened.state.subjects[0].id if opened.state.subjects else None
            view = replace(view, active=first, playhead=0)
        session.media.keep_only(())
        session.view.set(replace(view, playing=False))
        session.project.load(opened.state, document, clean=not changed)
        self.loaded.emit(opened)
        self._tell_missing(opened.state)
        self._look_for_changes(opened.state)

    def _may_leave(self, path: Path, edits: int) -> bool:
        """Whether nothing was done since people agreed to leave the document."""
        if edits == self._edits and not self._session.project.in_transaction:
            return True
        self._session.notices.say(
            f"{path.name} was not opened, because the document was changed meanwhile.",
            "Open it again.",
            Tone.WARN,
        )
        return False

    def _take(
        self,
        opened: OpenedProject,
        document: Path | None,
        *,
        changed: bool,
        then: Callable[[], None] | None,
    ) -> None:
        self.show(opened, document, changed=changed)
        if document is not None:
            self._session.settings.remember(document)
        if then is not None:
            then()

    def _on_change(self, change: Change) -> None:
        # What a model finds is no decision of anybody's: it can be found again.
        if change.kinds != {"encoding"}:
            self._edits += 1

    def _tell_missing(self, state: ProjectState) -> None:
        session = self._session
        gone = [subject for subject in state.subjects if subject.media_problem]
        if gone:
            text = gone[0].media_problem if len(gone) == 1 else missing_text(len(gone))
            hint = "File › Find missing media looks for it. Everything but pictures works."
            session.notices.post(Notice(text, hint, Tone.WARN, actions=("file.relink",)))
        with session.reported():
            models = {s.model for s in state.subjects if s.model} - set(session.catalogue.cards)
            if models:
                names = " and ".join(sorted(models))
                verb = "is" if len(models) == 1 else "are"
                session.notices.say(
                    f"The model {names} {verb} not at hand; everything but generating pictures "
                    "works.",
                    "Put it into the folder checkpoints, or choose another in the inspector.",
                    Tone.WARN,
                )
            self._tell_other_weights(state)

    def _tell_other_weights(self, state: ProjectState) -> None:
        cards = self._session.catalogue.cards
        for subject in state.subjects:
            card = cards.get(subject.model)
            made = "" if subject.track is None else subject.track.base.model_hash
            if card is not None and made and card.hash and made != card.hash:
                self._session.notices.say(
                    f"The model {card.name} at hand is not the one that the project was made "
                    "with, so its pictures may look different.",
                    tone=Tone.WARN,
                )
                return

    def _look_for_changes(self, state: ProjectState) -> None:
        self._background.submit(partial(changed_files, state), self._tell_changed)

    def _tell_changed(self, names: object) -> None:
        if isinstance(names, list) and names:
            verb = "has" if len(names) == 1 else "have"
            self._session.notices.say(
                f"{', '.join(names[:3])} {verb} changed since the project was saved.",
                "The motion may not fit the pictures any more; Model › Encode again finds it anew.",
                Tone.WARN,
            )


def session_active(view: ViewState, state: ProjectState) -> str | None:
    """The subject that a view shows, where the document has it."""
    return view.active if view.active and state.find(view.active) else None


def missing_text(count: int) -> str:
    """How many subjects have lost their media."""
    return f"The media of {counted(count, 'subject')} are missing."


def changed_files(state: ProjectState) -> list[str]:
    """Names of media files whose content is not that of the hash in the project."""
    hashes, found = Fingerprints(), []
    for subject in state.subjects:
        media = subject.media
        if subject.media_problem or media.embedded or not media.sha256 or not media.path:
            continue
        path = Path(media.path)
        try:
            if hashes.of(path) != media.sha256 and path.name not in found:
                found.append(path.name)
        except MotionStudioError:
            continue  # It has gone meanwhile; reading frames will say so.
    return found
