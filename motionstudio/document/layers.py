"""The edit of whole dimensions put back at once: offsets, keys and what is muted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.keys import Keys
from motionstudio.core.latent_track import LatentTrack, frames_of_rows
from motionstudio.core.motion import Float
from motionstudio.document.change import Change, Edit, Kind, Outcome, ProjectState
from motionstudio.document.subject import Subject

_OVERHEAD = 256
_KEY_BYTES = 96


@dataclass(frozen=True, slots=True, eq=False)
class PutLayers:
    """Everything that people put on top of the encoding in some dimensions, set to given values.

    Attributes:
        subject_id: whose.
        dims: dimensions, increasing.
        offset: (R, len(dims)) float32.
        keys: the keys of each of ``dims``.
        muted: all muted dimensions of the subject.
        locked: whether the row of the reference frame is held.
        label: for people.
    """

    subject_id: str
    dims: tuple[int, ...]
    offset: Float
    keys: tuple[Keys, ...]
    muted: tuple[int, ...]
    label: str = ""
    locked: bool = True

    @property
    def nbytes(self) -> int:
        """Bytes of offsets and keys."""
        return _OVERHEAD + self.offset.nbytes + _KEY_BYTES * sum(len(keys) for keys in self.keys)

    def apply(self, state: ProjectState) -> Outcome:
        """Set the dimensions; the inverse sets the same dimensions to what they were.

        Raises:
            ValueError: the subject is not encoded yet, or its matrix has another shape.
        """
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        offset, keys = track.offset.copy(), track.keys
        offset[:, list(self.dims)] = self.offset
        for dim, curve in zip(self.dims, self.keys, strict=True):
            keys = keys.with_dim(dim, curve)
        after = replace(track, offset=offset, keys=keys, muted=self.muted, locked=self.locked)
        return put_track(state, subject, self.dims, after, self.label)

    def covers(self, other: Edit) -> bool:
        """Whether ``other`` sets only dimensions that this one sets."""
        return (
            isinstance(other, PutLayers)
            and other.subject_id == self.subject_id
            and set(other.dims) <= set(self.dims)
        )


def layers_of(subject: Subject, dims: tuple[int, ...], label: str = "") -> PutLayers:
    """What puts some dimensions of a subject back to how they are now."""
    track = encoded(subject)
    keys = tuple(track.keys.of(dim) for dim in dims)
    offset = track.offset[:, list(dims)].copy()
    return PutLayers(subject.id, dims, offset, keys, track.muted, label, track.locked)


def put_track(
    state: ProjectState, subject: Subject, dims: tuple[int, ...], after: LatentTrack, label: str
) -> Outcome:
    """The outcome of another edit of some dimensions on the same encoding.

    Args:
        state: the document.
        subject: whose motion it is; encoded.
        dims: every dimension in which ``after`` differs from the present track.
        after: the track with the new edit.
        label: for people.
    """
    before = encoded(subject)
    moved = before.offset != after.offset
    quiet = list(set(before.muted) ^ set(after.muted))
    rows = moved.any(1)
    if quiet:
        rows = rows | (after.values[:, quiet] != 0).any(1)
    alike = before.keys == after.keys and before.locked == after.locked
    same = alike and not quiet and not moved.any()
    kinds: frozenset[Kind] = frozenset() if same else frozenset({"latent"})
    frames = frames_of_rows(before.base, tuple(int(row) for row in np.flatnonzero(rows)))
    change = Change(subject.id, kinds, frames, label)
    inverse = layers_of(subject, dims, label)
    if same:
        return Outcome(state, inverse, change)
    return Outcome(state.with_subject(replace(subject, track=after)), inverse, change)


def encoded(subject: Subject) -> LatentTrack:
    """The track of a subject.

    Raises:
        ValueError: it has none yet.
    """
    if subject.track is None:
        raise ValueError(f"subject '{subject.id}' has no latent motion to edit yet")
    return subject.track
