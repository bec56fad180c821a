"""Inverse edits: they put back exactly what was there and return the way forward again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip
from motionstudio.core.kept import describe_frames
from motionstudio.core.latent_track import LatentTrack, frames_of_rows
from motionstudio.core.motion import Float
from motionstudio.document.change import Change, Edit, Kind, Outcome, ProjectState
from motionstudio.document.layers import put_track
from motionstudio.document.subject import Subject

_OVERHEAD = 256


@dataclass(frozen=True, slots=True, eq=False)
class PutFields:
    """Fields of one subject set to given values.

    Attributes:
        subject_id: whose.
        values: field name to value; arrays are never changed in place.
        kinds, frames: what the change is about.
        label: for people.
    """

    subject_id: str
    values: Mapping[str, Any]
    kinds: frozenset[Kind]
    frames: tuple[int, ...] | None = None
    label: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays among the values."""
        return _OVERHEAD + sum(_value_bytes(value) for value in self.values.values())

    def apply(self, state: ProjectState) -> Outcome:
        """Set the fields; the inverse sets the same fields to what they were."""
        subject = state.subject(self.subject_id)
        before = {name: getattr(subject, name) for name in self.values}
        same = all(_same(before[name], value) for name, value in self.values.items())
        kinds = self.kinds
        if "track" in before:
            kinds |= _track_kinds(before["track"], self.values["track"])
        change = Change(self.subject_id, frozenset() if same else kinds, self.frames, self.label)
        if same:
            return Outcome(state, self, change)
        after = state.with_subject(replace(subject, **self.values))
        return Outcome(after, replace(self, values=before), change)

    def covers(self, other: Edit) -> bool:
        """Whether ``other`` sets only fields of the same subject that this one sets."""
        return (
            isinstance(other, PutFields)
            and other.subject_id == self.subject_id
            and other.values.keys() <= self.values.keys()
        )


@dataclass(frozen=True, slots=True, eq=False)
class PutBlock:
    """A block of latent offsets set to given values.

    Attributes:
        subject_id: whose.
        rows, dims: the cells ``rows`` x ``dims``.
        block: (len(rows), len(dims)) float32 offsets.
        verb: first word of the label for people.
    """

    subject_id: str
    rows: tuple[int, ...]
    dims: tuple[int, ...]
    block: Float
    verb: str = "Edit"

    @property
    def nbytes(self) -> int:
        """Bytes of the block and its indices."""
        return _OVERHEAD + self.block.nbytes + 8 * (len(self.rows) + len(self.dims))

    def apply(self, state: ProjectState) -> Outcome:
        """Set the cells; the inverse sets the same cells to what they were.

        Raises:
            ValueError: the subject is not encoded yet, or the cells lie outside its matrix.
        """
        subject = state.subject(self.subject_id)
        track = subject.track
        if track is None:
            raise ValueError(f"subject '{subject.id}' has no latent motion to edit yet")
        before = track.block(self.rows, self.dims)
        edited = track.with_offset(self.rows, self.dims, self.block)
        after = edited.block(self.rows, self.dims)
        same = before.tobytes() == after.tobytes()
        frames = frames_of_rows(track.base, self.rows)
        label = f"{self.verb} {dims_text(subject, self.dims)} {frames_text(frames)}"
        kinds: frozenset[Kind] = frozenset() if same else frozenset({"latent"})
        change = Change(subject.id, kinds, frames, label)
        if same:
            return Outcome(state, self, change)
        if set(self.dims).intersection(track.keys.dims):
            # Keys may have come or moved with the cells: the whole dimension goes back.
            return put_track(state, subject, self.dims, edited, label)
        inverse = replace(self, block=before)
        return Outcome(state.with_subject(replace(subject, track=edited)), inverse, change)

    def covers(self, other: Edit) -> bool:
        """Whether ``other`` sets only cells that this one sets."""
        return (
            isinstance(other, PutBlock)
            and other.subject_id == self.subject_id
            and set(other.rows) <= set(self.rows)
            and set(other.dims) <= set(self.dims)
        )


@dataclass(frozen=True, slots=True, eq=False)
class PutSubjects:
    """The list of subjects changed: some taken out, then others put in.

    Attributes:
        removed: ids to take out.
        added: (place in the resulting list, subject), places increasing.
        label: for people.
    """

    removed: tuple[str, ...]
    added: tuple[tuple[int, Subject], ...]
    label: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of the subjects that are kept alive, frames in memory included."""
        return _OVERHEAD + sum(_subject_bytes(subject) for _, subject in self.added)

    def apply(self, state: ProjectState) -> Outcome:
        """Take out and put in; the inverse does it the other way round.

        Raises:
            ValueError: an id to remove is not there, or one to add is there already.
        """
        for subject_id in self.removed:
            state.subject(subject_id)
        old = tuple((i, s) for i, s in enumerate(state.subjects) if s.id in self.removed)
        subjects = [s for s in state.subjects if s.id not in self.removed]
        for place, subject in self.added:
            subjects.insert(place, subject)
        ids = [*self.removed, *(subject.id for _, subject in self.added)]
        kinds: frozenset[Kind] = frozenset({"subjects"}) if ids else frozenset()
        change = Change(ids[0] if len(ids) == 1 else None, kinds, None, self.label)
        inverse = PutSubjects(tuple(s.id for _, s in self.added), old, self.label)
        return Outcome(replace(state, subjects=tuple(subjects)), inverse, change)

    def covers(self, other: Edit) -> bool:
        """Never: every change of the list is kept."""
        return False


def frames_text(frames: tuple[int, ...] | None) -> str:
    """``at frame 5``, ``at frames 5-9`` or, where that would be long, ``at 12 frames``."""
    if frames is None:
        return "at all frames"
    if len(frames) == 1:
        return f"at frame {frames[0]}"
    text = describe_frames(frames)
    return f"at frames {text}" if text.count(",") < 6 else f"at {len(frames)} frames"


def dims_text(subject: Subject, dims: tuple[int, ...]) -> str:
    """``z3``, ``z3, z5`` or, for more than three, ``8 dimensions``."""
    if len(dims) > 3:
        return f"{len(dims)} dimensions"
    return ", ".join(subject.dim_name(dim) for dim in dims)


def _track_kinds(before: LatentTrack | None, after: LatentTrack | None) -> frozenset[Kind]:
    if before is None or after is None:
        return frozenset({"encoding"}) if before is not after else frozenset()
    kinds: set[Kind] = set()
    if before.base is not after.base:
        kinds.add("encoding")
    if before.offset.tobytes() != after.offset.tobytes():
        kinds.add("latent")
    return frozenset(kinds)


def _same(before: object, after: object) -> bool:
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after)
    return before is after or (not isinstance(before, LatentTrack | Clip) and before == after)


def _value_bytes(value: object) -> int:
    return int(value.nbytes) if isinstance(value, np.ndarray | LatentTrack) else 64


def _subject_bytes(subject: Subject) -> int:
    frames = subject.clip.frames
    held = frames.nbytes if isinstance(frames, np.ndarray) else 0
    masks = 0 if subject.clip.masks is None else subject.clip.masks.nbytes
    return held + masks + _value_bytes(subject.track) + subject.kept.nbytes
