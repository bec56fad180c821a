"""Motions that are not in the document: of samples, and of clips in another model's numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from motionstudio.core.clip import Clip
from motionstudio.core.locations import resources_dir
from motionstudio.core.moving_part import moving_part
from motionstudio.document.change import Change
from motionstudio.document.opening import OpenSettings, subject_from_clip, suggested
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import SAMPLE, TEMPLATE, Arriving
from motionstudio.engine.responses import Cancelled, Encoded, Failed, Response
from motionstudio.gui.presenters.resolve import encode_request
from motionstudio.gui.presenters.session import Session

Key = tuple[str, str]


class ForeignMotions(QObject):
    """Finds the motion of a sample, or of a subject by another model, without touching either.

    Signals:
        ready: id of the source and name of the model whose motion is at hand now.
        failed: the same, and why there is none.
    """

    ready = Signal(str, str)
    failed = Signal(str, str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._samples: dict[str, Subject] = {}
        self._templates: dict[str, tuple[int, Arriving]] = {}
        self._found: dict[Key, tuple[object, Arriving]] = {}
        self._asked: dict[int, tuple[Key, object, Subject]] = {}
        self._waiting: dict[str, tuple[Key, Subject]] = {}
        session.media.factsReady.connect(self._on_facts)
        session.media.failed.connect(self._on_unreadable)
        session.engine.responseReady.connect(self._on_response)
        session.project.changed.connect(self._on_change)

    def sample(self, source_id: str) -> Subject | None:
        """The clip of a sample that was read, or None."""
        return self._samples.get(source_id)

    def template(self, source_id: str) -> Arriving | None:
        """The motion of a template as its file is now, or None where it was not read yet."""
        age, found = self._templates.get(source_id, (0, None))
        return found if age == _age(_path(source_id)) else None

    def get(self, source_id: str, model: str) -> Arriving | None:
        """The motion of a source in the numbers of ``model``, where it was found.

        A template has those that it has: whether they fit is seen when it is carried over.
        """
        if source_id.startswith(TEMPLATE):
            return self.template(source_id)
        found = self._found.get((source_id, model))
        subject = self._session.find(source_id) or self._samples.get(source_id)
        if found is None or subject is None or found[0] != subject.encoding_key:
            return None
        return found[1]

    def find(self, source_id: str, model: str) -> None:
        """Begin to find it; ``ready`` or ``failed`` follows."""
        key = (source_id, model)
        if any(asked == key for asked, _, _ in self._asked.values()):
            return
        subject = self._session.find(source_id) or self._samples.get(source_id)
        if subject is not None:
            self._ask(key, subject)
        elif source_id.startswith(TEMPLATE):
            self._session.media.submit(
                partial(_template, _path(source_id)), partial(self._on_template, key)
            )
        elif source_id.startswith(SAMPLE):
            path = resources_dir() / "samples" / source_id.removeprefix(SAMPLE)
            self._session.media.submit(
                partial(read_with_settings, path), partial(self._on_sample, key)
            )

    def _on_template(self, key: Key, read: Any) -> None:
        if isinstance(read, tuple):
            self._templates[key[0]] = read
            self.ready.emit(*key)
        else:
            self.failed.emit(*key, str(read))

    def _on_sample(self, key: Key, read: Any) -> None:
        if not isinstance(read, tuple):
            self.failed.emit(*key, str(read))
            return
        clip, settings = read
        with self._session.reported():
            subject = subject_from_clip(clip, settings, key[1], id=key[0])
            self._samples[key[0]] = subject
            self._ask(key, subject)

    def _ask(self, key: Key, subject: Subject) -> None:
        session, model = self._session, key[1]
        card = session.catalogue.card(model)
        facts = session.media.facts(subject)
        if facts is None:
            self._waiting[subject.id] = (key, subject)
            return
        if card is None or len(subject.clip) < max(2, card.frames_min):
            self.failed.emit(*key, f"{subject.name} has no motion that {model} could find.")
            return
        foreign = replace(subject, model=model, id=f"{key[0]} in {model}")
        request = encode_request(foreign, facts, card, session.project.revision)
        self._asked[request.id] = (key, subject.encoding_key, subject)
        session.engine.post(request)

    def _on_change(self, change: Change) -> None:
        """Forget the motions of clips that were closed; those of samples stay."""
        if "subjects" in change.kinds:
            there = {subject.id for subject in self._session.project.subjects} | set(self._samples)
            self._found = {key: one for key, one in self._found.items() if key[0] in there}

    def _on_facts(self, subject_id: str) -> None:
        waiting = self._waiting.pop(subject_id, None)
        if waiting is not None:
            self._ask(*waiting)

    def _on_unreadable(self, subject_id: str, error: Exception) -> None:
        waiting = self._waiting.pop(subject_id, None)
        if waiting is not None:
            self.failed.emit(*waiting[0], str(error))

    def _on_response(self, response: Response) -> None:
        if response.id not in self._asked or not isinstance(response, Encoded | Failed | Cancelled):
            return
        key, made_of, subject = self._asked.pop(response.id)
        if isinstance(response, Encoded):
            motion = replace(response.motion, cyclic=subject.cyclic)
            found = Arriving(
                subject.name, motion, subject.reference, subject.clip.period, subject.id
            )
            self._found[key] = (made_of, found)
            self.ready.emit(*key)
        else:
            why = response.message if isinstance(response, Failed) else "It was cancelled."
            self.failed.emit(*key, why)


def _template(path: Path) -> tuple[int, Arriving]:
    """Called in the background thread."""
    from motionstudio.io.template_file import load_template

    age, found = _age(path), load_template(path)
    return age, Arriving(found.name, found.motion, found.reference, found.period)


def _path(source_id: str) -> Path:
    return Path(source_id.removeprefix(TEMPLATE))


def _age(path: Path) -> int:
    """When a file was changed last; 0 where it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def read_with_settings(path: Path) -> tuple[Clip, OpenSettings]:
    """A clip and how it is best opened; called in the background thread."""
    from motionstudio.io import read_clip

    clip = read_clip(path)
    return clip, suggested(OpenSettings(), moving_part(clip))
