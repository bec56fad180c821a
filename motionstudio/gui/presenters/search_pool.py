"""The clips that a motion is looked for in: all open ones, and the samples of the program."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from motionstudio.core.locations import resources_dir
from motionstudio.document.opening import subject_from_clip
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import SAMPLE
from motionstudio.engine.search_requests import Searched
from motionstudio.gui.presenters.foreign_motions import read_with_settings
from motionstudio.gui.presenters.resolve import clip_key_of, transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import ModelCard


class SearchPool(QObject):
    """Reads samples once, in the background; open clips are taken as they are.

    Signals:
        ready: everything that was asked for is read.
    """

    ready = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._samples: dict[str, Subject | None] = {}
        self._reading: set[str] = set()
        session.media.factsReady.connect(self._on_facts)

    def find(self, clip_id: str) -> Subject | None:
        """A clip of the pool by its id."""
        return self._session.find(clip_id) or self._samples.get(clip_id)

    def read(self) -> bool:
        """Begin to read what is not known yet; True where all of it is."""
        for path in sorted((resources_dir() / "samples").glob("*.npz")):
            name = f"{SAMPLE}{path.name}"
            if name not in self._samples and name not in self._reading:
                self._reading.add(name)
                self._session.media.submit(
                    partial(read_with_settings, path), partial(self._on_read, name)
                )
        waiting = [one for one in self._all() if self._session.media.facts(one) is None]
        return not self._reading and not waiting

    def clips(self, card: ModelCard) -> tuple[Searched, ...]:
        """The clips as the model of ``card`` sees them, open ones first."""
        found = (self.searched(one, card) for one in self._all())
        return tuple(one for one in found if one is not None)

    def searched(self, subject: Subject, card: ModelCard) -> Searched | None:
        """A clip as the model sees it; None while it is being read."""
        facts = self._session.media.facts(subject)
        if facts is None:
            return None
        seen = replace(subject, model=card.name)
        return Searched(
            subject.id, clip_key_of(subject, facts), subject.clip, transform_of(seen, facts, card)
        )

    def _all(self) -> list[Subject]:
        """Clips that move; samples that are open already only once."""
        opened = [one for one in self._session.project.subjects if _moves(one)]
        names = {one.name for one in opened}
        samples = [one for one in self._samples.values() if one is not None and _moves(one)]
        return [*opened, *(one for one in samples if one.name not in names)]

    def _on_read(self, name: str, read: Any) -> None:
        self._reading.discard(name)
        # A damaged sample is left out; opening it by hand says why.
        self._samples[name] = None
        if isinstance(read, tuple):
            clip, settings = read
            self._samples[name] = subject_from_clip(clip, settings, "", id=name)
        self._tell()

    def _on_facts(self, clip_id: str) -> None:
        if self.find(clip_id) is not None:
            self._tell()

    def _tell(self) -> None:
        waiting = (self._session.media.facts(one) is None for one in self._all())
        if not self._reading and not any(waiting):
            self.ready.emit()


def _moves(subject: Subject) -> bool:
    return len(subject.clip) > 1 and not subject.held and not subject.media_problem
