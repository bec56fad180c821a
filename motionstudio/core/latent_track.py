"""The latent motion that people edit: what the model encoded, and what was added to it.

Edits are kept as offsets, so that a new encoding of the same frames (after dropping some, say)
keeps them, and so that "unedited" is exact: with no offset the encoded array itself is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion, RowKind


@dataclass(frozen=True, slots=True, eq=False)
class LatentTrack:
    """An encoded motion and the edit on top of it.

    Attributes:
        base: what the model encoded; row t belongs to frame t where rows are frames.
        offset: (R, D) float32, finite, read-only; zero where nothing was edited. The row of the
            reference frame is always zero where rows are frames.
        reference: index of the reference frame, whose row is locked.
    """

    base: Motion
    offset: Float
    reference: int = 0

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
        object.__setattr__(self, "offset", _locked(self.offset, self.locked_row))

    @classmethod
    def unedited(cls, base: Motion, reference: int = 0) -> LatentTrack:
        """The track of ``base`` with a zero offset."""
        return cls(base, np.zeros(base.mean.shape, np.float32), reference)

    @property
    def locked_row(self) -> int | None:
        """The row that cannot be edited: the reference where rows are frames, else None."""
        return self.reference if self.base.rows is RowKind.FRAME else None

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
        """The edited motion; ``base`` itself when unedited."""
        return replace(self.base, mean=self.values) if self.is_edited else self.base

    def block(self, rows: Sequence[int], dims: Sequence[int]) -> Float:
        """(len(rows), len(dims)) float32: a copy of the offsets of these cells."""
        return self.offset[_cells(self.offset, rows, dims)]

    def with_offset(self, rows: Sequence[int], dims: Sequence[int], block: Float) -> LatentTrack:
        """The track whose cells ``rows`` x ``dims`` have the offsets ``block``.

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
        return replace(self, offset=offset)

    def rebased(self, base: Motion) -> LatentTrack:
        """The same edit on a new encoding of the same frames.

        Raises:
            ValueError: ``base`` has another shape (R, D); an edit cannot be carried over to it.
        """
        return replace(self, base=base)


def frames_of_rows(motion: Motion, rows: Sequence[int]) -> tuple[int, ...]:
    """The frames that ``rows`` of ``motion`` stand for, increasing.

    A frame row is its own frame; other rows cover the frames in their time interval.
    """
    if motion.rows is RowKind.FRAME:
        return tuple(sorted({int(row) for row in rows}))
    touched = np.zeros(len(motion.times), bool)
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


def _locked(offset: Float, row: int | None) -> Float:
    fixed = np.array(offset, np.float32)
    if row is not None:
        fixed[row] = 0
    fixed.flags.writeable = False
    return fixed
