"""Commands on the motion matrix beyond single cells: keys, muted dimensions, whole operations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.keys import Keys, span, without
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.document.change import MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.layers import encoded, layers_of, put_track
from motionstudio.document.restore import dims_text, frames_text


@dataclass(frozen=True, slots=True, eq=False)
class SetKeys(SmallCommand):
    """Give dimensions other keys; empty takes them away.

    Attributes:
        subject_id: whose.
        keys: (dimension, its keys), each dimension once.
        name: label for people.
    """

    subject_id: str
    keys: tuple[tuple[int, Keys], ...]
    name: str = "Change keys"

    @property
    def label(self) -> str:
        """``name``."""
        return self.name

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError before the first encoding or for keys outside the matrix."""
        subject = state.subject(self.subject_id)
        dims = tuple(sorted(dim for dim, _ in self.keys))
        after = encoded(subject).with_keys(dict(self.keys))
        return put_track(state, subject, dims, after, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class SetMuted(SmallCommand):
    """Say which dimensions count as zero in pictures and exports; their values stay.

    Attributes:
        subject_id: whose.
        dims: all muted dimensions.
        name: label for people.
    """

    subject_id: str
    dims: tuple[int, ...]
    name: str = "Mute dimensions"

    @property
    def label(self) -> str:
        """``name``."""
        return self.name

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError before the first encoding or for a dimension there is not."""
        subject = state.subject(self.subject_id)
        after = encoded(subject).with_muted(self.dims)
        return put_track(state, subject, (), after, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class SetValues(SmallCommand):
    """Set a block of values: the result of an operation on the selection.

    Keys of a dimension that lie in the block take the new values and the curve runs through
    them; where a block lies between keys, its frames become keys. ``release`` makes keys of the
    dimensions plain values first: for what moves motion in time.

    Attributes:
        subject_id: whose.
        rows, dims: the cells ``rows`` x ``dims``.
        values: (len(rows), len(dims)) float32, finite.
        verb: first word of the label.
        release: whether keys become plain values.
    """

    subject_id: str
    rows: tuple[int, ...]
    dims: tuple[int, ...]
    values: Float
    verb: str = "Edit"
    release: bool = False

    @property
    def label(self) -> str:
        """``verb``; the history names cells as the subject does."""
        return self.verb

    @property
    def merge_key(self) -> MergeKey | None:
        """Repeats on the same cells are one step."""
        return ("values", self.subject_id, self.rows, self.dims, self.verb)

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError before the first encoding or for wrong shapes."""
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        label = f"{self.verb} {dims_text(subject, self.dims)} {frames_text(self.rows)}"
        after = released(track, self.dims) if self.release else track
        after, keyed = self._keyed(after)
        offset = self.values - track.base.mean[np.ix_(self.rows, self.dims)]
        plain = [i for i, dim in enumerate(self.dims) if dim not in keyed]
        after = after.with_offset(self.rows, [self.dims[i] for i in plain], offset[:, plain])
        place = {row: n for n, row in enumerate(self.rows)}
        for i, dim in enumerate(self.dims):
            if dim in keyed:
                rows = _outside(after, self.rows, dim)
                block = offset[[place[row] for row in rows]][:, [i]]
                after = after.with_offset(rows, [dim], block)
        return put_track(state, subject, self.dims, after, label)

    def _keyed(self, track: LatentTrack) -> tuple[LatentTrack, frozenset[int]]:
        """The track whose keys in the block have the block's values, and their dimensions."""
        if not track.keys:
            return track, frozenset()
        place, column = ({n: i for i, n in enumerate(axis)} for axis in (self.rows, self.dims))
        fresh: dict[int, Keys] = {}
        for dim, keys in track.keys.curves:
            if dim in column and any(key.frame in place for key in keys):
                fresh[dim] = tuple(
                    replace(key, value=float(self.values[place[key.frame], column[dim]]))
                    if key.frame in place
                    else key
                    for key in keys
                )
        return track.with_keys(fresh), frozenset(fresh)


@dataclass(frozen=True, slots=True, eq=False)
class ResetCells(SmallCommand):
    """Put cells back to what was encoded; keys at their frames go.

    A cell that lies between two keys that stay follows their curve on.

    Attributes:
        subject_id: whose.
        rows, dims: the cells ``rows`` x ``dims``.
    """

    subject_id: str
    rows: tuple[int, ...]
    dims: tuple[int, ...]

    @property
    def label(self) -> str:
        """``Reset``; the history names cells as the subject does."""
        return "Reset"

    def apply(self, state: ProjectState) -> Outcome:
        """Reset; raises ValueError before the first encoding or for cells there are not."""
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        keyed = [dim for dim in self.dims if track.keys.of(dim)]
        after = track.with_keys({d: without(track.keys.of(d), self.rows) for d in keyed})
        for dim in after.keys.dims:
            if dim in self.dims:
                after = _zeroed(after, _outside(after, self.rows, dim), [dim])
        plain = [dim for dim in self.dims if not after.keys.of(dim)]
        after = _zeroed(after, list(self.rows), plain)
        label = f"Reset {dims_text(subject, self.dims)} {frames_text(self.rows)}"
        return put_track(state, subject, self.dims, after, label)


@dataclass(frozen=True, slots=True, eq=False)
class PutTrack(SmallCommand):
    """Give dimensions the edit that another track of the same matrix has in them.

    For gestures: each move starts from the track at the press, so that what an earlier move
    changed and this one leaves alone is as it was, keys included.

    Attributes:
        subject_id: whose.
        track: what the subject's track is to be in ``dims``.
        dims: dimensions, increasing.
        name: label for people.
    """

    subject_id: str
    track: LatentTrack
    dims: tuple[int, ...]
    name: str = "Edit"

    @property
    def label(self) -> str:
        """``name``."""
        return self.name

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError before the first encoding or for a matrix of another shape."""
        wanted = replace(state.subject(self.subject_id), track=self.track)
        return layers_of(wanted, self.dims, self.name).apply(state)


def released(track: LatentTrack, dims: tuple[int, ...]) -> LatentTrack:
    """The track whose keyed values in ``dims`` are plain values: the same numbers, no keys."""
    keys = track.keys
    for dim in dims:
        keys = keys.with_dim(dim, ())
    return replace(track, keys=keys)


def _outside(track: LatentTrack, rows: tuple[int, ...], dim: int) -> list[int]:
    """Those of ``rows`` that the curve of a keyed dimension does not rule."""
    first, last = span(track.keys.of(dim))
    return [row for row in rows if not first <= row <= last]


def _zeroed(track: LatentTrack, rows: list[int], dims: list[int]) -> LatentTrack:
    if not rows or not dims:
        return track
    return track.with_offset(rows, dims, np.zeros((len(rows), len(dims)), np.float32))
