"""Missing media: found by people or by search, taken over as one step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from motionstudio.document.media_search import FoundMedia, media_at, search_folder
from motionstudio.document.relink_commands import RelinkMedia
from motionstudio.document.subject import Subject
from motionstudio.gui.background import Background
from motionstudio.gui.presenters.session import Session


class RelinkPresenter(QObject):
    """Files and folders -> ``RelinkMedia`` in one transaction.

    Signals:
        changed: what is missing, or ``words``, is different now.

    Args:
        session: shared parts.
        background: where files are read.
        parent: Qt parent.
    """

    changed = Signal()

    def __init__(
        self, session: Session, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._background = session, background
        self._words = ""
        self._busy = False
        session.project.changed.connect(self._on_change)

    @property
    def missing(self) -> tuple[Subject, ...]:
        """Subjects whose media are missing."""
        return tuple(s for s in self._session.project.subjects if s.media_problem)

    @property
    def words(self) -> str:
        """What happened last, one sentence, or empty."""
        return self._words

    @property
    def busy(self) -> bool:
        """Whether something is being looked for."""
        return self._busy

    def choose(self, subject_id: str, path: Path) -> None:
        """Take the frames of one subject from this file or folder."""
        subject = self._session.project.subject(subject_id)
        self._run(lambda: (media_at(subject, path),), f"Reading {path.name} …")

    def search(self, folder: Path) -> None:
        """Look for everything that is missing in a folder and below."""
        wanted = self.missing
        self._run(lambda: search_folder(wanted, folder), f"Looking through {folder.name} …")

    def _run(self, work: Callable[[], tuple[FoundMedia, ...]], words: str) -> None:
        if not self._busy:
            self._busy, self._words = True, words
            self.changed.emit()
            wait = self._session.after_gesture
            self._background.submit(work, lambda found: wait(partial(self._on_found, found)))

    def _on_found(self, result: object) -> None:
        self._busy = False
        if isinstance(result, BaseException):
            self._words = str(result)
        elif isinstance(result, tuple):
            self._take([found for found in result if self._session.find(found.subject_id)])
        self.changed.emit()

    def _take(self, found: list[FoundMedia]) -> None:
        if not found:
            self._words = "Nothing in this folder is what the project was made with."
            return
        session = self._session
        names = [session.project.subject(one.subject_id).name for one in found]
        label = f"Find media of {names[0]}" if len(names) == 1 else f"Find {len(names)} media"
        with session.reported(), session.project.transaction(label):
            for one in found:
                session.project.push(
                    RelinkMedia(one.subject_id, one.media, one.clip, same=one.same)
                )
        others = [name for one, name in zip(found, names, strict=True) if not one.same]
        self._words = f"Found {', '.join(names[:4])}{' …' if len(names) > 4 else ''}."
        if others:
            self._words += f" {', '.join(others)} is another file than before: encoded anew."

    def _on_change(self, _change: object) -> None:
        self.changed.emit()
