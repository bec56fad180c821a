"""The true frames of every subject as people see them, read in the background."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.clip import FrameSource
from motionstudio.core.held import unheld
from motionstudio.core.picture import as_shown, intensity_range
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Picture
from motionstudio.gui.background import Background

Image = NDArray[np.uint8]
_LIMIT = 512 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class MediaFacts:
    """What must be known of a clip before anything can be computed from it.

    Attributes:
        range: intensities of the whole sequence that become 0 and 1.
        clip_key: names the content of the frames.
        reference: the frame that is animated, index ``frame``.
    """

    range: tuple[float, float]
    clip_key: str
    reference: Picture
    frame: int


class MediaStore(QObject):
    """Reads frames in one background thread and keeps a bounded number of them.

    Signals:
        factsReady: id of a subject whose facts are known now.
        frameReady: id of a subject and the frame whose picture is at hand now.
        failed: id of a subject whose frames cannot be read, and why (``MotionStudioError`` or
            ``OSError``); what could not be read is not asked for again.

    Args:
        parent: Qt parent.
        limit: bytes of pictures kept.
    """

    factsReady = Signal(str)
    frameReady = Signal(str, int)
    failed = Signal(str, object)

    def __init__(self, parent: QObject | None = None, limit: int = _LIMIT) -> None:
        super().__init__(parent)
        self._background = Background("media", self)
        self._limit = limit
        self._held = 0
        self._sources: dict[str, FrameSource] = {}
        self._facts: dict[str, MediaFacts] = {}
        self._frames: OrderedDict[tuple[str, int], Image] = OrderedDict()
        self._asked: set[tuple[str, int]] = set()

    def submit(self, work: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        """Run ``work`` in the thread that reads frames; see ``Background.submit``."""
        self._background.submit(work, deliver)

    def facts(self, subject: Subject) -> MediaFacts | None:
        """The facts of a subject; None: they are being read and ``factsReady`` will follow."""
        source = self._source(subject)
        if subject.media_problem:
            return None  # There is nothing to read; the subject says why.
        known = self._facts.get(subject.id)
        if known is not None and known.frame == subject.reference:
            return known
        key = (subject.id, -1 - subject.reference)
        if key not in self._asked:
            self._asked.add(key)
            self.submit(
                lambda: read_facts(subject, known),
                lambda result: self._take_facts(key, source, result),
            )
        return None

    def known(self, subject: Subject) -> MediaFacts | None:
        """The facts of a subject where they are at hand; nothing is read."""
        return self._facts.get(subject.id)

    def thumbnail(self, subject: Subject) -> Image | None:
        """The reference frame as people see it, where its facts are known."""
        facts = self._facts.get(subject.id)
        return None if facts is None else as_shown(facts.reference.frame, facts.range)

    def frame(self, subject: Subject, index: int) -> Image | None:
        """(H, W, C) uint8 of a true frame; None: it is being read, ``frameReady`` will follow."""
        key, source = (subject.id, index), self._source(subject)
        picture = self._frames.get(key)
        if picture is not None:
            self._frames.move_to_end(key)
            return picture
        facts = self._facts.get(subject.id)
        if facts is None:
            self.facts(subject)
        elif key not in self._asked:
            self._asked.add(key)
            shown = facts.range
            self.submit(
                lambda: _locked(subject.clip.frames[index], shown),
                lambda result: self._take_frame(key, source, result),
            )
        return None

    def keep_only(self, subject_ids: Iterable[str]) -> None:
        """Forget every subject but these: another document is shown."""
        for subject_id in set(self._sources) - set(subject_ids):
            del self._sources[subject_id]
            self._forget(subject_id)

    def shutdown(self) -> None:
        """Stop reading; what was asked for is not delivered any more."""
        self._background.shutdown(give_up=True)
        self._frames.clear()

    def _source(self, subject: Subject) -> FrameSource:
        """Where the frames come from; what was read from elsewhere before is forgotten."""
        source = unheld(subject.clip.frames)
        if self._sources.get(subject.id) is not source:
            self._sources[subject.id] = source
            self._forget(subject.id)
        return source

    def _forget(self, subject_id: str) -> None:
        self._facts.pop(subject_id, None)
        for key in [key for key in self._frames if key[0] == subject_id]:
            self._held -= self._frames.pop(key).nbytes
        self._asked = {key for key in self._asked if key[0] != subject_id}

    def _take_facts(self, key: tuple[str, int], source: FrameSource, result: Any) -> None:
        subject_id = key[0]
        if self._sources.get(subject_id) is not source:
            return  # The file was exchanged meanwhile.
        if isinstance(result, MediaFacts):
            self._asked.discard(key)
            self._facts[subject_id] = result
            self.factsReady.emit(subject_id)
        else:
            self.failed.emit(subject_id, result)

    def _take_frame(self, key: tuple[str, int], source: FrameSource, result: Any) -> None:
        if self._sources.get(key[0]) is not source:
            return
        if not isinstance(result, np.ndarray):
            self.failed.emit(key[0], result)
            return
        self._asked.discard(key)
        self._frames[key] = result
        self._held += result.nbytes
        while self._held > self._limit and len(self._frames) > 1:
            _, oldest = self._frames.popitem(last=False)
            self._held -= oldest.nbytes
        self.frameReady.emit(*key)


def read_facts(subject: Subject, known: MediaFacts | None = None) -> MediaFacts:
    """Read what must be known of a subject; ``known`` saves reading the range again.

    Raises:
        MotionStudioError: the frames cannot be read.
    """
    frame = np.ascontiguousarray(subject.clip.frames[subject.reference])
    return MediaFacts(
        range=known.range if known else intensity_range(subject.clip),
        clip_key=clip_key(subject.media) if subject.media.path else subject.id,
        reference=Picture(content_key(frame), frame),
        frame=subject.reference,
    )


def clip_key(media: MediaRef) -> str:
    """Names the content of a file's frames without reading them: its name, age and range."""
    try:
        stat = os.stat(media.path)
        age = f"{stat.st_mtime_ns}-{stat.st_size}"
    except OSError:
        age = "gone"
    span = f"{media.start}:{media.stop}:{media.stride}:{media.fps}"
    return f"{media.path}|{age}|{media.slice_index}|{span}"


def _locked(frame: NDArray[Any], shown: tuple[float, float]) -> Image:
    """A true frame as the engine shows generated ones, read-only: it is kept and handed out."""
    picture = as_shown(frame, shown)
    picture.setflags(write=False)
    return picture
