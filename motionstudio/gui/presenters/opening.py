"""Opens files: probes and reads in the background, then adds what could be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.moving_part import moving_part
from motionstudio.core.picture import Box, as_shown, intensity_range
from motionstudio.document.commands import AddSubjects
from motionstudio.document.opening import (
    FRAMES_BY_DEFAULT,
    OpenSettings,
    subject_from_clip,
    suggested,
)
from motionstudio.document.subject import Subject
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.session import Session
from motionstudio.io.info import ClipInfo


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What a person chose for one file.

    Attributes:
        settings: range, stride, framing and the rest.
        model: name of the checkpoint; empty: the one that suits the channels.
        strip: cut one picture into frames that lie side by side.
        automatic: nobody was asked: a small part that moves is framed by itself.
    """

    settings: OpenSettings = field(default_factory=OpenSettings)
    model: str = ""
    strip: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Probed:
    """A file at a glance; where there is a choice, with its clip and the part that moves."""

    path: Path
    info: ClipInfo
    clip: Clip | None
    part: Box | None = None


Chooser = Callable[[Probed], Choice | None]
"""Asks a person about a file; None: do not open it."""


class OpeningPresenter(QObject):
    """Paths -> clips -> one ``AddSubjects``, with a list of what failed and why.

    Signals:
        busyChanged: what is being read, or empty.
        opened: ids of the new subjects.

    Args:
        session: shared parts.
        choose: asks about a file that offers a choice.
        parent: Qt parent.
    """

    busyChanged = Signal(str)
    opened = Signal(object)

    def __init__(self, session: Session, choose: Chooser, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._choose = session, choose

    def open(self, paths: Sequence[Path], *, ask: bool = True) -> None:
        """Open files and folders; good ones are kept when others fail.

        Args:
            paths: what to open, one subject each.
            ask: whether to ask where there is something to choose; several files at once are
                opened as they are, and can be changed afterwards.
        """
        wanted = [Path(p) for p in paths]
        if not wanted:
            return
        names = ", ".join(p.name for p in wanted[:3])
        self.busyChanged.emit(f"Opening {names}{' …' if len(wanted) > 3 else ''}")
        self._session.media.submit(
            lambda: [_attempt(partial(probe_file, path), path) for path in wanted],
            lambda found: self._on_probed(found, ask),
        )

    def _on_probed(self, found: list[Any], ask: bool) -> None:
        failures = [item for item in found if isinstance(item, _Failure)]
        chosen: list[tuple[Probed, Choice]] = []
        for probed in (item for item in found if isinstance(item, Probed)):
            choice: Choice | None = Choice(automatic=True)
            if ask and len(found) == 1 and has_choice(probed):
                choice = self._choose(probed)
            if choice is not None:
                chosen.append((probed, choice))
        self._session.media.submit(
            lambda: [_attempt(partial(read_file, *both), both[0].path) for both in chosen],
            lambda read: self._session.after_gesture(partial(self._on_read, read, failures)),
        )

    def _on_read(self, read: list[Any], failures: list[_Failure]) -> None:
        self.busyChanged.emit("")
        subjects: list[Subject] = []
        for item in read:
            made = item if isinstance(item, _Failure) else self._subject(*item)
            if isinstance(made, _Failure):
                failures.append(made)
            else:
                subjects.append(made)
        if subjects:
            self._add(subjects)
        self._tell_failures(failures, len(subjects))

    def _add(self, subjects: list[Subject]) -> None:
        history = self._session.project.history
        # What was only opened is nothing to lose; what joins a saved project is a change of it.
        unchanged = history.clean and self._session.project.path is None
        self._session.push(AddSubjects(tuple(subjects)))
        if unchanged:
            history.mark_clean()
        for subject in subjects:
            if subject.media.path:
                self._session.settings.remember(Path(subject.media.path))
        self._session.show(subjects[-1].id)
        self.opened.emit(tuple(s.id for s in subjects))
        self._tell_notes(subjects)

    def _subject(self, path: Path, clip: Clip, choice: Choice) -> Subject | _Failure:
        try:
            catalogue = self._session.catalogue
            model = choice.model or catalogue.suited(clip)
            names = catalogue.dim_names(model)
            return subject_from_clip(clip, choice.settings, model, dim_names=names)
        except MotionStudioError as error:
            return _Failure(path, error.message, error.hint)

    def _tell_notes(self, subjects: list[Subject]) -> None:
        for subject in subjects:
            if subject.notes:
                more = len(subject.notes) - 1
                hint = " ".join(subject.notes[1:3]) if more else ""
                note = subject.notes[0]
                told = note if note.startswith(subject.name) else f"{subject.name}: {note}"
                self._session.notices.say(told, hint)

    def _tell_failures(self, failures: list[_Failure], kept: int) -> None:
        if not failures:
            return
        if len(failures) == 1:
            only = failures[0]
            self._session.notices.post(Notice(only.message, only.hint, Tone.ERROR))
            return
        kept_text = f"; {kept} opened" if kept else ""
        details = "\n".join(f"{f.path.name}: {f.message} {f.hint}".strip() for f in failures)
        text = f"{len(failures)} files could not be opened{kept_text}."
        self._session.notices.post(Notice(text, failures[0].message, Tone.ERROR, details))


@dataclass(frozen=True, slots=True)
class _Failure:
    path: Path
    message: str
    hint: str


def _attempt(work: Callable[[], Any], path: Path) -> Any:
    try:
        return work()
    except MotionStudioError as error:
        return _Failure(path, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - one odd file must not take the good ones along
        reason = f"{type(error).__name__}: {error}"
        return _Failure(path, f"{path.name} could not be opened: {reason}.", "")


def probe_file(path: Path) -> Probed:
    """Look at a file; where it offers a choice, open its clip for the dialog as well.

    Raises:
        MotionStudioError: it cannot be read.
    """
    from motionstudio.io import probe, read_clip

    info = probe(path)
    probed = Probed(path, info, None)
    if not has_choice(probed):
        return probed
    clip = read_clip(path)
    return replace(probed, clip=clip, part=moving_part(clip))


def first_of_slice(path: Path, index: int) -> NDArray[np.uint8]:
    """(H, W, 1|3) uint8: the first picture of one slice or clip of a file.

    Raises:
        MotionStudioError: it cannot be read.
    """
    from motionstudio.io import read_clip

    clip = read_clip(path, slice_index=index)
    frame = np.asarray(clip.frames[0])
    return as_shown(frame, intensity_range(clip))


def read_file(probed: Probed, choice: Choice) -> tuple[Path, Clip, Choice]:
    """Read a file as chosen.

    Raises:
        MotionStudioError: it cannot be read.
    """
    from motionstudio.io import read_clip

    clip = probed.clip
    if clip is None or choice.settings.slice_index is not None or choice.strip:
        clip = read_clip(probed.path, slice_index=choice.settings.slice_index, strip=choice.strip)
    if choice.automatic:
        choice = replace(choice, settings=suggested(choice.settings, moving_part(clip)))
    return probed.path, clip, choice


def has_choice(probed: Probed) -> bool:
    """Whether the file leaves something open that people should decide."""
    info = probed.info
    height, width = info.size
    # A single picture is there at once; how it is framed can be changed afterwards.
    oblong = info.frames != 1 and max(height, width) > 1.05 * min(height, width)
    long = info.frames is None or info.frames > FRAMES_BY_DEFAULT
    return info.slices > 1 or info.strip_frames > 1 or long or oblong
