"""Several pictures opened at once: separate subjects, or one clip after all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from motionstudio.core.clip import Clip
from motionstudio.core.moving_part import moving_part
from motionstudio.document.commands import AddSubjects, RemoveSubject
from motionstudio.document.opening import OpenSettings, subject_from_clip, suggested
from motionstudio.document.subject import Subject
from motionstudio.gui.notifications import Notice
from motionstudio.gui.presenters.session import Session

Run = tuple[Path, int, int]


@dataclass(frozen=True, slots=True)
class Joinable:
    """Pictures that could be one clip: ids of their subjects, and the part of their folder."""

    ids: tuple[str, ...]
    run: Run


class JoiningPresenter(QObject):
    """Newly opened subjects -> an offer -> one clip in their place.

    Signals:
        changed: whether pictures can be joined now.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._offer: Joinable | None = None

    def why_not(self) -> str:
        """Why nothing can be joined, one sentence; empty when it can."""
        offer = self._offer
        if offer is None or any(self._session.find(i) is None for i in offer.ids):
            return "Open several pictures of one folder at once first."
        return ""

    def consider(self, ids: tuple[str, ...]) -> None:
        """Offer to make one clip of subjects that were opened together."""
        subjects = [s for s in map(self._session.find, ids) if s is not None]
        stills = [s for s in subjects if len(s.clip) == 1 and s.media.path]
        self._tell_grey(subjects)
        if len(stills) != len(ids) or len(ids) < 2 or len({s.clip.size for s in stills}) > 1:
            return
        paths = [Path(s.media.path) for s in stills]
        self._session.media.submit(partial(_run_of, paths), partial(self._on_run, ids))

    def join(self) -> None:
        """Put one clip in the place of the pictures; one undo step."""
        offer = self._offer
        if offer is None or self.why_not():
            return
        wait = self._session.after_gesture
        self._session.media.submit(
            partial(_read, offer.run), lambda read: wait(partial(self._on_clip, offer, read))
        )

    def _tell_grey(self, subjects: list[Subject]) -> None:
        for subject in subjects:
            card = self._session.card(subject)
            if card is not None and card.channels == 1 and subject.clip.channels == 3:
                self._session.notices.say(
                    f"{subject.name} is animated in colour, but {card.name} sees it in grey.",
                    "Another model can be chosen in the inspector.",
                )
                return

    def _on_run(self, ids: tuple[str, ...], found: Any) -> None:
        if not isinstance(found, tuple):
            return
        self._offer = Joinable(ids, found)
        self.changed.emit()
        self._session.notices.post(
            Notice(
                f"{len(ids)} pictures were opened separately.",
                "They follow each other in one folder and could be the frames of one clip.",
                actions=("file.join",),
            )
        )

    def _on_clip(self, offer: Joinable, read: Any) -> None:
        if not isinstance(read, tuple):
            self._session.notices.report(read)
            return
        if self.why_not():
            return
        clip, settings = read
        session = self._session
        self._offer = None
        with session.reported():
            model = session.catalogue.default_for(clip.channels)
            made = subject_from_clip(
                clip, settings, model, dim_names=session.catalogue.dim_names(model)
            )
            with session.project.transaction(f"Join {len(offer.ids)} pictures into one clip"):
                for subject_id in offer.ids:
                    session.project.push(RemoveSubject(subject_id))
                session.project.push(AddSubjects((made,)))
            session.show(made.id)
        self.changed.emit()


def _run_of(paths: list[Path]) -> Run | None:
    from motionstudio.io.folders import run_of

    return run_of(paths)


def _read(run: Run) -> tuple[Clip, OpenSettings]:
    from motionstudio.io import read_clip

    folder, start, stop = run
    clip = read_clip(folder)
    whole = start == 0 and stop == len(clip)
    settings = OpenSettings(start=start, stop=None if whole else stop)
    return clip, suggested(settings, moving_part(clip))
