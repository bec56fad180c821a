"""The labels of every subject: those of its clip, or of a file that was loaded for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.clip import Clip
from motionstudio.core.held import HeldFrames
from motionstudio.core.labels import filled
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.document.viewports import Point
from motionstudio.gui.presenters.session import Session

Labels = NDArray[np.uint8]
_Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class LabelSet:
    """Labels of a sequence.

    Attributes:
        masks: (T, H, W) uint8.
        valid: (T,) bool, False where the frame carries none.
        names: by label, for people.
        present: the labels that occur in any frame, increasing, without 0.
    """

    masks: Labels
    valid: NDArray[np.bool_]
    names: dict[int, str]
    present: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Once: every move of the pointer asks for it.
        counts = np.bincount(self.masks[self.valid].ravel(), minlength=1)
        found = tuple(int(v) for v in np.flatnonzero(counts) if v)
        object.__setattr__(self, "present", found)

    @property
    def frames(self) -> tuple[int, ...]:
        """Frames that carry labels."""
        return tuple(int(t) for t in np.flatnonzero(self.valid))

    def name(self, label: int) -> str:
        """A label for people."""
        return self.names.get(label, f"label {label}")


class LabelSource(QObject):
    """Reads label files in the background and remembers them by subject.

    Signals:
        changed: id of a subject whose labels are others.
    """

    changed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._loaded: dict[str, tuple[_Key, LabelSet | None]] = {}
        self._drawn: dict[str, tuple[object, LabelSet]] = {}
        self._own: dict[str, tuple[Clip, int, LabelSet | None]] = {}
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)

    def of(self, subject: Subject) -> LabelSet | None:
        """The labels of a subject; None: it has none, or they are being read."""
        corners = self._session.view.state.viewports.drawn_of(subject.id)
        if len(corners) >= 3:
            return self._of_drawing(subject, corners)
        path = self._path(subject.id)
        if not path:
            return self._of_clip(subject)
        # A single map is the reference's, and a still is as long as the motion it was given.
        known, key = self._loaded.get(subject.id), (path, subject.reference, len(subject.clip))
        if known is None or known[0] != key:
            self._loaded[subject.id] = (key, None)
            take = partial(self._take, subject.id, key)
            self._session.media.submit(partial(read_labels, Path(path), subject), take)
            return None
        return known[1]

    def load(self, subject: Subject, path: Path) -> None:
        """Use the labels of a file from now on, saved with the project."""
        state = self._session.view.state
        files = tuple(p for p in state.viewports.label_files if p[0] != subject.id)
        settings = replace(
            state.viewports.with_drawn(subject.id, ()),
            label_files=(*files, (subject.id, str(path))),
        )
        self._loaded.pop(subject.id, None)
        self._session.view.update(viewports=settings)
        self.changed.emit(subject.id)

    def _path(self, subject_id: str) -> str:
        return dict(self._session.view.state.viewports.label_files).get(subject_id, "")

    def _of_clip(self, subject: Subject) -> LabelSet | None:
        known = self._own.get(subject.id)
        if known is None or known[0] is not subject.clip or known[1] != subject.reference:
            found = labels_of(subject.clip, subject.reference)
            known = (subject.clip, subject.reference, found)
            self._own[subject.id] = known
        return known[2]

    def _of_drawing(self, subject: Subject, corners: tuple[Point, ...]) -> LabelSet:
        key = (corners, subject.reference, subject.clip.size, len(subject.clip))
        known = self._drawn.get(subject.id)
        if known is None or known[0] != key:
            masks = np.zeros((len(subject.clip), *subject.clip.size), np.uint8)
            masks[subject.reference][filled(corners, subject.clip.size)] = 1
            valid = np.arange(len(subject.clip)) == subject.reference
            known = (key, LabelSet(masks, valid, {1: "drawn label"}))
            self._drawn[subject.id] = known
        return known[1]

    def _take(self, subject_id: str, key: _Key, result: object) -> None:
        known = self._loaded.get(subject_id)
        if self._path(subject_id) != key[0] or known is None or known[0] != key:
            return
        if isinstance(result, LabelSet):
            self._loaded[subject_id] = (key, result)
        elif isinstance(result, Exception):
            self._session.notices.report(result)
            self._forget(subject_id)
        self.changed.emit(subject_id)

    def _forget(self, subject_id: str) -> None:
        settings = self._session.view.state.viewports
        files = tuple(pair for pair in settings.label_files if pair[0] != subject_id)
        self._session.view.update(viewports=replace(settings, label_files=files))

    def _on_change(self, change: Change) -> None:
        """Let clips go that are in the document no more; an undo works them out again."""
        if "subjects" in change.kinds:
            there = {subject.id for subject in self._session.project.subjects}
            self._loaded = {id: known for id, known in self._loaded.items() if id in there}
            self._drawn = {id: known for id, known in self._drawn.items() if id in there}
            self._own = {id: known for id, known in self._own.items() if id in there}

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        same = new.viewports.label_files == old.viewports.label_files
        if not (same and new.viewports.drawn == old.viewports.drawn) and new.active is not None:
            self.changed.emit(new.active)


def labels_of(clip: Clip, reference: int = 0) -> LabelSet | None:
    """The labels that a clip carries, or None; those of a held picture are the reference's."""
    if isinstance(clip.frames, HeldFrames):
        picture = clip.frames.labels
        if picture is None or not picture.any():
            return None
        masks = np.broadcast_to(picture, (len(clip), *picture.shape))
        return LabelSet(masks, np.arange(len(clip)) == reference, _names(clip))
    if clip.masks is None or not clip.masks.any():
        return None
    valid = clip.mask_valid
    if valid is None:
        valid = np.ones(len(clip), np.bool_)
    # A frame of nothing but background in a labelled sequence was not labelled.
    valid = np.asarray(valid & clip.masks.reshape(len(clip), -1).any(axis=1), np.bool_)
    return LabelSet(clip.masks, valid, _names(clip))


def read_labels(path: Path, subject: Subject) -> LabelSet:
    """Labels for a subject from a file with one map for each frame, or a single one.

    A single map belongs to the subject's reference frame.

    Raises:
        MotionStudioError: the file cannot be read, or holds no labels of this size.
    """
    from motionstudio.io.label_maps import read_label_maps

    found = read_label_maps(
        path,
        subject.clip,
        name=subject.name,
        reference=subject.reference,
        slice_index=subject.media.slice_index,
    )
    return LabelSet(found.masks, found.valid, _names(found.file))


def _names(clip: Clip) -> dict[int, str]:
    words = clip.provenance.get("label_names", "")
    return {i: name.strip() for i, name in enumerate(words.split(",")) if name.strip()}
