"""The latent motion that people edit: what the model encoded, and what was added to it.

Edits are kept as offsets, so that a new encoding of the same frames (after dropping some, say)
keeps them, and so that "unedited" is exact: with no offset the encoded array itself is returned.
Keys hold absolute values instead: on a new encoding the offsets under their curves are made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.glimpses import is_drawing
from motionstudio.core.keys import NO_KEYS, Keys, KeySet, curve, span, with_values
from motionstudio.core.motion import Float, Motion, RowKind


@dataclass(frozen=True, slots=True, eq=False)
class LatentTrack:
    """An encoded motion and the edit on top of it.

    Attributes:
        base: what the model encoded; row t belongs to frame t where rows are frames.
        offset: (R, D) float32, finite, read-only; zero where nothing was edited. The row of the
            reference frame is always zero where it is locked. Under a curve of keys it is
            what takes the encoding to the curve.
        reference: index of the reference frame, whose row is locked.
        keys: values pinned to frames; they rule their dimension from the first to the last.
        muted: dimensions that count as zero in ``motion()`` whatever their values, increasing.
        locked: whether the row of the reference frame is held. It is not where keypoints were
            taken over from another subject, so that even that frame has another's pose.
    """

    base: Motion
    offset: Float
    reference: int = 0
    keys: KeySet = NO_KEYS
    muted: tuple[int, ...] = ()
    locked: bool = True

    def __post_init__(self) -> None:
        expected = self.base.mean.shape
        if self.offset.shape != expected:
            raise ValueError(
                f"LatentTrack: expected offset of shape {expected}, got {self.offset.shape}"
            )
        if self.base.rows is RowKind.FRAME and not 0 <= self.reference < expected[0]:
            raise ValueError(
                f"LatentTrack: expected reference in [0, {expected[0]}), got {self.reference}"
            )
        if self.keys != self.keys.within(*expected):
            raise ValueError(f"LatentTrack: expected keys within {expected}, got {self.keys}")
        muted = tuple(sorted({int(dim) for dim in self.muted}))
        if muted and not (muted[0] >= 0 and muted[-1] < expected[1]):
            raise ValueError(f"LatentTrack: expected muted in [0, {expected[1]}), got {muted}")
        object.__setattr__(self, "muted", muted)
        fixed = np.array(self.offset, np.float32)
        for dim, keys in self.keys.curves:
            first, last = span(keys)
            fixed[first : last + 1, dim] = curve(keys) - self.base.mean[first : last + 1, dim]
        if self.locked_row is not None:
            fixed[self.locked_row] = 0
        fixed.flags.writeable = False
        object.__setattr__(self, "offset", fixed)

    @classmethod
    def unedited(cls, base: Motion, reference: int = 0) -> LatentTrack:
        """The track of ``base`` with a zero offset."""
        return cls(base, np.zeros(base.mean.shape, np.float32), reference)

    @property
    def locked_row(self) -> int | None:
        """The row that cannot be edited: the reference where rows are frames, else None."""
        return self.reference if self.locked and self.base.rows is RowKind.FRAME else None

    @property
    def is_edited(self) -> bool:
        """Whether any cell has an offset."""
        return bool(self.offset.any())

    @property
    def values(self) -> Float:
        """(R, D) float32: encoded mean plus offset; the encoded array itself when unedited."""
        return self.base.mean + self.offset if self.is_edited else self.base.mean

    @property
    def edited(self) -> NDArray[np.bool_]:
        """(R, D) bool: cells that have an offset."""
        return np.not_equal(self.offset, 0)

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays of the track."""
        arrays: list[NDArray[Any]] = [self.base.mean, self.base.row_times, self.offset]
        arrays += [
            array for array in (self.base.std, *self.base.state.values()) if array is not None
        ]
        return sum(array.nbytes for array in arrays)

    def motion(self) -> Motion:
        """The edited motion, muted dimensions certainly zero; ``base`` itself where that is all."""
        if not self.muted:
            return replace(self.base, mean=self.values) if self.is_edited else self.base
        heard, std = self.values.copy(), self.base.std
        heard[:, list(self.muted)] = 0
        if std is not None:
            std = std.copy()
            std[:, list(self.muted)] = 0
        return replace(self.base, mean=heard, std=std)

    def block(self, rows: Sequence[int], dims: Sequence[int]) -> Float:
        """(len(rows), len(dims)) float32: a copy of the offsets of these cells."""
        return self.offset[_cells(self.offset, rows, dims)]

    def with_offset(self, rows: Sequence[int], dims: Sequence[int], block: Float) -> LatentTrack:
        """The track whose cells ``rows`` x ``dims`` have the offsets ``block``.

        A cell that changes under a curve becomes a key, so that the curve still passes through
        every value that was set.

        Args:
            rows: indices in [0, R).
            dims: indices in [0, D).
            block: (len(rows), len(dims)), finite. What it says for the locked row is ignored, so
                that a whole dimension can be edited at once.

        Raises:
            ValueError: a wrong shape, an index outside the matrix or a value that is not finite.
        """
        values = np.asarray(block, np.float32)
        if values.shape != (len(rows), len(dims)):
            raise ValueError(
                f"with_offset: expected block of shape {(len(rows), len(dims))}, got {values.shape}"
            )
        if not np.isfinite(values).all():
            raise ValueError("with_offset: expected finite offsets, got nan or inf")
        offset = self.offset.copy()
        offset[_cells(offset, rows, dims)] = values
        if self.locked_row is not None:
            offset[self.locked_row] = 0
        keys = self.keys
        for dim in set(keys.dims).intersection(int(d) for d in dims):
            keys = keys.with_dim(dim, self._keyed_through(dim, offset))
        return replace(self, offset=offset, keys=keys)

    def with_keys(self, keys: Mapping[int, Keys]) -> LatentTrack:
        """The track in which the named dimensions have these keys; empty takes them away.

        Frames that a curve leaves go back to what was encoded.

        Raises:
            ValueError: a key outside the matrix.
        """
        offset, fresh = self.offset.copy(), self.keys
        for dim, wanted in keys.items():
            before = self.keys.of(dim)
            if before:
                first, last = span(before)
                offset[first : last + 1, dim] = 0
            fresh = fresh.with_dim(dim, wanted)
        return replace(self, offset=offset, keys=fresh)

    def with_muted(self, dims: Iterable[int]) -> LatentTrack:
        """The track in which exactly these dimensions are muted."""
        return replace(self, muted=tuple(dims))

    def rebased(self, base: Motion) -> LatentTrack:
        """The same edit on a new encoding of the same frames.

        Raises:
            ValueError: ``base`` has another shape (R, D); an edit cannot be carried over to it.
        """
        return replace(self, base=base)

    def _keyed_through(self, dim: int, offset: Float) -> Keys:
        """Keys of ``dim`` so that its curve passes through every offset that changed."""
        keys = self.keys.of(dim)
        first, last = span(keys)
        stretch = slice(first, last + 1)
        changed = offset[stretch, dim] != self.offset[stretch, dim]
        rows = np.flatnonzero(changed) + first
        values = self.base.mean[rows, dim] + offset[rows, dim]
        return with_values(keys, dict(zip(rows.tolist(), values.tolist(), strict=True)))


def frames_of_rows(motion: Motion, rows: Sequence[int]) -> tuple[int, ...]:
    """The frames that ``rows`` of ``motion`` stand for, increasing.

    A frame row is its own frame; other rows cover the frames in their time interval. What a
    glimpse draws stays on the canvas: in a drawing it stands for all later frames too.
    """
    if motion.rows is RowKind.FRAME:
        return tuple(sorted({int(row) for row in rows}))
    touched = np.zeros(len(motion.times), bool)
    if is_drawing(motion) and len(rows):
        touched[min(rows) :] = True
    for first, last in motion.row_times[list(rows)]:
        touched |= (motion.times >= first) & (motion.times <= last)
    return tuple(int(t) for t in np.flatnonzero(touched))


def _cells(
    offset: Float, rows: Sequence[int], dims: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    across = _axis(rows, "rows", offset.shape[0])
    return across[:, None], _axis(dims, "dims", offset.shape[1])[None, :]


def _axis(indices: Sequence[int], what: str, count: int) -> NDArray[np.intp]:
    axis = np.asarray(indices, np.intp).reshape(-1)
    if axis.size and not (axis.min() >= 0 and axis.max() < count):
        raise ValueError(f"{what}: expected indices in [0, {count}), got {axis.tolist()}")
    return axis
